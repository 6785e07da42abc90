#include "api/service/bom_changes.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_rows.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::ChangeStanding;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::string_view kRow = "bom.change/";
constexpr std::size_t kMostOfPartner = 10'000;
constexpr ledger::UnixSeconds kClockSkew = 3600;  // of a partner's clock

json::object written(const ChangeOrder& change) {
    return {{"proposal", ledger::to_base64(change.proposal)},
            {"by_owner", ledger::to_base64(change.by_owner)},
            {"by_partner", ledger::to_base64(change.by_partner)},
            {"proposed", change.proposed},
            {"approved_by_owner", change.approved_by_owner},
            {"approved_by_partner", change.approved_by_partner},
            {"rejected", change.rejected},
            {"owner_person", change.owner_person},
            {"partner_person", change.partner_person},
            {"rejected_by", change.rejected_by},
            {"rejected_why", change.rejected_why}};
}

ChangeOrder read(const json::object& row) {
    ChangeOrder out{.terms = {},
                    .payload = {},
                    .proposal = vault_rows::bytes_in(row, "proposal"),
                    .by_owner = vault_rows::bytes_in(row, "by_owner"),
                    .by_partner = vault_rows::bytes_in(row, "by_partner"),
                    .proposed = number_in(row, "proposed"),
                    .approved_by_owner = number_in(row, "approved_by_owner"),
                    .approved_by_partner = number_in(row, "approved_by_partner"),
                    .rejected = number_in(row, "rejected"),
                    .owner_person = text_in(row, "owner_person"),
                    .partner_person = text_in(row, "partner_person"),
                    .rejected_by = text_in(row, "rejected_by"),
                    .rejected_why = text_in(row, "rejected_why")};
    auto object = ledger::read_signed_object(out.proposal);
    auto* terms = object ? std::get_if<ledger::EngineeringChange>(&object->object) : nullptr;
    if (terms == nullptr)
        throw ledger::EnvironmentError(
            "the store is damaged: a row of an engineering change holds none; run: reelproof "
            "ledger check");
    out.terms = std::move(*terms);
    out.payload = std::move(object->payload);
    return out;
}

// Takes in what a party says, whoever it is.
void take(ChangeOrder& change, const ledger::ChangeApproval& said, const std::string& org,
          const ledger::Bytes& statement, ledger::UnixSeconds now) {
    const bool owner = org == change.terms.owner, partner = org == change.terms.partner;
    if (owner) change.by_owner = statement;
    if (partner) change.by_partner = statement;
    if (owner) change.owner_person = said.person;
    if (partner) change.partner_person = said.person;
    if (!said.approved && change.rejected != 0) return;
    if (!said.approved) {
        change.rejected = now;
        change.rejected_by = org;
        change.rejected_why = said.reason;
        return;
    }
    if (owner) change.approved_by_owner = now;
    if (partner) change.approved_by_partner = now;
}

}  // namespace

ledger::ChangeState ChangeOrder::state() const {
    return {terms, approved_by_owner, approved_by_partner, rejected};
}

ChangeStanding ChangeOrder::standing(ledger::UnixSeconds now) const {
    return standing_of(state(), now);
}

BomChanges::BomChanges(JsonRows& rows, Boms& boms, VaultSharing& sharing, std::string org,
                       ledger::Clock clock)
    : rows_(rows), boms_(boms), sharing_(sharing), org_(std::move(org)), clock_(std::move(clock)) {
    load();
    const auto take = [this](const std::string& from, const ledger::SignedObject& object) {
        return receive(from, object);
    };
    sharing_.take_with<ledger::BomRelease>(take);
    sharing_.take_with<ledger::EngineeringChange>(take);
    sharing_.take_with<ledger::ChangeApproval>(take);
}

void BomChanges::load() {
    rows_.each(kRow, [&](std::string_view id, const json::object& row) {
        changes_.keep(std::string(id), read(row));
    });
}

Result<ChangeOrder> BomChanges::find(const std::string& id) const {
    auto found = changes_.find(id);
    if (!found) return nothing("there is no such engineering change");
    return std::move(*found);
}

std::string BomChanges::partner_of(const ChangeOrder& change) const {
    return change.terms.owner == org_ ? change.terms.partner : change.terms.owner;
}

Result<void> BomChanges::save(const ChangeOrder& change,
                              const std::vector<ledger::Bytes>& statements) {
    if (auto done = sharing_.send({std::string(kRow) + change.terms.id, written(change)},
                                  partner_of(change), statements);
        !done)
        return done;
    changes_.keep(change.terms.id, change);
    return {};
}

