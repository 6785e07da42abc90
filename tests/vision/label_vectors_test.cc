// The corpus of real label texts in ../shared/labels/vectors.jsonl.
#include <filesystem>
#include <map>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/shared_data.h"
#include "tests/vision/vision_support.h"
#include "vision/label/label.h"

using namespace reelproof;
namespace json = boost::json;
namespace fs = std::filesystem;

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

TEST_CASE("the symbols of one photographed reel agree where they should, field by field") {
    const auto file = tests::shared_data("labels/vectors.jsonl");
    if (!file) return;
    // The pictures, each with the symbols that were decoded from it.
    std::map<std::string, std::vector<vision::Symbol>> reels;
    for (const std::string& line : tests::read_lines(*file)) {
        const json::object vector = json::parse(line).as_object();
        const std::string source(vector.at("source").as_string());
        if (source.find("barcode/examples/") == std::string::npos) continue;
        if (vector.at("id").as_string() == "misread-1") continue;
        vision::Symbol symbol;
        symbol.symbology = vector.at("symbology").as_string();
        symbol.text = vector.at("raw").as_string();
        // Some texts come from the picture, others from what was written down beside it.
        reels[fs::path(source).stem().string()].push_back(symbol);
    }
    const auto reel = [&](const std::string& name) {
        for (const auto& [picture, symbols] : reels) {
            if (picture.find(name) != std::string::npos) return vision::merge(symbols);
        }
        FAIL(name);
        return vision::LabelReading();
    };
    const auto states = [](const vision::LabelReading& reading, const std::string& field) {
        const auto found = reading.sources.find(field);
        return found == reading.sources.end() ? std::size_t{0} : found->second.size();
    };
    const auto kyocera = reel("Kyocera");
    CHECK(kyocera.conflicts.empty());
    CHECK(kyocera.labels.size() == 1);
    for (const auto* field : {"mpn", "quantity", "lot", "date_code", "expiry", "serial",
                              "customer_pn", "supplier_code"}) {
        INFO(field);
        CHECK(states(kyocera, field) == 2);
    }
    const auto murata = reel("Murata");
    CHECK(murata.conflicts.empty());  // 9D27102016 and 11D1643 are the same week
    CHECK(states(murata, "date_code") == 2);
    CHECK(states(murata, "supplier_code") == 2);
    const auto lite_on = reel("LiteOn");
    CHECK(lite_on.labels.size() == 2);
    REQUIRE(lite_on.conflicts.size() == 2);
    CHECK(lite_on.conflicts[0].field == "lot");
    CHECK(lite_on.conflicts[1].field == "package_id");
    CHECK(lite_on.conflicts[0].between_labels);
    CHECK(states(lite_on, "quantity") == 2);
    const auto panasonic = reel("Panasonic");
    CHECK(panasonic.conflicts.empty());  // the part number with and without its dash
    CHECK(states(panasonic, "mpn") == 2);
    const auto susumu = reel("Susumu");
    CHECK(susumu.conflicts.empty());
    CHECK(states(susumu, "lot") == 2);
    CHECK(states(susumu, "quantity") == 2);
    const auto rohm = reel("Rohm");
    CHECK(rohm.conflicts.empty());
    CHECK(states(rohm, "lot") == 2);
    const auto wurth = reel("rth_Elektronik");
    CHECK(wurth.labels.size() == 1);  // three linear symbols with an identifier each
    CHECK(wurth.fields.size() >= 4);
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
