// What testers measured on boards, as their export tells it. Values and pure functions,
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/parts/part_data.h"

namespace reelproof::ledger {

struct TestResult {
    std::string serial;  // of the board
    std::string test;    // "ICT 3V3"
    bool passed = false;
    std::string value{}, limits{}, station{};  // as they were written; may be empty
    UnixSeconds at = 0;

    bool operator==(const TestResult&) const = default;
    // The same measurement, whatever came of it.
    [[nodiscard]] bool is_of(const TestResult& other) const {
        return serial == other.serial && test == other.test && at == other.at &&
               station == other.station;
    }
};

// Of each row that is wrong one error; rows are given only where there is none.
struct TestRows {
    std::vector<TestResult> results{};
    std::vector<PartError> errors{};
};
inline constexpr std::size_t kMostTestRows = 20'000;
// CSV with a header that names the columns, in any order: serial, test, result (pass or fail) and
// time (2027-03-01T10:00:00+01:00); value, limits and station may lack.
TestRows parse_test_results(std::string_view csv);

}  // namespace reelproof::ledger
