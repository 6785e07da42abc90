// An event as parts, and parts as an event: as many as an event may be about, and no more.
#include "api/epcis/parts.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

json::array things(std::size_t from, std::size_t to) {
    json::array out;
    for (auto i = from; i < to; ++i) out.emplace_back("urn:example:reel:" + std::to_string(i));
    return out;
}

json::object seen(json::array list) {
    return {{"type", "ObjectEvent"},
            {"action", "OBSERVE"},
            {"eventTime", "2026-11-30T08:00:00Z"},
            {"eventTimeZoneOffset", "+00:00"},
            {"eventID", "urn:uuid:00000000-0000-4000-8000-000000000001"},
            {"epcList", std::move(list)}};
}

}  // namespace

TEST_CASE("an event has as many parts as things, and they make it again", "[epcis]") {
    const Namespaces none;
    const auto event = seen(things(0, kMostThings));
    const auto parts = parts_of(event, none, "");
    const auto* all = std::get_if<std::vector<Part>>(&parts);
    REQUIRE(all != nullptr);
    REQUIRE(all->size() == kMostThings);
    std::vector<json::object> told;
    for (const auto& part : *all) {
        told.push_back(json::parse(part.text).as_object());
        CHECK(told.back().at("epcList") == json::array{part.uri});
    }
    CHECK(joined(told) == event);
}

TEST_CASE("an event about more things than may be is refused, however many they are", "[epcis]") {
    const Namespaces none;
    for (const std::size_t count : {kMostThings + 1, std::size_t{100'000}}) {
        const auto parts = parts_of(seen(things(0, count)), none, "");
        const auto* refusal = std::get_if<Refusal>(&parts);
        REQUIRE(refusal != nullptr);
        CHECK(refusal->detail == "the event is about more than 256 things: send it in parts");
    }
}

TEST_CASE("parts that another sealed under one eventID make no larger event", "[epcis]") {
    std::vector<json::object> parts;
    for (std::size_t i = 0; i < 3000; ++i) parts.push_back(seen(things(i * 100, i * 100 + 100)));
    const auto event = joined(parts);
    CHECK(event.at("epcList") == things(0, kMostThings));
    // What a list holds twice, or that is no text, harms nothing.
    auto odd = seen({1, 1, nullptr, "urn:example:reel:1", "urn:example:reel:1"});
    CHECK(joined({odd, odd}).at("epcList") == json::array{1, nullptr, "urn:example:reel:1"});
    odd["childEPCs"] = "none";
    CHECK(joined({odd}).at("childEPCs") == "none");
}

}  // namespace reelproof::api::epcis
