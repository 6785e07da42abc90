// VaultSharing, the owner: keys released by request, and what may be fetched with them.
#include <algorithm>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

// Of one version under one share. Each costs room in our log, and one is enough for a node that
// loses nothing.
constexpr std::size_t kMostReleases = 8;

}  // namespace

ledger::VaultVerdict VaultSharing::refusal(const VaultShare& share, const std::string& asker,
                                           const VaultDocument& document) const {
    if (share.frozen != 0) return is_frozen(share);
    const auto project = deps_.vault.project(document.project);
    const auto name = project ? project->name : std::string();
    const auto id = ledger::vault_id_text(document.id);
    const auto state = state_of(share.terms.recipient, share.terms.agreement);
    if (auto no = ledger::release_refusal(share.terms, deps_.org, share.ended, asker,
                                          {name, id, document.classification},
                                          state ? &*state : nullptr, deps_.clock()))
        return no;
    return deps_.lacks(asker, document.classification);
}

Result<std::string> VaultSharing::table_text(const VaultDocument& document,
                                             const VaultVersion& version) const {
    if (version.size > ledger::kMaxTable)
        return Error{ErrorKind::too_large,
                     "the table is over " + ledger::counted(ledger::kMaxTable, "byte")};
    std::string out;
    while (out.size() < version.size) {
        const auto more = deps_.vault.read(version, document.project, out.size(), kVaultPart);
        if (!more) return more.error();
        out += ledger::as_text(*more);
    }
    return out;
}

bool VaultSharing::can_show(const ledger::Share& terms, const VaultDocument& document,
                            const VaultVersion& version) const {
    if (terms.columns.empty()) return true;
    if (std::any_of(version.copies.begin(), version.copies.end(),
                    [&](const VaultCopy& one) { return one.share == terms.id; }))
        return true;
    auto head = deps_.vault.read(version, document.project, 0, ledger::kLongestHeading);
    if (!head) return false;
    const auto has = ledger::columns_as_spelled(
                         ledger::whole_lines(ledger::as_text(*head), version.size), terms.columns)
                         .has_value();
    ledger::wipe(head->data(), head->size());
    return has;
}

Result<std::vector<std::string>> VaultSharing::columns_of_newest(
    const VaultDocument& document, const std::vector<std::string>& columns) const {
    const auto newest = std::find_if(document.versions.rbegin(), document.versions.rend(),
                                     [](const VaultVersion& one) { return one.shredded == 0; });
    if (columns.empty() || newest == document.versions.rend()) return columns;
    auto csv = table_text(document, *newest);
    if (!csv) return csv.error();
    auto out = ledger::columns_as_spelled(*csv, columns);
    ledger::wipe(csv->data(), csv->size());
    return out;
}

Result<std::vector<std::string>> VaultSharing::columns_of_project(
    const VaultProject& project, const ledger::Share& terms,
    const ledger::AgreementState* agreement) const {
    if (terms.columns.empty()) return terms.columns;
    std::optional<Error> lacks;
    for (const auto& document : deps_.vault.documents()) {
        if (document.project != project.id ||
            ledger::share_refusal(terms, deps_.org, document.classification, agreement,
                                  deps_.clock()))
            continue;
        if (std::none_of(document.versions.begin(), document.versions.end(),
                         [](const VaultVersion& one) { return one.shredded == 0; }))
            continue;
        auto columns = columns_of_newest(document, terms.columns);
        if (columns) return columns;
        if (!lacks)
            lacks = Error{columns.error().kind,
                          "no document of the project has all these columns: "
                          "document " +
                              document.name + ": " + columns.error().message};
    }
    if (lacks) return *lacks;
    return terms.columns;  // nothing is there yet that it could show
}

std::vector<std::string> VaultSharing::not_shown(const VaultDocument& document,
                                                 const VaultVersion& version) const {
    std::vector<std::string> out;
    const auto project = deps_.vault.project(document.project);
    const auto id = ledger::vault_id_text(document.id);
    std::optional<Result<std::string>> csv;
    for (const auto& share : shares()) {
        const auto& terms = share.terms;
        if (share.owner != deps_.org || !terms.of.empty() || terms.columns.empty() ||
            share.ended != 0 || terms.end < deps_.clock() || !project ||
            !ledger::covers(terms, project->name, id))
            continue;
        if (!csv) csv = table_text(document, version);
        const auto shown =
            *csv ? ledger::with_columns(**csv, terms.columns) : Result<std::string>(csv->error());
        if (!shown)
            out.push_back("share " + share.name + " to " + terms.recipient +
                          " shows some columns only, and " + shown.error().message + ": " +
                          terms.recipient + " can't open this version under it");
    }
    if (csv && *csv) ledger::wipe((*csv)->data(), (*csv)->size());
    return out;
}

