#include "vision/camera/camera_wire.h"

#include "vision/label/read_image.h"

namespace reelproof::vision {

std::array<std::uint8_t, camera_header> camera_header_of(const CameraHeader& header) {
    std::array<std::uint8_t, camera_header> out{static_cast<std::uint8_t>(header.kind)};
    for (std::size_t i = 1; i < out.size(); ++i)
        out[i] = static_cast<std::uint8_t>(header.length >> (8 * (i - 1)));
    return out;
}

std::optional<CameraHeader> read_camera_header(std::span<const std::uint8_t, camera_header> bytes) {
    CameraHeader out{static_cast<CameraMessage>(bytes[0]), 0};
    for (std::size_t i = 1; i < bytes.size(); ++i)
        out.length |= std::size_t{bytes[i]} << (8 * (i - 1));
    switch (out.kind) {
        case CameraMessage::picture:
            if (out.length == 0 || out.length > max_picture_bytes) return std::nullopt;
            return out;
        case CameraMessage::hint:
        case CameraMessage::trouble:
            if (out.length > max_camera_text) return std::nullopt;
            return out;
    }
    return std::nullopt;
}

}  // namespace reelproof::vision
