#include "vision/reader/wire_json.h"

#include <stdexcept>

namespace reelproof::vision {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_code = 40;

}  // namespace

json::array quad_json(const Quad& quad) {
    json::array out;
    for (const Point& point : quad) {
        out.push_back(point.x);
        out.push_back(point.y);
    }
    return out;
}

Quad quad_of(const json::value& value) {
    Quad quad;
    const json::array& numbers = value.as_array();
    for (std::size_t i = 0; i < quad.size(); ++i)
        quad[i] = {numbers.at(2 * i).to_number<int>(), numbers.at(2 * i + 1).to_number<int>()};
    return quad;
}

std::string text_at(const json::object& object, std::string_view key) {
    return std::string(object.at(key).as_string());
}

json::object error_json(const Error& error) {
    return {{"code", error.code}, {"text", error.text}};
}

Error error_of(const json::object& object) {
    Error error{text_at(object, "code"), text_at(object, "text")};
    if (error.code.empty() || error.code.size() > longest_code ||
        error.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz.-") != error.code.npos)
        throw std::invalid_argument("code");
    return error;
}

}  // namespace reelproof::vision
