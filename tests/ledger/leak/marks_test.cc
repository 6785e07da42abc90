#include "ledger/leak/marks.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "ledger/vault/csv_view.h"
#include "tests/ledger/leak/leak_support.h"

using namespace reelproof::ledger;
using namespace reelproof;

namespace {

LeakKey key() {
    return leak_key(LeakKey(Bytes(32, 5)), "0123", 1);
}

const std::string kBom =
    "Designator,Value,MPN,Quantity\r\n"
    "\"R1, R2, R3\",4k7,RC0402-4K7,3\r\n"
    "C1,100nF/16V,GRM155-100N,1\r\n"
    "C2,100nF/16V,GRM155-100N,1\r\n"
    "U1,74HC00,SN74HC00D,1\r\n";

}  // namespace

TEST_CASE("copies differ, build the same, and are the same again for the same recipient",
          "[leak]") {
    const auto bom = test::some_bom(1, 200);
    std::set<std::string> copies;
    for (int i = 0; i < 20; ++i) {
        const auto name = "ems" + std::to_string(i) + ".example";
        const auto copy = mark_table(bom, key(), name, {3, "DNP"});
        REQUIRE(copy.has_value());
        CHECK(copy->csv == mark_table(bom, key(), name, {3, "DNP"})->csv);
        CHECK(copy->spellings > 100);
        CHECK(copy->swaps > 50);
        CHECK(copy->orders > 20);
        CHECK(copy->decoys == 3);
        CHECK(check_same_build(bom, copy->csv, "DNP").has_value());
        CHECK_FALSE(check_same_build(bom, copy->csv, "NOFIT").has_value());
        copies.insert(copy->csv);
    }
    CHECK(copies.size() == 20);
}

TEST_CASE("what is marked is what may be marked", "[leak]") {
    const auto copy = mark_table(kBom, key(), "ems.example", {});
    REQUIRE(copy.has_value());
    CHECK(copy->spellings == 3);
    CHECK(copy->swaps == 1);
    CHECK(copy->orders == 1);
    CHECK(copy->csv.find("U1,74HC00,SN74HC00D,1\r\n") != std::string::npos);
    CHECK(copy->csv.find("/16V") != std::string::npos);
    // Files keep their form.
    const auto other =
        mark_table("\xef\xbb\xbf\"Ref\";\"Value\"\n\"R1\";\"4,7k\"\n", key(), "x", {});
    REQUIRE(other.has_value());
    CHECK(other->csv.starts_with("\xef\xbb\xbf\"Ref\";\"Value\"\n\"R1\";\""));
    CHECK(other->csv.find('.') == std::string::npos);
}

TEST_CASE("the check refuses whatever would be built otherwise", "[leak]") {
    const auto changed = [&](std::string_view what, std::string_view by) {
        auto copy = kBom;
        copy.replace(copy.find(what), what.size(), by);
        return check_same_build(kBom, copy, "DNP");
    };
    CHECK(changed("4k7", "4700R").has_value());
    CHECK(changed("R1, R2", "R2, R1").has_value());
    CHECK(changed("4k7", "47k").error().message ==
          "line 1 of the copy would build something else than the original");
    CHECK_FALSE(changed("100nF/16V", "0.1uF/10V").has_value());
    CHECK_FALSE(changed("100nF/16V", "100n5F/16V").has_value());
    CHECK_FALSE(changed("R2, R3", "R2, R4").has_value());
    CHECK_FALSE(changed(",3\r\n", ",4\r\n").has_value());
    CHECK_FALSE(changed("RC0402-4K7", "rc0402-4k7").has_value());
    CHECK(changed("C1,100nF/16V,GRM155-100N,1\r\n", "").error().message ==
          "the copy lacks 1 line of the original");
    CHECK_FALSE(changed("U1,", "C1,100nF/16V,GRM155-100N,1\r\nU1,").has_value());
    CHECK(changed("U1,", "R9,10k DNP,,0\r\nU1,").has_value());
    CHECK_FALSE(changed("U1,", "R9,10k DNP,,1\r\nU1,").has_value());
    CHECK_FALSE(changed("U1,", "R9,10k,,0\r\nU1,").has_value());
    CHECK_FALSE(changed("U1,", "R3,10k DNP,,0\r\nU1,").has_value());
    CHECK_FALSE(changed("Quantity", "Number").has_value());
}

TEST_CASE("decoys need a place, a number within bounds and the agreed word", "[leak]") {
    const auto refused = [](std::string_view csv, DecoyTerms terms) {
        return mark_table(csv, key(), "x", terms).error().kind;
    };
    CHECK(refused(kBom, {2, " "}) == ErrorKind::malformed);
    CHECK(refused(kBom, {9, "DNP"}) == ErrorKind::malformed);
    CHECK(refused("Designator,Value\nR1,4k7\n", {1, "DNP"}) == ErrorKind::conflict);
    CHECK(refused("Designator,Value,Qty\nU1,x,1\n", {1, "DNP"}) == ErrorKind::conflict);
    const auto copy =
        mark_table("Designator,Value,Qty,DNP\nR1,4k7,1,\n", key(), "x", {2, "not fitted"});
    REQUIRE(copy.has_value());
    CHECK(copy->csv.find(",0,not fitted\n") != std::string::npos);
}

TEST_CASE("what is no table is told and not marked", "[leak]") {
    for (const auto* empty : {"", "\t", "\t\n", ",,\n"})
        CHECK(mark_table(empty, key(), "x", {}).error().message == "it is empty");
    CHECK(mark_table("a,b\n1\n", key(), "x", {}).error().message ==
          "line 2: has 1 cell, and the first line 2");
    CHECK(mark_table("a\n\xff\n", key(), "x", {}).error().kind == ErrorKind::malformed);
    CHECK(mark_table(std::string(kMaxTable + 1, 'a'), key(), "x", {}).error().kind ==
          ErrorKind::too_large);
    // A range is not taken apart, and text is left alone.
    const std::string odd = "Designator,Value\nR1-R4,4k7\nX1,32k\nR5,=1+1\n,\n";
    CHECK(mark_table(odd, key(), "x", {})->csv == odd);
}

TEST_CASE("a table of one line, and one below blank lines, are tables", "[leak]") {
    CHECK(mark_table("4k7", key(), "one.example", {0, ""})->csv == "4k7\n");
    for (const std::string bom : {"\n \t\na\tb\n1\t2\n", "\r\nRef;Value\r\nR1;4k7\r\n"}) {
        const auto table = parse_bom_table(bom);
        REQUIRE(table.has_value());
        CHECK(table->head.size() == 2);
        CHECK(parse_bom_table(format_bom_table(*table))->head == table->head);
        CHECK(mark_table(bom, key(), "one.example", {0, ""}).has_value());
    }
}

TEST_CASE("a copy with fewer columns still builds the same", "[leak]") {
    const auto bom = test::some_bom(2, 100);
    const auto copy = mark_table(bom, key(), "x", {})->csv;
    for (const auto& columns : {std::vector<std::string>{"Designator", "Value", "Quantity"},
                                std::vector<std::string>{"Designator", "MPN", "Quantity"}})
        CHECK(check_same_build(with_columns(bom, columns).value(),
                               with_columns(copy, columns).value(), "")
                  .has_value());
}
