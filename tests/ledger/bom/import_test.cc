#include "ledger/bom/import.h"

#include <catch2/catch.hpp>

#include "ledger/base/csv.h"
#include "ledger/base/file.h"
#include "tests/paths.h"

using namespace reelproof::ledger;

namespace {

BomImport import(std::string_view text, const BomImportOptions& options = {}) {
    auto out = import_bom(as_bytes(text), options);
    INFO((out ? "" : out.error().message));
    REQUIRE(out.has_value());
    return std::move(*out);
}
std::string refusal(std::string_view text, const BomImportOptions& options = {}) {
    const auto out = import_bom(as_bytes(text), options);
    return out ? "taken" : out.error().message;
}
BomImport sample(const std::string& name, const BomImportOptions& options = {}) {
    const auto file = reelproof::tests::source_dir() / "samples/bom" / name;
    const auto bytes = read_file(file, kMaxBomFile).value();
    auto out = import_bom(bytes, options);
    INFO((out ? "" : out.error().message));
    REQUIRE(out.has_value());
    CHECK(out->problems.errors() == 0);
    return std::move(*out);
}
const BomLine& line_at(const BomImport& from, std::string_view designator) {
    for (const auto& line : from.lines)
        for (const auto one : line.designators())
            if (one == designator) return line;
    FAIL("no line has " << designator);
    std::abort();
}
std::string utf16(std::string_view ascii, bool big, bool mark) {
    std::string out = mark ? (big ? "\xfe\xff" : "\xff\xfe") : "";
    for (const char c : ascii) {
        if (big) out += '\0';
        out += c;
        if (!big) out += '\0';
    }
    return out;
}
std::string problems(const BomImport& from) {
    std::string out;
    for (const auto& one : from.problems.list())
        out += std::to_string(one.line) + " " + one.field + (one.warning ? "? " : ": ") + one.text +
               "\n";
    return out;
}

}  // namespace

TEST_CASE("a BOM of KiCad is read", "[bom]") {
    const auto bom = sample("kicad.csv");
    CHECK(bom.lines.size() == 6);
    CHECK(bom.separator == ',');
    CHECK(bom.unused == std::vector<std::string>{"Datasheet"});
    const auto& caps = line_at(bom, "C6");
    CHECK(caps.cell(BomField::designators) == "C1,C2,C5,C6,C7,C8");
    CHECK(caps.cell(BomField::mpn) == "GRM188R71H104KA93D");
    CHECK(caps.fitted());
    CHECK_FALSE(line_at(bom, "D1").fitted());
}

TEST_CASE("a BOM of Altium is read, titles above its heading and all", "[bom]") {
    const auto bom = sample("altium.csv", {.encoding = "windows-1252"});
    CHECK(bom.lines.size() == 5);
    CHECK(bom.heading == 5);
    CHECK(bom.separator == ';');
    CHECK(line_at(bom, "C3").cell(BomField::value) ==
          "10 \xc2\xb5"
          "F");
    CHECK(line_at(bom, "C1").mpns() ==
          std::vector<std::string>{"GRM188R71H104KA93D", "CL10B104KB8NNNC"});
    CHECK(line_at(bom, "U1").cell(BomField::description) ==
          "Radio controller with antenna matching");
    CHECK_FALSE(line_at(bom, "D1").fitted());
    // Without being told it is refused, and not guessed.
    const auto file = reelproof::tests::source_dir() / "samples/bom/altium.csv";
    const auto told = refusal(as_text(read_file(file, kMaxBomFile).value()));
    CHECK(told.starts_with("line 6: it is not UTF-8"));
    CHECK(told.find("windows-1252") != std::string::npos);
}

