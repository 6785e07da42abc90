// What the marking reader process and its parent say to each other, in messages as in wire.h: the
// length of a question (4 bytes, little endian), the question as JSON and the pictures down, one
// JSON object up. The parent trusts none of it. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/marking/inspection.h"

namespace reelproof::vision {

inline constexpr std::string_view marking_reader_argument = "marking";
inline constexpr std::size_t max_marking_message = 256u << 20;

struct MarkingRequest {
    MarkingText text;
    std::vector<PictureBytes> samples, parts;  // point into the message
};

std::vector<std::uint8_t> encode_marking_request(const MarkingRequest& request);
// Nothing if this is not what encode_marking_request() makes.
std::optional<MarkingRequest> decode_marking_request(std::span<const std::uint8_t> message);

std::string encode_marking_answer(const Result<MarkingInspection>& answer);
// Nothing if this is not what encode_marking_answer() makes, or answers another question.
std::optional<Result<MarkingInspection>> decode_marking_answer(std::string_view text,
                                                               const MarkingRequest& request);

}  // namespace reelproof::vision
