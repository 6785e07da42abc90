#include "ledger/bom/line.h"

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

namespace {

std::string normal(BomField field, std::string_view text) {
    const auto cell = normal_bom_cell(field, text);
    return cell ? *cell : "error: " + cell.error().message;
}
std::string designators(std::string_view text) {
    return normal(BomField::designators, text);
}

}  // namespace

TEST_CASE("designators are listed one by one, however they were grouped", "[bom]") {
    CHECK(designators("R1,R2,R5-R9") == "R1,R2,R5,R6,R7,R8,R9");
    CHECK(designators("R10 R9;R1\nR2") == "R1,R2,R9,R10");
    CHECK(designators("C3 - C5, C1") == "C1,C3,C4,C5");
    CHECK(designators("C3..C5") == "C3,C4,C5");
    CHECK(designators("C3\xe2\x80\x93"
                      "C5") == "C3,C4,C5");
    CHECK(designators("R5-7") == "R5,R6,R7");
    CHECK(designators("R08-R11") == "R08,R09,R10,R11");
    CHECK(designators("J1-A, MH-GND") == "J1-A,MH-GND");
    CHECK(designators("") == "");
    CHECK(designators("R1,R2,R1") == "error: R1 is there twice");
    CHECK(designators("R1-R3,R2").starts_with("error: R2"));
    CHECK(designators("R9-R5") ==
          "error: \"R9-R5\" is no range of designators: it must go upwards");
    CHECK(designators("R1-C4").starts_with("error: \"R1-C4\""));
    CHECK(designators("R1-R999999").starts_with("error: \"R1-R999999\""));
    CHECK(designators(std::string(40, 'R')).starts_with("error: "));
    CHECK(designators(std::string(40, 'R') + "1-4").starts_with("error: "));
    for (const auto* no : {"R1,-6", "'=A", "=A,R1"})
        CHECK(designators(no).find("is no designator") != std::string::npos);
    // What is so already stays so.
    for (const auto* text : {"R5-,R6", "J1-A,R1", "R08,R9"})
        CHECK(designators(designators(text)) == designators(text));
}

TEST_CASE("long lists of designators are shown short", "[bom]") {
    BomLine line;
    line.cell(BomField::designators) = designators("C1,C2,C5-C9,R1,R2,R4,J1-A");
    CHECK(shortened_designators(line.designators()) == "C1, C2, C5-C9, J1-A, R1, R2, R4");
}

TEST_CASE("quantities are numbers of parts, and nothing that may mean two", "[bom]") {
    const auto quantity = [](std::string_view text) { return normal(BomField::quantity, text); };
    CHECK(quantity(" 12 ") == "12");
    CHECK(quantity("0012.0") == "12");
    CHECK(quantity("0,5") == "0.5");
    CHECK(quantity("0.125") == "0.125");
    CHECK(quantity("").empty());
    CHECK(quantity("1,000").starts_with("error: \"1,000\" may be a thousand or a decimal"));
    for (const auto* text : {"many", "-3", "1.2345", "1e3", "=2+2", "12 pcs", ".5", "3."})
        CHECK(quantity(text).starts_with("error: "));
    BomLine line;
    line.cell(BomField::quantity) = "0.5";
    CHECK(line.quantity() == 500);
}

TEST_CASE("what is fitted is yes or no, in the words that programs have", "[bom]") {
    for (const auto* yes : {"", "yes", "Fitted", "1", "TRUE"})
        CHECK(normal(BomField::fitted, yes) == "yes");
    for (const auto* no : {"no", "DNP", "Not Fitted", "do not populate", "0"})
        CHECK(normal(BomField::fitted, no) == "no");
    CHECK(normal(BomField::fitted, "perhaps").starts_with("error: "));
}

TEST_CASE("second sources follow the part, each once", "[bom]") {
    BomLine line;
    line.cell(BomField::mpn) = "74HC595D,118";
    line.cell(BomField::alternates) =
        normal(BomField::alternates, "SN74HC595DR | 74HC595D,118;X ; ");
    CHECK(line.cell(BomField::alternates) == "SN74HC595DR; 74HC595D,118; X");
    CHECK(line.mpns() == std::vector<std::string>{"74HC595D,118", "SN74HC595DR", "X"});
}

TEST_CASE("no more second sources are taken than a line may have", "[bom]") {
    std::string text;
    for (int i = 0; i < 30; ++i) text += "A" + std::to_string(i) + ";";
    CHECK(normal_bom_cell(BomField::alternates, text).has_value());
    CHECK(normal_bom_cell(BomField::alternates, text + text).has_value());
    const auto more = normal_bom_cell(BomField::alternates, text + "A30;\x01");
    REQUIRE_FALSE(more.has_value());
    // What comes behind the 31st is not looked at.
    CHECK(more.error().message == "there are more than 30 second sources");
}

TEST_CASE("texts are one line without what a terminal or a spreadsheet would act on", "[bom]") {
    CHECK(normal(BomField::description, " radio\r\n controller ") == "radio controller");
    CHECK(normal(BomField::description, "'=1+1") == "=1+1");
    CHECK(normal(BomField::alternates, "'-5; A") == "-5; A");
    CHECK(normal(BomField::note, "a\x1b[31m").starts_with("error: "));
    CHECK(normal(BomField::note, "\xff").starts_with("error: "));
    CHECK(normal(BomField::note, std::string(501, 'x')).starts_with("error: "));
    CHECK(parse_bom_field("mpn").value() == BomField::mpn);
    CHECK_FALSE(parse_bom_field("colour").has_value());
}

TEST_CASE("R2 comes before R10", "[bom]") {
    CHECK(natural_less("R2", "R10"));
    CHECK_FALSE(natural_less("R10", "R2"));
    CHECK(natural_less("C9", "R1"));
    CHECK(natural_less("SN-0099", "SN-100"));
    CHECK(natural_less("R01", "R1"));
    CHECK_FALSE(natural_less("R1", "R1"));
}
