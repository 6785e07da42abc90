#include <boost/json.hpp>

#include "tests/ledger/format/vectors_support.h"
#include "tests/ledger/provenance/event_samples_support.h"

namespace reelproof::ledger::tests {

namespace {

namespace json = boost::json;

// A sound body of this kind with one member of its event replaced.
std::string with(EventKind kind, const char* member, const json::value& value) {
    for (const auto& body : one_of_every_kind()) {
        if (body.event.kind != kind) continue;
        auto document = json::parse(format_body(body)).as_object();
        document["event"].as_object()[member] = value;
        return json::serialize(document);
    }
    return {};
}
std::string reason(const std::string& text) {
    return why(parse_body(text));
}

}  // namespace

TEST_CASE("a member of the wrong type is named") {
    using K = EventKind;
    const json::value number = 7, object = json::object(), list = json::array(), text = "x";
    CHECK(reason(with(K::ship, "type", number)) == "event: type is not a text");
    CHECK(reason(with(K::ship, "eventTime", number)) == "event: eventTime is not a text");
    CHECK(reason(with(K::ship, "eventTime", "yesterday")) ==
          "event: eventTime is missing or not a time with a zone");
    CHECK(reason(with(K::ship, "epcList", text)) == "event: epcList is not a list of at most 1000");
    CHECK(reason(with(K::ship, "epcList", json::array{7})) == "event: epcList is not a text");
    CHECK(reason(with(K::ship, "destinationList", json::array{7})) ==
          "event: destinationList is not an object");
    CHECK(reason(with(K::ship, "destinationList", json::array{json::object{{"destination", 7}}})) ==
          "event: destinationList destination is not a text");
    CHECK(reason(with(K::ship, "destinationList", list)) ==
          "event: destinationList names no organisation");
    CHECK(reason(with(K::receive, "destinationList",
                      json::array{json::object{{"destination", "urn:x"}}})) ==
          "event: destinationList names no organisation");
    CHECK(reason(with(K::commission, "ilmd", list)) == "event: ilmd is not an object");
    CHECK(reason(with(K::commission, "ilmd", json::object{{"rp:lotCode", 7}})) ==
          "event: ilmd rp:lotCode is not a text");
    CHECK(reason(with(K::load, "bizTransactionList",
                      json::array{json::object{{"bizTransaction", object}}})) ==
          "event: bizTransactionList bizTransaction is not a text");
    CHECK(reason(with(K::scrap, "rp:reason", nullptr)) == "event: rp:reason is not a text");
    CHECK(reason("[]") == "the event body is not a JSON object");
    CHECK(reason("{}") == "event is not an object");
    CHECK(reason(R"({"event":[]})") == "event is not an object");
}

TEST_CASE("a quantity is a whole number that is not negative and fits") {
    using K = EventKind;
    const auto lot = [](const char* quantity) {
        return std::string(R"([{"epcClass":"https://o.example/c/1P/A/1T/B","quantity":)") +
               quantity + "}]";
    };
    for (const auto* bad : {"-1", "1.5", "1e400", "9223372036854775808", "18446744073709551616",
                            "\"7\"", "null", "true", "1.0"}) {
        auto text = with(K::split, "childQuantityList", "HERE");
        text.replace(text.find("\"HERE\""), 6, lot(bad));
        INFO(text);
        CHECK_FALSE(parse_body(text));
    }
    auto most = with(K::split, "childQuantityList", "HERE");
    most.replace(most.find("\"HERE\""), 6, lot("9223372036854775807"));
    REQUIRE(parse_body(most));
    CHECK(parse_body(most)->event.quantity == std::numeric_limits<std::int64_t>::max());
    CHECK(reason(with(K::split, "childQuantityList", json::array{json::object{}})) ==
          "event: quantity is missing");
    CHECK(reason(with(K::receive, "rp:quantity", -5)) ==
          "event: rp:quantity is not a whole number of parts");
    CHECK(reason(with(K::relabel, "rp:successor", "0011")) ==
          "event: rp:successor is 2 bytes, not 32");
    CHECK(reason(with(K::relabel, "rp:successor", 7)) == "event: rp:successor is not a text");
}

TEST_CASE("hashes and keys must have their length") {
    const std::string event =
        json::serialize(json::parse(format_body(one_of_every_kind().front())).at("event"));
    const auto body = [&](const std::string& rest) { return "{\"event\":" + event + rest + "}"; };
    CHECK(parse_body(body("")));
    CHECK(reason(body(R"(,"prev":["00"])")) == "prev is 1 byte, not 32");
    CHECK(reason(body(R"(,"prev":["xx"])")).starts_with("prev"));
    CHECK(reason(body(R"(,"prev":7)")) == "prev is not a list of at most 1000");
    CHECK(reason(body(R"(,"parents":[7])")) == "parents is not a text");
    CHECK(reason(body(R"(,"parents":["0011"])")) == "parents holds a key not of 32 bytes");
    CHECK(reason(body(R"(,"children":{})")) == "children is not a list of at most 1000");
}

TEST_CASE("an error about a key never shows it") {
    const std::string key(63, 'a');
    const auto text = R"({"event":{"type":"ObjectEvent","eventTime":"2026-11-20T12:00:00Z"},)"
                      R"("parents":[")" +
                      key + R"("]})";
    CHECK_FALSE(reason(text).empty());
    CHECK(reason(text).find("aaaa") == std::string::npos);
}

