#include "vision/training/fonts.h"

#include <array>
#include <cmath>
#include <stdexcept>

#include <cairo.h>
#include <opencv2/imgproc.hpp>

namespace reelproof::training {
namespace {

constexpr char kFirst = '!', kLast = '~';

// Drawn by a pen along its strokes, as most lasers and all dot markers do.
class StrokeFace : public Typeface {
  public:
    explicit StrokeFace(int hershey) : hershey_(hershey) {
        int base = 0;
        cap_ = cv::getTextSize("H", hershey, 10, 1, &base).height / 10.0;
        for (int stroke = 1; stroke <= kMost; ++stroke)
            for (char c = kFirst; c <= kLast; ++c)
                glyphs_[static_cast<std::size_t>(stroke - 1)].push_back(make(c, stroke));
    }
    cv::Mat glyph(char character, int stroke) const override {
        const int width = std::min(std::max(stroke, 1), kMost);
        return glyphs_[static_cast<std::size_t>(width - 1)]
                      [static_cast<std::size_t>(character - kFirst)];
    }
    bool drawn() const override { return true; }

  private:
    static constexpr int kMost = 16;

    cv::Mat make(char character, int stroke) const {
        const std::string text(1, character);
        int base = 0;
        const double scale = cap_height / cap_;
        const cv::Size size = cv::getTextSize(text, hershey_, scale, 1, &base);
        cv::Mat out = cv::Mat::zeros(glyph_rows, size.width + stroke, CV_8U);
        cv::putText(out, text, {stroke / 2, glyph_top + cap_height}, hershey_, scale, 255, stroke,
                    cv::LINE_AA);
        return out;
    }

    int hershey_;
    double cap_ = 0;
    std::array<std::vector<cv::Mat>, kMost> glyphs_;
};

class OutlineFace : public Typeface {
  public:
    OutlineFace(const std::string& family, bool bold) {
        cairo_surface_t* scratch = cairo_image_surface_create(CAIRO_FORMAT_A8, 8, 8);
        cairo_t* ruler = cairo_create(scratch);
        choose(ruler, family, bold);
        cairo_set_font_size(ruler, 100);
        cairo_text_extents_t capital;
        cairo_text_extents(ruler, "H", &capital);
        const double size = 100.0 * cap_height / capital.height;
        cairo_set_font_size(ruler, size);
        for (char c = kFirst; c <= kLast; ++c) {
            const char text[2] = {c, 0};
            cairo_text_extents_t extents;
            cairo_text_extents(ruler, text, &extents);
            const int width = std::max(4, static_cast<int>(std::lround(extents.x_advance)));
            cairo_surface_t* surface =
                cairo_image_surface_create(CAIRO_FORMAT_A8, width, glyph_rows);
            cairo_t* pen = cairo_create(surface);
            choose(pen, family, bold);
            cairo_set_font_size(pen, size);
            cairo_move_to(pen, 0, glyph_top + cap_height);
            cairo_show_text(pen, text);
            cairo_surface_flush(surface);
            const cv::Mat ink(glyph_rows, width, CV_8U, cairo_image_surface_get_data(surface),
                              static_cast<std::size_t>(cairo_image_surface_get_stride(surface)));
            glyphs_.push_back(ink.clone());
            cairo_destroy(pen);
            cairo_surface_destroy(surface);
        }
        cairo_destroy(ruler);
        cairo_surface_destroy(scratch);
    }
    cv::Mat glyph(char character, int) const override {
        return glyphs_[static_cast<std::size_t>(character - kFirst)];
    }
    bool drawn() const override { return false; }

  private:
    static void choose(cairo_t* pen, const std::string& family, bool bold) {
        cairo_select_font_face(pen, family.c_str(), CAIRO_FONT_SLANT_NORMAL,
                               bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    }

    std::vector<cv::Mat> glyphs_;
};

// fontconfig gives another family, silently, for one that is missing.
bool same_ink(const Typeface& a, const Typeface& b) {
    for (char c = kFirst; c <= kLast; ++c) {
        const cv::Mat one = a.glyph(c, 1), other = b.glyph(c, 1);
        if (one.size() != other.size() || cv::norm(one, other, cv::NORM_L1) != 0) return false;
    }
    return true;
}

}  // namespace

std::vector<std::unique_ptr<Typeface>> typefaces() {
    std::vector<std::unique_ptr<Typeface>> out;
    for (const int hershey : {cv::FONT_HERSHEY_SIMPLEX, cv::FONT_HERSHEY_PLAIN,
                              cv::FONT_HERSHEY_DUPLEX, cv::FONT_HERSHEY_TRIPLEX})
        out.push_back(std::make_unique<StrokeFace>(hershey));
    struct Family {
        const char* name;
        bool bold_too;
    };
    constexpr Family kFamilies[] = {{"osifont", false},
                                    {"Routed Gothic", false},
                                    {"Routed Gothic Narrow", false},
                                    {"Routed Gothic Wide", false},
                                    {"OCRA", false},
                                    {"OCR B", false},
                                    {"Jura", true},
                                    {"Dosis", true},
                                    {"OSP-DIN", false},
                                    {"B612", true},
                                    {"B612 Mono", true},
                                    {"Liberation Sans", true},
                                    {"Liberation Sans Narrow", true},
                                    {"Liberation Mono", true},
                                    {"FreeSans", true},
                                    {"FreeMono", true},
                                    {"Nimbus Sans Narrow", true},
                                    {"Roboto", true},
                                    {"Roboto Condensed", true},
                                    {"Inconsolata", true},
                                    {"Lato", true},
                                    {"Play", true},
                                    {"Oxygen-Sans", true},
                                    {"Cabin", true},
                                    {"IBM 3270", false},
                                    {"IBM 3270 Condensed", false},
                                    {"Carlito", true},
                                    {"DejaVu Sans", true},
                                    {"DejaVu Sans Mono", true},
                                    {"URW Gothic", true},
                                    {"Liberation Serif", true}};
    const OutlineFace missing("no such family", false), missing_bold("no such family", true);
    for (const Family& family : kFamilies)
        for (const bool bold : {false, true}) {
            if (bold && !family.bold_too) continue;
            auto face = std::make_unique<OutlineFace>(family.name, bold);
            if (std::string_view(family.name) != "DejaVu Sans" &&
                same_ink(*face, bold ? missing_bold : missing))
                throw std::runtime_error(std::string("the typeface ") + family.name +
                                         " is missing: install the fonts that docs/MARKINGS.md "
                                         "names under marking train");
            out.push_back(std::move(face));
        }
    return out;
}

}  // namespace reelproof::training
