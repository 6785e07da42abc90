#include "vision/reader/studied_part_wire.h"

#include <cmath>
#include <stdexcept>

#include "vision/marking/layers.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

json::object character_json(const InspectedCharacter& one) {
    return {{"expected", std::string(1, one.expected)},
            {"line", one.line},
            {"position", quad_json(one.position)},
            {"likeness", one.likeness},
            {"margin", one.margin},
            {"rival", one.rival == 0 ? std::string() : std::string(1, one.rival)}};
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

}  // namespace

json::object inspected_part_json(const InspectedPart& part) {
    json::array characters;
    for (const InspectedCharacter& one : part.characters) characters.push_back(character_json(one));
    json::object out{{"state", to_string(part.state)},
                     {"likeness", part.likeness},
                     {"characters", std::move(characters)}};
    if (part.trouble) out["trouble"] = error_json(*part.trouble);
    return out;
}

InspectedPart inspected_part_of(const json::object& object, const std::string& asked) {
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

}  // namespace reelproof::vision
