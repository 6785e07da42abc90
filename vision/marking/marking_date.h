// Date codes as parts bear them: fewer characters than on a label, so that one code often means
// several dates. Thread safety: pure functions.
//
//   form = of these, each at most once, the year first: YYYY, YY or Y (its last digit);
//          WW (ISO 8601 week), MM (01 to 12) or M (one character, of `months`)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/date_code.h"
#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr std::string_view usual_months = "123456789ABC";

class MarkingDateForm {
  public:
    // Fails: "marking.rule", saying what is wrong with form or months (twelve different
    // characters).
    static Result<MarkingDateForm> parse(std::string_view form,
                                         std::string_view months = usual_months);

    std::size_t length() const { return length_; }
    const std::string& name() const { return name_; }

    // Every date from 1970 to 2069 that the code can mean, the oldest first; empty when it names
    // none.
    std::vector<DateInterval> readings(std::string_view code) const;
    // The codes of the days of these intervals, each once; empty when there would be more than 60.
    std::vector<std::string> codes(const std::vector<DateInterval>& days) const;

  private:
    std::string name_, months_;
    std::size_t length_ = 0, year_ = 0;  // characters
    char within_ = 0;                    // W, M, or 0 for the year alone
    std::size_t within_width_ = 0;
};

}  // namespace reelproof::vision
