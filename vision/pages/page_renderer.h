// Documents as pages: PDFs, pictures, Gerber and drill files, drawn by programs that are locked in
// (confined_tool.h), and tables, which are drawn here. Bounded in size, pages, pixels, memory,
// time, and in how many are drawn at once. Thread safety: all methods may be called from any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"
#include "vision/pages/page_drawing.h"

namespace reelproof::vision {

enum class PageKind { pdf, picture, gerber };
std::string_view to_string(PageKind kind);

inline constexpr std::size_t kMostShown = 64u << 20;  // bytes of a document
inline constexpr std::size_t kMostPages = 5000;

// By what it begins with; nothing for other files.
std::optional<PageKind> page_kind(std::span<const std::uint8_t> document);

class PageRenderer {
  public:
    // `reader`: the program and argument that start our own reader processes.
    explicit PageRenderer(std::vector<std::string> reader) : reader_(std::move(reader)) {}

    // Fails: as run_tool(); "pages.busy", "pages.too-many".
    Result<std::size_t> pages(PageKind kind, std::span<const std::uint8_t> document);
    // As PNG; `page` from 1. Fails: the same, and "pages.missing".
    Result<std::string> draw(PageKind kind, std::span<const std::uint8_t> document,
                             std::size_t page, const Watermark& watermark);

  private:
    [[nodiscard]] Result<std::string> run(std::vector<std::string> tool,
                                          std::span<const std::uint8_t> document,
                                          bool writes_file) const;
    [[nodiscard]] Result<std::string> ppm(PageKind kind, std::span<const std::uint8_t> document,
                                          std::size_t page) const;

    const std::vector<std::string> reader_;
    std::counting_semaphore<> turns_{2};
};

}  // namespace reelproof::vision
