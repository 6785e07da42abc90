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

vision::Channel channel_of(const json::object& vector) {
    const json::string& name = vector.at("channel").as_string();
    if (name == "camera") return vision::Channel::camera;
    if (name == "wedge") return vision::Channel::wedge;
    if (name == "serial") return vision::Channel::serial;
    return vision::Channel::unknown;
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

// "" if the text gave what is expected, else what differs.
std::string difference(const json::object& vector) {
    const std::string symbology(vector.at("symbology").as_string());
    const auto parsed =
        vision::parse(std::string(vector.at("raw").as_string()), {channel_of(vector), symbology});
    const json::object& expect = vector.at("expect").as_object();
    const bool ambiguous = vector.contains("ambiguous");
    if (!parsed) {
        return ambiguous || expect.contains("error") ? "" : "refused: " + parsed.error().code;
    }
    std::string result;
    if (ambiguous && !parsed->recovered) result += " not marked as recovered";
    for (const auto& [key, wanted] : expect) {
        const std::string name(key);
        if (name == "format") {
            if (!parsed->format.ends_with("-dd")) result += " format " + parsed->format;
        } else if (name == "error") {
            const bool told = std::any_of(parsed->warnings.begin(), parsed->warnings.end(),
                                          [&](const vision::Warning& w) {
                                              return w.code == "syntax." + text_of(wanted) ||
                                                     w.code == "content.unknown-format";
                                          });
            if (!told) result += " no warning for " + text_of(wanted);
        } else if (!expect.contains("error") || name != "truth") {
            const auto field = parsed->fields.find(name);
            if (field == parsed->fields.end()) {
                result += " no " + name;
            } else if (vision::to_string(field->second) != text_of(wanted)) {
                result += " " + name + "=" + vision::to_string(field->second);
            }
            if (name == "quantity" && field != parsed->fields.end() &&
                !std::holds_alternative<std::int64_t>(field->second)) {
                result += " quantity is not a number";
            }
        }
    }
    return result;
}

}  // namespace

TEST_CASE("every known label text of the big distributors gives exactly its fields") {
    const auto file = tests::shared_data("labels/vectors.jsonl");
    if (!file) return;
    int distributors = 0, others = 0, others_right = 0;
    for (const std::string& line : tests::read_lines(*file)) {
        const json::object vector = json::parse(line).as_object();
        const json::string& vendor = vector.at("vendor").as_string();
        const std::string trouble = difference(vector);
        if (vendor == "DigiKey" || vendor == "Mouser" || vendor == "LCSC" || vendor == "TME") {
            ++distributors;
            INFO(vector.at("id").as_string().c_str());
            CHECK(trouble == "");
        } else {
            ++others;
            if (trouble.empty()) {
                ++others_right;
            } else {
                UNSCOPED_INFO(vector.at("id").as_string().c_str() << trouble);
            }
        }
    }
    CHECK(distributors == 64);
    CHECK(others == 70);
    // Known gaps: values that stand on the label in print only, lists as values.
    CHECK(others_right == 62);
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
            if (raw[end] != '\x1d') continue;
            std::string without = raw;
            without.erase(end, 1);
            parsed += vision::parse(without).has_value();
        }
    }
    CHECK(parsed > 5000);
}
