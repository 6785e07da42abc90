#include "ledger/bom/difference.h"

#include <catch2/catch.hpp>

#include "ledger/bom/import.h"

using namespace reelproof::ledger;

namespace {

BomContents table(std::string_view csv) {
    auto bom = import_bom(as_bytes(csv), {});
    REQUIRE(bom.has_value());
    REQUIRE(bom->problems.errors() == 0);
    return parse_bom(format_bom(bom->lines)).value();
}
std::string told(const BomContents& before, const BomContents& after) {
    std::string out;
    for (const auto& change : difference(before, after)) {
        out += shortened_designators(change.designators) + ": " +
               (change.before == nullptr ? "-" : part_name(*change.before)) + " > " +
               (change.after == nullptr ? "-" : part_name(*change.after));
        for (const auto field : change.fields) out += " " + std::string(to_string(field));
        out += "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("BOMs are compared by designator, however their lines are grouped", "[bom]") {
    const auto before = table("Ref,MPN,Value\nR1-R4,A,4k7\nC1 C2,B,100n\nU1,X,\n");
    CHECK(told(before,
               table("Ref,MPN,Value\nC2,B,100n\nR3 R4,A,4k7\nR1 R2,A,4k7\nC1,B,100n\nU1,X,\n"))
              .empty());
    CHECK(told(before, table("Ref,MPN,Value\nR1 R2,A,4k7\nR3 R4,A2,4k7\nC1-C3,B,100n\n")) ==
          "C3: - > B\n"
          "R3, R4: A > A2 mpn\n"
          "U1: X > -\n");
}

TEST_CASE("lines without designators are compared by part and quantity", "[bom]") {
    const auto before = table("Ref,MPN,Qty\nR1,A,1\n,GLUE,0.5\n,SCREW,4\n");
    CHECK(told(before, table("Ref,MPN,Qty\nR1,A,1\n,GLUE,0.7\n,LABEL,1\n")) ==
          ": GLUE > GLUE quantity\n"
          ": SCREW > -\n"
          ": - > LABEL\n");
}

TEST_CASE("what one of two does not show is not told as a difference", "[bom]") {
    const auto whole = table("Ref,MPN,Price\nR1,A,0.01\n");
    const auto part = parse_bom("designators,mpn\r\nR1,A\r\n").value();
    CHECK(told(whole, part).empty());
}
