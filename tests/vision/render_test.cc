#include "vision/label/render.h"

#include <catch2/catch.hpp>

#include "tests/vision/vision_support.h"
#include "vision/label/photograph.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

const Fields reel{{"mpn", "STM32F407VGT6"},
                  {"quantity", std::int64_t{1000}},
                  {"lot", "GH2318A77"},
                  {"date_code", "2431"},
                  {"date_code_kind", "YYWW"},
                  {"country", "MY"},
                  {"manufacturer", "Silicon Works"},
                  {"supplier_pn", "SW-4711-ND"},
                  {"po", "4500016605"},
                  {"msl", "3"}};
const std::string unique_id = "LESWKRP01H5ZQ8W3K9V2B7N4M6T0XCDEF";

}  // namespace

TEST_CASE("an issued label's payload parses back to the fields that went in") {
    const auto payload = issued_label_payload(reel, unique_id);
    REQUIRE(payload.has_value());
    const auto parsed = parse(*payload, {Channel::camera, "DataMatrix"});
    REQUIRE(parsed.has_value());
    CHECK(parsed->fields == reel);
    CHECK(parsed->unique_id == unique_id);
    CHECK(parsed->warnings.empty());

    Fields by_day = reel;
    by_day["date_code"] = "220309";
    by_day["date_code_kind"] = "YYMMDD";
    CHECK(parse(*issued_label_payload(by_day, unique_id))->fields == by_day);
}

TEST_CASE("a value that could forge a record is refused") {
    for (const std::string lot : {"A\x1dQ999", "A\x1e\x04", "A\n", "\xC3\x84", " A"}) {
        Fields fields = reel;
        fields["lot"] = lot;
        const auto payload = issued_label_payload(fields, unique_id);
        REQUIRE_FALSE(payload.has_value());
        CHECK(payload.error().code == "label.bad-value");
    }
    CHECK(issued_label_payload(reel, "A\x1d").error().code == "label.bad-value");
    Fields fields = reel;
    fields["po"] = std::string(500, 'X');
    CHECK(issued_label_payload(fields, unique_id).error().code == "label.too-long");
}

TEST_CASE("a label is drawn in all sizes, and what is drawn can be read") {
    ReaderPool pool(tests::reader_options());
    for (const int dpi : {203, 300, 600}) {
        INFO(dpi);
        const auto label = render_label(reel, unique_id, {dpi, 100, 60, "siliconworks.example"});
        REQUIRE(label.has_value());
        const auto reading = pool.read_label(label->png);
        REQUIRE(reading.has_value());
        CHECK(reading->fields == reel);
        CHECK(reading->unique_id == unique_id);
        CHECK(reading->conflicts.empty());
        CHECK(label->svg.starts_with("<svg"));
        CHECK(label->svg.find(unique_id) == std::string::npos);
    }
    CHECK(render_label(reel, unique_id, {250, 100, 60, ""}).error().code == "label.does-not-fit");
    Fields wordy = reel;
    std::string words;
    while (words.size() < 225) words += "aB#";
    wordy["customer_pn"] = words;
    CHECK(render_label(wordy, unique_id, {300, 60, 40, ""}).error().code == "label.does-not-fit");
}

TEST_CASE("label text is data to SVG and ZPL") {
    Fields fields = reel;
    fields["mpn"] = "A<b>&\"^XZ~JA_1D\\";
    const auto label = render_label(fields, unique_id, {300, 100, 70, ""});
    REQUIRE(label.has_value());
    CHECK(label->svg.find("<b>") == std::string::npos);
    CHECK(label->svg.find("A&lt;b&gt;&amp;&quot;") != std::string::npos);
    CHECK(label->zpl.find("^XZ") == label->zpl.size() - 4);
    CHECK(label->zpl.find("~J") == std::string::npos);
    CHECK(label->zpl.find("_5F1D") != std::string::npos);
}

TEST_CASE("photographs of a label are repeatable and differ by seed") {
    const auto label = render_label(reel, unique_id);
    REQUIRE(label.has_value());
    PhotographOptions one, two;
    two.seed = 2;
    CHECK(*photograph(label->png, one) == *photograph(label->png, one));
    CHECK(*photograph(label->png, one) != *photograph(label->png, two));
    CHECK_FALSE(photograph({}, one).has_value());
}

namespace {

int labels_read(std::uint64_t first, std::uint64_t last) {
    ReaderPool pool(tests::reader_options());
    const auto label = render_label(reel, unique_id, {300, 100, 60, "siliconworks.example"});
    int read = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        PhotographOptions options;
        options.seed = seed;
        const auto picture = photograph(label->png, options);
        const auto reading = pool.read_label(*picture);
        read += reading && reading->unique_id == unique_id && reading->fields == reel;
    }
    return read;
}

}  // namespace

TEST_CASE("careful photographs of an issued label are read") {
    CHECK(labels_read(1, 12) == 12);
}

TEST_CASE("fifty photographs of an issued label are read", "[.slow]") {
    CHECK(labels_read(1, 50) >= 49);
}

TEST_CASE("what our own reader or rules would refuse is not issued, and the field is named") {
    using namespace std::chrono;
    const sys_days today = 2026y / November / 21;
    const auto complains = [&](const std::string& name, const Value& value) {
        Fields fields = reel;
        fields.erase("date_code_kind");
        fields[name] = value;
        const auto fine = check_issued_fields(fields, unique_id, today);
        return fine ? std::string() : fine.error().text;
    };
    CHECK(complains("lot", "GH2318A77").empty());
    for (const std::string code : {"2647", "20261121", "N/T", "2608"})
        CHECK(complains("date_code", code).empty());
    for (const std::string code : {"9999", "2654", "2748", "20270230", "May"})
        CHECK(complains("date_code", code).starts_with("date_code \"" + code + "\""));
    for (const std::string country : {"XXX", "cn", "4"})
        CHECK(complains("country", country).starts_with("country \"" + country + "\""));
    for (const std::string lot : {"A{GS}Q9", "A<RS>B", "A^]Q9"})
        CHECK(complains("lot", lot).starts_with("lot \"" + lot + "\""));
    CHECK(complains("msl", "2a").empty());
    CHECK(complains("msl", "9").starts_with("msl \"9\""));
    CHECK(complains("quantity", std::int64_t{1'000'000'000}).starts_with("quantity"));
    CHECK_FALSE(check_issued_fields(reel, unique_id + "{GS}", today).has_value());
}