TEST_CASE("a BOM of a spreadsheet is read with the columns that one names", "[bom]") {
    const BomMapping told{{BomField::customer_pn, {"Part number (ours)"}}};
    const auto bom = sample("excel.csv", {.mapping = told});
    CHECK(bom.lines.size() == 5);
    CHECK(line_at(bom, "R3").cell(BomField::customer_pn) == "10-0003");
    CHECK(line_at(bom, "R3").mpns().size() == 3);
    CHECK(line_at(bom, "C4").cell(BomField::price) == "0,08");
    CHECK(bom.lines.back().cell(BomField::quantity) == "0.5");
    CHECK(problems(bom).find("6 note? a spreadsheet would calculate") != std::string::npos);
    // What was remembered is as good, and stands back where a file does not have it.
    const auto again = sample("excel.csv", {.remembered = told});
    CHECK(line_at(again, "R3").cell(BomField::customer_pn) == "10-0003");
    CHECK(sample("kicad.csv", {.remembered = told}).lines.size() == 6);
    CHECK(refusal("Ref,MPN\nR1,A\n", {.mapping = told})
              .starts_with("the file has no column \"Part number (ours)\""));
}

TEST_CASE("separators, byte order marks and UTF-16 are told apart", "[bom]") {
    const std::string plain = "Ref,MPN,Qty\nR1 R2,ABC,2\n";
    for (const auto& text :
         {plain, "\xef\xbb\xbf" + plain, utf16(plain, false, true), utf16(plain, true, true),
          utf16(plain, false, false), utf16(plain, true, false),
          std::string("Ref;MPN;Qty\r\n\"R1,R2\";ABC;2\r\n"),
          std::string("Ref\tMPN\tQty\nR1 R2\tABC\t2"), std::string("Ref|MPN|Qty\nR1 R2|ABC|2\n")}) {
        const auto bom = import(text);
        REQUIRE(bom.lines.size() == 1);
        CHECK(bom.lines[0].cell(BomField::mpn) == "ABC");
        CHECK(bom.problems.errors() == 0);
    }
    CHECK(refusal(utf16(plain, false, true) + "x") ==
          "the file is UTF-16 and ends in the middle of a character: it was cut off");
    CHECK(refusal("Ref,MPN\nR1,\xb5\n").starts_with("line 2: it is not UTF-8"));
    CHECK(refusal(plain, {.encoding = "latin9"}) ==
          "encoding must be utf-8, utf-16 or windows-1252");
    CHECK(refusal(utf16("Ref,MPN\n", false, true) + std::string("\x00\xdc", 2))
              .starts_with("line 2: it is not UTF-16"));
}

TEST_CASE("every line that is wrong is told, with what is wrong", "[bom]") {
    const auto bom = import(
        "Ref,MPN,Qty,DNP\n"
        "R1 R2,A,3,\n"
        "R2,B,1,\n"
        "C9-C5,D,1,\n"
        "C1,E,lots,\n"
        "C2,F,1,maybe\n"
        "C3,G,1,,H\n"
        ",,,\n"
        "C4,=1+1,1,\n");
    CHECK(problems(bom) ==
          "2 quantity: it is 3 for 2 designators: R1, R2\n"
          "3 designators: R2 is on line 2 as well: one place takes one part\n"
          "4 designators: \"C9-C5\" is no range of designators: it must go upwards\n"
          "5 quantity: \"lots\" is no number of parts (a whole number, or up to three decimals)\n"
          "6 fitted: \"maybe\" says neither yes nor no (also understood: DNP, Not Fitted)\n"
          "7 : it has 5 cells, and the heading 4: is a cell with a separator in it not quoted?\n"
          "8 ? it names no part and no place: left out\n"
          "9 mpn? a spreadsheet would calculate \"=1+1\": it is kept as text\n");
    CHECK(bom.problems.errors() == 6);
    CHECK(bom.problems.warnings() == 2);
}

TEST_CASE("no message cuts a character in two", "[bom]") {
    std::string wide;
    for (int i = 0; i < 60; ++i) wide += "\xe4\xbd\x8d";
    const auto bom =
        import("Ref,MPN,Qty,Note\n" + wide + ",A,1,\nR1,A,x" + wide + ",=" + wide + "\n");
    REQUIRE(bom.problems.errors() == 2);
    for (const auto& problem : bom.problems.list()) CHECK(is_utf8(as_bytes(problem.text)));
}

