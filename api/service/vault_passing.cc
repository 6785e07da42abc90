// VaultSharing: what a partner granted us, passed on to a partner of ours (a sub-tier), as far as
// was agreed and never further; its owner is told of each grant and each key, and what it ends or
// freezes stops here at once.
#include <algorithm>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"
#include "api/service/vault_sharing_rows.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

// That we keep of what one partner told us.
constexpr std::size_t kMostOfPartner = 20'000, kMostBytesOfPartner = std::size_t{16} << 20;

// One of the documents that an owner's list shows, with that version.
bool shows(const json::object& list, std::string_view document, std::uint64_t version) {
    const auto* all = list.if_contains("documents");
    if (all == nullptr || !all->is_array()) return false;
    for (const auto& value : all->get_array()) {
        const auto* one = value.if_object();
        const auto* id = one == nullptr ? nullptr : one->if_contains("document");
        const auto* versions = one == nullptr ? nullptr : one->if_contains("versions");
        if (id == nullptr || !id->is_string() || id->get_string() != document ||
            versions == nullptr || !versions->is_array())
            continue;
        for (const auto& had : versions->get_array()) {
            const auto* number =
                had.is_object() ? had.get_object().if_contains("version") : nullptr;
            boost::system::error_code failed;
            if (number != nullptr && number->to_number<std::uint64_t>(failed) == version && !failed)
                return true;
        }
    }
    return false;
}

}  // namespace

std::vector<VaultPassed> VaultSharing::passed() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultPassed> out;
    for (const auto& [key, one] : passed_) out.push_back(one);
    return out;
}

std::optional<VaultShare> VaultSharing::passed_from(const VaultShare& share) const {
    // Rows of before do not say whose it is.
    auto from = share.of_owner.empty() ? this->share(share.terms.of)
                                       : share_with(share.of_owner, share.terms.of);
    if (from && from->owner == deps_.org) return std::nullopt;
    return from;
}

ledger::VaultVerdict VaultSharing::passing_refusal(const ledger::Share& terms,
                                                   const std::optional<VaultShare>& held) const {
    if (!held)
        return ledger::VaultRefusal{"share.missing", "nobody granted us the share it stands on"};
    if (held->destroyed != 0)
        return ledger::VaultRefusal{"share.destroyed",
                                    "what came under the share it stands on is destroyed here"};
    const auto state = state_of(held->owner, held->terms.agreement);
    return ledger::passing_refusal(terms, held->terms, held->ended, held->owner, deps_.org,
                                   state ? &*state : nullptr, deps_.clock());
}

ledger::VaultVerdict VaultSharing::passed_refusal(const VaultShare& share, const std::string& asker,
                                                  const std::string& document,
                                                  ledger::Classification classification) const {
    const auto& terms = share.terms;
    if (share.frozen != 0) return is_frozen(share);
    if (auto no = passing_refusal(terms, passed_from(share))) return no;
    const auto state = state_of(terms.recipient, terms.agreement);
    if (auto no = ledger::release_refusal(terms, deps_.org, share.ended, asker,
                                          {terms.project, document, classification},
                                          state ? &*state : nullptr, deps_.clock()))
        return no;
    return deps_.lacks(asker, classification);
}

Result<Bytes> VaultSharing::passed_statement(const VaultShare& held, const Bytes& statement) const {
    const auto object = signed_now(
        ledger::format_vault_object(ledger::Passed{held.terms.id, ledger::to_base64(statement)}));
    if (!object) return object.error();
    if (auto fine = ledger::parse_vault_object(ledger::as_text(object->payload)); !fine)
        return fine.error();
    return object->statement;
}

Result<void> VaultSharing::tell_owner(const VaultShare& held, const Bytes& statement) {
    const auto key = held.terms.id + "/" + ledger::to_hex(ledger::sha256(statement));
    if (const std::lock_guard lock(mutex_); passed_.contains(key)) return {};
    const auto passed = passed_statement(held, statement);
    if (!passed) return passed.error();
    if (auto told = deps_.peers.post(held.owner, std::string(kVaultObjectsPath), *passed); !told)
        return ledger::within(
            "nothing is passed on that its owner is not told of first: " + held.owner,
            told.error());
    VaultPassed row{
        .share = held.terms.id, .by = deps_.org, .statement = statement, .told = deps_.clock()};
    auto inner = ledger::read_signed_object(statement);
    if (!inner) return inner.error();
    row.object = std::move(*inner);
    return write({std::string(vault_rows::kPassed) + key, vault_rows::of_passed(row)}, {}, {},
                 [&] { passed_.insert_or_assign(key, row); });
}

