// Spreadsheets as tables, in this process and in one that is locked in; and hostile ones.
#include <catch2/catch.hpp>

#include "tests/vision/pages/page_support.h"
#include "tests/zip_support.h"
#include "vision/sheets/sheet_reader.h"

using namespace reelproof::vision;
using namespace reelproof::tests;

namespace {

Result<Sheet> read(const std::vector<Packed>& parts, std::string_view wanted = {}) {
    const auto file = zip_of(parts);
    return read_xlsx({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, wanted);
}

std::string csv(const std::string& rows, const std::string& shared = {}) {
    const auto sheet = read(xlsx_parts({{"BOM", rows}}, shared));
    return sheet ? sheet->csv : sheet.error().code + ": " + sheet.error().text;
}

std::vector<Packed> with(std::vector<Packed> parts, const std::string& name,
                         const std::string& content) {
    for (auto& part : parts)
        if (part.name == name) part.content = content;
    return parts;
}

}  // namespace

TEST_CASE("a sheet is a table, whatever its cells are made of", "[sheets]") {
    CHECK(csv(xlsx_row(1, {"Designator", "Qty"}) + xlsx_row(2, {"R1, R2", "2"})) ==
          "\"Designator\",\"Qty\"\r\n\"R1, R2\",\"2\"\r\n");
    // Texts of the workbook, rich ones without what tells how they are read aloud.
    const std::string shared =
        "<si><t>MPN</t></si><si><r><t xml:space=\"preserve\">GRM </t></r><r><rPr><b/></rPr>"
        "<t>188</t></r><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si><si/>";
    CHECK(csv("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c></row>",
              shared) == "\"MPN\",\"GRM 188\",\r\n");
    // Numbers as they were typed, values of formulas, truth, errors.
    CHECK(csv("<row r=\"1\"><c r=\"A1\"><v>4.7000000000000002</v></c><c r=\"B1\"><v>1000</v></c>"
              "<c r=\"C1\"><v>1.2E-3</v></c><c r=\"D1\"><v>123456789012</v></c>"
              "<c r=\"F1\" t=\"str\"><f>A1&amp;\"x\"</f><v>4.7x</v></c>"
              "<c r=\"G1\" t=\"b\"><v>1</v></c><c r=\"H1\" t=\"e\"><v>#N/A</v></c></row>") ==
          "\"4.7\",\"1000\",\"0.0012\",\"123456789012\",,\"4.7x\",\"TRUE\",\"#N/A\"\r\n");
    // Lines are numbered as rows; quotes, line ends and what stands for them stay in their cell.
    CHECK(csv(xlsx_row(3, {"a \"b\"", "one\ntwo_x000D_\xc2\xb5"})) ==
          "\r\n\r\n\"a \"\"b\"\"\",\"one two \xc2\xb5\"\r\n");
    CHECK(csv("") == "");
}

TEST_CASE("a sheet is chosen by its name, and hidden ones are not there", "[sheets]") {
    auto parts = xlsx_parts({{"Cover", xlsx_row(1, {"x"})}, {"BOM", xlsx_row(1, {"y"})}});
    CHECK(read(parts)->name == "Cover");
    CHECK(read(parts, "BOM")->csv == "\"y\"\r\n");
    CHECK(read(parts, "BOM")->names == std::vector<std::string>{"Cover", "BOM"});
    const auto none = read(parts, "bom");
    CHECK(none.error().code == "sheet.missing");
    CHECK(none.error().text.find("it has Cover, BOM") != std::string::npos);
    for (auto& part : parts)
        if (part.name == "xl/workbook.xml")
            part.content.insert(part.content.find("sheetId=\"1\""), "state=\"hidden\" ");
    CHECK(read(parts)->name == "BOM");
    CHECK_FALSE(read(parts, "Cover").has_value());
}

TEST_CASE("a spreadsheet that is none, or made to do harm, is refused in words", "[sheets]") {
    const auto parts = xlsx_parts({{"BOM", xlsx_row(1, {"x"})}});
    const std::string sheet = "xl/worksheets/sheet1.xml";
    const auto refused = [&](const std::vector<Packed>& all) {
        const auto told = read(all);
        INFO((told ? told->csv : told.error().text));
        CHECK_FALSE(told.has_value());
        return told ? std::string() : told.error().code;
    };
    // Entities that grow, or that name a file.
    CHECK(refused(with(parts, sheet,
                       "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet>&b;"
                       "</worksheet>")) == "sheet.unreadable");
    CHECK(refused(with(parts, sheet, "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet/>")) ==
          "sheet.unreadable");
    CHECK(refused(with(parts, "xl/sharedStrings.xml", "<sst><si>")) == "sheet.unreadable");
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    CHECK(refused(with(parts, sheet, deep)) == "sheet.unreadable");
    const auto rows = [&](const std::string& data) {
        return with(parts, sheet, "<worksheet><sheetData>" + data + "</sheetData></worksheet>");
    };
    CHECK(refused(rows("<row r=\"1000000\"/>")) == "sheet.too-large");
    CHECK(refused(rows("<row r=\"2\"/><row r=\"1\"/>")) == "sheet.unreadable");
    CHECK(refused(rows("<row><c r=\"ZZZ1\"><v>1</v></c></row>")) == "sheet.too-large");
    CHECK(refused(rows("<row><c t=\"s\"><v>7</v></c></row>")) == "sheet.unreadable");
    // One text of a megabyte, named by each cell of a row; and one that is larger than a table may
    // be.
    std::string cells;
    for (int i = 0; i < 400; ++i) cells += "<c t=\"s\"><v>0</v></c>";
    const auto texts = [&](std::size_t size) {
        auto all = rows("<row>" + cells + "</row>");
        // Such as is packed only a little.
        std::string text;
        for (std::size_t i = 0; text.size() < size; ++i)
            text += std::to_string(i * i * 2654435761u);
        return with(all, "xl/sharedStrings.xml", "<sst><si><t>" + text + "</t></si></sst>");
    };
    CHECK(refused(texts(std::size_t{1} << 20)) == "sheet.too-large");
    CHECK(refused(texts(std::size_t{17} << 20)) == "sheet.too-large");
    // A part that is not there, or lies outside.
    CHECK(refused({}) == "sheet.unreadable");
    CHECK(refused({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", false}}) ==
          "sheet.unreadable");
    auto elsewhere = parts;
    for (auto& part : elsewhere)
        if (part.name == "xl/_rels/workbook.xml.rels")
            part.content.replace(part.content.find("worksheets/sheet1.xml"), 21,
                                 "../../../etc/passwd__");
    CHECK(refused(elsewhere) == "sheet.unreadable");
    const std::string old("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", 12);
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(old.data()),
                                              old.size());
    CHECK(is_spreadsheet(bytes));
    CHECK(read_xlsx(bytes, "").error().text.find("save it as .xlsx") != std::string::npos);
}

TEST_CASE("a spreadsheet is read by a process that is locked in", "[sheets]") {
    SheetReader reader(page_reader());
    const auto file = zip_of(xlsx_parts({{"A", xlsx_row(1, {"x"})}, {"B C", xlsx_row(1, {"y"})}}));
    const auto sheet = reader.read(bytes_of(file), "B C");
    if (!sheet) FAIL(sheet.error().text);
    CHECK(sheet->csv == "\"y\"\r\n");
    CHECK(sheet->names == std::vector<std::string>{"A", "B C"});
    CHECK(reader.read(bytes_of(file), "D").error().code == "sheet.missing");
    CHECK(reader.read(bytes_of("PK\x03\x04"), "").error().code == "zip.unreadable");
}

TEST_CASE("what a reader of sheets says is not believed unless it has its form", "[sheets]") {
    const Sheet sheet{"B", {"A", "B"}, "x\n\ny"};
    const auto text = encode_sheet(sheet);
    const auto back = decode_sheet(text);
    REQUIRE((back && back->has_value()));
    CHECK((*back)->csv == sheet.csv);
    CHECK((*back)->names == sheet.names);
    const auto error = decode_sheet(encode_sheet(Error{"sheet.missing", "no\nsuch"}));
    REQUIRE(error.has_value());
    CHECK(error->error() == Error{"sheet.missing", "no such"});
    for (const char* wrong : {"", "T", "T\nB\n", "T\nB\nA\n\n", "E\nsheet.x\n", "E\nother\nx\n",
                              "E\nsheet.x\nwords\nmore", "X\nB\n\n"})
        CHECK_FALSE(decode_sheet(wrong).has_value());
}
