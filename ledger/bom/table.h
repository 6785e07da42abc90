// A bill of materials as a table, its one form as CSV (what a revision is, hashed and signed), and
// what is wrong with it. Values and pure functions, thread-safe.
//
// The form: UTF-8, lines end with CR LF, the first names the fields (to_string(BomField)), all of
// them in their order; cells as csv_cell writes them. Persistent: revisions are signed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/bom/line.h"

namespace reelproof::ledger {

struct BomContents {
    std::vector<BomLine> lines;
    // Fields that it has: a share may show fewer.
    std::array<bool, kBomFields> has{};

    [[nodiscard]] bool shows(BomField field) const { return has[static_cast<std::size_t>(field)]; }
    // Fields that it does not have.
    [[nodiscard]] std::vector<std::string> hidden() const;
    // Of memory, about.
    [[nodiscard]] std::size_t bytes() const;
};

// While lines are read one by one: a range of a few bytes stands for thousands of designators.
class DesignatorLimit {
  public:
    // `too_large` once there are more than kMostDesignators.
    Result<void> add(const BomLine& line);

  private:
    std::size_t count_ = 0;
};

std::string format_bom(const std::vector<BomLine>& lines);
// What format_bom wrote, or that with fewer columns. Lines are numbered from 1.
Result<BomContents> parse_bom(std::string_view csv);

struct BomProblem {
    std::uint64_t line = 0;  // BomLine::number; 0: of the whole
    std::string field;       // empty: of the whole line
    std::string text;
    bool warning = false;  // it may be taken all the same
};
// The first are kept, all are counted.
class BomProblems {
  public:
    static constexpr std::size_t kMostKept = 500;

    void error(std::uint64_t line, std::string_view field, std::string text) {
        ++errors_;
        keep({line, std::string(field), std::move(text), false});
    }
    void warning(std::uint64_t line, std::string_view field, std::string text) {
        ++warnings_;
        keep({line, std::string(field), std::move(text), true});
    }
    // By line; errors first where not all are kept.
    [[nodiscard]] std::vector<BomProblem> list() const;
    [[nodiscard]] std::size_t errors() const { return errors_; }
    [[nodiscard]] std::size_t warnings() const { return warnings_; }

  private:
    void keep(BomProblem problem);

    std::vector<BomProblem> kept_errors_, kept_warnings_;
    std::size_t errors_ = 0, warnings_ = 0;
};

// What contradicts itself: a designator on two lines, a quantity that is not the number of
// designators, a part without designators on two lines.
void check_bom(const std::vector<BomLine>& lines, BomProblems& problems);
// And what a release needs besides: each fitted line names a part.
void check_release(const std::vector<BomLine>& lines, BomProblems& problems);

}  // namespace reelproof::ledger