Result<VaultShare> VaultSharing::pass_on(ledger::Share terms, const VaultReader& reader) {
    const auto held = held_share(terms.of);
    if (!held) return held.error();
    if (!knows(terms.recipient) || terms.recipient == held->owner)
        return nothing("there is no partner " + terms.recipient +
                       " with a node whose ledger we have, to pass it on to");
    if (const auto no = no_sealing_key(*deps_.store.directory(), terms.recipient))
        return refused(*no);
    // Who may not use it does not give it away.
    if (const auto no = held_refusal(*held, reader)) return refused(*no);
    terms.of = held->terms.id;
    terms.project = held->terms.project;
    if (terms.document.empty()) terms.document = held->terms.document;
    auto columns = columns_to_pass(*held, terms.document, terms.columns);
    if (!columns) return columns.error();
    terms.columns = std::move(*columns);
    terms.id = ledger::vault_id_text(ledger::new_vault_id());
    if (const auto no = passing_refusal(terms, *held)) return refused(*no);
    // What it covers may be confidential, which needs an agreement with whom it goes to as well.
    const auto state = state_of(terms.recipient, terms.agreement);
    const auto as_classified = ledger::Classification::confidential;
    if (const auto no = ledger::share_refusal(terms, deps_.org, as_classified,
                                              state ? &*state : nullptr, deps_.clock()))
        return refused(*no);
    if (const auto no = deps_.lacks(terms.recipient, as_classified)) return refused(*no);
    const auto object = signed_now(ledger::format_vault_object(terms));
    if (!object) return object.error();
    if (auto fine = ledger::parse_vault_object(ledger::as_text(object->payload)); !fine)
        return fine.error();
    // First its owner: nothing is out there that it was not told of. Who dies behind this has told
    // of a share that nobody got.
    if (auto done = tell_owner(*held, object->statement); !done) return done.error();
    const std::lock_guard changing(changing_);
    // Its end may have come meanwhile.
    if (const auto no = passing_refusal(terms, share_with(held->owner, held->terms.id)))
        return refused(*no);
    if (auto done = commit("share.grant", object->commitment); !done) return done.error();
    return save(VaultShare{.terms = terms,
                           .owner = deps_.org,
                           .grant = object->statement,
                           .granted = deps_.clock(),
                           .end = {},
                           .of_owner = held->owner},
                terms.recipient, {object->statement});
}

Result<std::string> VaultSharing::owner_shows(const VaultShare& held) const {
    return deps_.peers.get(held.owner, "/vault/shares/" + held.terms.id + "/documents", 0, 0);
}

Result<std::string> VaultSharing::release_passed(const std::string& org,
                                                 const ledger::SignedObject& object,
                                                 const VaultShare& known) {
    const auto& request = std::get<ledger::ReadRequest>(object.object);
    const auto& terms = known.terms;
    const auto from = passed_from(known);
    if (!from) return refused({"share.missing", "nobody granted us the share it stands on"});
    const auto here = [&]() -> Result<VaultReading> {
        const auto held = reading_of(*from, request.document, request.version);
        if (!held || !held->complete || held->destroyed != 0)
            return refused({"version.missing", "that version is not at " + deps_.org +
                                                   ", which has not read it itself"});
        if (const auto no = passed_refusal(*share_with(org, terms.id), org, request.document,
                                           held->release->classification))
            return refused(*no);
        return *held;
    };
    if (const auto held = here(); !held) return held.error();
    // What its owner shows now: what it has ended or frozen, we may not have heard of yet.
    const auto list = owner_shows(*from);
    if (!list) return ledger::within("the owner's node", list.error());
    boost::system::error_code failed;
    const auto told = json::parse(*list, failed);
    if (failed || !told.is_object() || !shows(told.get_object(), request.document, request.version))
        return refused({"subtier.owner", "its owner does not show that version any more"});

    const auto recorded = [&]() -> Result<std::string> {
        const std::lock_guard changing(changing_);
        const auto held = here();
        if (!held) return held.error();
        auto reading = find_reading(
            [&](const VaultReading& one) { return one.request_statement == object.statement; });
        if (reading && reading->destroyed != 0)
            return refused({"share.destroyed", org + " confirmed that it destroyed this file"});
        const auto file = passed_file(terms, *from, *held);
        if (!file) return file.error();
        ledger::KeyRelease release = *held->release;
        release.request = object.commitment;
        release.share = terms.id;
        release.body = file->body;
        release.size = file->size;
        return record_release(org, object, release, file->key, std::move(reading));
    };
    auto answer = recorded();
    if (!answer) return answer;
    const auto reading = find_reading(
        [&](const VaultReading& one) { return one.request_statement == object.statement; });
    // No key leaves that its owner was not told of; who asks again gets the same release.
    if (auto done = tell_owner(*from, reading->release_statement); !done) return done.error();
    return answer;
}