std::optional<ChangeOrder> BomChanges::rival(const ledger::EngineeringChange& terms,
                                             bool counting) const {
    for (const auto& other : list()) {
        if (other.terms.id == terms.id || other.terms.bom != terms.bom ||
            other.terms.partner != terms.partner || other.terms.from != terms.from)
            continue;
        const auto standing = other.standing(clock_());
        if (counts(standing) || (!counting && standing == ChangeStanding::proposed)) return other;
    }
    return std::nullopt;
}

Result<void> BomChanges::check_new(const ledger::EngineeringChange& terms,
                                   ledger::UnixSeconds skew) const {
    if (auto fine = check_effect(terms.effect, terms.effect_value); !fine) return fine;
    if (terms.approve_by > clock_() + kLongestEmergency * 3600 + skew)
        return ledger::malformed("approve_by: an emergency is to be approved within 720 hours");
    if (const auto other = rival(terms, false))
        return Error{ErrorKind::conflict, "change " + other->terms.number +
                                              " goes from the same revision already: reject it, or "
                                              "change what it led to"};
    for (const auto& other : list())
        if (other.terms.bom == terms.bom && other.terms.number == terms.number &&
            other.terms.partner == terms.partner)
            return Error{ErrorKind::conflict, "there is a change " + terms.number + " already"};
    return {};
}

Result<ChangeOrder> BomChanges::propose(ledger::EngineeringChange terms) {
    const std::lock_guard changing(changing_);
    const auto bom = boms_.find(terms.bom);
    if (!bom) return bom.error();
    if (bom->owner != org_)
        return Error{ErrorKind::conflict,
                     "the BOM is one of " + bom->owner + ": only its owner proposes changes of it"};
    const auto *from = bom->revision(terms.from), *to = bom->revision(terms.to);
    if (from == nullptr || to == nullptr)
        return nothing("a change goes from one released revision to another: there is no number " +
                       std::to_string(from == nullptr ? terms.from : terms.to));
    if (terms.to <= terms.from) return ledger::malformed("to: a change goes to a later revision");
    terms.id = ledger::vault_id_text(ledger::new_vault_id());
    terms.bom = bom->id;
    terms.owner = org_;
    terms.from_content = from->terms.content;
    terms.to_content = to->terms.content;
    if (auto fine = check_new(terms, 0); !fine) return fine.error();
    std::vector<ledger::Bytes> statements;
    if (terms.partner != org_)
        for (const auto number : {terms.from, terms.to}) {
            auto revision = boms_.given(*bom, number, terms.partner);
            if (!revision) return revision.error();
            statements.push_back(std::move(*revision));
        }
    const auto payload = ledger::format_vault_object(terms);
    if (auto fine = ledger::parse_vault_object(payload); !fine) return fine.error();
    const auto object = sharing_.sign_and_commit("change.propose", payload);
    if (!object) return object.error();
    statements.push_back(object->statement);
    ChangeOrder out{.terms = std::move(terms),
                    .payload = object->payload,
                    .proposal = object->statement,
                    .by_owner = {},
                    .by_partner = {},
                    .proposed = clock_()};
    if (auto done = save(out, statements); !done) return done.error();
    return out;
}

Result<ChangeOrder> BomChanges::answer(const Answer& answer, const VaultReader& reader) {
    const std::lock_guard changing(changing_);
    auto change = find(answer.id);
    if (!change) return change.error();
    const auto& terms = change->terms;
    if (answer.digest != ledger::sha256(change->payload))
        return Error{ErrorKind::conflict,
                     "digest: you were shown another change than this one: look at it again"};
    const bool owner = terms.owner == org_;
    const auto& given = owner ? change->by_owner : change->by_partner;
    if (change->rejected != 0)
        return Error{ErrorKind::conflict, change->rejected_by + " rejected it: propose another"};
    const auto now = clock_();
    // Each party speaks once, or the two nodes could take a signature and its withdrawal in another
    // order, and then stand divided.
    if (!given.empty())
        return Error{ErrorKind::conflict,
                     "it is signed here already, which can't be taken back: " +
                         (change->standing(now) == ChangeStanding::approved
                              ? std::string("propose another that undoes it")
                              : "ask " + partner_of(*change) + " to reject it")};
    if (answer.approved) {
        if (const auto other = rival(terms, true))
            return Error{ErrorKind::conflict, "change " + other->terms.number +
                                                  " goes from the same revision and counts"};
        // Nobody signs what could not be shown.
        for (const auto number : {terms.from, terms.to}) {
            const auto shown = boms_.table(terms.bom, number, &reader, Boms::For::difference);
            if (!shown)
                return ledger::within(
                    "revision number " + std::to_string(number) + " could not be shown to you",
                    shown.error());
            if (auto same = boms_.settle(terms.bom, number, **shown); !same) return same.error();
        }
    }
    const ledger::ChangeApproval said{terms.id, ledger::sha256(change->payload), answer.approved,
                                      answer.person, answer.reason};
    const auto payload = ledger::format_vault_object(said);
    if (auto fine = ledger::parse_vault_object(payload); !fine) return fine.error();
    const auto object = sharing_.sign_and_commit("change.approve", payload);
    if (!object) return object.error();
    take(*change, said, org_, object->statement, now);
    if (auto done = save(*change, {object->statement}); !done) return done.error();
    return change;
}

