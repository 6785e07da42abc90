// What the program that takes pictures says to whoever started it: a kind, a length, that many
// bytes; one after the other on its standard output. Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace reelproof::vision {

inline constexpr std::string_view camera_program = "reelproof-camera";
inline constexpr std::size_t camera_header = 5, max_camera_text = 400;

enum class CameraMessage : std::uint8_t {
    picture = 'P',  // a PNG: still and sharp
    hint = 'H',     // text: why none is taken now
    trouble = 'T',  // text: why there will be none
};

struct CameraHeader {
    CameraMessage kind;
    std::size_t length;
};
std::array<std::uint8_t, camera_header> camera_header_of(const CameraHeader& header);
// Nothing for what camera_header_of() does not make, or more bytes than a message may have.
std::optional<CameraHeader> read_camera_header(std::span<const std::uint8_t, camera_header> bytes);

}  // namespace reelproof::vision
