// One symbol found on a picture, or one text that came from a scanner.
// Thread safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::vision {

struct Point {
    int x = 0;
    int y = 0;

    bool operator==(const Point&) const = default;
};

// Why a reading is believed; what no reason holds for is not reported.
enum class Confidence {
    corrected,  // by its own error correction (Data Matrix, QR, PDF417, MicroPDF417, Aztec, Micro
                // QR)
    checked,    // by its own check character, on several scan lines of the picture as it is
    agreed,     // two independent looks gave the same: another decoder or another treatment
    grammar,    // one look, and the label grammar knows what it says
};
std::string_view to_string(Confidence confidence);  // "corrected" …
std::optional<Confidence> confidence_of(std::string_view name);

// Of Symbol::symbology: bars side by side, known by any scan line across them.
bool is_linear(std::string_view symbology);

// Whether bytes are well-formed UTF-8, RFC 3629.
bool is_utf8(std::span<const std::uint8_t> bytes);

struct Symbol {
    // DataMatrix, QRCode, MicroQRCode, PDF417, MicroPDF417, Aztec, Code128, Code39, Code93, ITF,
    // Codabar, EAN13 …
    std::string symbology;
    std::string text;                 // the payload as UTF-8
    std::vector<std::uint8_t> bytes;  // the payload as the symbol carries it, exactly
    std::string aim;                  // symbology identifier, ISO/IEC 15424: "]d1"
    // Top left, top right, bottom right, bottom left of the symbol itself, as it is read, in the
    // picture's pixels after its EXIF orientation was applied. Of bars as far as they go up and
    // down.
    std::array<Point, 4> position{};
    std::string engine;  // the decoder: "zxing", "dmtx", "zbar", "micropdf417"
    std::string path;    // the view it was read from: "frame", "crop", "lattice", "bars" …
    Confidence confidence = Confidence::corrected;

    bool operator==(const Symbol&) const = default;
};

// A symbol that was seen, finders and timing or bars, but could not be read: closer, sharper or
// flatter it may be.
struct Unread {
    std::string kind;  // "DataMatrix", "QRCode", "Aztec", "PDF417", "MicroPDF417", "linear"
    std::array<Point, 4> position{};

    bool operator==(const Unread&) const = default;
};

// What a picture gives. No symbol is fine.
struct ReadResult {
    std::vector<Symbol> symbols;  // from top to bottom
    std::vector<Unread> unread;
    int width = 0, height = 0;  // of the picture, upright
    bool more_pages = false;    // the file has pages that were not looked at

    bool operator==(const ReadResult&) const = default;
};

}  // namespace reelproof::vision
