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

ledger::VaultVerdict VaultSharing::passing_refusal(const ledger::Share& terms) const {
    const auto held = share(terms.of);
    if (!held || held->owner == deps_.org)
        return ledger::VaultRefusal{"share.missing", "nobody granted us the share it stands on"};
    if (held->destroyed != 0)
        return ledger::VaultRefusal{"share.destroyed",
                                    "what came under the share it stands on is destroyed here"};
    const auto state = state_of(held->terms.agreement);
    return ledger::passing_refusal(terms, held->terms, held->ended, held->owner, deps_.org,
                                   state ? &*state : nullptr, deps_.clock());
}

ledger::VaultVerdict VaultSharing::passed_refusal(const VaultShare& share, const std::string& asker,
                                                  const std::string& document,
                                                  ledger::Classification classification) const {
    const auto& terms = share.terms;
    if (share.frozen != 0) return is_frozen(share);
    if (auto no = passing_refusal(terms)) return no;
    const auto state = state_of(terms.agreement);
    if (auto no = ledger::release_refusal(terms, deps_.org, share.ended, asker,
                                          {terms.project, document, classification},
                                          state ? &*state : nullptr, deps_.clock()))
        return no;
    return deps_.lacks(asker, classification);
}

Result<void> VaultSharing::tell_owner(const std::string& held, const Bytes& statement) {
    const auto known = share(held);
    if (!known) return nothing("there is no such share");
    const auto object =
        signed_now(ledger::format_vault_object(ledger::Passed{held, ledger::to_base64(statement)}));
    if (!object) return object.error();
    if (auto fine = ledger::parse_vault_object(ledger::as_text(object->payload)); !fine)
        return fine.error();
    const auto key = held + "/" + ledger::to_hex(ledger::sha256(statement));
    VaultPassed row{.share = held, .by = deps_.org, .statement = statement, .told = deps_.clock()};
    auto inner = ledger::read_signed_object(statement);
    if (!inner) return inner.error();
    row.object = std::move(*inner);
    return write({std::string(vault_rows::kPassed) + key, vault_rows::of_passed(row)}, known->owner,
                 {object->statement}, [&] { passed_.insert_or_assign(key, row); });
}

Result<VaultShare> VaultSharing::pass_on(ledger::Share terms) {
    const auto held = held_share(terms.of);
    if (!held) return held.error();
    if (!knows(terms.recipient) || terms.recipient == held->owner)
        return nothing("there is no partner " + terms.recipient +
                       " with a node whose ledger we have, to pass it on to");
    terms.project = held->terms.project;
    terms.columns = held->terms.columns;
    if (terms.document.empty()) terms.document = held->terms.document;
    terms.id = ledger::vault_id_text(ledger::new_vault_id());
    if (const auto no = passing_refusal(terms)) return refused(*no);
    // What it covers may be confidential, which needs an agreement with whom it goes to as well.
    const auto state = state_of(terms.agreement);
    const auto as_classified = ledger::Classification::confidential;
    if (const auto no = ledger::share_refusal(terms, deps_.org, as_classified,
                                              state ? &*state : nullptr, deps_.clock()))
        return refused(*no);
    if (const auto no = deps_.lacks(terms.recipient, as_classified)) return refused(*no);
    const auto object = signed_now(ledger::format_vault_object(terms));
    if (!object) return object.error();
    if (auto fine = ledger::parse_vault_object(ledger::as_text(object->payload)); !fine)
        return fine.error();
    const std::lock_guard changing(changing_);
    if (auto done = commit("share.grant", object->commitment); !done) return done.error();
    // First its owner: nothing is out there that it was not told of.
    if (auto done = tell_owner(terms.of, object->statement); !done) return done.error();
    return save(VaultShare{.terms = terms,
                           .owner = deps_.org,
                           .grant = object->statement,
                           .granted = deps_.clock(),
                           .end = {}},
                terms.recipient, {object->statement});
}

Result<std::string> VaultSharing::owner_shows(const std::string& id) const {
    const auto held = held_share(id);
    if (!held) return held.error();
    return deps_.peers.get(held->owner, "/vault/shares/" + id + "/documents", 0, 0);
}

