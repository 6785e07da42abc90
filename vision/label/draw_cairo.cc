// Labels through cairo: one drawing, as pixels, SVG and PDF.
#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>

#include <boost/crc.hpp>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <opencv2/imgcodecs.hpp>

#include "vision/label/drawing.h"

namespace reelproof::vision {
namespace {

using Surface = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;
using Context = std::unique_ptr<cairo_t, void (*)(cairo_t*)>;

Surface owned(cairo_surface_t* surface) {
    return {surface, cairo_surface_destroy};
}

Context context_of(const Surface& surface) {
    return {cairo_create(surface.get()), cairo_destroy};
}

void must_be_fine(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error(std::string("a label can't be drawn: ") +
                                 cairo_status_to_string(status));
}

// Letters of DejaVu Sans, which Debian's fontconfig brings along, are 1 high when capitals are
// this.
constexpr double capital_height = 0.729;

void set_letters(cairo_t* context, int height, cairo_antialias_t antialias) {
    cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context, height / capital_height);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, antialias);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    // Cairo keeps for good how the first who asks for a font wants it hinted: as pages do.
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_set_font_options(context, options);
    cairo_font_options_destroy(options);
}

// Runs of dark modules as one path: renderers leave hairlines between shapes that touch.
void draw(cairo_t* context, const PlacedSymbol& symbol) {
    for (int y = 0; y < symbol.modules.height; ++y) {
        for (int x = 0; x < symbol.modules.width; ++x) {
            if (!symbol.modules.at(x, y)) continue;
            int end = x;
            while (end < symbol.modules.width && symbol.modules.at(end, y)) ++end;
            cairo_rectangle(context, symbol.x + x * symbol.module, symbol.y + y * symbol.row,
                            (end - x) * symbol.module, symbol.row);
            x = end;
        }
    }
    cairo_fill(context);
}

// In units of dots. Pixels are black or white, as a thermal printer's are.
void draw(cairo_t* context, const LabelLayout& layout, cairo_antialias_t antialias) {
    cairo_set_antialias(context, antialias);
    for (const auto& symbol : layout.symbols) draw(context, symbol);
    for (const auto& text : layout.texts) {
        set_letters(context, text.height, antialias);
        cairo_move_to(context, text.x, text.y + text.height);
        cairo_show_text(context, text.text.c_str());
    }
    must_be_fine(cairo_status(context));
}

cairo_status_t append(void* text, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

using MakeSurface = cairo_surface_t* (*)(cairo_write_func_t, void*, double, double);

// A page each, all of the first one's size.
std::string draw_vectors(std::span<const LabelLayout> pages, MakeSurface make) {
    std::string out;
    constexpr double a_millimetre = 72 / 25.4;  // in points
    const auto& first = pages.front();
    const Surface surface =
        owned(make(append, &out, first.width_mm * a_millimetre, first.height_mm * a_millimetre));
    for (const auto& layout : pages) {
        const double points = 72.0 / layout.dpi;
        const Context context = context_of(surface);
        cairo_set_source_rgb(context.get(), 1, 1, 1);
        cairo_paint(context.get());
        cairo_set_source_rgb(context.get(), 0, 0, 0);
        cairo_scale(context.get(), points, points);
        draw(context.get(), layout, CAIRO_ANTIALIAS_DEFAULT);
        cairo_show_page(context.get());
    }
    cairo_surface_finish(surface.get());
    must_be_fine(cairo_surface_status(surface.get()));
    return out;
}

// PNG 11.3.5.3: pHYs tells the resolution; it stands between IHDR and the pixels.
void put_resolution(std::vector<std::uint8_t>& png, int dpi) {
    constexpr std::size_t behind_header = 8 + 25;
    const auto per_metre = static_cast<std::uint32_t>(std::lround(dpi / 0.0254));
    std::vector<std::uint8_t> chunk{0, 0, 0, 9, 'p', 'H', 'Y', 's'};
    const auto put = [&](std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            chunk.push_back(static_cast<std::uint8_t>(value >> shift));
        }
    };
    put(per_metre);
    put(per_metre);
    chunk.push_back(1);  // per metre
    boost::crc_32_type checksum;
    checksum.process_bytes(chunk.data() + 4, chunk.size() - 4);
    put(checksum.checksum());
    png.insert(png.begin() + behind_header, chunk.begin(), chunk.end());
}

}  // namespace

int text_width(std::string_view text, int height) {
    // One for each thread, since cairo's contexts are not to be shared.
    thread_local const Surface surface = owned(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
    thread_local const Context context = context_of(surface);
    set_letters(context.get(), height, CAIRO_ANTIALIAS_NONE);
    cairo_text_extents_t extents{};
    cairo_text_extents(context.get(), std::string(text).c_str(), &extents);
    must_be_fine(cairo_status(context.get()));
    if (!text.empty() && extents.x_advance <= 0)
        throw std::runtime_error("no font is installed to print with: install fonts-dejavu-core");
    return static_cast<int>(std::ceil(extents.x_advance));
}

std::vector<std::uint8_t> draw_png(const LabelLayout& layout) {
    cv::Mat ink(layout.height, cairo_format_stride_for_width(CAIRO_FORMAT_A8, layout.width), CV_8U,
                cv::Scalar(0));
    const Surface surface = owned(cairo_image_surface_create_for_data(
        ink.data, CAIRO_FORMAT_A8, layout.width, layout.height, ink.cols));
    draw(context_of(surface).get(), layout, CAIRO_ANTIALIAS_NONE);
    cairo_surface_flush(surface.get());
    const cv::Mat paper = 255 - ink.colRange(0, layout.width);
    std::vector<std::uint8_t> png;
    cv::imencode(".png", paper, png, {cv::IMWRITE_PNG_COMPRESSION, 9});
    put_resolution(png, layout.dpi);
    return png;
}

std::string draw_svg(const LabelLayout& layout) {
    return draw_vectors({&layout, 1}, cairo_svg_surface_create_for_stream);
}

std::string draw_pdf(std::span<const LabelLayout> pages) {
    return draw_vectors(pages, cairo_pdf_surface_create_for_stream);
}

}  // namespace reelproof::vision
