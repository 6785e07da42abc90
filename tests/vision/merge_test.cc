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
