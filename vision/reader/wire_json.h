// The JSON that all messages between reader processes and their parent have in common. What can't
// be right is thrown as an exception, which the decoders of whole messages catch. Thread safety:
// pure functions. Includes Boost.JSON: for .cc files of vision/reader only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"

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

boost::json::array quad_json(const Quad& quad);
Quad quad_of(const boost::json::value& value);

std::string text_at(const boost::json::object& object, std::string_view key);

boost::json::object error_json(const Error& error);
// Its code only as all codes are written, since it is printed.
Error error_of(const boost::json::object& object);

}  // namespace reelproof::vision
