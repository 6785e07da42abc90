#include "ledger/vault/csv_view.h"

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

TEST_CASE("a table is shown with the named columns alone", "[vault]") {
    const std::string bom =
        "Designator,MPN,Price,Quantity\r\n"
        "\"R1, R2\",RC0402-4K7,0.002,2\r\n"
        "U1,\"the \"\"big\"\" one\",4.20,1\r\n";
    const auto shown = with_columns(bom, {"designator", "MPN", " Quantity "});
    REQUIRE(shown.has_value());
    CHECK(*shown ==
          "Designator,MPN,Quantity\r\n"
          "\"R1, R2\",RC0402-4K7,2\r\n"
          "U1,\"the \"\"big\"\" one\",1\r\n");
    CHECK(shown->find("4.20") == std::string::npos);
    CHECK(with_columns("MPN;Price\nX1;3\nX2\n", {"Price"}).value() == "Price\r\n3\r\n\r\n");
}

TEST_CASE("what is no such table is not shown at all", "[vault]") {
    CHECK(with_columns("a,b\n1,2\n", {"c"}).error().message == "the table has no column c");
    CHECK(with_columns("", {"a"}).error().kind == ErrorKind::malformed);
    CHECK(with_columns("a\n\xff\n", {"a"}).error().kind == ErrorKind::malformed);
    CHECK(with_columns("a\n\"open\n", {"a"}).error().kind == ErrorKind::malformed);
    CHECK(with_columns(std::string(kMaxTable + 1, 'a'), {"a"}).error().kind ==
          ErrorKind::too_large);
}

TEST_CASE("columns are taken over as the table spells them, and its owner is told which it has",
          "[vault]") {
    const std::string bom = "designators, MPN ,price\r\nR1,X,1\r\n";
    CHECK(columns_as_spelled(bom, {"mpn", "Designators"}).value() ==
          std::vector<std::string>{"MPN", "designators"});
    CHECK(columns_as_spelled(bom, {"Designator"}).error().message ==
          "columns: the table has no column Designator; it has designators, MPN, price");
    CHECK(columns_as_spelled("\x89PNG", {"mpn"}).error().kind == ErrorKind::malformed);
}

TEST_CASE("a heading tells its columns, once each, also of a table's beginning alone", "[vault]") {
    CHECK(columns_of(" MPN ;Price;;mpn\n1;2\n").value() ==
          std::vector<std::string>{"MPN", "Price"});
    CHECK(columns_of("\x89PNG").error().kind == ErrorKind::malformed);
    CHECK(whole_lines("a,b\n1,", 6) == "a,b\n1,");
    CHECK(whole_lines("a,b\n1,", 7) == "a,b\n");
    CHECK(whole_lines("a,b", 7).empty());
    CHECK(same_column(" Mpn", "MPN "));
    CHECK_FALSE(same_column("MPN", "MPN2"));
}

TEST_CASE("a table of fewer columns becomes one of fewer again as if it were the first",
          "[vault]") {
    const std::string bom = "a;b,c;d\r\n=1;\"x;y\";-\r\n";
    const auto once = with_columns(bom, {"a", "b,c"}).value();
    CHECK(with_columns(once, {"b,c"}).value() == with_columns(bom, {"b,c"}).value());
    CHECK(with_columns(once, {"a"}).value() == with_columns(bom, {"a"}).value());
}

TEST_CASE("a cell that a spreadsheet would calculate is made a text", "[vault]") {
    CHECK(with_columns("a,b\n=1+1,x\n-4.7,y\n@x,z\n+1e3,w\n", {"a"}).value() ==
          "a\r\n'=1+1\r\n-4.7\r\n'@x\r\n+1e3\r\n");
}

TEST_CASE("a table does not grow by the columns that its lines lack", "[vault]") {
    std::string heading;
    std::vector<std::string> columns;
    for (int i = 0; i < 60; ++i) {
        columns.push_back("c" + std::to_string(i));
        heading += columns.back() + ",";
    }
    const auto shown = with_columns(heading + "d\n" + std::string(1 << 20, '\n'), columns);
    REQUIRE_FALSE(shown.has_value());
    CHECK(shown.error().kind == ErrorKind::too_large);
}
