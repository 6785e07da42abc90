#include "vision/reader/marking_wire.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "vision/marking/layers.h"
#include "vision/reader/wire_json.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_doubt = 200;

json::object character_json(const InspectedCharacter& one) {
    return {{"expected", std::string(1, one.expected)},
            {"line", one.line},
            {"position", quad_json(one.position)},
            {"likeness", one.likeness},
            {"margin", one.margin},
            {"rival", one.rival == 0 ? std::string() : std::string(1, one.rival)}};
}

json::object part_json(const InspectedPart& part) {
    json::array characters;
    for (const InspectedCharacter& one : part.characters) characters.push_back(character_json(one));
    json::object out{{"state", to_string(part.state)},
                     {"likeness", part.likeness},
                     {"characters", std::move(characters)}};
    if (part.trouble) out["trouble"] = error_json(*part.trouble);
    return out;
}

double measure(const json::value& value, double least, double most) {
    const double number = value.to_number<double>();
    if (!(number >= least && number <= most)) throw std::invalid_argument("measure");
    return number;
}

char character(const json::value& value, const std::string& among) {
    const std::string text(value.as_string());
    if (text.size() != 1 || among.find(text[0]) == among.npos)
        throw std::invalid_argument("character");
    return text[0];
}

MarkingState state_of(std::string_view name) {
    for (const MarkingState state :
         {MarkingState::agrees, MarkingState::doubtful, MarkingState::differs,
          MarkingState::missing, MarkingState::unusable})
        if (to_string(state) == name) return state;
    throw std::invalid_argument("state");
}

// Only characters that were asked for, in their order.
InspectedPart part_of(const json::object& object, const std::string& asked) {
    InspectedPart part;
    part.state = state_of(text_at(object, "state"));
    part.likeness = measure(object.at("likeness"), -1.01, 1.01);
    const json::array& characters = object.at("characters").as_array();
    const bool compared = part.state == MarkingState::agrees ||
                          part.state == MarkingState::doubtful ||
                          part.state == MarkingState::differs;
    if (characters.size() != (compared ? asked.size() : 0))
        throw std::invalid_argument("characters");
    for (std::size_t i = 0; i < characters.size(); ++i) {
        const json::object& one = characters[i].as_object();
        InspectedCharacter out;
        out.expected = character(one.at("expected"), std::string(1, asked[i]));
        out.line = one.at("line").to_number<int>();
        if (out.line < 0 || out.line >= static_cast<int>(max_marking_lines))
            throw std::invalid_argument("line");
        out.position = quad_of(one.at("position"));
        out.likeness = measure(one.at("likeness"), -1.01, 1.01);
        out.margin = measure(one.at("margin"), -2.02, 2.02);
        // A look-alike need not be one of the marking's own characters.
        if (!one.at("rival").as_string().empty())
            out.rival = character(one.at("rival"), asked + std::string(marking_alphabet));
        part.characters.push_back(out);
    }
    if (part.state == MarkingState::unusable)
        part.trouble = error_of(object.at("trouble").as_object());
    return part;
}

}  // namespace

std::vector<std::uint8_t> encode_marking_request(const MarkingRequest& request) {
    json::array lines;
    for (const std::string& line : request.text.lines) lines.emplace_back(line);
    std::vector<PictureBytes> pictures = request.samples;
    pictures.insert(pictures.end(), request.parts.begin(), request.parts.end());
    return question_message({{"lines", std::move(lines)},
                             {"samples", sizes_json(request.samples)},
                             {"parts", sizes_json(request.parts)}},
                            pictures);
}

std::optional<MarkingRequest> decode_marking_request(std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        const json::object& question = read.question.as_object();
        MarkingRequest request;
        for (const json::value& line : question.at("lines").as_array())
            request.text.lines.emplace_back(line.as_string());
        PictureBytes rest = read.pictures;
        request.samples = pictures_of(question.at("samples"), rest);
        request.parts = pictures_of(question.at("parts"), rest);
        if (!rest.empty() || request.samples.size() > max_marking_samples ||
            request.parts.size() > max_marking_parts)
            return std::nullopt;
        return request;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_marking_answer(const Result<MarkingInspection>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array samples, parts;
    for (const double likeness : answer->samples) samples.push_back(likeness);
    for (const InspectedPart& part : answer->parts) parts.push_back(part_json(part));
    return json::serialize(json::object{{"doubt", answer->doubt},
                                        {"fit", answer->fit},
                                        {"samples", std::move(samples)},
                                        {"parts", std::move(parts)}});
}

std::optional<Result<MarkingInspection>> decode_marking_answer(std::string_view text,
                                                               const MarkingRequest& request) {
    std::string asked;
    for (const std::string& line : request.text.lines)
        for (const char c : line)
            if (c != ' ') asked += c;
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Result<MarkingInspection>(error_of(error->as_object()));
        MarkingInspection out;
        out.doubt = text_at(answer, "doubt");
        if (out.doubt.size() > longest_doubt ||
            !std::all_of(out.doubt.begin(), out.doubt.end(),
                         [](char c) { return c >= ' ' && c <= '~'; }))
            return std::nullopt;
        out.fit = measure(answer.at("fit"), -10, 10);
        for (const json::value& likeness : answer.at("samples").as_array())
            out.samples.push_back(measure(likeness, -1.01, 1.01));
        for (const json::value& part : answer.at("parts").as_array())
            out.parts.push_back(part_of(part.as_object(), asked));
        if (out.samples.size() != request.samples.size() ||
            out.parts.size() != request.parts.size())
            return std::nullopt;
        return Result<MarkingInspection>(std::move(out));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace reelproof::vision
