#include "vision/reader/wire_json.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "vision/reader/wire.h"

namespace reelproof::vision {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_code = 40;

}  // namespace

std::vector<std::uint8_t> question_message(
    const json::object& question, std::span<const std::span<const std::uint8_t>> pictures) {
    const std::string text = json::serialize(question);
    std::size_t size = length_bytes + text.size();
    for (const auto& picture : pictures) size += picture.size();
    std::vector<std::uint8_t> message(length_bytes);
    message.reserve(size);
    put_length(static_cast<std::uint32_t>(text.size()), message.data());
    message.insert(message.end(), text.begin(), text.end());
    for (const auto& picture : pictures)
        message.insert(message.end(), picture.begin(), picture.end());
    return message;
}

ReadQuestion read_question(std::span<const std::uint8_t> message) {
    if (message.size() < length_bytes) throw std::out_of_range("length");
    const std::size_t length = get_length(message.data());
    if (length > message.size() - length_bytes) throw std::out_of_range("length");
    const auto* text = reinterpret_cast<const char*>(message.data()) + length_bytes;
    return {json::parse(std::string_view(text, length)), message.subspan(length_bytes + length)};
}

json::array sizes_json(std::span<const std::span<const std::uint8_t>> pictures) {
    json::array out;
    for (const auto& picture : pictures) out.push_back(picture.size());
    return out;
}

std::vector<std::span<const std::uint8_t>> pictures_of(const json::value& sizes,
                                                       std::span<const std::uint8_t>& bytes) {
    std::vector<std::span<const std::uint8_t>> out;
    for (const json::value& value : sizes.as_array()) {
        const auto size = value.to_number<std::size_t>();
        if (size > bytes.size()) throw std::out_of_range("size");
        out.push_back(bytes.first(size));
        bytes = bytes.subspan(size);
    }
    return out;
}

std::vector<std::uint8_t> png_of(const json::value& hex, std::size_t most) {
    constexpr std::uint8_t kMagic[] = {0x89, 'P', 'N', 'G'};
    auto bytes = from_hex<std::vector<std::uint8_t>>(std::string_view(hex.as_string()));
    if (bytes.size() > most ||
        (!bytes.empty() && (bytes.size() < sizeof kMagic ||
                            !std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin()))))
        throw std::invalid_argument("picture");
    return bytes;
}

json::object wish_json(const LookWish& wish) {
    return {{"several", wish.several}, {"annotate", wish.annotate}};
}

LookWish wish_of(const json::value& value) {
    const json::object& object = value.as_object();
    return {object.at("several").as_bool(), object.at("annotate").as_bool()};
}

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
