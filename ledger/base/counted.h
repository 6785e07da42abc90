// A number with its noun, for messages: "1 entry", "3 entries". Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reelproof::ledger {

// `noun` in the singular, of those whose plural ends in "s" or (for "y" behind a consonant) in
// "ies".
inline std::string counted(std::string_view number, std::string_view noun) {
    auto out = std::string(number) + " ";
    if (number == "1") return out.append(noun);
    const bool vowel =
        noun.size() > 1 && std::string_view("aeiou").find(noun[noun.size() - 2]) != noun.npos;
    if (noun.ends_with('y') && !vowel)
        return out.append(noun.substr(0, noun.size() - 1)).append("ies");
    return out.append(noun).append("s");
}

inline std::string counted(std::uint64_t number, std::string_view noun) {
    return counted(std::to_string(number), noun);
}

}  // namespace reelproof::ledger
