#include "api/routes/reading_json.h"

#include <boost/json.hpp>

namespace reelproof::api {

namespace json = boost::json;

namespace {

json::array position_json(const vision::Quad& position) {
    json::array out;
    for (const auto& corner : position) out.push_back(json::array{corner.x, corner.y});
    return out;
}

json::array characters_json(const std::vector<vision::ReadCharacter>& characters) {
    json::array out;
    for (const auto& one : characters) {
        json::array alternatives;
        for (const auto& each : one.alternatives)
            alternatives.push_back(json::object{{"character", std::string(1, each.character)},
                                                {"probability", each.probability}});
        out.push_back(json::object{{"alternatives", std::move(alternatives)},
                                   {"position", position_json(one.position)}});
    }
    return out;
}

json::object line_json(const vision::ReadLine& line) {
    return {{"text", line.text},
            {"confidence", line.confidence},
            {"position", position_json(line.position)},
            {"characters", characters_json(line.characters)}};
}

json::object expected_json(const vision::ExpectedLine& line) {
    json::object out{{"text", line.text},
                     {"state", vision::to_string(line.state)},
                     {"probability", line.confidence}};
    if (line.characters.empty()) return out;
    const auto& worst = line.characters[line.worst];
    out["worst"] =
        json::object{{"index", line.worst},
                     {"character", std::string(1, vision::plain_line(line.text)[line.worst])},
                     {"probability", line.probability},
                     {"seen", std::string(1, worst.alternatives.front().character)},
                     {"position", position_json(worst.position)}};
    out["characters"] = characters_json(line.characters);
    return out;
}

}  // namespace

json::object quality_json(const vision::PictureQuality& it) {
    json::object out{{"usable", !it.trouble.has_value()},
                     {"package_width", it.width},
                     {"edge_width", it.edge},
                     {"edge_limit", it.edge_limit},
                     {"contrast", it.contrast},
                     {"noise", it.noise},
                     {"black", it.dark},
                     {"white", it.bright},
                     {"glare", it.glare}};
    if (it.trouble) {
        out["code"] = it.trouble->code;
        out["error"] = it.trouble->text;
    }
    return out;
}

json::object read_part_json(const vision::ReadPart& part) {
    json::array lines, expected;
    for (const auto& line : part.lines) lines.push_back(line_json(line));
    for (const auto& line : part.expected) expected.push_back(expected_json(line));
    json::object out{{"number", part.number},
                     {"outline", position_json(part.place)},
                     {"quality", quality_json(part.quality)},
                     {"package_found", part.outline},
                     {"lines", std::move(lines)}};
    if (!expected.empty()) out["expected"] = std::move(expected);
    return out;
}

}  // namespace reelproof::api
