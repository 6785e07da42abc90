// Which parts a reader process is asked about: the length of a question (4 bytes, little endian),
// the question as JSON and the pictures. Thread safety: pure functions.
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

}  // namespace reelproof::vision
