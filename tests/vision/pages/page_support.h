// Small documents, and a renderer for them.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/pages/page_renderer.h"

namespace reelproof::tests {

inline const vision::Watermark kMark{"anna · maker.example",
                                     "anna, maker.example, 2026-11-30, 0123456789abcdef"};

// The program that starts our own reader processes.
std::vector<std::string> page_reader();

std::span<const std::uint8_t> bytes_of(std::string_view text);

// If not, says so among what was skipped.
bool installed(const char* program);

// A PDF of these objects, the first of which is its catalog.
std::string pdf_of_objects(const std::vector<std::string>& objects);
// With one page for each text, in a font that is not in the file.
std::string pdf_of(const std::vector<std::string>& texts);
// With a line on it, and before that `more`.
std::string gerber_of(const std::string& more = {});

vision::ShownDocument document(vision::PageKind kind, std::string_view text);

struct Renderer : vision::PageRenderer {
    explicit Renderer(std::chrono::milliseconds limit = std::chrono::seconds(20))
        : PageRenderer(page_reader(), limit) {}
    vision::Result<std::string> page(vision::PageKind kind, std::string_view text,
                                     std::size_t number = 1) {
        return draw(document(kind, text), number, kMark);
    }
    // "drawn", or why not.
    std::string outcome(vision::PageKind kind, std::string_view text) {
        const auto drawn = page(kind, text);
        return drawn ? "drawn" : drawn.error().code;
    }
};

}  // namespace reelproof::tests
