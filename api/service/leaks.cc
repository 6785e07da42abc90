#include "api/service/leaks.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_rows.h"
#include "ledger/base/sha256.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::string_view kCopies = "leak.copy/", kCanaries = "leak.canary/";
constexpr std::size_t kLongestName = 200;

std::string hash_text(std::string_view of) {
    return ledger::to_hex(ledger::sha256(ledger::as_bytes(of)));
}

std::string key_of_copy(const LeakCopy& copy) {
    return std::string(kCopies) + ledger::vault_id_text(copy.document) + "/" +
           std::to_string(copy.version) + "/" + hash_text(copy.recipient);
}

json::object of_copy(const LeakCopy& copy) {
    return {{"document", ledger::vault_id_text(copy.document)},
            {"version", static_cast<std::int64_t>(copy.version)},
            {"recipient", copy.recipient},
            {"decoys", static_cast<std::int64_t>(copy.decoys)},
            {"made", copy.made},
            {"by", copy.by}};
}

LeakCopy to_copy(const json::object& row) {
    return {vault_rows::id_in(row, "document"),
            static_cast<std::uint64_t>(number_in(row, "version")),
            text_in(row, "recipient"),
            static_cast<std::size_t>(number_in(row, "decoys")),
            number_in(row, "made"),
            text_in(row, "by")};
}

Result<void> check_words(std::string_view text, std::string_view what, bool may_be_empty) {
    if ((text.empty() && !may_be_empty) || text.size() > kLongestName ||
        !ledger::is_utf8(ledger::as_bytes(text)) || ledger::has_control_characters(text))
        return ledger::malformed(std::string(what) + ": 1 to " + std::to_string(kLongestName) +
                                 " bytes without control characters");
    return {};
}

}  // namespace

std::string share_recipient(const ledger::Share& share) {
    if (!share.person.empty()) return share.recipient + ", person " + share.person;
    if (!share.role.empty()) return share.recipient + ", role " + share.role;
    return share.recipient;
}

ledger::LeakKey Leaks::key_of(const ledger::VaultId& document, std::uint64_t version) const {
    return ledger::leak_key(kept_, ledger::vault_id_text(document), version);
}

Result<std::string> Leaks::table_of(const VaultDocument& document, std::uint64_t number) const {
    const auto* version = document.version(number);
    if (version == nullptr) return nothing("the document has no version " + std::to_string(number));
    if (version->shredded != 0)
        return nothing("that version was destroyed on " + ledger::to_iso8601(version->shredded));
    if (version->size > ledger::kMaxTable)
        return Error{ErrorKind::too_large,
                     "the table is over " + ledger::counted(ledger::kMaxTable, "byte")};
    std::string csv;
    while (csv.size() < version->size) {
        const auto more = vault_.read(*version, document.project, csv.size(), kVaultPart);
        if (!more) return more.error();
        csv += ledger::as_text(*more);
    }
    return csv;
}

Result<ledger::MarkedTable> Leaks::mark(LeakCopy copy, const std::string& not_fitted) {
    const auto document = vault_.document(copy.document);
    if (!document) return nothing("there is no such document");
    const auto csv = table_of(*document, copy.version);
    if (!csv) return csv.error();
    return mark(std::move(copy), not_fitted, *csv);
}

Result<ledger::MarkedTable> Leaks::mark(LeakCopy copy, const std::string& not_fitted,
                                        std::string_view csv) {
    if (auto fine = check_words(copy.recipient, "recipient", false); !fine) return fine.error();
    auto marked = ledger::mark_table(csv, key_of(copy.document, copy.version), copy.recipient,
                                     {copy.decoys, not_fitted});
    if (!marked) return marked.error();
    copy.made = clock_();
    const std::lock_guard changing(changing_);
    const auto key = key_of_copy(copy);
    if (const auto row = rows_.get(key)) {
        // The first decoys of more are the same.
        const auto before = to_copy(*row);
        if (before.decoys >= copy.decoys) return marked;
    }
    if (auto done = rows_.put(key, of_copy(copy)); !done) return done.error();
    return marked;
}

