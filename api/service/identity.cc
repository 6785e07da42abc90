#include "api/service/identity.h"

#include <algorithm>
#include <set>

#include "ledger/base/counted.h"
#include "vision/label/date_code.h"
#include "vision/label/normalised.h"

namespace reelproof::api {

namespace {

constexpr std::size_t kKeptKeys = 1000;

std::string text_of(const vision::Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : vision::to_string(found->second);
}

// Serials that are unique to the package (research/labels.md 1.6). Customs and zeros are not.
std::optional<std::string> package_serial(const vision::Fields& fields) {
    for (const auto* name : {"serial", "package_id"}) {
        auto value = text_of(fields, name);
        if (value.find_first_not_of("0 ") != std::string::npos) return value;
    }
    return std::nullopt;
}

void add_print(Identified& out, const vision::TextReading& text) {
    for (const auto& field : text.fields) {
        if (field.state != vision::TextState::differs) continue;
        ledger::LabelRemark remark{"label.text", vision::difference_text(field)};
        for (const auto& corner : field.position) remark.region.push_back({corner.x, corner.y});
        out.remarks.push_back(std::move(remark));
    }
}

}  // namespace

vision::LabelReading read_texts(const std::vector<std::string>& texts) {
    std::vector<vision::Symbol> symbols;
    for (const auto& text : texts) {
        vision::Symbol symbol;
        symbol.text = text;
        symbol.bytes.assign(text.begin(), text.end());
        symbols.push_back(std::move(symbol));
    }
    return vision::merge(std::move(symbols));
}

std::optional<std::int64_t> good_until(const vision::Fields& fields) {
    std::optional<std::int64_t> out;
    for (const auto& reading : vision::normalised(fields).expiry) {
        const std::int64_t last = reading.last.time_since_epoch().count();
        out = std::max(out.value_or(last), last);
    }
    return out;
}

ledger::Result<Identified> Identifier::identify(const vision::LabelReading& reading) {
    Identified out;
    const auto& fields = reading.fields;
    out.label.manufacturer = text_of(fields, "manufacturer");
    out.label.mpn = text_of(fields, "mpn");
    out.label.lot = text_of(fields, "lot");
    out.label.date_code = text_of(fields, "date_code");
    out.label.date_code_kind = text_of(fields, "date_code_kind");
    out.label.country = text_of(fields, "country");
    out.label.msl = text_of(fields, "msl");
    out.label.customer_pn = text_of(fields, "customer_pn");
    if (const auto found = fields.find("quantity"); found != fields.end())
        if (const auto* count = std::get_if<std::int64_t>(&found->second)) out.quantity = *count;
    out.good_until = good_until(fields);
    for (const auto& warning : reading.warnings)
        if (const auto rule = vision::rule_of(warning); !rule.empty() && rule != "label.text")
            out.remarks.push_back(
                {std::string(rule), warning.text, warning.code.starts_with("conflict.")});
    if (reading.text) add_print(out, *reading.text);

    // Two labels in one picture: which of them is meant, nobody can tell.
    std::set<std::string> issued;
    for (const auto& parsed : reading.parsed)
        if (parsed && parsed->unique_id)
            if (const auto seed = ledger::seed_of_25s(*parsed->unique_id))
                issued.insert(ledger::public_item_id(ledger::issued_item_key(*seed)));
    if (issued.size() > 1)
        return ledger::malformed("these are labels of " + ledger::counted(issued.size(), "item") +
                                 ": show one at a time");
    if (reading.unique_id) {
        if (auto seed = ledger::seed_of_25s(*reading.unique_id)) {
            out.issued = true;
            out.label.serial = text_of(fields, "serial");  // of a board, for people to read
            out.key = ledger::issued_item_key(*seed);
            out.id = ledger::public_item_id(out.key);
            // A board has no MPN to print: what the label has to state is what was recorded with
            // it.
            std::erase_if(out.remarks,
                          [](const auto& remark) { return remark.rule == "label.incomplete"; });
            return out;
        }
    }
    if (reading.symbols.empty())
        return ledger::malformed(
            "no symbol was found: come closer, avoid glare, or scan the label by hand");
    if (out.label.mpn.empty() || out.label.lot.empty()) {
        std::string missing = out.label.mpn.empty() ? "manufacturer part number" : "lot";
        if (out.label.mpn.empty() && out.label.lot.empty()) missing += " and lot";
        return ledger::malformed("the label names no item: " + missing +
                                 " can't be read from its symbols");
    }
    if (!salt_)
        return ledger::malformed(
            "a maker's own label can be looked up only with the network salt: set "
            "network_salt_file in the configuration");
    const auto serial = package_serial(fields);
    if (serial) out.label.serial = *serial;
    out.lot_level = !serial;
    const auto identity =
        ledger::legacy_identity(out.label.mpn, out.label.lot,
                                serial ? std::optional<std::string_view>(*serial) : std::nullopt);
    if (!identity) return identity.error();
    out.key = legacy_key(*identity, *salt_);
    out.id = ledger::public_item_id(out.key);
    return out;
}

std::optional<ledger::ItemKey> Identifier::lot_key(std::string_view mpn, std::string_view lot) {
    if (!salt_) return std::nullopt;
    const auto identity = ledger::legacy_identity(mpn, lot, std::nullopt);
    if (!identity) return std::nullopt;
    return legacy_key(*identity, *salt_);
}

std::optional<ledger::ItemKey> Identifier::recent_key(const std::string& identity) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(recent_.begin(), recent_.end(),
                                    [&](const auto& one) { return one.first == identity; });
    if (found == recent_.end()) return std::nullopt;
    recent_.splice(recent_.begin(), recent_, found);
    return recent_.front().second;
}

ledger::ItemKey Identifier::legacy_key(const std::string& identity,
                                       const ledger::NetworkSalt& salt) {
    if (auto key = recent_key(identity)) return *key;
    const std::lock_guard hashing(hashing_);
    // Somebody else may have computed it while we waited.
    if (auto key = recent_key(identity)) return *key;
    auto key = ledger::legacy_item_key(identity, salt);
    const std::lock_guard lock(mutex_);
    recent_.emplace_front(identity, key);
    if (recent_.size() > kKeptKeys) recent_.pop_back();
    return key;
}

std::vector<ledger::DayInterval> date_readings(std::string_view code, std::string_view kind) {
    std::vector<ledger::DayInterval> out;
    for (const auto& reading : vision::date_intervals(code, kind))
        out.push_back(
            {reading.first.time_since_epoch().count(), reading.last.time_since_epoch().count()});
    return out;
}

}  // namespace reelproof::api
