#include "ledger/rules/policy.h"

#include <algorithm>

namespace reelproof::ledger {

namespace {

bool same_letter(char a, char b) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    return upper(a) == upper(b);
}

bool same_text(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

}  // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::minor:
            return "minor";
        case Severity::major:
            return "major";
        case Severity::critical:
            return "critical";
    }
    return "critical";
}

bool mpn_matches(std::string_view pattern, std::string_view mpn) {
    if (!pattern.ends_with('*')) return same_text(pattern, mpn);
    pattern.remove_suffix(1);
    return mpn.size() >= pattern.size() && same_text(pattern, mpn.substr(0, pattern.size()));
}

const TrustedManufacturer* Policy::manufacturer_of(std::string_view mpn) const {
    for (const auto& one : manufacturers)
        if (one.mpns.empty() ||
            std::any_of(one.mpns.begin(), one.mpns.end(),
                        [&](const auto& pattern) { return mpn_matches(pattern, mpn); }))
            return &one;
    return nullptr;
}

std::string Policy::org_of_name(std::string_view name) const {
    for (const auto& one : manufacturers) {
        if (one.org == name) return one.org;
        if (std::any_of(one.names.begin(), one.names.end(),
                        [&](const auto& known) { return same_text(known, name); }))
            return one.org;
    }
    return {};
}

}  // namespace reelproof::ledger
