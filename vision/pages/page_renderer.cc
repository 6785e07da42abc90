#include "vision/pages/page_renderer.h"

#include <algorithm>
#include <charconv>

#include "vision/label/picture.h"
#include "vision/pages/confined_tool.h"
#include "vision/pages/picture_page.h"
#include "vision/pages/turn.h"
#include "vision/sheets/zip_archive.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t kBeginning = 4096;
constexpr int kLeastSide = 16;  // pixels of a page of at most kPagePixels

std::string_view text_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

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

Error damaged() {
    return {"pages.unreadable", "the archive can't be read: it is damaged"};
}

Error nothing_drawn() {
    return {"pages.empty",
            "nothing of this file is drawn: its layer is empty, or gerbv understands none of it"};
}

// Of the machine are the others: they pass.
bool is_the_documents(const Error& error) {
    return error.code == "pages.timeout" || error.code == "pages.too-large" ||
           error.code == "pages.unreadable" || error.code == "pages.empty" ||
           error.code == "pages.no-layers" || error.code.starts_with("zip.");
}

bool is_of_one_colour(const Pixels& pixels) {
    const auto& rgb = pixels.rgb;
    return rgb.substr(3) == rgb.substr(0, rgb.size() - 3);
}

// gerbv draws what it understands, maybe nothing, and ends well: half a board is no board.
// Attributes of the file, of an aperture or of an object (Gerber X2) draw nothing, and it knows
// none of them.
bool gerbv_understood_less(std::string_view said) {
    while (!said.empty()) {
        const auto line = said.substr(0, said.find('\n'));
        said.remove_prefix(std::min(said.size(), line.size() + 1));
        const auto has = [&](std::string_view words) {
            return line.find(words) != std::string_view::npos;
        };
        const auto attribute = [&](char which) {
            return has(std::string("Unknown RS-274X extension found %T") + which + "% ");
        };
        if (has("CRITICAL") && !attribute('F') && !attribute('A') && !attribute('O') &&
            !attribute('D'))
            return true;
        if (has("WARNING") && (has("Unknown") || has("Skipped") || has("Ignoring undefined")))
            return true;
    }
    return false;
}

std::vector<std::string> confined(std::vector<std::string> tool) {
    tool.insert(tool.begin(), std::string(confined_tool_argument));
    return tool;
}

const std::vector<std::string> kPdfInfo{"/usr/bin/pdfinfo", kToolInput};

std::vector<std::string> draw_pdf_page(std::size_t page) {
    const auto number = std::to_string(page);
    return {"/usr/bin/pdftoppm",         "-f",      number, "-l", number, "-scale-to",
            std::to_string(kPagePixels), kToolInput};
}

const std::vector<std::string> kDrawGerber{"/usr/bin/gerbv",
                                           "--export=png",
                                           "--window=" + std::to_string(kPagePixels) + "x1200",
                                           "--border=3",
                                           "--background=#FFFFFF",
                                           "--foreground=#102040FF",
                                           "--output=" + std::string(kToolOutput),
                                           kToolInput};

}  // namespace

std::string_view to_string(PageKind kind) {
    switch (kind) {
        case PageKind::pdf:
            return "pdf";
        case PageKind::picture:
            return "picture";
        case PageKind::layers:
            return "layers";
        case PageKind::gerber:
            break;
    }
    return "gerber";
}

std::optional<PageKind> page_kind(std::span<const std::uint8_t> document) {
    const auto beginning = text_of(document.first(std::min(document.size(), kBeginning)));
    if (beginning.substr(0, 1024).find("%PDF-") != std::string_view::npos) return PageKind::pdf;
    if (read_picture_header(document)) return PageKind::picture;
    if (is_zip(document)) return PageKind::layers;
    if (begins_as_gerber(beginning)) return PageKind::gerber;
    return std::nullopt;
}

// Holds a turn, for no longer than the limit.
template <class Work>
auto PageRenderer::in_turn(const ShownDocument& document, std::size_t page, Work work)
    -> decltype(work(Clock::time_point())) {
    const PageFailures::Page asked{document.hash, page};
    if (auto known = failures_.find(asked, Clock::now())) return *known;
    const Turn turn(turns_);
    if (!turn) return busy();
    auto out = work(Clock::now() + limit_);
    if (!out && is_the_documents(out.error())) failures_.remember(asked, out.error(), Clock::now());
    return out;
}

Result<std::string> PageRenderer::run(ToolJob job, std::vector<std::string> tool,
                                      Clock::time_point until) const {
    job.command = reader_;
    std::move(tool.begin(), tool.end(), std::back_inserter(job.command));
    job.limit = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    return run_tool(job);
}

