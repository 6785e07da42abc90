// The corpus of real label texts in ../shared/labels/vectors.jsonl.
#include <map>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/shared_data.h"
#include "tests/vision/vision_support.h"
#include "vision/label/label.h"

using namespace reelproof;
namespace json = boost::json;

namespace {

// What the corpus expects of a label and its symbol does not say: it stands there in print only, or
// has no identifier ("N:" and "Q:" are printed beside the symbols of susumu-1d).
const std::multimap<std::string, std::string> in_print_only{
    {"kyocera-01", "msl"},       {"rohm-01", "country"},          {"susumu-1d-1", "lot"},
    {"susumu-1d-2", "quantity"}, {"susumu-1d-3", "customer_ref"},
};

vision::Channel channel_of(const json::object& vector) {
    const json::string& name = vector.at("channel").as_string();
    if (name == "camera") return vision::Channel::camera;
    if (name == "wedge") return vision::Channel::wedge;
    if (name == "serial") return vision::Channel::serial;
    return vision::Channel::unknown;
}

json::value json_of(const vision::Value& value) {
    return std::visit([](const auto& one) { return json::value_from(one); }, value);
}

bool print_only(const std::string& id, const std::string& field) {
    const auto [first, last] = in_print_only.equal_range(id);
    return std::any_of(first, last, [&](const auto& entry) { return entry.second == field; });
}

// An "error" of the corpus is a refusal or a warning.
bool told(const vision::Result<vision::ParsedLabel>& parsed, const std::string& error) {
    if (!parsed) return parsed.error().code == "label." + error;
    return std::any_of(parsed->warnings.begin(), parsed->warnings.end(),
                       [&](const vision::Warning& warning) {
                           return warning.code == "syntax." + error ||
                                  (error == "misread" && warning.code == "content.unknown-format");
                       });
}

// "" if the text gave what is expected, else what differs.
std::string difference(const json::object& vector) {
    const std::string symbology(vector.at("symbology").as_string());
    const std::string id(vector.at("id").as_string());
    const auto parsed =
        vision::parse(std::string(vector.at("raw").as_string()), {channel_of(vector), symbology});
    const json::object& expect = vector.at("expect").as_object();
    const bool ambiguous = vector.contains("ambiguous");
    std::string result;
    if (const auto* error = expect.if_contains("error")) {
        if (!told(parsed, std::string(error->as_string()))) result += " does not say so";
    } else if (!parsed) {
        return ambiguous ? "" : "refused: " + parsed.error().code;
    }
    if (!parsed) return result;
    if (ambiguous && !parsed->recovered) result += " not marked as recovered";
    for (const auto& [key, wanted] : expect) {
        const std::string name(key);
        if (name == "error" || name == "truth" || print_only(id, name)) continue;
        if (name == "format") {
            if (!parsed->format.ends_with("-dd")) result += " format " + parsed->format;
            continue;
        }
        const auto field = parsed->fields.find(name);
        if (field == parsed->fields.end()) {
            result += " no " + name;
        } else if (json_of(field->second) != wanted) {
            result += " " + name + "=" + vision::to_string(field->second);
        }
    }
    return result;
}

}  // namespace

TEST_CASE("every known label text gives exactly its fields") {
    const auto file = tests::shared_data("labels/vectors.jsonl");
    if (!file) return;
    int vectors = 0;
    for (const std::string& line : tests::read_lines(*file)) {
        const json::object vector = json::parse(line).as_object();
        ++vectors;
        INFO(vector.at("id").as_string().c_str());
        CHECK(difference(vector) == "");
    }
    CHECK(vectors == 134);
}

TEST_CASE("texts that came through whole are read alike whatever brought them") {
    const auto file = tests::shared_data("labels/vectors.jsonl");
    if (!file) return;
    int texts = 0;
    for (const std::string& line : tests::read_lines(*file)) {
        const json::object vector = json::parse(line).as_object();
        const std::string raw(vector.at("raw").as_string());
        if (vector.contains("mangling") || vector.at("channel").as_string() == "wedge") continue;
        const std::string symbology(vector.at("symbology").as_string());
        const auto reference = vision::parse(raw, {vision::Channel::camera, symbology});
        if (!reference) continue;
        ++texts;
        INFO(vector.at("id").as_string().c_str());
        CHECK_FALSE((reference->recovered && !vector.contains("ambiguous")));
        for (const auto channel :
             {vision::Channel::unknown, vision::Channel::wedge, vision::Channel::serial}) {
            for (const std::string& framed :
                 {raw, raw + "\r\n", "]d1" + raw, "\x02" + raw + "\x03"}) {
                const auto parsed = vision::parse(framed, {channel, symbology});
                REQUIRE(parsed.has_value());
                CHECK(parsed->fields == reference->fields);
                CHECK(parsed->identifiers == reference->identifiers);
                CHECK(parsed->format == reference->format);
                CHECK(parsed->recovered == reference->recovered);
                for (const auto& warning : parsed->warnings) {
                    CHECK_FALSE(warning.code == "channel.spelled-controls");
                    CHECK_FALSE(warning.code == "channel.keyboard-layout");
                    CHECK_FALSE(warning.code == "channel.case");
                }
            }
        }
    }
    CHECK(texts > 70);
}

TEST_CASE("a label text cut off anywhere, or short of any separator, harms nobody") {
    const auto file = tests::shared_data("labels/vectors.jsonl");
    if (!file) return;
    int parsed = 0;
    for (const std::string& line : tests::read_lines(*file)) {
        const json::object vector = json::parse(line).as_object();
        const std::string raw(vector.at("raw").as_string());
        for (std::size_t end = 0; end < raw.size(); ++end) {
            parsed += vision::parse(raw.substr(0, end)).has_value();
            std::string other = raw;
            other[end] = static_cast<char>(other[end] ^ 0x20);  // a letter in the other case
            parsed += vision::parse(other).has_value();
            if (raw[end] != '\x1d') continue;
            std::string without = raw;
            without.erase(end, 1);
            parsed += vision::parse(without).has_value();
        }
    }
    CHECK(parsed > 10000);
}