Result<std::string> VaultSharing::release_passed(const std::string& org,
                                                 const ledger::SignedObject& object,
                                                 const VaultShare& known) {
    const auto& request = std::get<ledger::ReadRequest>(object.object);
    const auto& terms = known.terms;
    const auto here = [&]() -> Result<VaultReading> {
        const auto held = reading_of(terms.of, request.document, request.version);
        if (!held || !held->complete || held->destroyed != 0)
            return refused({"version.missing", "that version is not at " + deps_.org +
                                                   ", which has not read it itself"});
        if (const auto no = passed_refusal(*share(terms.id), org, request.document,
                                           held->release->classification))
            return refused(*no);
        return *held;
    };
    if (const auto held = here(); !held) return held.error();
    // What its owner shows now: what it has ended or frozen, we may not have heard of yet.
    const auto list = owner_shows(terms.of);
    if (!list) return ledger::within("the owner's node", list.error());
    boost::system::error_code failed;
    const auto told = json::parse(*list, failed);
    if (failed || !told.is_object() || !shows(told.get_object(), request.document, request.version))
        return refused({"subtier.owner", "its owner does not show that version any more"});

    const std::lock_guard changing(changing_);
    const auto held = here();
    if (!held) return held.error();
    auto reading = find_reading(
        [&](const VaultReading& one) { return one.request_statement == object.statement; });
    if (reading && reading->destroyed != 0)
        return refused({"share.destroyed", org + " confirmed that it destroyed this file"});
    const auto place = ledger::parse_vault_id(terms.of, "share");
    if (!place) return place.error();
    const auto key = deps_.vault.keys().unwrap(*place, held->key, held->wrapped);
    if (!key) return key.error();
    ledger::KeyRelease release = *held->release;
    release.request = object.commitment;
    release.share = terms.id;
    auto answer = record_release(org, object, release, *key, std::move(reading));
    if (!answer) return answer;
    const auto recorded = find_reading(
        [&](const VaultReading& one) { return one.request_statement == object.statement; });
    if (auto done = tell_owner(terms.of, recorded->release_statement); !done) return done.error();
    return answer;
}

Result<std::string> VaultSharing::documents_passed(const std::string& org,
                                                   const VaultShare& known) const {
    const auto& terms = known.terms;
    if (known.frozen != 0) return refused(is_frozen(known));
    if (const auto no = passing_refusal(terms)) return refused(*no);
    const auto list = owner_shows(terms.of);
    if (!list) return ledger::within("the owner's node", list.error());
    boost::system::error_code failed;
    const auto told = json::parse(*list, failed);
    if (failed || !told.is_object()) return ledger::invalid("the owner answered with no list");
    std::map<std::string, json::object> documents;
    for (const auto& one : readings()) {
        if (one.share != terms.of || !one.complete || one.destroyed != 0 || !one.release) continue;
        const auto& id = one.request.document;
        if (!terms.document.empty() && terms.document != id) continue;
        if (!shows(told.get_object(), id, one.request.version)) continue;
        const auto classification = one.release->classification;
        if (passed_refusal(known, org, id, classification)) continue;
        auto& row = documents[id];
        if (row.empty())
            row = {{"document", id},
                   {"name", one.release->name},
                   {"classification", to_string(classification)},
                   {"versions", json::array()}};
        row["versions"].as_array().emplace_back(json::object{
            {"version", one.request.version}, {"made", one.asked}, {"size", one.release->size}});
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

// With changing_ held.
Result<void> VaultSharing::receive_passed(const std::string& org,
                                          const ledger::SignedObject& object) {
    const auto& what = std::get<ledger::Passed>(object.object);
    const auto known = share(what.share);
    if (!known || known->owner != deps_.org || known->terms.recipient != org)
        return nothing("there is no such share for " + org);
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
    // It stands on this share, or on one that stands on it.
    const auto* granted = std::get_if<ledger::Share>(&row.object.object);
    const auto* released = std::get_if<ledger::KeyRelease>(&row.object.object);
    if (granted == nullptr && released == nullptr)
        return ledger::malformed("statement is neither a share nor a release");
    const auto stands_on = granted != nullptr ? granted->of : released->share;
    const auto key = what.share + "/" + ledger::to_hex(ledger::sha256(row.statement));
    {
        const std::lock_guard lock(mutex_);
        if (passed_.contains(key)) return {};
        bool stands = stands_on == what.share;
        std::size_t count = 0, kept = row.statement.size();
        for (const auto& [other, one] : passed_) {
            const auto* share = std::get_if<ledger::Share>(&one.object.object);
            stands =
                stands || (one.share == what.share && share != nullptr && share->id == stands_on);
            if (one.by != org) continue;
            ++count;
            kept += one.statement.size();
        }
        if (!stands)
            return ledger::malformed("statement stands on a share that is none of " + what.share);
        if (count >= kMostOfPartner || kept > kMostBytesOfPartner)
            return Error{ErrorKind::too_large, "more was passed on than we keep of one partner"};
    }
    // Whoever granted it to us hears of it, too.
    if (!known->terms.of.empty())
        if (auto done = tell_owner(known->terms.of, row.statement); !done) return done;
    return write({std::string(vault_rows::kPassed) + key, vault_rows::of_passed(row)}, {}, {},
                 [&] { passed_.insert_or_assign(key, row); });
}

}  // namespace reelproof::api
