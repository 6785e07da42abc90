// What the marking reader process is asked of one picture without samples, and answers: its
// quality, and what is printed on the package. As marking_wire.h. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/marking/reading.h"

namespace reelproof::vision {

enum class MarkingQuestion { quality, read };

struct MarkingReadRequest {
    MarkingQuestion question = MarkingQuestion::read;
    std::span<const std::uint8_t> picture;  // points into the message
    std::vector<std::string> expected{};    // lines, if it is read
    LookWish wish{};                        // if it is read
};

std::vector<std::uint8_t> encode_marking_read_request(const MarkingReadRequest& request);
// Nothing if this is not what encode_marking_read_request() makes.
std::optional<MarkingReadRequest> decode_marking_read_request(
    std::span<const std::uint8_t> message);

std::string encode_marking_reading(const Result<MarkingReading>& answer);
// Nothing if this is not what encode_marking_reading() makes, or answers another question.
std::optional<Result<MarkingReading>> decode_marking_reading(
    std::string_view text, std::span<const std::string> expected = {});

}  // namespace reelproof::vision