std::vector<LeakCopy> Leaks::copies() const {
    std::vector<LeakCopy> out;
    rows_.each(kCopies,
               [&](std::string_view, const json::object& row) { out.push_back(to_copy(row)); });
    return out;
}

Result<std::string> Leaks::lay_out(LeakCanary canary) {
    if (auto fine = check_words(canary.name, "name", false); !fine) return fine.error();
    if (auto fine = check_words(canary.recipient, "recipient", true); !fine) return fine.error();
    if (canary.lines < ledger::kLeastCanaryLines || canary.lines > ledger::kMostCanaryLines)
        return ledger::malformed("lines: " + std::to_string(ledger::kLeastCanaryLines) + " to " +
                                 std::to_string(ledger::kMostCanaryLines));
    canary.made = clock_();
    const auto key = std::string(kCanaries) + hash_text(canary.name);
    const std::lock_guard changing(changing_);
    if (rows_.get(key))
        return Error{ErrorKind::conflict, "there is a canary of that name: choose another"};
    if (auto done = rows_.put(key, {{"name", canary.name},
                                    {"recipient", canary.recipient},
                                    {"lines", static_cast<std::int64_t>(canary.lines)},
                                    {"made", canary.made},
                                    {"by", canary.by}});
        !done)
        return done.error();
    return ledger::canary_table(kept_, canary.name, canary.lines);
}

std::vector<LeakCanary> Leaks::canaries() const {
    std::vector<LeakCanary> out;
    rows_.each(kCanaries, [&](std::string_view, const json::object& row) {
        out.push_back({text_in(row, "name"), text_in(row, "recipient"),
                       static_cast<std::size_t>(number_in(row, "lines")), number_in(row, "made"),
                       text_in(row, "by")});
    });
    return out;
}

Result<Leaks::Traced> Leaks::trace(std::string_view found,
                                   const std::optional<ledger::VaultId>& only) const {
    if (found.size() > ledger::kMaxTable)
        return Error{ErrorKind::too_large,
                     "the found file is over " + ledger::counted(ledger::kMaxTable, "byte")};
    std::map<std::pair<ledger::VaultId, std::uint64_t>, std::vector<ledger::MarkedCopy>> tables;
    Traced out;
    for (auto& copy : copies()) {
        if (only && copy.document != *only) continue;
        tables[{copy.document, copy.version}].push_back({std::move(copy.recipient), copy.decoys});
        ++out.tried;
    }
    const auto laid_out = only ? std::vector<LeakCanary>() : canaries();
    out.tried += laid_out.size();
    for (const auto& [place, given] : tables) {
        const auto document = vault_.document(place.first);
        const auto original = document ? table_of(*document, place.second)
                                       : Result<std::string>(nothing("the document is gone"));
        if (!original) {
            out.unreadable.push_back(document ? document->name
                                              : ledger::vault_id_text(place.first));
            continue;
        }
        const auto beside = ledger::FoundTable::lay_beside(*original, found);
        if (!beside) return beside.error();
        auto trace = beside->trace(key_of(place.first, place.second), given, out.tried);
        const bool named = !trace.suspicions.empty() && trace.suspicions.front().named();
        if (trace.known > 0 || named)
            out.tables.push_back({*document, place.second, std::move(trace)});
    }
    std::stable_sort(out.tables.begin(), out.tables.end(),
                     [](const auto& a, const auto& b) { return a.trace.known > b.trace.known; });
    const auto words = ledger::part_words(found);
    for (const auto& canary : laid_out) {
        auto trace = ledger::trace_canary(kept_, canary.name, canary.lines, words, out.tried);
        if (!trace.hits.empty()) out.canaries.push_back({canary, std::move(trace)});
    }
    return out;
}

}  // namespace reelproof::api
