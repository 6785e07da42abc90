#include "vision/reader/marking_read_wire.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "vision/reader/wire_json.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

constexpr double kMostPixels = 1e6, kMostLevels = 1e4;

double measure(const json::object& object, std::string_view key, double most) {
    const double number = object.at(key).to_number<double>();
    if (!(number >= 0 && number <= most)) throw std::invalid_argument(std::string(key));
    return number;
}

json::object quality_json(const PictureQuality& quality) {
    json::object out{{"width", quality.width},           {"edge", quality.edge},
                     {"edge_limit", quality.edge_limit}, {"contrast", quality.contrast},
                     {"noise", quality.noise},           {"dark", quality.dark},
                     {"bright", quality.bright},         {"glare", quality.glare}};
    if (quality.trouble) out["trouble"] = error_json(*quality.trouble);
    return out;
}

PictureQuality quality_of(const json::object& object) {
    PictureQuality out;
    out.width = measure(object, "width", kMostPixels);
    out.edge = measure(object, "edge", kMostPixels);
    out.edge_limit = measure(object, "edge_limit", kMostPixels);
    out.contrast = measure(object, "contrast", kMostLevels);
    out.noise = measure(object, "noise", kMostLevels);
    out.dark = measure(object, "dark", 1);
    out.bright = measure(object, "bright", 1);
    out.glare = measure(object, "glare", 1);
    if (const auto* trouble = object.if_contains("trouble"))
        out.trouble = error_of(trouble->as_object());
    return out;
}

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

json::object line_json(const ReadLine& line) {
    json::array characters;
    for (const ReadCharacter& one : line.characters) {
        json::array alternatives;
        for (const ReadAlternative& each : one.alternatives)
            alternatives.push_back(json::array{std::string(1, each.character), each.probability});
        characters.push_back(json::object{{"alternatives", std::move(alternatives)},
                                          {"position", quad_json(one.position)}});
    }
    return {{"text", line.text},
            {"confidence", line.confidence},
            {"characters", std::move(characters)},
            {"position", quad_json(line.position)}};
}

ReadLine line_of(const json::object& object) {
    ReadLine out;
    out.text = text_at(object, "text");
    if (out.text.size() > 2 * max_read_characters || !printable(out.text))
        throw std::invalid_argument("text");
    out.confidence = measure(object, "confidence", 1);
    out.position = quad_of(object.at("position"));
    for (const json::value& value : object.at("characters").as_array()) {
        const json::object& one = value.as_object();
        ReadCharacter character;
        character.position = quad_of(one.at("position"));
        for (const json::value& each : one.at("alternatives").as_array()) {
            const json::array& pair = each.as_array();
            const std::string_view name = pair.at(0).as_string();
            const double probability = pair.at(1).to_number<double>();
            if (name.size() != 1 || !printable(name) || !(probability >= 0 && probability <= 1.001))
                throw std::invalid_argument("alternative");
            character.alternatives.push_back({name[0], probability});
        }
        if (character.alternatives.empty() || character.alternatives.size() > max_alternatives)
            throw std::invalid_argument("alternatives");
        out.characters.push_back(std::move(character));
    }
    const auto spaces = std::count(out.text.begin(), out.text.end(), ' ');
    if (out.characters.size() + static_cast<std::size_t>(spaces) != out.text.size() ||
        out.characters.size() > max_read_characters)
        throw std::invalid_argument("characters");
    return out;
}

}  // namespace

std::vector<std::uint8_t> encode_marking_read_request(const MarkingReadRequest& request) {
    const char* ask = request.question == MarkingQuestion::quality ? "quality" : "read";
    return question_message({{"ask", ask}}, std::span(&request.picture, 1));
}

std::optional<MarkingReadRequest> decode_marking_read_request(
    std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        const std::string ask = text_at(read.question.as_object(), "ask");
        if (ask != "quality" && ask != "read") return std::nullopt;
        return MarkingReadRequest{
            ask == "quality" ? MarkingQuestion::quality : MarkingQuestion::read, read.pictures};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_marking_reading(const Result<MarkingReading>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array lines;
    for (const ReadLine& line : answer->lines) lines.push_back(line_json(line));
    return json::serialize(json::object{{"quality", quality_json(answer->quality)},
                                        {"outline", answer->outline},
                                        {"lines", std::move(lines)}});
}

std::optional<Result<MarkingReading>> decode_marking_reading(std::string_view text) {
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Result<MarkingReading>(error_of(error->as_object()));
        MarkingReading out;
        out.quality = quality_of(answer.at("quality").as_object());
        out.outline = answer.at("outline").as_bool();
        for (const json::value& line : answer.at("lines").as_array())
            out.lines.push_back(line_of(line.as_object()));
        if (out.lines.size() > max_read_lines) return std::nullopt;
        return Result<MarkingReading>(std::move(out));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace reelproof::vision