// The key and the body that the recipient gets: of a copy where the share shows some columns only.
Result<VaultSharing::Released> VaultSharing::prepare(const VaultShare& share,
                                                     const VaultDocument& document,
                                                     const VaultVersion& version) {
    if (share.terms.columns.empty()) {
        const auto key = deps_.vault.key_of(version, document.project);
        if (!key) return key.error();
        return Released{*key, version.body, version.size};
    }
    std::optional<VaultCopy> copy;
    for (const auto& one : version.copies)
        if (one.share == share.terms.id) copy = one;
    if (!copy) {
        auto csv = table_text(document, version);
        if (!csv) return csv.error();
        auto narrow = ledger::with_columns(*csv, share.terms.columns);
        if (!narrow)
            return refused({"share.columns", narrow.error().message +
                                                 ", and the share shows these columns only: ask " +
                                                 deps_.org + " to share this document apart"});
        if (share.marked) {
            auto marked = deps_.mark(document, version.number, share.terms, *csv);
            if (!marked) return marked.error();
            ledger::wipe(narrow->data(), narrow->size());
            narrow = ledger::with_columns(*marked, share.terms.columns);
            ledger::wipe(marked->data(), marked->size());
            if (!narrow) return narrow.error();
        }
        ledger::wipe(csv->data(), csv->size());
        auto made = deps_.vault.copy_for(document.id, version.number, share.terms.id,
                                         ledger::as_bytes(*narrow));
        ledger::wipe(narrow->data(), narrow->size());
        if (!made) return made.error();
        copy = std::move(*made);
    }
    const auto key = deps_.vault.key_of(*copy, document.project);
    if (!key) return key.error();
    return Released{*key, copy->body, copy->size};
}

std::size_t VaultSharing::times_released(const std::string& org,
                                         const ledger::ReadRequest& request) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(readings_.begin(), readings_.end(), [&](const auto& one) {
            const auto& other = one.second.request;
            return one.second.partner == org && other.share == request.share &&
                   other.document == request.document && other.version == request.version;
        }));
}

Result<std::string> VaultSharing::release(const std::string& org, ledger::ByteView statement) {
    const auto object = signed_by(org, statement);
    if (!object) return object.error();
    const auto* request = std::get_if<ledger::ReadRequest>(&object->object);
    if (request == nullptr) return ledger::malformed("it is no request for a key");
    const auto known = share_with(org, request->share);
    if (!known || known->owner != deps_.org)
        return refused({"share.missing", "there is no such share for " + org});
    if (!known->terms.of.empty()) return release_passed(org, *object, *known);
    const auto id = ledger::parse_vault_id(request->document, "document");
    const auto document = id ? deps_.vault.document(*id) : std::nullopt;
    if (!document) return refused({"share.other-document", "the share does not cover it"});
    if (const auto no = refusal(*known, org, *document)) return refused(*no);
    const auto* version = document->version(request->version);
    if (version == nullptr)
        return refused(
            {"version.missing", "there is no version " + std::to_string(request->version)});
    if (version->shredded != 0)
        return refused({"version.destroyed",
                        "that version was destroyed on " + ledger::to_iso8601(version->shredded)});
    const auto ready = prepare(*known, *document, *version);
    if (!ready) return ready.error();

    const std::lock_guard changing(changing_);
    // An end, or a shredding, may have come while the copy was made.
    const auto still = share_with(org, request->share);
    if (const auto no = refusal(*still, org, *document)) return refused(*no);
    if (still->destroyed != 0)
        return refused({"share.destroyed", org + " confirmed on " +
                                               ledger::to_iso8601(still->destroyed) +
                                               " that what came under it is destroyed"});
    const auto current = deps_.vault.document(*id);
    if (!current || current->version(request->version)->shredded != 0)
        return refused({"version.destroyed", "that version was destroyed just now"});
    auto reading = find_reading(
        [&](const VaultReading& one) { return one.request_statement == object->statement; });
    if (reading && reading->destroyed != 0)
        return refused({"share.destroyed", org + " confirmed that it destroyed this file"});
    const ledger::KeyRelease release{.request = object->commitment,
                                     .share = request->share,
                                     .document = request->document,
                                     .name = document->name,
                                     .version = version->number,
                                     .classification = document->classification,
                                     .body = ready->body,
                                     .size = ready->size,
                                     .retain_until = document->retain_until};
    return record_release(org, *object, release, ready->key, std::move(reading));
}