Result<FloorRevision> BomChanges::on_floor(const std::string& named, const std::string& lot,
                                           const std::string& serial) const {
    const auto bom = boms_.find(named);
    if (!bom) return bom.error();
    if (bom->revisions.empty())
        return Error{ErrorKind::conflict,
                     "no revision of it is released: nothing is built by a "
                     "draft"};
    std::vector<ledger::ChangeState> states;
    for (const auto& change : list())
        if (change.terms.bom == bom->id) states.push_back(change.state());
    const ledger::BuiltBoards boards{clock_(), lot, serial};
    const auto now = ledger::revision_in_effect(bom->first, states, boards);
    const auto* revision = bom->revision(now.number);
    FloorRevision out{
        .number = now.number,
        .revision = revision == nullptr ? std::to_string(now.number) : revision->terms.revision,
        .change = now.change == nullptr ? "" : now.change->terms.number,
        .undecided = {},
        .undecided_by = {}};
    out.emergency =
        now.change != nullptr && standing_of(*now.change, boards.at) == ChangeStanding::emergency;
    if (now.undecided != nullptr) {
        out.undecided = now.undecided->terms.number;
        out.undecided_by = to_string(now.undecided->terms.effect);
    }
    return out;
}

Result<void> BomChanges::receive(const std::string& org, const ledger::SignedObject& object) {
    if (std::holds_alternative<ledger::BomRelease>(object.object))
        return boms_.receive(org, object);
    const std::lock_guard changing(changing_);
    return std::holds_alternative<ledger::EngineeringChange>(object.object)
               ? receive_change(org, object)
               : receive_answer(org, object);
}

Result<void> BomChanges::receive_change(const std::string& org,
                                        const ledger::SignedObject& object) {
    const auto& terms = std::get<ledger::EngineeringChange>(object.object);
    if (terms.owner != org || terms.partner != org_)
        return Error{ErrorKind::untrusted, "the change is not one of " + org + " for us"};
    if (const auto known = find(terms.id)) {
        if (known->proposal == object.statement) return {};
        return Error{ErrorKind::conflict, "there is another change of that id"};
    }
    if (auto fine = check_new(terms, kClockSkew); !fine) return fine;
    const auto bom = boms_.find(terms.bom);
    const auto* from = bom ? bom->revision(terms.from) : nullptr;
    const auto* to = bom ? bom->revision(terms.to) : nullptr;
    if (from == nullptr || to == nullptr || bom->owner != org)
        return nothing("the change names a revision that we were not given");
    if (from->terms.content != terms.from_content || to->terms.content != terms.to_content ||
        terms.to <= terms.from)
        return Error{ErrorKind::conflict,
                     "the change names other revisions than those that were released"};
    const auto all = list();
    if (std::count_if(all.begin(), all.end(), [&](const ChangeOrder& one) {
            return one.terms.owner == org;
        }) >= static_cast<std::ptrdiff_t>(kMostOfPartner))
        return Error{ErrorKind::too_large, "more changes than we keep of one partner"};
    return save({.terms = terms,
                 .payload = object.payload,
                 .proposal = object.statement,
                 .by_owner = {},
                 .by_partner = {},
                 .proposed = clock_()},
                {});
}

Result<void> BomChanges::receive_answer(const std::string& org,
                                        const ledger::SignedObject& object) {
    const auto& said = std::get<ledger::ChangeApproval>(object.object);
    auto change = find(said.change);
    if (!change || partner_of(*change) != org || org == org_)
        return nothing("there is no such change with " + org);
    const auto& theirs = change->terms.owner == org ? change->by_owner : change->by_partner;
    if (theirs == object.statement) return {};
    if (!theirs.empty())
        return Error{ErrorKind::conflict, org + " has said something else of the change already"};
    if (said.payload != ledger::sha256(change->payload))
        return Error{ErrorKind::conflict, "what was signed is not the change of that id"};
    take(*change, said, org, object.statement, clock_());
    return save(*change, {});
}

}  // namespace reelproof::api
