#include "vision/pages/page_drawing.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <stdexcept>

#include <cairo.h>

namespace reelproof::vision {
namespace {

using Surface = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;
using Context = std::unique_ptr<cairo_t, void (*)(cairo_t*)>;

constexpr int kFoot = 28;  // pixels, below the page
constexpr int kTableWidth = 1700, kTableLine = 26, kTableMargin = 30;
constexpr double kLetters = 14, kSmallestLetters = 8;
constexpr std::size_t kWidestCell = 48;  // characters

Surface new_surface(int width, int height) {
    Surface out(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height),
                cairo_surface_destroy);
    if (cairo_surface_status(out.get()) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error("a page can't be drawn: out of memory");
    return out;
}

cairo_status_t append(void* to, const unsigned char* bytes, unsigned int size) {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
    return CAIRO_STATUS_SUCCESS;
}

std::string png_of(const Surface& surface) {
    std::string out;
    if (cairo_surface_write_to_png_stream(surface.get(), append, &out) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error("a page can't be written as PNG");
    return out;
}

void letters(cairo_t* on, double size) {
    cairo_select_font_face(on, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(on, size);
}

// Dark with a light rim: seen on any ground, and what is below stays legible.
void ghost_text(cairo_t* on, const std::string& text) {
    cairo_text_path(on, text.c_str());
    cairo_set_source_rgba(on, 1, 1, 1, 0.22);
    cairo_set_line_width(on, 2.5);
    cairo_stroke_preserve(on);
    cairo_set_source_rgba(on, 0.55, 0.05, 0.05, 0.26);
    cairo_fill(on);
}

void stamp(cairo_t* on, int width, int height, const Watermark& watermark) {
    const double size = std::clamp(width / 55.0, 14.0, 30.0);
    letters(on, size);
    cairo_text_extents_t extents;
    cairo_text_extents(on, watermark.across.c_str(), &extents);
    const double step_x = extents.x_advance + 3 * size, step_y = 6 * size;
    const double reach = std::hypot(width, height);
    cairo_save(on);
    cairo_rectangle(on, 0, 0, width, height);
    cairo_clip(on);
    cairo_translate(on, width / 2.0, height / 2.0);
    cairo_rotate(on, -0.45);
    int row = 0;
    for (double y = -reach / 2; y < reach / 2; y += step_y, ++row)
        for (double x = -reach / 2 - (row % 2) * step_x / 2; x < reach / 2; x += step_x) {
            cairo_move_to(on, x, y);
            ghost_text(on, watermark.across);
        }
    cairo_restore(on);
    cairo_set_source_rgb(on, 0.93, 0.93, 0.93);
    cairo_rectangle(on, 0, height, width, kFoot);
    cairo_fill(on);
    cairo_set_source_rgb(on, 0.1, 0.1, 0.1);
    double foot = 14;
    letters(on, foot);
    cairo_text_extents(on, watermark.foot.c_str(), &extents);
    if (extents.x_advance > width - 12) letters(on, foot *= (width - 12) / extents.x_advance);
    cairo_move_to(on, 6, height + kFoot - 9);
    cairo_show_text(on, watermark.foot.c_str());
}

// As many characters of UTF-8, on one line.
std::string shortened(std::string_view text, std::size_t most) {
    std::string out;
    std::size_t characters = 0;
    for (const char c : text) {
        const bool begins = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        if (begins && characters == most) return out + "\xe2\x80\xa6";
        characters += begins ? 1 : 0;
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return out;
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

std::vector<std::size_t> column_widths(const TablePage& page) {
    std::vector<std::size_t> out{std::to_string(page.first + page.lines.size()).size()};
    for (std::size_t i = 0; i < page.head.size(); ++i) {
        auto most = characters_in(page.head[i]);
        for (const auto& line : page.lines)
            if (i < line.size()) most = std::max(most, characters_in(line[i]));
        out.push_back(std::clamp<std::size_t>(most, 2, kWidestCell));
    }
    return out;
}

}  // namespace

Result<Pixels> parse_ppm(std::string_view text) {
    const Error wrong{"pages.unreadable", "the document can't be drawn: the renderer gave no page"};
    if (!text.starts_with("P6")) return wrong;
    std::size_t at = 2;
    int numbers[3] = {};
    for (int& number : numbers) {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\n')) ++at;
        const auto [end, failed] =
            std::from_chars(text.data() + at, text.data() + text.size(), number);
        if (failed != std::errc()) return wrong;
        at = static_cast<std::size_t>(end - text.data());
    }
    const auto [width, height, depth] = numbers;
    if (width < 1 || height < 1 || depth != 255) return wrong;
    if (width > kMostPageSide || height > kMostPageSide)
        return Error{"pages.too-large", "a page of the document is too large to be shown"};
    const auto size = 3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    if (text.size() < at + 1 + size) return wrong;
    return Pixels{width, height, text.substr(at + 1, size)};
}

std::string finish_page(const Pixels& pixels, const Watermark& watermark) {
    const auto surface = new_surface(pixels.width, pixels.height + kFoot);
    auto* to = cairo_image_surface_get_data(surface.get());
    const int stride = cairo_image_surface_get_stride(surface.get());
    const auto* from = reinterpret_cast<const unsigned char*>(pixels.rgb.data());
    for (int y = 0; y < pixels.height; ++y)
        for (int x = 0; x < pixels.width; ++x, from += 3) {
            const std::uint32_t pixel = static_cast<std::uint32_t>(from[0]) << 16 |
                                        static_cast<std::uint32_t>(from[1]) << 8 | from[2];
            std::copy_n(reinterpret_cast<const unsigned char*>(&pixel), 4,
                        to + std::ptrdiff_t{y} * stride + std::ptrdiff_t{4} * x);
        }
    cairo_surface_mark_dirty(surface.get());
    const Context on(cairo_create(surface.get()), cairo_destroy);
    stamp(on.get(), pixels.width, pixels.height, watermark);
    return png_of(surface);
}

std::string draw_table_page(const TablePage& page, const Watermark& watermark) {
    const auto widths = column_widths(page);
    std::size_t all = 0;
    for (const auto width : widths) all += width + 2;
    // A table that is wider than the page gets smaller letters, then shorter cells.
    const double room = (kTableWidth - 2.0 * kTableMargin) / static_cast<double>(all);
    const double size = std::clamp(room / 0.62, kSmallestLetters, kLetters);
    const double squeeze = std::min(1.0, room / (0.62 * size));
    const auto rows = static_cast<int>(page.lines.size()) + 1;
    const int height = 2 * kTableMargin + rows * kTableLine;
    const auto surface = new_surface(kTableWidth, height + kFoot);
    const Context context(cairo_create(surface.get()), cairo_destroy);
    auto* on = context.get();
    cairo_set_source_rgb(on, 1, 1, 1);
    cairo_paint(on);
    const auto draw_line = [&](int row, const std::string& number,
                               const std::vector<std::string>& cells) {
        const double y = kTableMargin + (row + 1) * kTableLine;
        cairo_set_source_rgb(on, 0.85, 0.85, 0.85);
        cairo_rectangle(on, kTableMargin, y - 1, kTableWidth - 2.0 * kTableMargin, 1);
        cairo_fill(on);
        cairo_select_font_face(on, "DejaVu Sans Mono", CAIRO_FONT_SLANT_NORMAL,
                               row == 0 ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(on, size);
        double x = kTableMargin;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const auto most = std::max<std::size_t>(
                1, static_cast<std::size_t>(static_cast<double>(widths[i]) * squeeze));
            const bool is_number = i == 0;
            const auto text = is_number              ? number
                              : i - 1 < cells.size() ? shortened(cells[i - 1], most)
                                                     : std::string();
            const double grey = is_number ? 0.5 : 0.05;
            cairo_set_source_rgb(on, grey, grey, grey);
            cairo_move_to(on, x, y - 8);
            cairo_show_text(on, text.c_str());
            x += static_cast<double>(widths[i] + 2) * 0.62 * size * squeeze;
        }
    };
    draw_line(0, "", page.head);
    for (std::size_t i = 0; i < page.lines.size(); ++i)
        draw_line(static_cast<int>(i) + 1, std::to_string(page.first + i), page.lines[i]);
    stamp(on, kTableWidth, height, watermark);
    return png_of(surface);
}

}  // namespace reelproof::vision
