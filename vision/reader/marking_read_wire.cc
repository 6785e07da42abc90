#include "vision/reader/marking_read_wire.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "vision/marking/study.h"
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

json::array characters_json(const std::vector<ReadCharacter>& characters) {
    json::array out;
    for (const ReadCharacter& one : characters) {
        json::array alternatives;
        for (const ReadAlternative& each : one.alternatives)
            alternatives.push_back(json::array{std::string(1, each.character), each.probability});
        out.push_back(json::object{{"alternatives", std::move(alternatives)},
                                   {"position", quad_json(one.position)}});
    }
    return out;
}

std::vector<ReadCharacter> characters_of(const json::array& array) {
    std::vector<ReadCharacter> out;
    for (const json::value& value : array) {
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
        out.push_back(std::move(character));
    }
    if (out.size() > max_read_characters) throw std::invalid_argument("characters");
    return out;
}

json::object line_json(const ReadLine& line) {
    return {{"text", line.text},
            {"confidence", line.confidence},
            {"characters", characters_json(line.characters)},
            {"position", quad_json(line.position)}};
}

ReadLine line_of(const json::object& object) {
    ReadLine out;
    out.text = text_at(object, "text");
    if (out.text.size() > 2 * max_read_characters || !printable(out.text))
        throw std::invalid_argument("text");
    out.confidence = measure(object, "confidence", 1);
    out.position = quad_of(object.at("position"));
    out.characters = characters_of(object.at("characters").as_array());
    const auto spaces = std::count(out.text.begin(), out.text.end(), ' ');
    if (out.characters.size() + static_cast<std::size_t>(spaces) != out.text.size())
        throw std::invalid_argument("characters");
    return out;
}

json::object expected_json(const ExpectedLine& line) {
    return {{"state", to_string(line.state)},
            {"confidence", line.confidence},
            {"characters", characters_json(line.characters)},
            {"worst", line.worst},
            {"probability", line.probability}};
}

ExpectedLine expected_of(const json::object& object, const std::string& asked) {
    using State = ExpectedLine::State;
    ExpectedLine out;
    out.text = asked;
    const std::string state = text_at(object, "state");
    for (const State one : {State::agrees, State::doubtful, State::differs})
        if (to_string(one) == state) out.state = one;
    if (to_string(out.state) != state) throw std::invalid_argument("state");
    out.confidence = measure(object, "confidence", 1);
    out.characters = characters_of(object.at("characters").as_array());
    out.worst = object.at("worst").to_number<std::size_t>();
    out.probability = measure(object, "probability", 1);
    const bool seen = out.state != State::unseen;
    if (out.characters.size() != (seen ? plain_line(asked).size() : 0) ||
        (seen && out.worst >= out.characters.size()))
        throw std::invalid_argument("characters");
    return out;
}

json::object part_json(const ReadPart& part) {
    json::array lines, expected;
    for (const ReadLine& line : part.lines) lines.push_back(line_json(line));
    for (const ExpectedLine& line : part.expected) expected.push_back(expected_json(line));
    return {{"quality", quality_json(part.quality)},
            {"place", quad_json(part.place)},
            {"outline", part.outline},
            {"lines", std::move(lines)},
            {"expected", std::move(expected)}};
}

ReadPart part_of(const json::object& object, std::span<const std::string> expected) {
    ReadPart out;
    out.quality = quality_of(object.at("quality").as_object());
    out.place = quad_of(object.at("place"));
    out.outline = object.at("outline").as_bool();
    for (const json::value& line : object.at("lines").as_array())
        out.lines.push_back(line_of(line.as_object()));
    const json::array& weighed = object.at("expected").as_array();
    // Of a poor picture nothing is said.
    const bool read = !out.quality.trouble;
    if (out.lines.size() > max_read_lines || weighed.size() != (read ? expected.size() : 0))
        throw std::invalid_argument("lines");
    for (std::size_t i = 0; i < weighed.size(); ++i)
        out.expected.push_back(expected_of(weighed[i].as_object(), expected[i]));
    return out;
}

}  // namespace

std::vector<std::uint8_t> encode_marking_read_request(const MarkingReadRequest& request) {
    const char* ask = request.question == MarkingQuestion::quality ? "quality" : "read";
    json::array expected;
    for (const std::string& line : request.expected) expected.emplace_back(line);
    return question_message(
        {{"ask", ask}, {"expected", std::move(expected)}, {"wish", wish_json(request.wish)}},
        std::span(&request.picture, 1));
}

std::optional<MarkingReadRequest> decode_marking_read_request(
    std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        const json::object& question = read.question.as_object();
        const std::string ask = text_at(question, "ask");
        if (ask != "quality" && ask != "read") return std::nullopt;
        MarkingReadRequest out{ask == "quality" ? MarkingQuestion::quality : MarkingQuestion::read,
                               read.pictures,
                               {},
                               false};
        for (const json::value& line : question.at("expected").as_array())
            out.expected.emplace_back(line.as_string());
        out.wish = wish_of(question.at("wish"));
        return out;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_marking_reading(const Result<MarkingReading>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array parts;
    for (const ReadPart& part : answer->parts) parts.push_back(part_json(part));
    return json::serialize(
        json::object{{"parts", std::move(parts)}, {"annotated", to_hex(answer->annotated)}});
}

std::optional<Result<MarkingReading>> decode_marking_reading(
    std::string_view text, std::span<const std::string> expected) {
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Result<MarkingReading>(error_of(error->as_object()));
        MarkingReading out;
        for (const json::value& part : answer.at("parts").as_array()) {
            out.parts.push_back(part_of(part.as_object(), expected));
            out.parts.back().number = static_cast<int>(out.parts.size());
        }
        if (out.parts.empty() || out.parts.size() > max_read_parts) return std::nullopt;
        out.annotated = png_of(answer.at("annotated"), max_annotated_bytes);
        return Result<MarkingReading>(std::move(out));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace reelproof::vision
