#include "api/service/word.h"

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

constexpr std::size_t kLongest = 200;  // bytes

}  // namespace

std::string word_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c >= 'a' && c <= 'z')
            out += static_cast<char>(c - 'a' + 'A');
        else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80)
            out += c;
    }
    if (out.empty()) out = text;
    if (out.size() > kLongest) out = ledger::to_hex(ledger::sha256(ledger::as_bytes(out)));
    return out;
}

}  // namespace reelproof::api
