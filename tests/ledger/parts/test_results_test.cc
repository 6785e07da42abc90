#include "ledger/parts/test_results.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/paths.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kHead = "serial,test,result,time\n";
const std::string kTime = "2027-03-01T10:00:00+01:00";

std::string trouble(const std::string& csv) {
    const auto rows = parse_test_results(csv);
    if (rows.errors.empty()) return {};
    CHECK(rows.results.empty());
    return std::to_string(rows.errors.front().row) + ": " + rows.errors.front().text;
}

}  // namespace

TEST_CASE("a tester's export is read in whichever order its columns are") {
    const auto rows =
        parse_test_results("\xef\xbb\xbfTime;Station;Serial;Test;Result;Limits;Value\r\n" + kTime +
                           ";ICT-2;PNL-1;ICT 3V3;PASS;3.2..3.4;3.31\r\n\r\n" + kTime +
                           ";ICT-2;PNL-2;ICT 3V3;nok;3.2..3.4;'=2.94\r\n");
    REQUIRE(rows.errors.empty());
    REQUIRE(rows.results.size() == 2);
    const auto& one = rows.results[0];
    CHECK(one == TestResult{"PNL-1", "ICT 3V3", true, "3.31", "3.2..3.4", "ICT-2", 1'803'891'600});
    CHECK_FALSE(rows.results[1].passed);
    CHECK(rows.results[1].value == "=2.94");
}

TEST_CASE("a row that says nothing sure is told, and nothing is read") {
    CHECK(trouble("") == "1: the file is empty");
    CHECK(trouble("serial,test\n") == "1: column result is missing");
    CHECK(trouble("serial,serial\n") == "1: column serial is there twice");
    CHECK(trouble("serial,colour\n").find("column 2 is none of serial, test") != std::string::npos);
    CHECK(trouble(kHead + "B1,ICT,pass\n") == "2: it has 3 columns, not 4");
    CHECK(trouble(kHead + ",ICT,pass," + kTime + "\n") == "2: serial is empty");
    CHECK(trouble(kHead + "B1,ICT,maybe," + kTime + "\n") == "2: result must be pass or fail");
    CHECK(trouble(kHead + "B1,ICT,pass,1 March\n").starts_with("2: time must be like"));
    // Without its zone nobody knows when that was.
    CHECK(trouble(kHead + "B1,ICT,pass,2027-03-01T10:00:00\n").starts_with("2: time must be"));
    CHECK(trouble(kHead + std::string(101, 'B') + ",ICT,pass," + kTime + "\n")
              .starts_with("2: serial must have at most"));
    CHECK(trouble(kHead + "B\xff,ICT,pass," + kTime + "\n") == "1: the file is no text in UTF-8");
    std::string many = kHead;
    for (std::size_t i = 0; i <= kMostTestRows; ++i) many += "B1,ICT,pass," + kTime + "\n";
    CHECK(trouble(many).find("at most 20000 results") != std::string::npos);
}

TEST_CASE("samples/tests.csv is one") {
    std::ifstream file(reelproof::tests::source_dir() / "samples/tests.csv");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    CHECK(trouble(text).empty());
    CHECK(parse_test_results(text).results.size() == 4);
}

}  // namespace reelproof::ledger::tests
