// VaultSharing: what is passed on with fewer columns than we hold. Each such table is a file of its
// own, made once for each share that passes it on, of the text that lies here and under a key that
// is destroyed with all that came under the share that we hold.
#include <algorithm>
#include <map>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::api {

using ledger::Result;

std::vector<VaultReading> VaultSharing::held_readings(const VaultShare& held,
                                                      const std::string& document) const {
    std::vector<VaultReading> out;
    for (auto& one : readings())
        if (one.share == held.terms.id && one.partner == held.owner && one.complete &&
            one.destroyed == 0 && one.release &&
            (document.empty() || one.request.document == document))
            out.push_back(std::move(one));
    return out;
}

Result<std::vector<std::string>> VaultSharing::columns_held(
    const VaultReading& reading, const std::vector<std::string>& wanted) const {
    auto head = read_held(reading, 0, ledger::kLongestHeading);
    if (!head) return head.error();
    const auto lines = ledger::whole_lines(ledger::as_text(head->bytes), head->size);
    auto out =
        wanted.empty() ? ledger::columns_of(lines) : ledger::columns_as_spelled(lines, wanted);
    ledger::wipe(head->bytes.data(), head->bytes.size());
    return out;
}

Result<std::vector<VaultSharing::HeldTable>> VaultSharing::held_tables(
    const std::string& name, const VaultReader& reader) const {
    const auto held = held_share(name);
    if (!held) return held.error();
    if (const auto no = held_refusal(*held, reader)) return refused(*no);
    std::map<std::string, VaultReading> newest;
    for (auto& one : held_readings(*held, {})) {
        auto& known = newest[one.request.document];
        if (known.request.version < one.request.version) known = std::move(one);
    }
    std::vector<HeldTable> out;
    // Of one column nothing can be left out; and so reads the first line of many a text.
    for (const auto& [document, reading] : newest)
        if (auto columns = columns_held(reading, {}); columns && columns->size() > 1)
            out.push_back({document, std::move(*columns)});
    return out;
}

Result<std::vector<std::string>> VaultSharing::columns_to_pass(
    const VaultShare& held, const std::string& document, std::vector<std::string> asked) const {
    const auto& shown = held.terms.columns;
    for (std::size_t i = 0; i < asked.size(); ++i)
        asked.erase(
            std::remove_if(asked.begin() + static_cast<std::ptrdiff_t>(i) + 1, asked.end(),
                           [&](const auto& one) { return ledger::same_column(one, asked[i]); }),
            asked.end());
    if (asked.empty()) return shown;
    if (!shown.empty()) {
        // What is none of them the rule refuses, by its name.
        auto out = asked;
        for (auto& column : out)
            for (const auto& one : shown)
                if (ledger::same_column(one, column)) column = one;
        return out;
    }
    std::string why = "none was read here yet: read the table first";
    for (const auto& reading : held_readings(held, document)) {
        auto out = columns_held(reading, asked);
        if (out) return out;
        const auto all = columns_held(reading, {});
        // What is no table lacks nothing; what can't be opened is another matter.
        if (!all && all.error().kind != ledger::ErrorKind::malformed &&
            all.error().kind != ledger::ErrorKind::too_large)
            return ledger::within(reading.release->name, all.error());
        if (all && all->size() > 1) why = reading.release->name + ": " + out.error().message;
    }
    return refused({"share.columns", "no table that was read here has all these columns: " + why});
}

bool VaultSharing::can_pass(const ledger::Share& terms, const VaultShare& held,
                            const VaultReading& reading) const {
    return terms.columns == held.terms.columns || columns_held(reading, terms.columns).has_value();
}

Result<std::string> VaultSharing::narrower_text(const std::vector<std::string>& columns,
                                                const VaultReading& reading) const {
    if (reading.release->size > ledger::kMaxTable)
        return refused(
            {"share.columns", "the file is over " + ledger::counted(ledger::kMaxTable, "byte") +
                                  ", and no table that is so long is passed on by columns"});
    std::string text;
    text.reserve(reading.release->size);
    while (text.size() < reading.release->size) {
        auto more = read_held(reading, text.size(), kVaultPart);
        if (!more) {
            ledger::wipe(text.data(), text.size());
            return more.error();
        }
        text += ledger::as_text(more->bytes);
        ledger::wipe(more->bytes.data(), more->bytes.size());
        if (more->bytes.empty()) break;
    }
    auto narrower = ledger::with_columns(text, columns);
    ledger::wipe(text.data(), text.size());
    if (!narrower)
        return refused({"share.columns",
                        narrower.error().message + ", and the share shows these columns only"});
    return narrower;
}

// With changing_ held: whoever destroys what came under the share takes it for that, too.
Result<VaultSharing::Released> VaultSharing::passed_file(const ledger::Share& terms,
                                                         const VaultShare& held,
                                                         VaultReading reading) {
    auto& keys = deps_.vault.keys();
    const auto place = ledger::parse_vault_id(held.terms.id, "share");
    if (!place) return place.error();
    const auto released = [&](const ledger::VaultId& id, const ledger::Bytes& wrapped,
                              const ledger::Hash& body, std::uint64_t size) -> Result<Released> {
        const auto key = keys.unwrap(*place, id, wrapped);
        if (!key) return key.error();
        return Released{*key, body, size};
    };
    if (terms.columns == held.terms.columns)
        return released(reading.key, reading.wrapped, reading.release->body, reading.release->size);
    auto& copies = reading.copies;
    auto copy = std::find_if(copies.begin(), copies.end(),
                             [&](const VaultCopy& one) { return one.share == terms.id; });
    if (copy == copies.end()) {
        auto narrower = narrower_text(terms.columns, reading);
        if (!narrower) return narrower.error();
        auto made = deps_.vault.copy_held(*place, terms.id, ledger::as_bytes(*narrower));
        ledger::wipe(narrower->data(), narrower->size());
        if (!made) return made.error();
        copy = copies.insert(copies.end(), std::move(*made));
        if (auto done = save(reading); !done) {
            keys.shred(*place, {copy->key});
            deps_.vault.held().remove(copy->body);
            return done.error();
        }
    }
    return released(copy->key, copy->wrapped, copy->body, copy->size);
}

}  // namespace reelproof::api
