#include "api/people/audit_row.h"

#include <algorithm>

#include <boost/json.hpp>

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

namespace json = boost::json;

[[noreturn]] void damaged(std::uint64_t number) {
    throw ledger::EnvironmentError("the store is damaged: entry " + std::to_string(number) +
                                   " of the audit log is not of its form");
}

}  // namespace

ledger::Bytes audit_key(std::uint64_t number) {
    ledger::Bytes key(8);
    for (int i = 0; i < 8; ++i) key[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return key;
}

std::uint64_t audit_number(ledger::ByteView key) {
    std::uint64_t number = 0;
    for (const auto byte : key) number = number << 8 | byte;
    return number;
}

std::string audit_text(const AuditEntry& entry, std::uint64_t number) {
    return json::serialize(json::object{{"number", number},
                                        {"time", entry.time},
                                        {"who", entry.who},
                                        {"address", entry.address},
                                        {"what", entry.what},
                                        {"about", entry.about},
                                        {"status", entry.status}});
}

ledger::Bytes audit_value(const ledger::Hash& hash, std::string_view text) {
    ledger::Bytes out(hash.begin(), hash.end());
    out.insert(out.end(), text.begin(), text.end());
    return out;
}

ledger::Hash audit_chained(const ledger::Hash& before, std::string_view text) {
    return ledger::sha256(audit_value(before, text));
}

AuditRow read_audit_row(ledger::ByteView key, ledger::ByteView value) {
    AuditRow row;
    row.entry.number = audit_number(key);
    if (key.size() != 8 || value.size() < row.entry.hash.size()) damaged(row.entry.number);
    std::copy_n(value.begin(), row.entry.hash.size(), row.entry.hash.begin());
    row.text = ledger::as_text(value.subspan(row.entry.hash.size()));
    boost::system::error_code failed;
    const auto parsed = json::parse(row.text, failed);
    if (failed || !parsed.is_object()) damaged(row.entry.number);
    const auto& object = parsed.get_object();
    const auto text = [&](std::string_view name) {
        const auto* value_of = object.if_contains(name);
        if (value_of == nullptr || !value_of->is_string()) damaged(row.entry.number);
        return std::string(value_of->get_string());
    };
    const auto number = [&](std::string_view name) {
        const auto* value_of = object.if_contains(name);
        if (value_of == nullptr || !value_of->is_int64()) damaged(row.entry.number);
        return value_of->get_int64();
    };
    row.entry.time = number("time");
    row.entry.who = text("who");
    row.entry.address = text("address");
    row.entry.what = text("what");
    row.entry.about = text("about");
    row.entry.status = static_cast<int>(number("status"));
    return row;
}

}  // namespace reelproof::api
