// What the reader process and its parent say to each other. A message is a length (4 bytes, little
// endian) and that many bytes: a picture down, one JSON object up. The top bit of a picture's
// length asks for care (ReadOptions::careful). The parent trusts none of it. Thread safety: pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/symbol.h"

namespace reelproof::vision {

inline constexpr std::size_t length_bytes = 4;
inline constexpr std::size_t max_answer_bytes = 8u << 20;
inline constexpr std::uint32_t careful_bit = 1u << 31;
// How a reader process ends that read nothing.
inline constexpr int exit_bad_length = 2, exit_not_locked_in = 3, exit_no_text_data = 4,
                     exit_no_network = 5;

void put_length(std::uint32_t length, std::uint8_t* where);
std::uint32_t get_length(const std::uint8_t* where);

std::string encode_answer(const Result<ReadResult>& answer);
// Nothing if this is not what encode_answer() makes.
std::optional<Result<ReadResult>> decode_answer(std::string_view text);

}  // namespace reelproof::vision
