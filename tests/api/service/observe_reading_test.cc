#include "api/service/observe_reading.h"

#include <catch2/catch.hpp>

#include "vision/marking/marking_rules.h"

namespace reelproof::api {

namespace {

using vision::ExpectedLine;
using vision::ReadPart;
using State = ledger::MarkingRecord::State;

const std::vector<std::string> kExpected{"AB10"};

// Of "AB10" its last character, by how likely it is and what is seen instead.
ReadPart part(ExpectedLine::State state, double probability = 0.99, double instead = 0) {
    ExpectedLine line;
    line.text = kExpected[0];
    line.state = state;
    if (state != ExpectedLine::State::unseen) {
        for (const char c : line.text) line.characters.push_back({{{c, 0.99}}, {}});
        line.worst = 3;
        line.probability = probability;
        if (instead > 0) line.characters[3].alternatives = {{'6', instead}, {'0', probability}};
    }
    ReadPart out;
    out.lines.push_back({"AB16", 0.9, {}, {}});
    out.expected.push_back(line);
    return out;
}

ReadPart blurred() {
    ReadPart out;
    out.quality.trouble = vision::Error{"marking.blurred", "too blurred"};
    return out;
}

ledger::MarkingRecord observed(std::vector<ReadPart> parts) {
    const PictureRead pictures[] = {
        {"aa", vision::Error{"marking.no-package", "no package"}},
        {"bb", vision::MarkingReading{std::move(parts), {}}},
    };
    return observation_of_reading(kExpected, pictures);
}

}  // namespace

TEST_CASE("only what reads clearly as something else holds an item up", "[marking]") {
    using Line = ExpectedLine::State;
    const auto other = observed({part(Line::agrees), part(Line::differs, 0.003, 0.97), blurred()});
    CHECK(other.state == State::doubtful);
    CHECK(other.parts == 4);
    CHECK(other.differing == 1);
    CHECK(other.quality == "read without samples");
    CHECK(other.pictures == std::vector<std::string>{"bb", "aa"});
    CHECK(other.seen == std::vector<std::string>{"AB16"});
    REQUIRE(other.worst);
    CHECK(other.worst->place == 4);
    CHECK(other.worst->seen == "6");
    CHECK(other.worst->likeness == 3);

    CHECK(observed({part(Line::agrees)}).state == State::agrees);
    // Of two that are about as likely neither is sure.
    const auto unsure = observed({part(Line::differs, 0.008, 0.6)});
    CHECK(unsure.state == State::unread);
    CHECK_FALSE(unsure.worst);
    for (const auto& one : {part(Line::doubtful, 0.03, 0.95), part(Line::unseen), blurred()})
        CHECK(observed({one}).state == State::unread);
    CHECK(observed({}).quality == "no package");
}

TEST_CASE("of a rule only lines in which nothing is open are weighed", "[marking]") {
    const auto rules = vision::MarkingRuleSet::built_in();
    const auto* rule = rules.find("ti-trace");
    REQUIRE(rule != nullptr);
    const vision::ExpectedMarking expected(*rule, {"SN74LS00N", {}, "2138", {}, {}});
    CHECK(settled_lines(expected) == std::vector<std::string>{"SN74LS00N"});
}

}  // namespace reelproof::api
