// What the text reader process and its parent say to each other, in messages as in wire.h: the
// length of a question (4 bytes, little endian), the question as JSON and the picture down, one
// JSON object up. The parent trusts none of it. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"

namespace reelproof::vision {

inline constexpr std::string_view text_reader_argument = "text";
inline constexpr std::size_t max_question_bytes = 4u << 20;

struct TextRequest {
    TextQuestion question;
    std::span<const std::uint8_t> picture;  // points into the message
};

std::vector<std::uint8_t> encode_text_request(const TextQuestion& question,
                                              std::span<const std::uint8_t> picture);
// Nothing if this is not what encode_text_request() makes.
std::optional<TextRequest> decode_text_request(std::span<const std::uint8_t> message);

std::string encode_text_answer(const Result<TextReading>& answer);
// Nothing if this is not what encode_text_answer() makes, or answers another question.
std::optional<Result<TextReading>> decode_text_answer(std::string_view text,
                                                      const TextQuestion& question);

}  // namespace reelproof::vision
