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

#include "vision/label/printed_line.h"
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

// What stands on these lines of a picture.
struct LinesRequest {
    std::vector<Quad> lines;
    std::span<const std::uint8_t> picture;  // points into the message
};
std::vector<std::uint8_t> encode_lines_request(std::span<const Quad> lines,
                                               std::span<const std::uint8_t> picture);
// Nothing if this is not what encode_lines_request() makes.
std::optional<LinesRequest> decode_lines_request(std::span<const std::uint8_t> message);

std::string encode_lines_answer(const Result<std::vector<PrintedLine>>& answer);
// Nothing if this is not what encode_lines_answer() makes of so many lines.
std::optional<Result<std::vector<PrintedLine>>> decode_lines_answer(std::string_view text,
                                                                    std::size_t lines);

}  // namespace reelproof::vision
