#include "vision/pages/page_renderer.h"

#include <algorithm>
#include <charconv>

#include "vision/label/picture.h"
#include "vision/pages/confined_tool.h"
#include "vision/pages/picture_page.h"

namespace reelproof::vision {
namespace {

// For a turn: who waits takes a worker from all others.
constexpr std::chrono::seconds kPatience{1};
constexpr std::size_t kBeginning = 4096;

std::string_view text_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Gives its turn back.
class Turn {
  public:
    explicit Turn(std::counting_semaphore<>& turns)
        : turns_(turns), has_(turns.try_acquire_for(kPatience)) {}
    ~Turn() {
        if (has_) turns_.release();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const { return has_; }

  private:
    std::counting_semaphore<>& turns_;
    const bool has_;
};

Error busy() {
    return {"pages.busy", "other documents are being drawn; try again"};
}
Error missing() {
    return {"pages.missing", "the document has no such page"};
}

// "Pages:          12" of pdfinfo.
std::optional<std::size_t> told_pages(const Result<std::string>& told) {
    constexpr std::string_view kName = "\nPages:";
    if (!told) return std::nullopt;
    const auto text = "\n" + *told;
    const auto at = text.find(kName);
    if (at == std::string::npos) return std::nullopt;
    auto rest = std::string_view(text).substr(at + kName.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    std::size_t out = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), out).ec != std::errc())
        return std::nullopt;
    return out;
}

}  // namespace

std::string_view to_string(PageKind kind) {
    switch (kind) {
        case PageKind::pdf:
            return "pdf";
        case PageKind::picture:
            return "picture";
        case PageKind::gerber:
            break;
    }
    return "gerber";
}

std::optional<PageKind> page_kind(std::span<const std::uint8_t> document) {
    const auto beginning = text_of(document.first(std::min(document.size(), kBeginning)));
    if (beginning.substr(0, 1024).find("%PDF-") != std::string_view::npos) return PageKind::pdf;
    if (read_picture_header(document)) return PageKind::picture;
    const bool gerber = beginning.find("%FSLA") != std::string_view::npos ||
                        beginning.find("%FSTA") != std::string_view::npos;
    const auto first = beginning.find_first_not_of("\xef\xbb\xbf \r\n");
    const bool drill =
        first != std::string_view::npos && beginning.substr(first).starts_with("M48");
    if (gerber || drill) return PageKind::gerber;
    return std::nullopt;
}

Result<std::string> PageRenderer::run(std::vector<std::string> tool,
                                      std::span<const std::uint8_t> document,
                                      bool writes_file) const {
    auto command = reader_;
    command.emplace_back(confined_tool_argument);
    std::move(tool.begin(), tool.end(), std::back_inserter(command));
    // gerbv draws what it understands, or an empty page, and ends well: half a board is no board.
    return run_tool({.command = std::move(command),
                     .input = document,
                     .writes_file = writes_file,
                     .trouble = writes_file ? "CRITICAL" : ""});
}

Result<std::size_t> PageRenderer::pages(PageKind kind, std::span<const std::uint8_t> document) {
    if (kind != PageKind::pdf) return std::size_t{1};
    const Turn turn(turns_);
    if (!turn) return busy();
    const auto told = run({"/usr/bin/pdfinfo", kToolInput}, document, false);
    if (!told) return told.error();
    const auto pages = told_pages(told);
    if (!pages || *pages == 0)
        return Error{"pages.unreadable", "the document can't be drawn: it has no pages"};
    if (*pages > kMostPages)
        return Error{"pages.too-many", "the document has more than " + std::to_string(kMostPages) +
                                           " pages: share it in parts"};
    return *pages;
}

Result<std::string> PageRenderer::ppm(PageKind kind, std::span<const std::uint8_t> document,
                                      std::size_t page) const {
    const auto side = std::to_string(kPagePixels);
    if (kind == PageKind::pdf) {
        const auto number = std::to_string(page);
        auto out =
            run({"/usr/bin/pdftoppm", "-f", number, "-l", number, "-scale-to", side, kToolInput},
                document, false);
        // pdftoppm ends the same way for a page that is not there as for one that is damaged.
        if (!out && out.error().code == "pages.unreadable") {
            const auto all = told_pages(run({"/usr/bin/pdfinfo", kToolInput}, document, false));
            if (all && page > *all) return missing();
        }
        return out;
    }
    auto command = reader_;
    command.emplace_back(picture_page_argument);
    if (kind == PageKind::picture)
        return run_tool({.command = std::move(command), .input = document});
    const auto png = run({"/usr/bin/gerbv", "--export=png", "--window=" + side + "x1200",
                          "--border=3", "--background=#FFFFFF", "--foreground=#102040",
                          "--output=" + std::string(kToolOutput), kToolInput},
                         document, true);
    if (!png) return png.error();
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(png->data()),
                                              png->size());
    if (bytes.empty())
        return Error{"pages.unreadable",
                     "the document can't be drawn: gerbv found nothing to draw in it"};
    return run_tool({.command = std::move(command), .input = bytes});
}

Result<std::string> PageRenderer::draw(PageKind kind, std::span<const std::uint8_t> document,
                                       std::size_t page, const Watermark& watermark) {
    if (page < 1 || page > kMostPages || (kind != PageKind::pdf && page > 1)) return missing();
    const Turn turn(turns_);
    if (!turn) return busy();
    const auto drawn = ppm(kind, document, page);
    if (!drawn) return drawn.error();
    const auto pixels = parse_ppm(*drawn);
    if (!pixels) return pixels.error();
    return Result<std::string>(boost::system::in_place_value, finish_page(*pixels, watermark));
}

}  // namespace reelproof::vision
