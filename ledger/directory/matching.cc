#include "ledger/directory/matching.h"

#include <algorithm>

namespace reelproof::ledger {

namespace {

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool in_list(const std::vector<std::string>& list, std::string_view value) {
    return std::any_of(list.begin(), list.end(),
                       [&](const std::string& one) { return equal_text(one, value); });
}

}  // namespace

bool equal_text(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return upper(x) == upper(y); });
}

bool matches_pattern(std::string_view pattern, std::string_view mpn) {
    if (pattern.empty() || pattern.back() != '*') return equal_text(pattern, mpn);
    pattern.remove_suffix(1);
    return mpn.size() >= pattern.size() && equal_text(pattern, mpn.substr(0, pattern.size()));
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view mpn) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_pattern(pattern, mpn); });
}

bool recall_hits(const Recall& recall, std::string_view mpn, std::string_view lot,
                 std::string_view date_code) {
    if (!recall.mpn.empty() && !equal_text(recall.mpn, mpn)) return false;
    if (recall.lots.empty() && recall.date_codes.empty()) return !recall.mpn.empty();
    return in_list(recall.lots, lot) || in_list(recall.date_codes, date_code);
}

}  // namespace reelproof::ledger