// With changing_ held. `known`: it was answered before.
Result<std::string> VaultSharing::record_release(const std::string& org,
                                                 const ledger::SignedObject& object,
                                                 const ledger::KeyRelease& release,
                                                 const ledger::AgeFileKey& key,
                                                 std::optional<VaultReading> reading) {
    const auto& request = std::get<ledger::ReadRequest>(object.object);
    const auto directory = deps_.store.directory();
    if (const auto no = no_sealing_key(*directory, org)) return refused(*no);
    if (!reading) {
        if (times_released(org, request) >= kMostReleases)
            return refused({"share.too-often", "the key of this version was released under it " +
                                                   std::to_string(kMostReleases) +
                                                   " times: that is what receipts are for"});
        const auto answer = signed_now(ledger::format_vault_object(release));
        if (!answer) return answer.error();
        if (auto done = commit("key.release", answer->commitment); !done) return done.error();
        reading = VaultReading{.share = request.share,
                               .partner = org,
                               .request = request,
                               .request_statement = object.statement,
                               .release_statement = answer->statement,
                               .asked = deps_.clock(),
                               .release = release,
                               .body_size = ledger::age_body_size(release.size)};
        if (auto done = save(*reading); !done) return done.error();
    }
    const std::array<ledger::AgeRecipient, 1> to{*directory->org(org)->sealing_key()};
    return json::serialize(json::object{{"release", ledger::to_base64(reading->release_statement)},
                                        {"header", ledger::age_header(key, to)}});
}

Result<std::string> VaultSharing::documents_for(const std::string& org,
                                                const std::string& id) const {
    const auto known = share_with(org, id);
    if (!known || known->owner != deps_.org) return nothing("there is no such share for " + org);
    if (!known->terms.of.empty()) return documents_passed(org, *known);
    json::array out;
    for (const auto& document : deps_.vault.documents()) {
        if (refusal(*known, org, document)) continue;
        json::array versions;
        for (const auto& version : document.versions) {
            if (version.shredded != 0 || !can_show(known->terms, document, version)) continue;
            json::object one{{"version", version.number}, {"made", version.made}};
            // Of some columns nobody knows the size before they are asked for.
            if (known->terms.columns.empty()) one["size"] = version.size;
            versions.emplace_back(std::move(one));
        }
        if (versions.empty() && !known->terms.columns.empty()) continue;
        out.emplace_back(json::object{{"document", ledger::vault_id_text(document.id)},
                                      {"name", document.name},
                                      {"classification", to_string(document.classification)},
                                      {"versions", std::move(versions)}});
    }
    return json::serialize(json::object{{"documents", std::move(out)}});
}

Result<VaultSharing::Range> VaultSharing::body_for(const std::string& org, const std::string& id,
                                                   const ledger::Hash& body, std::uint64_t offset,
                                                   std::size_t size) const {
    const auto known = share_with(org, id);
    const auto reading = find_reading([&](const VaultReading& one) {
        return one.share == id && one.partner == org && one.release && one.release->body == body;
    });
    if (!known || known->owner != deps_.org || !reading)
        return nothing("no such file was released to " + org);
    if (!known->terms.of.empty()) return body_passed(org, *known, *reading, offset, size);
    const auto document =
        deps_.vault.document(ledger::parse_vault_id(reading->request.document, "document").value());
    if (!document) return nothing("the document is gone");
    if (const auto no = refusal(*known, org, *document)) return refused(*no);
    auto bytes = deps_.vault.raw(body, offset, size);
    if (!bytes) return bytes.error();
    return Range{std::move(*bytes), reading->body_size};
}

}  // namespace reelproof::api