Result<std::string> VaultSharing::documents_passed(const std::string& org,
                                                   const VaultShare& known) const {
    const auto& terms = known.terms;
    if (known.frozen != 0) return refused(is_frozen(known));
    const auto from = passed_from(known);
    if (const auto no = passing_refusal(terms, from)) return refused(*no);
    const auto list = owner_shows(*from);
    if (!list) return ledger::within("the owner's node", list.error());
    boost::system::error_code failed;
    const auto told = json::parse(*list, failed);
    if (failed || !told.is_object()) return ledger::invalid("the owner answered with no list");
    std::map<std::string, json::object> documents;
    for (const auto& one : held_readings(*from, terms.document)) {
        const auto& id = one.request.document;
        if (!shows(told.get_object(), id, one.request.version)) continue;
        const auto classification = one.release->classification;
        if (passed_refusal(known, org, id, classification)) continue;
        if (!can_pass(terms, *from, one)) continue;
        auto& row = documents[id];
        if (row.empty())
            row = {{"document", id},
                   {"name", one.release->name},
                   {"classification", to_string(classification)},
                   {"versions", json::array()}};
        json::object version{{"version", one.request.version}, {"made", one.asked}};
        // Of fewer columns nobody knows the size before they are asked for.
        if (terms.columns == from->terms.columns) version["size"] = one.release->size;
        row["versions"].as_array().emplace_back(std::move(version));
    }
    json::array out;
    for (auto& [id, row] : documents) out.emplace_back(std::move(row));
    return json::serialize(json::object{{"documents", std::move(out)}});
}

Result<VaultSharing::Range> VaultSharing::body_passed(const std::string& org,
                                                      const VaultShare& known,
                                                      const VaultReading& reading,
                                                      std::uint64_t offset,
                                                      std::size_t size) const {
    if (const auto no =
            passed_refusal(known, org, reading.request.document, reading.release->classification))
        return refused(*no);
    auto body = ledger::BodyReader::open(deps_.vault.held().file_of(reading.release->body));
    if (!body) return body.error();
    auto bytes = body->raw(offset, std::min(size, kVaultPart));
    if (!bytes) return bytes.error();
    return Range{std::move(*bytes), reading.body_size};
}

namespace {

// What stands on what under one share of ours, as its holder told.
struct Told {
    const std::map<std::string, VaultPassed>& passed;
    const std::string& share;
    const std::string& by;

    [[nodiscard]] const VaultPassed* granted(const std::string& id) const {
        for (const auto& [key, one] : passed) {
            const auto* terms = std::get_if<ledger::Share>(&one.object.object);
            if (one.share == share && one.by == by && terms != nullptr && terms->id == id)
                return &one;
        }
        return nullptr;
    }
};

// The share that one which is passed on stands on.
const ledger::Share* stands_on(const ledger::Share& share, const Told& told,
                               const ledger::Share& ours) {
    if (share.of == ours.id) return &ours;
    const auto* under = told.granted(share.of);
    return under == nullptr ? nullptr : std::get_if<ledger::Share>(&under->object.object);
}

// Who must have signed it, by what was told before: the holder of the share that is passed on, who
// granted the one under which a key is released, or its recipient who destroyed what came under it.
// Empty: it stands on none of these.
std::string signer_of(const ledger::VaultObject& object, const Told& told) {
    const auto recipient = [](const VaultPassed& one) {
        return std::get<ledger::Share>(one.object.object).recipient;
    };
    if (const auto* share = std::get_if<ledger::Share>(&object)) {
        if (share->of == told.share) return told.by;
        const auto* under = told.granted(share->of);
        return under == nullptr ? std::string() : recipient(*under);
    }
    if (const auto* key = std::get_if<ledger::KeyRelease>(&object)) {
        const auto* under = told.granted(key->share);
        return under == nullptr ? std::string() : under->object.iss;
    }
    const auto* under = told.granted(std::get<ledger::Destruction>(object).share);
    return under == nullptr ? std::string() : recipient(*under);
}

}  // namespace

