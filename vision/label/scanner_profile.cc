#include "vision/label/scanner_profile.h"

#include <algorithm>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

// The substitution that applies here, the longest first; null if none does.
const Substitution* applies(const std::vector<Substitution>& all, std::string_view here) {
    const Substitution* best = nullptr;
    for (const Substitution& one : all) {
        if (!here.starts_with(one.delivered)) continue;
        if (best == nullptr || one.delivered.size() > best->delivered.size()) best = &one;
    }
    return best;
}

// One pass, so that what was put in is not replaced again.
std::string replaced(std::string_view text, const ScannerProfile& profile, bool message) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const Substitution* one = applies(profile.substitutions, text);
        if (message) {
            const Substitution* other = applies(profile.message_only, text);
            if (other != nullptr &&
                (one == nullptr || other->delivered.size() >= one->delivered.size())) {
                one = other;
            }
        }
        if (one == nullptr) {
            result += text[0];
            text.remove_prefix(1);
        } else {
            result += one->meant;
            text.remove_prefix(one->delivered.size());
        }
    }
    return result;
}

bool is_message(std::string_view text) {
    return text.starts_with("[)>") || text.starts_with(">[)>");
}

}  // namespace

bool ScannerProfile::transparent() const {
    return prefix.empty() && suffix.empty() && substitutions.empty() && message_only.empty() &&
           lost.empty() && !case_lost && !small_after_control;
}

bool ScannerProfile::loses_separators() const {
    return lost.find_first_of("\x1d\x1e") != std::string::npos;
}

std::string_view calibration_text() {
    // Digits stand between the punctuation: a dead key would swallow a letter behind it.
    return "[)>\x1e"
           "06\x1d"
           "3ZREELPROOF CALIBRATION\x1d"
           "10Zabcdefghijklmnopqrstuvwxyz\x1d"
           "11ZABCDEFGHIJKLMNOPQRSTUVWXYZ\x1d"
           "12Z0[1]2{3}4@5\"6#7~8-9_0:1;2'3^4`5\\6|7/8?9!0$1%2&3*4+5=6.7,8<9>0(1)2 3\x1d"
           "Q4\x1dP5\x1dK6\x1e"
           "06\x1d"
           "13Z7\x1e\x04";
}

std::string undo(const ScannerProfile& profile, std::string_view text) {
    if (!profile.prefix.empty() && text.starts_with(profile.prefix)) {
        text.remove_prefix(profile.prefix.size());
    }
    if (!profile.suffix.empty() && text.ends_with(profile.suffix)) {
        text.remove_suffix(profile.suffix.size());
    }
    std::string result = replaced(text, profile, false);
    if (!profile.message_only.empty() && is_message(result)) {
        result = replaced(text, profile, true);
    }
    if (profile.small_after_control) {
        bool begins = false;
        for (char& c : result) {
            if (begins && is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
            begins = c == group_separator || c == record_separator;
        }
    }
    return profile.case_lost ? upper(result) : result;
}

}  // namespace reelproof::vision
