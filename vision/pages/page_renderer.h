// Documents as pages: PDFs, pictures, Gerber and drill files and archives of these, drawn by
// programs that are locked in (confined_tool.h), and tables, which are drawn here. Bounded in size,
// pages, pixels, memory, time, and in how many are drawn at once. Thread safety: all methods may be
// called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"
#include "vision/pages/gerber_layers.h"
#include "vision/pages/page_drawing.h"
#include "vision/pages/page_failures.h"

namespace reelproof::vision {

struct ToolJob;

enum class PageKind { pdf, picture, gerber, layers };
std::string_view to_string(PageKind kind);

inline constexpr std::size_t kMostShown = 64u << 20;  // bytes of a document
inline constexpr std::size_t kMostPages = 5000;

// By what it begins with; nothing for other files.
std::optional<PageKind> page_kind(std::span<const std::uint8_t> document);

struct ShownDocument {
    PageKind kind = PageKind::pdf;
    std::span<const std::uint8_t> bytes;
    std::string hash;  // of the bytes: what could not be drawn is known again by it
};

class PageRenderer {
  public:
    // `reader`: the program and argument that start our own reader processes; `limit`: for all
    // programs that one request needs.
    explicit PageRenderer(std::vector<std::string> reader,
                          std::chrono::milliseconds limit = std::chrono::seconds(20))
        : reader_(std::move(reader)), limit_(limit) {}

    // Fails: as run_tool(); "pages.busy", "pages.too-many". What is wrong with the document is told
    // again without another try for PageFailures::lasting.
    Result<std::size_t> pages(const ShownDocument& document);
    // What the pages of an archive are called; it fails where nothing in it can be shown.
    Result<std::vector<std::string>> layers(const ShownDocument& document);
    // As PNG; `page` from 1. Fails: the same, "pages.missing", and "pages.empty" when nothing of a
    // Gerber file is drawn, or a page has no room for it.
    Result<std::string> draw(const ShownDocument& document, std::size_t page,
                             const Watermark& watermark);

  private:
    using Clock = std::chrono::steady_clock;

    template <class Work>
    auto in_turn(const ShownDocument& document, std::size_t page, Work work)
        -> decltype(work(Clock::time_point()));
    [[nodiscard]] Result<std::string> run(ToolJob job, std::vector<std::string> tool,
                                          Clock::time_point until) const;
    [[nodiscard]] Result<std::string> ppm(const ShownDocument& document, std::size_t page,
                                          Clock::time_point until) const;
    [[nodiscard]] Result<GerberLayer> layer(const ShownDocument& document, std::size_t page,
                                            Clock::time_point until) const;

    const std::vector<std::string> reader_;
    const std::chrono::milliseconds limit_;
    std::counting_semaphore<> turns_{2};
    PageFailures failures_;
};

}  // namespace reelproof::vision
