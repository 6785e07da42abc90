#include "ledger/bom/built.h"

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

namespace {

BomContents table(const std::string& csv) {
    return parse_bom(csv).value();
}
Built built(const std::string& csv) {
    const auto bom = table(csv);
    return built_by(bom, frame_of(bom));
}
const std::string kWhole =
    "designators,quantity,mpn,alternates,value,fitted,price\n"
    "\"R1,R2\",2,RC0603,ERJ3,4k7,yes,0.01\n"
    "U1,1,NL52840,,,yes,3.90\n"
    "C9,1,CL10,,1u,no,0.02\n";

}  // namespace

TEST_CASE("copies of a revision agree whatever their order, spelling and decoys", "[bom]") {
    const auto pinned = built(kWhole);
    const auto marked = table(
        "designators,quantity,mpn,alternates,value,fitted\n"
        "U1,1,NL52840,,,yes\n"
        "R77,0,RC9999,,1k,no\n"
        "\"R2,R1\",2,RC0603,ERJ3,4700R,yes\n");
    CHECK(agreed(pinned, marked).has_value());
    // With fewer columns, and then with more.
    const auto fewer = built(
        "designators,quantity,fitted,mpn\n\"R1,R2\",2,yes,RC0603\nU1,1,yes,"
        "NL52840\nC9,1,no,CL10\n");
    const auto both = agreed(fewer, table(kWhole));
    REQUIRE(both.has_value());
    CHECK(both->fields.contains(BomField::alternates));
    // One that tells not what is fitted is held against what tells neither.
    const auto blind = built("designators,mpn\n\"R1,R2\",RC0603\nU1,NL52840\nC9,CL10\n");
    CHECK(agreed(blind, table(kWhole)).has_value());
}

TEST_CASE("a table that builds something else is another one", "[bom]") {
    const auto pinned = built(kWhole);
    const auto refused = [&](const std::string& csv, const std::string& why) {
        const auto held = agreed(pinned, table(csv));
        return !held && held.error().kind == ErrorKind::conflict &&
               held.error().message.find(why) != std::string::npos;
    };
    const std::string head = "designators,quantity,mpn,fitted\n";
    CHECK(refused(head + "\"R1,R2\",2,RC0603,yes\nU1,1,FAKE,yes\n", "its mpn are not those"));
    CHECK(refused(head + "R1,1,RC0603,yes\nU1,1,NL52840,yes\n", "its mpn"));
    CHECK(refused(head + "U1,2,RC0603,yes\n\"R1,R2\",1,NL52840,yes\n", "its mpn"));
    CHECK(refused(head + "\"R1,R2\",2,RC0603,yes\nU1,1,NL52840,yes\nC9,1,CL10,yes\n", "its mpn"));
    CHECK(
        refused("designators,quantity,mpn,alternates,fitted\n\"R1,R2\",2,RC0603,OTHER,yes\n"
                "U1,1,NL52840,,yes\n",
                "its alternates"));
    CHECK(refused("quantity,mpn\n2,RC0603\n1,NL52840\n", "shows fewer of"));
}
