// The JSON that all messages between reader processes and their parent have in common. What can't
// be right is thrown as an exception, which the decoders of whole messages catch. Thread safety:
// pure functions. Includes Boost.JSON: for .cc files of vision/reader only.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"
#include "vision/marking/inspection.h"

namespace reelproof::vision {

// A question and the pictures that it is about: the length of the question, the question, the
// pictures one after the other.
std::vector<std::uint8_t> question_message(const boost::json::object& question,
                                           std::span<const std::span<const std::uint8_t>> pictures);
struct ReadQuestion {
    boost::json::value question;
    std::span<const std::uint8_t> pictures;  // of the message
};
ReadQuestion read_question(std::span<const std::uint8_t> message);

// The sizes of pictures, and the pictures of these sizes, cut off the front of `bytes`.
boost::json::array sizes_json(std::span<const std::span<const std::uint8_t>> pictures);
std::vector<std::span<const std::uint8_t>> pictures_of(const boost::json::value& sizes,
                                                       std::span<const std::uint8_t>& bytes);

template <class Bytes>
std::string to_hex(const Bytes& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * std::size(bytes));
    for (const auto byte : bytes) {
        hex += digits[static_cast<std::uint8_t>(byte) >> 4];
        hex += digits[static_cast<std::uint8_t>(byte) & 15];
    }
    return hex;
}

template <class Bytes>
Bytes from_hex(std::string_view hex) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (hex.size() % 2 != 0) throw std::invalid_argument("odd hex");
    Bytes bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const auto high = digits.find(hex[i]), low = digits.find(hex[i + 1]);
        if (high == digits.npos || low == digits.npos) throw std::invalid_argument("hex");
        bytes.push_back(static_cast<typename Bytes::value_type>(high << 4 | low));
    }
    return bytes;
}

// Of hex. Only what a browser would show as a PNG goes on from here, of at most `most` bytes; it
// may be empty.
std::vector<std::uint8_t> png_of(const boost::json::value& hex, std::size_t most);

boost::json::object wish_json(const LookWish& wish);
LookWish wish_of(const boost::json::value& value);

boost::json::array quad_json(const Quad& quad);
Quad quad_of(const boost::json::value& value);

std::string text_at(const boost::json::object& object, std::string_view key);

boost::json::object error_json(const Error& error);
// Its code only as all codes are written, since it is printed.
Error error_of(const boost::json::object& object);

}  // namespace reelproof::vision