TEST_CASE("what is no BOM is refused in words", "[bom]") {
    CHECK(refusal("").starts_with("no heading is found"));
    CHECK(refusal("a,b,c\n1,2,3\n").starts_with("no heading is found"));
    CHECK(refusal("Ref,MPN\nR1,\"A\n").find("never closed") != std::string::npos);
    CHECK(problems(import("Ref,MPN\n")) == "0 : behind its heading the file has no lines\n");
    CHECK(import_bom(Bytes(kMaxBomFile + 1, 'x'), {}).error().kind == ErrorKind::too_large);
}

TEST_CASE("a BOM of 100,000 lines is refused, and one of as many errors told in part", "[bom]") {
    std::string text = "Ref,MPN,Qty\n";
    for (int i = 0; i < 100'000; ++i) text += "R" + std::to_string(i) + ",A,1\n";
    const auto refused = import_bom(as_bytes(text), {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == ErrorKind::too_large);
    text = "Ref,MPN,Qty\n";
    for (int i = 0; i < 10'000; ++i) text += "R" + std::to_string(i) + ",A,2\n";
    const auto wrong = import(text);
    CHECK(wrong.problems.errors() == 10'000);
    CHECK(wrong.problems.list().size() == BomProblems::kMostKept);
}

TEST_CASE("ranges of few bytes can't stand for more designators than a BOM may have", "[bom]") {
    std::string text = "designators,mpn\n";
    for (int i = 0; i < 50; ++i) {
        const auto prefix = "A" + std::string(1, static_cast<char>('A' + i % 26)) +
                            std::string(1, static_cast<char>('A' + i / 26));
        text += prefix + "1-" + prefix + "5000,X\n";
    }
    const auto refused = [](const auto& result) {
        return !result && result.error().kind == ErrorKind::too_large &&
               result.error().message.find("200,000 designators") != std::string::npos;
    };
    CHECK(refused(parse_bom(text)));
    CHECK(refused(import_bom(as_bytes(text), {})));
}

TEST_CASE("a BOM has one form, which reads back as it is", "[bom]") {
    auto bom = sample("excel.csv");
    // Its last line has a number of ours alone, in a column that is nothing yet.
    CHECK_THAT(problems(bom),
               Catch::Contains("left out; if \"10-0005\" is its part number, import with --map "
                               "'customer_pn=Part number (ours)'"));
    bom.lines[0].cell(BomField::note) = "-, \"quoted\"";
    bom.lines[1].cell(BomField::mpn) = "=1+1";
    const auto text = format_bom(bom.lines);
    CHECK(text.find("'=1+1") != std::string::npos);
    const auto back = parse_bom(text).value();
    REQUIRE(back.lines.size() == bom.lines.size());
    for (std::size_t i = 0; i < back.lines.size(); ++i)
        CHECK(back.lines[i].cells == bom.lines[i].cells);
    CHECK(back.hidden().empty());
    CHECK(format_bom(back.lines) == text);
    const auto part = parse_bom("designators,mpn\r\n\"C1,C2\",ABC\r\n").value();
    CHECK(part.shows(BomField::mpn));
    CHECK_FALSE(part.shows(BomField::price));
    CHECK(part.hidden().size() == kBomFields - 2);
    CHECK_FALSE(parse_bom("designators,colour\r\n").has_value());
    CHECK_FALSE(parse_bom("mpn,mpn\r\n").has_value());
}

TEST_CASE("a release needs a part on each fitted line", "[bom]") {
    const auto bom = import("Ref,MPN,Value,DNP\nR1,,4k7,\nR2,,4k7,DNP\nR3,A,,\n");
    BomProblems found;
    check_release(bom.lines, found);
    REQUIRE(found.errors() == 1);
    CHECK(found.list()[0].line == 2);
    BomProblems none;
    check_release({}, none);
    CHECK(none.list()[0].text == "the BOM has no lines");
}
