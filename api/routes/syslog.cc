#include "api/routes/syslog.h"

#include <utility>

namespace reelproof::api {

namespace {

constexpr int kLogAudit = 13, kWarning = 4, kInformational = 6;

// RFC 5424 6.3.3. A control character could end the line.
std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '"' || c == '\\' || c == ']') out += '\\';
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7F ? ' ' : c;
    }
    return out;
}

}  // namespace

std::string syslog_line(const AuditEntry& entry, std::string_view org) {
    const int severity = entry.allowed() ? kInformational : kWarning;
    std::string out = "<" + std::to_string(kLogAudit * 8 + severity) + ">1 " +
                      ledger::to_iso8601(entry.time) + " " + std::string(org) +
                      " reelproof - audit [reelproof@32473";
    const auto add = [&](std::string_view name, std::string_view value) {
        out.append(" ").append(name).append("=\"").append(escaped(value)).append("\"");
    };
    add("number", std::to_string(entry.number));
    add("who", entry.who);
    add("address", entry.address);
    add("what", entry.what);
    if (!entry.about.empty()) add("about", entry.about);
    add("status", std::to_string(entry.status));
    add("hash", ledger::to_hex(entry.hash));
    return out + "] " + escaped(entry.who) + (entry.allowed() ? ": " : " was refused: ") +
           escaped(entry.what) + "\n";
}

}  // namespace reelproof::api
