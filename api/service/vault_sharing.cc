#include "api/service/vault_sharing.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing_rows.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

// The one of that id between us and that partner: it has one of two names.
template <class T>
std::optional<T> found_with(const std::map<std::string, T>& all, const std::string& org,
                            const std::string& partner, const std::string& id) {
    for (const auto& name : {id, partner + ":" + id}) {
        const auto found = all.find(name);
        if (found != all.end() && found->second.terms.id == id &&
            found->second.other(org) == partner)
            return found->second;
    }
    return std::nullopt;
}

template <class T>
std::optional<T> found_by(const std::map<std::string, T>& all, const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

template <class T>
std::string new_name(const std::map<std::string, T>& all, const std::string& org, const T& one) {
    return all.contains(one.terms.id) ? one.other(org) + ":" + one.terms.id : one.terms.id;
}

}  // namespace

ledger::AgreementState VaultAgreement::state(std::string_view org) const {
    const bool drafted = terms.drafter == org;
    return {terms, drafted ? !ours.empty() : !theirs.empty(),
            drafted ? !theirs.empty() : !ours.empty(), ended};
}

VaultSharing::VaultSharing(VaultSharingDeps deps) : deps_(std::move(deps)) {
    load();
    thread_ = std::thread([this] { deliver(); });
}

VaultSharing::~VaultSharing() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    deps_.peers.cancel();
    thread_.join();
}

void VaultSharing::load() {
    namespace rows = vault_rows;
    deps_.rows.each(rows::kAgreement, [&](std::string_view name, const json::object& row) {
        agreements_.emplace(name, rows::to_agreement(name, row));
    });
    deps_.rows.each(rows::kShare, [&](std::string_view name, const json::object& row) {
        shares_.emplace(name, rows::to_share(name, row));
    });
    deps_.rows.each(rows::kReading, [&](std::string_view id, const json::object& row) {
        readings_.emplace(id, rows::to_reading(row));
    });
    deps_.rows.each(rows::kPassed, [&](std::string_view id, const json::object& row) {
        passed_.emplace(id, rows::to_passed(id, row));
    });
    const auto is_used = [&](std::string_view key) {
        const auto number = key.substr(key.rfind('/') + 1);
        next_ = std::max<std::uint64_t>(next_, std::stoull(std::string(number)) + 1);
    };
    deps_.rows.each(rows::kOutbox, [&](std::string_view key, const json::object& row) {
        is_used(key);
        outbox_.emplace(key, rows::bytes_in(row, "statement"));
    });
    deps_.rows.each(rows::kRefused, [&](std::string_view key, const json::object& row) {
        is_used(key);
        refused_.emplace(key, rows::to_refused(key, row));
    });
}

Result<ledger::SignedObject> VaultSharing::signed_now(std::string_view payload) const {
    return ledger::sign_vault_object(deps_.statement_key, deps_.org, deps_.clock(), payload);
}

Result<void> VaultSharing::commit(std::string_view sub, const ledger::Hash& digest) {
    return deps_.publish(sub, ledger::format_commitment(sub, digest));
}

std::vector<VaultAgreement> VaultSharing::agreements() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultAgreement> out;
    for (const auto& [id, agreement] : agreements_) out.push_back(agreement);
    return out;
}

std::vector<VaultShare> VaultSharing::shares() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultShare> out;
    for (const auto& [id, share] : shares_) out.push_back(share);
    return out;
}

std::vector<VaultReading> VaultSharing::readings() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultReading> out;
    for (const auto& [key, reading] : readings_) out.push_back(reading);
    return out;
}

std::optional<VaultAgreement> VaultSharing::agreement(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return found_by(agreements_, name);
}

std::optional<VaultAgreement> VaultSharing::agreement_with(const std::string& partner,
                                                           const std::string& id) const {
    const std::lock_guard lock(mutex_);
    return found_with(agreements_, deps_.org, partner, id);
}

std::optional<ledger::AgreementState> VaultSharing::state_of(const std::string& partner,
                                                             const std::string& id) const {
    const auto known = agreement_with(partner, id);
    return known ? std::optional(known->state(deps_.org)) : std::nullopt;
}

std::optional<VaultShare> VaultSharing::share(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return found_by(shares_, name);
}

std::optional<VaultShare> VaultSharing::share_with(const std::string& partner,
                                                   const std::string& id) const {
    const std::lock_guard lock(mutex_);
    return found_with(shares_, deps_.org, partner, id);
}

