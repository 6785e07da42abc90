#include <algorithm>

#include <catch2/catch.hpp>

#include "vision/label/label.h"

using namespace reelproof::vision;

namespace {

Symbol symbol(std::string symbology, std::string text) {
    Symbol result;
    result.symbology = std::move(symbology);
    result.bytes.assign(text.begin(), text.end());
    result.text = std::move(text);
    return result;
}

bool warns(const LabelReading& reading, std::string_view code) {
    return std::any_of(reading.warnings.begin(), reading.warnings.end(),
                       [&](const Warning& warning) { return warning.code == code; });
}

}  // namespace

TEST_CASE("symbols of one label add up to one set of fields with their sources") {
    const auto reading = merge({symbol("Code128", "Q4000"), symbol("Code128", "1TSV8211X347"),
                                symbol("DataMatrix",
                                       "[)>\x1e"
                                       "06\x1d"
                                       "1P08052C103M4Z2A\x1dQ4000\x1d"
                                       "16D20220523\x1dSCM274662\x1e\x04")});
    CHECK(reading.format == "iso15434-06");
    CHECK(to_string(reading.fields.at("mpn")) == "08052C103M4Z2A");
    CHECK(to_string(reading.fields.at("lot")) == "SV8211X347");
    CHECK(reading.sources.at("quantity").size() == 2);
    CHECK(reading.sources.at("lot").front().symbol == 1);
    CHECK(reading.conflicts.empty());
    CHECK_FALSE(warns(reading, "incomplete.lot"));
}

TEST_CASE("values that mean the same agree") {
    // The same week as a day and as a week; a part number with and without its dash.
    const auto reading = merge({symbol("Code128", "11D1643"), symbol("Code39", "1PERJ3EKF1502V"),
                                symbol("DataMatrix",
                                       "[)>\x1e"
                                       "06\x1d"
                                       "1PERJ-3EKF1502V\x1d"
                                       "9D27102016\x1dQ5\x1d"
                                       "1TX1\x1e\x04")});
    CHECK(reading.conflicts.empty());
    CHECK(to_string(reading.fields.at("date_code")) == "27102016");
    CHECK(to_string(reading.fields.at("date_code_kind")) == "DDMMYYYY");
}

TEST_CASE("symbols that contradict each other are listed") {
    const auto reading = merge({symbol("Code128", "Q3000"), symbol("Code128", "Q4000")});
    REQUIRE(reading.conflicts.size() == 1);
    CHECK(reading.conflicts[0].field == "quantity");
    CHECK(reading.conflicts[0].sources.size() == 2);
    CHECK(warns(reading, "conflict.quantity"));
    CHECK(rule_of({"conflict.quantity", ""}) == "label.syntax");
}

TEST_CASE("a symbol that is refused does not spoil the others") {
    const auto reading = merge({symbol("QRCode", "536}"), symbol("Code128", "1PABC123")});
    CHECK_FALSE(reading.parsed[0]);
    CHECK(to_string(reading.fields.at("mpn")) == "ABC123");
    CHECK(merge({}).format == "unknown");
}

TEST_CASE("a certain symbol goes before a recovered one") {
    const auto reading = merge(
        {symbol("DataMatrix", "[)>06K3878883614K0011PKTSC-21RQ10011K0896618144LVN1VDiptronics"),
         symbol("Code128", "Q100")});
    CHECK(reading.recovered);
    CHECK(to_string(reading.fields.at("mpn")) == "KTSC-21R");
    CHECK(reading.sources.at("quantity").front().symbol == 1);
}

namespace {

Symbol at(Symbol symbol, int x, int y, int width, int height, bool upside_down = false) {
    symbol.position = {Point{x, y}, Point{x + width, y}, Point{x + width, y + height},
                       Point{x, y + height}};
    if (upside_down) {
        std::rotate(symbol.position.begin(), symbol.position.begin() + 2, symbol.position.end());
    }
    return symbol;
}

const std::string mat_label =
    "[)>@06@12S0002@P4711@1PE0818XYZ@31PE0818XYZ@12V@10VCHN-0@6D20260126@14D20280120@30PY@Z1@"
    "K5500@16K396@V6000@3SS000@Q5000NAR000@20T1@1TZ112606F@2T@1Z@@";

}  // namespace

TEST_CASE("nine linear symbols and a Data Matrix are one label, and each says what it states") {
    const auto reading = merge({at(symbol("DataMatrix",
                                          "[)>\x1e"
                                          "06\x1d"
                                          "SCM2746\x1dPP2103\x1dV8003\x1dQ4000\x1d"
                                          "1TSV8211\x1d"
                                          "16D20260523\x1d"
                                          "1P08052C\x1e\x04"),
                                   800, 100, 150, 150),
                                at(symbol("Code128", "Q4000"), 100, 100, 300, 40),
                                at(symbol("Code128", "1TSV8211"), 100, 160, 300, 40),
                                at(symbol("Code128", "1P08052C"), 100, 220, 300, 40),
                                at(symbol("Code128", "16D20260523"), 100, 280, 300, 40),
                                at(symbol("Code128", "SCM2746"), 100, 340, 300, 40)});
    CHECK(reading.labels.size() == 1);
    CHECK(reading.conflicts.empty());
    for (const auto* field : {"quantity", "lot", "mpn", "date_code", "serial"}) {
        INFO(field);
        CHECK(reading.sources.at(field).size() == 2);
    }
}