Result<void> VaultSharing::receive_passed(const std::string& org,
                                          const ledger::SignedObject& object) {
    const auto& what = std::get<ledger::Passed>(object.object);
    const auto known = share_with(org, what.share);
    if (!known || known->owner != deps_.org) return nothing("there is no such share for " + org);
    auto bytes = ledger::from_base64(what.statement, "statement");
    if (!bytes) return bytes.error();
    VaultPassed row{
        .share = what.share, .by = org, .statement = std::move(*bytes), .told = deps_.clock()};
    auto inner = ledger::read_signed_object(row.statement);
    if (!inner) return ledger::within("statement", inner.error());
    row.object = std::move(*inner);
    const auto* issuer = deps_.store.directory()->org(row.object.iss);
    row.vouched = issuer == nullptr;
    if (!row.vouched)
        if (auto fine = ledger::open_signed_object(row.statement, *deps_.store.directory()); !fine)
            return ledger::within("statement", fine.error());
    const bool destroyed = std::holds_alternative<ledger::Destruction>(row.object.object);
    if (!destroyed && !std::holds_alternative<ledger::Share>(row.object.object) &&
        !std::holds_alternative<ledger::KeyRelease>(row.object.object))
        return ledger::malformed("statement is neither a share, nor a release, nor a destruction");
    const auto key = what.share + "/" + ledger::to_hex(ledger::sha256(row.statement));
    const auto agreed = state_of(org, known->terms.agreement);
    {
        const std::lock_guard lock(mutex_);
        if (passed_.contains(key)) return {};
        const auto signer = signer_of(row.object.object, {passed_, what.share, org});
        if (signer.empty())
            return ledger::malformed("statement stands on a share that is none of " + what.share);
        if (signer != row.object.iss)
            return ledger::malformed("statement is signed by " + row.object.iss + ", not by " +
                                     signer);
        // What we were asked for is what they give: else it is not granted.
        if (const auto* granted = std::get_if<ledger::Share>(&row.object.object)) {
            if (known->frozen != 0) return refused(is_frozen(*known));
            const Told told{passed_, what.share, org};
            if (const auto no =
                    ledger::narrowing_refusal(*granted, *stands_on(*granted, told, known->terms)))
                return refused(*no);
            if (const auto no =
                    ledger::passing_refusal(known->terms, known->terms, known->ended, deps_.org,
                                            org, agreed ? &*agreed : nullptr, deps_.clock()))
                return refused(*no);
        }
        std::size_t count = 0, kept = row.statement.size();
        for (const auto& [other, one] : passed_) {
            if (one.by != org) continue;
            ++count;
            kept += one.statement.size();
        }
        if (count >= kMostOfPartner || kept > kMostBytesOfPartner)
            return Error{ErrorKind::too_large, "more was passed on than we keep of one partner"};
    }
    // Whoever granted it to us hears of it, too: before what gives something away, and of the end
    // of a copy when it can be reached.
    std::string owner;
    std::vector<Bytes> for_owner;
    if (!known->terms.of.empty()) {
        const auto from = passed_from(*known);
        if (!from) return nothing("the share that it stands on is not known here");
        if (destroyed) {
            auto passed = passed_statement(*from, row.statement);
            if (!passed) return passed.error();
            owner = from->owner;
            for_owner.push_back(std::move(*passed));
        } else if (auto done = tell_owner(*from, row.statement); !done) {
            return done;
        }
    }
    const std::lock_guard changing(changing_);
    return write({std::string(vault_rows::kPassed) + key, vault_rows::of_passed(row)}, owner,
                 for_owner, [&] { passed_.insert_or_assign(key, row); });
}

}  // namespace reelproof::api