Result<void> VaultSharing::write(JsonRows::Change row, const std::string& to,
                                 const std::vector<Bytes>& statements,
                                 const std::function<void()>& keep) {
    std::vector<JsonRows::Change> changes{std::move(row)};
    for (const auto& statement : statements) enqueue(changes, to, statement);
    std::vector<std::string> queued;
    for (std::size_t i = 1; i < changes.size(); ++i)
        queued.push_back(changes[i].key.substr(vault_rows::kOutbox.size()));
    if (auto done = deps_.rows.write(std::move(changes)); !done) return done;
    const std::lock_guard lock(mutex_);
    keep();
    for (std::size_t i = 0; i < queued.size(); ++i) outbox_.emplace(queued[i], statements[i]);
    wake_.notify_all();
    return {};
}

// With changing_ held: what is new gets its name.
Result<VaultAgreement> VaultSharing::save(VaultAgreement agreement, const std::string& deliver_to,
                                          const Bytes& statement) {
    auto& name = agreement.name;
    if (const std::lock_guard lock(mutex_); name.empty())
        name = new_name(agreements_, deps_.org, agreement);
    auto done =
        write({std::string(vault_rows::kAgreement) + name, vault_rows::of_agreement(agreement)},
              deliver_to, {statement}, [&] { agreements_.insert_or_assign(name, agreement); });
    return done ? Result<VaultAgreement>(std::move(agreement)) : done.error();
}

// The same.
Result<VaultShare> VaultSharing::save(VaultShare share, const std::string& deliver_to,
                                      const std::vector<Bytes>& statements) {
    auto& name = share.name;
    if (const std::lock_guard lock(mutex_); name.empty())
        name = new_name(shares_, deps_.org, share);
    auto done = write({std::string(vault_rows::kShare) + name, vault_rows::of_share(share)},
                      deliver_to, statements, [&] { shares_.insert_or_assign(name, share); });
    return done ? Result<VaultShare>(std::move(share)) : done.error();
}