TEST_CASE("a maker's label and a distributor's on one reel are two") {
    // The maker's sticks upside down; its symbols say no more than a number each.
    const auto reading = merge({at(symbol("DataMatrix", mat_label), 100, 100, 200, 200),
                                at(symbol("Code39", "Z112606F"), 100, 500, 300, 40, true),
                                at(symbol("Code39", "05000"), 100, 560, 300, 40, true),
                                at(symbol("Code39", "1792379"), 100, 620, 300, 40, true)});
    REQUIRE(reading.labels.size() == 2);
    CHECK(reading.labels[0].format == "mat-label");
    CHECK(reading.labels[1].symbols == std::vector<std::size_t>{1, 2, 3});
    CHECK(reading.conflicts.empty());
    // The bare texts agree with what the other label says of lot and quantity.
    CHECK(reading.sources.at("lot").size() == 2);
    CHECK(reading.sources.at("lot")[1].bare);
    CHECK(reading.sources.at("quantity").size() == 2);
    CHECK(reading.sources.at("mpn").size() == 1);
}

TEST_CASE("what labels of one reel contradict each other in is said field by field") {
    const auto reading =
        merge({symbol("QRCode", ";;LTST-XX;2108400000;5000;5/P/D;RLC21000000;2613;MADE IN CHINA"),
               symbol("QRCode", "RVSG17000000;PSC50000;D2613;L0000000096;VVSG17;Q5000;SLTST-XX")});
    REQUIRE(reading.labels.size() == 2);
    std::vector<std::string> fields;
    for (const auto& conflict : reading.conflicts) {
        CHECK(conflict.between_labels);
        fields.push_back(conflict.field);
    }
    CHECK(fields == std::vector<std::string>{"lot", "package_id"});
    for (const auto* field : {"mpn", "quantity", "date_code"}) {
        CHECK(reading.sources.at(field).size() == 2);
    }
    for (const auto& part : reading.labels) CHECK(part.conflicts.empty());
}

TEST_CASE("levels and expiries that mean the same agree") {
    const auto reading = merge({symbol("DataMatrix",
                                       "[)>\x1e"
                                       "06\x1d"
                                       "1PABC\x1dQ5\x1d"
                                       "13E2a\x1d"
                                       "14D20270101\x1e\x04"),
                                symbol("DataMatrix",
                                       "[)>\x1e"
                                       "06\x1d"
                                       "1PABC\x1dQ5\x1d"
                                       "13E2A\x1d"
                                       "15D01012027\x1e\x04")});
    CHECK(reading.conflicts.empty());
    CHECK(reading.labels.size() == 1);
}

TEST_CASE("two prints of one label on a picture are two labels, each with its own symbols") {
    // What our own labels carry: the 25S is the same on both.
    const std::string message =
        "[)>\x1e"
        "06\x1d"
        "1PNL52840\x1dQ3000\x1d"
        "10D2617\x1d"
        "1T7AB123\x1d"
        "25SLERPFRP0123456789ABCDEFGHJKMNPQRS\x1e\x04";
    std::vector<Symbol> symbols;
    for (const int y : {100, 900}) {
        symbols.push_back(at(symbol("Code128", "1PNL52840"), 100, y, 300, 40));
        symbols.push_back(at(symbol("Code128", "Q3000"), 100, y + 80, 200, 40));
        symbols.push_back(at(symbol("DataMatrix", message), 600, y, 150, 150));
        symbols.push_back(at(symbol("Code128", "1T7AB123"), 100, y + 160, 280, 40));
    }
    const auto reading = merge(symbols);
    REQUIRE(reading.parsed[2]->unique_id);
    REQUIRE(reading.labels.size() == 2);
    CHECK(reading.labels[0].symbols == std::vector<std::size_t>{0, 1, 2, 3});
    CHECK(reading.labels[1].symbols == std::vector<std::size_t>{4, 5, 6, 7});
    CHECK(reading.conflicts.empty());

    // Without it, and far apart, as well; but a maker may print a symbol twice on one label.
    const std::string maker =
        "[)>\x1e"
        "06\x1d"
        "1PNL52840\x1dQ3000\x1d"
        "10D2617\x1d"
        "1T7AB123\x1e\x04";
    const auto with_second_at = [&](int y) {
        return merge({at(symbol("DataMatrix", maker), 600, 100, 150, 150),
                      at(symbol("DataMatrix", maker), 600, y, 150, 150)})
            .labels.size();
    };
    CHECK(with_second_at(1000) == 2);
    CHECK(with_second_at(400) == 1);
}