Result<std::size_t> PageRenderer::pages(const ShownDocument& document) {
    if (document.kind == PageKind::layers) {
        const auto all = layers(document);
        if (!all) return all.error();
        return all->size();
    }
    if (document.kind != PageKind::pdf) return std::size_t{1};
    return in_turn(document, 0, [&](Clock::time_point until) -> Result<std::size_t> {
        const auto told = run({.input = document.bytes}, confined(kPdfInfo), until);
        if (!told) return told.error();
        const auto pages = told_pages(told);
        if (!pages || *pages == 0)
            return Error{"pages.unreadable", "the document can't be drawn: it has no pages"};
        if (*pages > kMostPages)
            return Error{"pages.too-many", "the document has more than " +
                                               std::to_string(kMostPages) +
                                               " pages: share it in parts"};
        return *pages;
    });
}

Result<std::vector<std::string>> PageRenderer::layers(const ShownDocument& document) {
    return in_turn(document, 0, [&](Clock::time_point until) -> Result<std::vector<std::string>> {
        const auto told =
            run({.input = document.bytes}, {std::string(gerber_layers_argument)}, until);
        if (!told) return told.error();
        auto layers = decode_layers(*told);
        if (!layers) return damaged();
        return std::move(*layers);
    });
}

Result<GerberLayer> PageRenderer::layer(const ShownDocument& document, std::size_t page,
                                        Clock::time_point until) const {
    const auto told = run({.input = document.bytes, .most = kLargestMember + 4096},
                          {std::string(gerber_layers_argument), std::to_string(page)}, until);
    if (!told) return told.error();
    auto layer = decode_layer(*told);
    if (!layer) return damaged();
    return std::move(*layer);
}

Result<std::string> PageRenderer::ppm(const ShownDocument& document, std::size_t page,
                                      Clock::time_point until) const {
    const ToolJob of_document{.input = document.bytes};
    if (document.kind == PageKind::pdf) {
        auto out = run(of_document, confined(draw_pdf_page(page)), until);
        // pdftoppm ends the same way for a page that is not there as for one that is damaged.
        if (!out && out.error().code == "pages.unreadable") {
            const auto all = told_pages(run(of_document, confined(kPdfInfo), until));
            if (all && page > *all) return missing();
        }
        return out;
    }
    const std::vector<std::string> as_picture{std::string(picture_page_argument)};
    if (document.kind == PageKind::picture) return run(of_document, as_picture, until);
    const auto png =
        run({.input = document.bytes, .writes_file = true, .is_trouble = gerbv_understood_less},
            confined(kDrawGerber), until);
    if (!png) return png.error();
    if (png->empty()) return nothing_drawn();
    return run({.input = {reinterpret_cast<const std::uint8_t*>(png->data()), png->size()}},
               as_picture, until);
}

Result<std::string> PageRenderer::draw(const ShownDocument& document, std::size_t page,
                                       const Watermark& watermark) {
    const auto kind = document.kind;
    const bool many = kind == PageKind::pdf || kind == PageKind::layers;
    if (page < 1 || page > kMostPages || (!many && page > 1)) return missing();
    return in_turn(document, page, [&](Clock::time_point until) -> Result<std::string> {
        Watermark mark = watermark;
        auto shown = document;
        std::optional<GerberLayer> of;
        if (kind == PageKind::layers) {
            auto found = layer(document, page, until);
            if (!found) return found.error();
            of = std::move(*found);
            shown = {PageKind::gerber,
                     {reinterpret_cast<const std::uint8_t*>(of->file.data()), of->file.size()},
                     document.hash};
            mark.foot = of->name + "  |  " + mark.foot;
        }
        const auto drawn = ppm(shown, page, until);
        if (!drawn) return drawn.error();
        const auto pixels = parse_ppm(*drawn);
        if (!pixels) return pixels.error();
        // Nobody's name is legible on it.
        if (kind == PageKind::pdf && std::min(pixels->width, pixels->height) < kLeastSide)
            return Error{"pages.empty", "the page is too narrow to be shown"};
        if (kind != PageKind::picture && is_of_one_colour(*pixels)) {
            if (shown.kind == PageKind::gerber) return nothing_drawn();
            mark.foot = "nothing is drawn on this page  |  " + mark.foot;
        }
        return Result<std::string>(boost::system::in_place_value, finish_page(*pixels, mark));
    });
}

}  // namespace reelproof::vision