Result<void> VaultSharing::save(const VaultReading& reading) {
    const auto key =
        reading.share + "/" + ledger::to_hex(ledger::sha256(reading.request_statement));
    if (auto done = deps_.rows.put(std::string(vault_rows::kReading) + key,
                                   vault_rows::of_reading(reading));
        !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    readings_.insert_or_assign(key, reading);
    return {};
}

Result<void> VaultSharing::send(JsonRows::Change row, const std::string& org,
                                const std::vector<Bytes>& statements) {
    return write(std::move(row), org, statements, [] {});
}

Result<ledger::SignedObject> VaultSharing::sign_object(const ledger::VaultObject& object) const {
    return signed_now(ledger::format_vault_object(object));
}

bool VaultSharing::knows(const std::string& org) const {
    const auto* known = deps_.store.directory()->org(org);
    return known != nullptr && !known->guest && org != deps_.org;
}

Result<VaultAgreement> VaultSharing::draft(ledger::Agreement terms) {
    const auto now = deps_.clock();
    if (terms.partner == deps_.org)
        return ledger::malformed("partner must be another organisation");
    if (!knows(terms.partner))
        return nothing("there is no partner " + terms.partner +
                       " with a node whose ledger we have: `reelproof partner add` first");
    if (terms.end <= terms.start) return ledger::malformed("end must be behind start");
    if (terms.end <= now) return ledger::malformed("end is in the past");
    if (auto fine = ledger::check_agreement(terms); !fine) return fine.error();
    terms.id = ledger::vault_id_text(ledger::new_vault_id());
    terms.drafter = deps_.org;
    VaultAgreement out{
        .terms = terms,
        .payload = ledger::to_bytes(ledger::as_bytes(ledger::format_vault_object(terms))),
        .ours = {},
        .theirs = {},
        .end = {}};
    if (auto fine = ledger::parse_vault_object(ledger::as_text(out.payload)); !fine)
        return fine.error();
    const auto object = signed_now(ledger::as_text(out.payload));
    if (!object) return object.error();
    const std::lock_guard changing(changing_);
    if (auto done = commit("agreement.sign", object->commitment); !done) return done.error();
    out.ours = object->statement;
    out.signed_by_us = now;
    return save(std::move(out), terms.partner, object->statement);
}

Result<VaultAgreement> VaultSharing::sign(const std::string& name) {
    const std::lock_guard changing(changing_);
    auto known = agreement(name);
    if (!known) return nothing("there is no such agreement");
    if (!known->ours.empty()) return *known;
    const auto now = deps_.clock();
    if (known->ended != 0) return refused({"agreement.ended", "it was ended before it was signed"});
    if (known->terms.end < now) return refused({"agreement.expired", "its end is past"});
    if (auto fine = ledger::check_agreement(known->terms); !fine) return fine.error();
    const auto object = signed_now(ledger::as_text(known->payload));
    if (!object) return object.error();
    if (auto done = commit("agreement.sign", object->commitment); !done) return done.error();
    known->ours = object->statement;
    known->signed_by_us = now;
    const auto to = known->terms.drafter;
    return save(std::move(*known), to, object->statement);
}

Result<VaultAgreement> VaultSharing::end_agreement(const std::string& name,
                                                   const std::string& why) {
    const std::lock_guard changing(changing_);
    auto known = agreement(name);
    if (!known) return nothing("there is no such agreement");
    if (known->ended != 0) return *known;
    const auto object = signed_now(
        ledger::format_vault_object(ledger::VaultEnd{"agreement", known->terms.id, why}));
    if (!object) return object.error();
    if (auto done = commit("agreement.end", object->commitment); !done) return done.error();
    known->end = object->statement;
    known->ended = deps_.clock();
    known->ended_by = deps_.org;
    known->ended_why = why;
    const auto other = known->other(deps_.org);
    return save(std::move(*known), other, object->statement);
}

Result<VaultShare> VaultSharing::grant(ledger::Share terms, bool marked) {
    const bool within = terms.recipient == deps_.org;
    const auto directory = deps_.store.directory();
    const auto* recipient = directory->org(terms.recipient);
    if (recipient == nullptr || recipient->guest)
        return nothing("there is no partner " + terms.recipient +
                       " with a node whose ledger we have");
    if (const auto no = no_sealing_key(*directory, terms.recipient)) return refused(*no);
    const auto project = deps_.vault.project_named(terms.project);
    if (!project) return nothing("there is no project " + terms.project);
    auto classification = project->classification;
    if (!terms.document.empty()) {
        const auto id = ledger::parse_vault_id(terms.document, "document");
        const auto document = id ? deps_.vault.document(*id) : std::nullopt;
        if (!document || document->project != project->id)
            return nothing("the project has no such document");
        classification = document->classification;
        auto columns = columns_of_newest(*document, terms.columns);
        if (!columns) return columns.error();
        terms.columns = std::move(*columns);
    }
    if (within && terms.role.empty() && terms.person.empty())
        return ledger::malformed("a share within the organisation needs a role or a person");
    if (within && !terms.columns.empty())
        return ledger::malformed("a share within the organisation is one of whole documents");
    if (marked && terms.columns.empty())
        return ledger::malformed(
            "marked: only a share of named columns has files of its own that can be marked");
    terms.id = ledger::vault_id_text(ledger::new_vault_id());
    const auto now = deps_.clock();
    const auto state = state_of(terms.recipient, terms.agreement);
    if (const auto no =
            ledger::share_refusal(terms, deps_.org, classification, state ? &*state : nullptr, now))
        return refused(*no);
    if (!within)
        if (const auto no = deps_.lacks(terms.recipient, classification)) return refused(*no);
    const auto object = signed_now(ledger::format_vault_object(terms));
    if (!object) return object.error();
    if (auto fine = ledger::parse_vault_object(ledger::as_text(object->payload)); !fine)
        return fine.error();
    const std::lock_guard changing(changing_);
    if (!within)
        if (auto done = commit("share.grant", object->commitment); !done) return done.error();
    return save(VaultShare{.terms = terms,
                           .owner = deps_.org,
                           .marked = marked,
                           .grant = object->statement,
                           .granted = now,
                           .end = {}},
                terms.recipient, {object->statement});
}

Result<VaultShare> VaultSharing::end_share(const std::string& name, const std::string& why) {
    const std::lock_guard changing(changing_);
    auto known = share(name);
    if (!known || known->owner != deps_.org) return nothing("we granted no such share");
    if (known->ended != 0) return *known;
    const auto object =
        signed_now(ledger::format_vault_object(ledger::VaultEnd{"share", known->terms.id, why}));
    if (!object) return object.error();
    if (known->terms.recipient != deps_.org)
        if (auto done = commit("share.end", object->commitment); !done) return done.error();
    known->end = object->statement;
    known->ended = deps_.clock();
    known->ended_why = why;
    const auto to = known->terms.recipient;
    return save(std::move(*known), to, {object->statement});
}

Result<VaultShare> VaultSharing::freeze_share(const std::string& name, const std::string& why) {
    const std::lock_guard changing(changing_);
    auto known = share(name);
    if (!known || known->owner != deps_.org) return nothing("we granted no such share");
    if (known->frozen != 0) return *known;
    known->frozen = deps_.clock();
    known->frozen_why = why;
    return save(std::move(*known), {}, {});
}

Result<VaultShare> VaultSharing::thaw_share(const std::string& name) {
    const std::lock_guard changing(changing_);
    auto known = share(name);
    if (!known || known->owner != deps_.org) return nothing("we granted no such share");
    known->frozen = 0;
    known->frozen_why.clear();
    return save(std::move(*known), {}, {});
}

Result<VaultSharing::Offboarded> VaultSharing::offboard(const std::string& org,
                                                        const std::string& why) {
    Offboarded out;
    bool known = false;
    for (const auto& one : agreements()) {
        if (!one.terms.is_between(deps_.org, org)) continue;
        known = true;
        if (one.ended != 0) continue;
        if (auto done = end_agreement(one.name, why); !done) return done.error();
        out.agreements.push_back(one.name);
    }
    // What we gave comes first: no share of the partner's must hold up its end.
    const auto all = shares();
    for (const auto& one : all) {
        if (one.owner != deps_.org || one.terms.recipient != org) continue;
        known = true;
        if (one.ended != 0) continue;
        if (auto done = end_share(one.name, why); !done) return done.error();
        out.shares.push_back(one.name);
    }
    for (const auto& one : all) {
        if (one.owner != org) continue;
        known = true;
        if (one.destroyed != 0) continue;
        if (auto done = destroy(one.name, why); !done) return done.error();
        out.destroyed.push_back(one.name);
    }
    if (!known) return nothing("there are no agreements and no shares with " + org);
    for (auto& one : readings()) {
        const auto of = share_with(one.partner, one.share);
        if (one.partner == org && of && of->owner == deps_.org && one.destroyed == 0)
            out.held.push_back(std::move(one));
    }
    return out;
}

ledger::VaultVerdict VaultSharing::held_refusal(const VaultShare& share,
                                                const VaultReader& reader) const {
    const auto& terms = share.terms;
    if (auto no =
            ledger::reader_refusal(terms, reader.person, reader.roles, share.ended, deps_.clock()))
        return no;
    if (!terms.role.empty() || !terms.person.empty() || reader.manages) return {};
    const auto rests_on = agreement_with(share.owner, terms.agreement);
    const auto named = rests_on ? rests_on->terms.roles : std::vector<std::string>();
    if (std::any_of(reader.roles.begin(), reader.roles.end(), [&](const std::string& role) {
            return std::find(named.begin(), named.end(), role) != named.end();
        }))
        return {};
    return ledger::VaultRefusal{
        "share.role", named.empty()
                          ? "neither the share nor an agreement says for whom it is: it is for who "
                            "manages the vault"
                          : "the agreement that it rests on gives your roles no access"};
}

ledger::VaultVerdict VaultSharing::own_refusal(const VaultDocument& document,
                                               const VaultReader& reader, VaultUse use) const {
    if (reader.manages) return {};
    const auto project = deps_.vault.project(document.project);
    const auto id = ledger::vault_id_text(document.id);
    ledger::VaultVerdict best =
        ledger::VaultRefusal{"share.missing", "no share lets you read this document"};
    const std::lock_guard lock(mutex_);
    for (const auto& [key, share] : shares_) {
        const auto& terms = share.terms;
        if (share.owner != deps_.org || terms.recipient != deps_.org) continue;
        if (!ledger::covers(terms, project ? project->name : std::string(), id)) continue;
        if (!terms.columns.empty()) continue;
        const auto no = share.frozen != 0
                            ? ledger::VaultVerdict(is_frozen(share))
                            : ledger::reader_refusal(terms, reader.person, reader.roles,
                                                     share.ended, deps_.clock());
        if (!no && (use == VaultUse::look || terms.mode == ledger::ShareMode::download)) return {};
        best = no ? no
                  : ledger::VaultRefusal{"share.view-only",
                                         "the share lets nobody take the file out of the node"};
    }
    return best;
}

}  // namespace reelproof::api
