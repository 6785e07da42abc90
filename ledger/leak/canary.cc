#include "ledger/leak/canary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "ledger/base/sha256.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::ledger {
namespace {

// '#' is a digit, '@' a letter that is not mistaken for one: 24^3 x 10^4 numbers or more each.
struct Family {
    std::string_view pattern, footprint;
    char designator;
};
constexpr std::array kFamilies{
    Family{"RNV0603F@###@@#", "R_0603", 'R'}, Family{"GCY188R7@###K@@#", "C_0603", 'C'},
    Family{"XLB2@##-@@##@", "L_1210", 'L'},   Family{"TPV7##@@#@#RGT", "QFN-16", 'U'},
    Family{"STZ32@###@@#T6", "LQFP-64", 'U'}, Family{"DMX@##@@##-7F", "SOT-23", 'Q'}};
constexpr double kFamilySize = 24.0 * 24 * 24 * 1e4;
constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::size_t kShortest = 10;
constexpr std::size_t kBytesALine = 32;

// Bytes for one line, one after the other.
class Draws {
  public:
    Draws(const LeakKey& kept, std::string_view name, std::size_t line) {
        Prf prf(kept.expose());
        const auto number = std::to_string(line);
        bytes_ = prf(
            {as_bytes("reelproof canary 1\n"), as_bytes(name), as_bytes("/"), as_bytes(number)});
    }
    std::size_t below(std::size_t limit) {
        const auto drawn =
            std::size_t{bytes_[at_ % kBytesALine]} << 8 | bytes_[(at_ + 1) % kBytesALine];
        at_ += 2;
        return drawn % limit;
    }

  private:
    Hash bytes_{};
    std::size_t at_ = 0;
};

const Family& family_of(std::size_t line) {
    return kFamilies[line % kFamilies.size()];
}

std::string part_number(Draws& draws, const Family& family) {
    std::string out;
    for (const char c : family.pattern)
        if (c == '#')
            out += static_cast<char>('0' + draws.below(10));
        else if (c == '@')
            out += kLetters[draws.below(kLetters.size())];
        else
            out += c;
    return out;
}

}  // namespace

std::vector<std::string> canary_parts(const LeakKey& kept, std::string_view name,
                                      std::size_t lines) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < lines; ++i) {
        Draws draws(kept, name, i);
        out.push_back(part_number(draws, family_of(i)));
    }
    return out;
}

std::string canary_table(const LeakKey& kept, std::string_view name, std::size_t lines) {
    std::string out = "Designator,Value,Footprint,MPN,Quantity\r\n";
    std::map<char, std::size_t> next;
    for (std::size_t i = 0; i < lines; ++i) {
        Draws draws(kept, name, i);
        const auto& family = family_of(i);
        const auto mpn = part_number(draws, family);
        const auto count = family.designator == 'U' ? 1 : 1 + draws.below(4);
        std::string names;
        for (std::size_t j = 0; j < count; ++j)
            names += (names.empty() ? "" : ", ") + std::string(1, family.designator) +
                     std::to_string(++next[family.designator]);
        static constexpr std::array kSteps{"10", "15", "22", "33", "47", "68"};
        const std::string step = kSteps[draws.below(kSteps.size())];
        const std::string value = family.designator == 'R'   ? step + "k"
                                  : family.designator == 'C' ? step + "n"
                                  : family.designator == 'L' ? step + "u"
                                                             : mpn;
        out += (count > 1 ? "\"" + names + "\"" : names) + "," + value + "," +
               std::string(family.footprint) + "," + mpn + "," + std::to_string(count) + "\r\n";
    }
    return out;
}

std::vector<std::string> part_words(std::string_view text) {
    std::set<std::string> out;
    std::string word;
    const auto keep = [&] {
        if (word.size() >= kShortest && word.size() <= 32) out.insert(word);
        word.clear();
    };
    for (const char c : text.substr(0, kMaxTable)) {
        if (c >= 'a' && c <= 'z')
            word += static_cast<char>(c - 'a' + 'A');
        else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')
            word += c;
        else
            keep();
    }
    keep();
    return {out.begin(), out.end()};
}

CanaryTrace trace_canary(const LeakKey& kept, std::string_view name, std::size_t lines,
                         const std::vector<std::string>& words, std::size_t tried) {
    CanaryTrace out;
    for (auto& part : canary_parts(kept, name, lines))
        if (std::binary_search(words.begin(), words.end(), part))
            out.hits.push_back(std::move(part));
    out.odds = -std::log10(static_cast<double>(std::max<std::size_t>(tried, 1)));
    // The chance of k or more by accident is below (parts x words / family)^k / k!.
    const double mean =
        static_cast<double>(lines) * static_cast<double>(words.size()) / kFamilySize;
    for (std::size_t i = 1; i <= out.hits.size(); ++i)
        out.odds -= std::log10(std::min(mean / static_cast<double>(i), 1.0));
    return out;
}

}  // namespace reelproof::ledger