TEST_CASE("two readers can't see two stories: no member twice, nothing behind the object") {
    const auto good = format_body(one_of_every_kind().at(1));
    auto twice = good;
    twice.insert(twice.find("\"eventTime\""), "\"eventTime\":\"2020-01-01T00:00:00Z\",");
    CHECK(reason(twice) == "the event body has a member twice");
    auto escaped = good;
    escaped.insert(escaped.find("\"type\""), "\"\\u0074ype\":\"X\",");
    CHECK(reason(escaped) == "the event body has the member \"type\" twice");
    CHECK_FALSE(parse_body(good + "{}"));
    CHECK_FALSE(parse_body(good.substr(0, good.size() - 1)));
}

TEST_CASE("control characters and bad UTF-8 are refused, encoded ones too") {
    using K = EventKind;
    CHECK(reason(with(K::scrap, "rp:reason", "red\x1b[2J")) ==
          "event: rp:reason has a control character");
    CHECK(
        reason(with(K::commission, "ilmd", json::object{{"rp:lotCode", std::string("A\0B", 3)}})) ==
        "event: ilmd rp:lotCode has a control character");
    CHECK(reason(with(K::load, "parentID", "https://o.example/asset/feeder/%1B%5B2J")) ==
          "event: parentID has a control character");
    CHECK(reason(with(K::load, "parentID", "https://o.example/asset/feeder/%FF")) ==
          "event: parentID is not UTF-8 once decoded");
    CHECK(reason(with(K::ship, "destinationList",
                      json::array{json::object{{"destination", "https://a%0Ab/org"}}})) ==
          "event: destinationList destination has a control character");
    auto bad = with(K::scrap, "rp:reason", "HERE");
    bad.replace(bad.find("HERE"), 4, "\xc3(");
    CHECK(reason(bad) == "the event body is not UTF-8");
    auto lone = with(K::scrap, "rp:reason", "HERE");
    lone.replace(lone.find("HERE"), 4, "\\ud800");
    CHECK_FALSE(parse_body(lone));
}

TEST_CASE("huge and deep bodies are refused") {
    CHECK(reason(std::string(kMaxBodySize + 1, ' ')) == "the event is over 48 KiB");
    std::string deep = R"({"event":)";
    for (int i = 0; i < 20000; ++i) deep += '[';
    CHECK_FALSE(parse_body(deep));
    json::array many(1001, json::value("https://o.example/i/X"));
    CHECK(reason(with(EventKind::consume, "outputEPCList", many)) ==
          "event: outputEPCList is not a list of at most 1000");
    many.resize(1000);
    CHECK(parse_body(with(EventKind::consume, "outputEPCList", many)));
}

TEST_CASE("members that we don't know are ignored") {
    const auto text = with(EventKind::ship, "rp:future", json::object{{"a", json::array{1, 2}}});
    REQUIRE(parse_body(text));
    CHECK(parse_body(text)->event.kind == EventKind::ship);
    CHECK(parse_body(with(EventKind::ship, "bizStep", "loading"))->event.kind == EventKind::other);
}

TEST_CASE("no cut and no changed byte of a body crashes the reader") {
    for (const auto& body : one_of_every_kind()) {
        const auto good = format_body(body);
        for (std::size_t i = 0; i < good.size(); ++i) {
            (void)parse_body(good.substr(0, i));
            for (const char c : {'"', '{', ']', '9', '%', '\\', '\xff'}) {
                auto changed = good;
                changed[i] = c;
                (void)parse_body(changed);
            }
        }
    }
}

}  // namespace reelproof::ledger::tests
