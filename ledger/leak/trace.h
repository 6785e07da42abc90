// Whose marks a found file bears. The file is laid beside the original line by line, by designators
// and by cells that one line alone has; then each mark that can still be seen is held against what
// the generator drew for each recipient. Lost columns, a new order and other spellings only take
// marks away.
//
// The evidence against one recipient is the likelihood ratio of "a part of these lines comes from
// this copy" against "they agree by chance", averaged over how large that part may be, for each
// kind of mark apart. For who never had the file its mean is exactly 1, whatever was done to the
// file, since his marks were drawn without regard to it; so it exceeds x with a chance below 1/x
// (Markov), and below N/x for any of N recipients. Named is who stands above x = 1,000 N: fewer
// than one false naming in 1,000 files. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/leak/marks.h"

namespace reelproof::ledger {

inline constexpr double kNamingOdds = 3;  // powers of ten, after the correction

struct MarkedCopy {
    std::string recipient;
    std::size_t decoys = 0;
};

// How many marks of a kind can be seen, and agree.
struct MarkCount {
    std::size_t seen = 0, agree = 0;
};

struct Suspicion {
    std::string recipient;
    double odds = 0;  // powers of ten, corrected for the number of recipients
    MarkCount spellings, units, orders, swaps, decoys;
    [[nodiscard]] bool named() const { return odds >= kNamingOdds; }
};

struct LeakTrace {
    std::size_t lines = 0, known = 0;   // of the found file; of them from this table
    std::vector<Suspicion> suspicions;  // one a copy, the strongest first
};

// What a file that was found shows of one table. `found`: CSV, or any text with lines.
class FoundTable {
  public:
    // Errors: `too_large`, `malformed` when the original is no table.
    static Result<FoundTable> lay_beside(std::string_view original, std::string_view found);

    [[nodiscard]] std::size_t lines() const { return lines_; }
    [[nodiscard]] std::size_t known() const { return known_; }
    // `tried`: among how many copies in all, of all tables, a name is sought.
    [[nodiscard]] LeakTrace trace(const LeakKey& key, const std::vector<MarkedCopy>& copies,
                                  std::size_t tried) const;

  private:
    // A mark that can be seen: which of how many.
    struct Spelled {
        std::size_t line, which, of;
    };
    struct Seen {
        std::size_t line, pair;
        bool value;
    };
    struct FoundDecoy {
        std::string designator;
        std::optional<PartValue> value;
    };

    [[nodiscard]] Suspicion suspect(const LeakKey& key, const MarkedCopy& copy) const;

    std::size_t original_lines_ = 0, lines_ = 0, known_ = 0;
    std::vector<Spelled> spelled_;
    std::vector<Seen> units_, orders_, swaps_;
    std::optional<DecoyGround> ground_;
    std::vector<FoundDecoy> decoys_;

    friend class Beside;
};

}  // namespace reelproof::ledger
