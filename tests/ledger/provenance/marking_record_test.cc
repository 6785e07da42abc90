#include "ledger/provenance/marking_record.h"

#include <catch2/catch.hpp>

#include "ledger/provenance/event.h"
#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

MarkingRecord full() {
    MarkingRecord out;
    out.state = MarkingRecord::State::differs;
    out.parts = 20;
    out.differing = 3;
    out.expected = {"19E9XBL E4", "SN74LS00N"};
    out.seen = {"19E9XBL E4", "SN74LS06N"};
    out.worst = {2, 8, "0", "6", 512, -210, -80, {{1, 2}, {3, -4}}};
    out.differences = {{"code", "SN74LS00N", "SN74LS06N"}};
    out.pictures = {std::string(64, 'a')};
    out.reference = std::string(64, 'b');
    out.trace = "19E9XBL";
    out.date = "19";
    out.dates = {{608, 637}};
    out.surface = {"sibling", 380, 420};
    out.conditions = {{"sanding", 310, 270}};
    out.kinds = {{17, std::string(64, 'c')}, {3, ""}};
    out.templates = {"AAAA"};
    return out;
}

std::string error_of(std::string_view json) {
    const auto parsed = parse_marking(json);
    return parsed ? std::string() : parsed.error().message;
}

}  // namespace

TEST_CASE("an observation of a marking is read as it was written", "[marking]") {
    const auto text = format_marking(full());
    const auto parsed = parse_marking(text);
    REQUIRE(parsed);
    CHECK(format_marking(*parsed) == text);
    CHECK(parsed->worst->region.back()[1] == -4);
    CHECK(format_marking(*parse_marking(R"({"state":"agrees","new":[1]})")) ==
          R"({"state":"agrees","parts":0,"differing":0})");
}

TEST_CASE("an observation stands in its item's event", "[marking]") {
    SealedBody body;
    body.event = happening(EventKind::inspect);
    body.event.item = item_uri("dist.example", "0123456789ABCDEFGHJKMNPQRS");
    body.event.marking = std::make_shared<const MarkingRecord>(full());
    const auto parsed = parse_body(format_body(body));
    REQUIRE(parsed);
    CHECK(parsed->event.kind == EventKind::inspect);
    REQUIRE(parsed->event.marking);
    CHECK(format_marking(*parsed->event.marking) == format_marking(full()));
    auto text = format_body(body);
    text.replace(text.find("\"differs\""), 9, "\"diffurs\"");
    REQUIRE_FALSE(parse_body(text));
    CHECK(parse_body(text).error().message ==
          "event: rp:marking: state is none of those that are known");
}

TEST_CASE("an observation that is out of bounds names the member", "[marking]") {
    CHECK(error_of("{}") == "state is none of those that are known");
    CHECK(error_of(R"({"state":"agrees","parts":1.5})") == "parts is not a whole number");
    CHECK(error_of(R"({"state":"agrees","parts":1,"differing":2})") ==
          "differing is not a number of parts up to parts");
    CHECK(error_of(R"({"state":"agrees","worst":[]})") == "worst is not an object");
    CHECK(error_of(R"({"state":"agrees","worst":{"region":[[1]]}})") ==
          "worst.region is not a list of points");
    CHECK(error_of(R"({"state":"agrees","reference":"zz"})") ==
          "reference is not a SHA-256 in hex");
    CHECK(error_of(R"({"state":"agrees","dates":[[2,1]]})") ==
          "dates is not a list of first and last days");
    CHECK(error_of(R"({"state":"agrees","surface":{"is":"twin"}})") ==
          "surface.is is none of those that are known");
    CHECK(error_of(R"({"state":"agrees","date":")" + std::string(500, 'x') + "\"}")
              .find("date is not a text") == 0);
    CHECK(error_of(std::string(50000, ' ')).find("over 40 KiB") != std::string::npos);
    CHECK_FALSE(error_of("[1]").empty());
}

}  // namespace reelproof::ledger::tests
