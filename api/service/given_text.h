// Texts that people give: not too long, and nothing that a terminal or a log would obey.
// Thread-safe: pure.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/bytes.h"
#include "ledger/base/counted.h"
#include "ledger/base/result.h"

namespace reelproof::api {

enum class Lines { one, many };  // many: line ends may stand in it

// `malformed`, naming `name`, unless there are 1 (`needed`) or 0 to `most` bytes.
inline ledger::Result<void> check_given(std::string_view text, std::string_view name, bool needed,
                                        std::size_t most, Lines lines = Lines::one) {
    const auto wrong = [&](const std::string& what) {
        return ledger::malformed(std::string(name) + " " + what);
    };
    if (needed && text.empty()) return wrong("is missing");
    if (text.size() > most) return wrong("has more than " + ledger::counted(most, "byte"));
    std::string plain(text);
    if (lines == Lines::many)
        std::erase_if(plain, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
    if (ledger::has_control_characters(plain)) return wrong("must have no control characters");
    return {};
}

}  // namespace reelproof::api
