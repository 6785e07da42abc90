#include <algorithm>
#include <memory>
#include <stdexcept>

#include <cairo-pdf.h>

#include "vision/label/pages.h"

namespace reelproof::vision {
namespace {

constexpr double a_millimetre = 72 / 25.4;  // in points
constexpr double page_width = 210 * a_millimetre, page_height = 297 * a_millimetre;
constexpr double margin = 20 * a_millimetre, foot = 12 * a_millimetre;

struct Look {
    double size = 0, line = 0, before = 0;  // points; before: above a paragraph
    bool bold = false;
};

Look look_of(Paragraph::Style style) {
    switch (style) {
        case Paragraph::Style::title:
            return {18, 24, 0, true};
        case Paragraph::Style::heading:
            return {12, 16, 10, true};
        case Paragraph::Style::plain:
            return {9.5, 13, 3, false};
        case Paragraph::Style::fine:
            return {7.5, 10, 0, false};
    }
    return {};
}

// Bytes of the character that begins there; 0 when none does.
std::size_t character_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned first = byte(0);
    const std::size_t size = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    // Longer than need be, surrogates, and beyond the last character.
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
        (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))
        return 0;
    return size;
}

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto size = character_at(text, at);
        const auto first = static_cast<unsigned char>(text[at]);
        if (size == 0 || first < 0x20 || first == 0x7F) {
            out += first == '\n' || first == '\t' ? ' ' : '?';
            ++at;
        } else {
            out.append(text, at, size);
            at += size;
        }
    }
    return out;
}

cairo_status_t append(void* text, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

struct Line {
    std::string text;
    Look look;
    double indent = 0, before = 0;
};

class Document {
  public:
    Document()
        : surface_(cairo_pdf_surface_create_for_stream(append, &out_, page_width, page_height),
                   cairo_surface_destroy),
          context_(cairo_create(surface_.get()), cairo_destroy) {
        // Cairo keeps for good how the first who asks for a font wants it hinted: as labels do.
        cairo_font_options_t* options = cairo_font_options_create();
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
        cairo_set_font_options(context_.get(), options);
        cairo_font_options_destroy(options);
    }

    std::string draw(const std::vector<Paragraph>& paragraphs, std::string_view footer) {
        std::vector<Line> lines;
        for (const auto& paragraph : paragraphs) wrap(paragraph, lines);
        std::vector<std::vector<Line>> pages(1);
        double y = margin;
        for (auto& line : lines) {
            const double height = line.before + line.look.line;
            if (y + height > page_height - margin && !pages.back().empty()) {
                pages.emplace_back();
                y = margin;
            }
            y += height;
            pages.back().push_back(std::move(line));
        }
        for (std::size_t i = 0; i < pages.size(); ++i)
            draw_page(pages[i], printable(footer) + "    " + std::to_string(i + 1) + " / " +
                                    std::to_string(pages.size()));
        cairo_surface_finish(surface_.get());
        must_be_fine(cairo_surface_status(surface_.get()));
        return std::move(out_);
    }

  private:
    static void must_be_fine(cairo_status_t status) {
        if (status != CAIRO_STATUS_SUCCESS)
            throw std::runtime_error(std::string("a page can't be drawn: ") +
                                     cairo_status_to_string(status));
    }

    void set(const Look& look) {
        cairo_select_font_face(context_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                               look.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(context_.get(), look.size);
    }

    double width_of(const std::string& text) {
        cairo_text_extents_t extents;
        cairo_text_extents(context_.get(), text.c_str(), &extents);
        must_be_fine(cairo_status(context_.get()));
        return extents.x_advance;
    }

    void wrap(const Paragraph& paragraph, std::vector<Line>& lines) {
        const auto look = look_of(paragraph.style);
        set(look);
        const double indent = paragraph.indent_mm * a_millimetre;
        const double room = page_width - 2 * margin - indent;
        const auto text = printable(paragraph.text);
        std::string line;
        bool first = true;
        const auto end = [&] {
            lines.push_back({line, look, indent, first ? look.before : 0});
            first = false;
            line.clear();
        };
        for (std::size_t at = 0; at < text.size();) {
            const auto blank = std::min(text.find(' ', at), text.size());
            auto word = text.substr(at, blank - at);
            at = blank + 1;
            const auto longer = line.empty() ? word : line + " " + word;
            if (width_of(longer) <= room) {
                line = longer;
                continue;
            }
            if (!line.empty()) end();
            while (width_of(word) > room) {
                line = fitting(word, room);
                word.erase(0, line.size());
                end();
            }
            line = word;
        }
        if (!line.empty() || first) end();
    }

    // The beginning of a word that fits into a line; a character at least.
    std::string fitting(const std::string& word, double room) {
        std::size_t size = character_at(word, 0), next = size;
        while (next < word.size()) {
            next += character_at(word, next);
            if (width_of(word.substr(0, next)) > room) break;
            size = next;
        }
        return word.substr(0, size);
    }

    void draw_page(const std::vector<Line>& lines, const std::string& footer) {
        cairo_set_source_rgb(context_.get(), 0, 0, 0);
        double y = margin;
        for (const auto& line : lines) {
            y += line.before + line.look.line;
            show(line.text, line.look, margin + line.indent, y);
        }
        show(footer, look_of(Paragraph::Style::fine), margin, page_height - foot);
        cairo_show_page(context_.get());
    }

    void show(const std::string& text, const Look& look, double x, double y) {
        set(look);
        cairo_move_to(context_.get(), x, y);
        cairo_show_text(context_.get(), text.c_str());
        must_be_fine(cairo_status(context_.get()));
    }

    std::string out_;
    std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
    std::unique_ptr<cairo_t, void (*)(cairo_t*)> context_;
};

}  // namespace

std::string draw_pages(const std::vector<Paragraph>& paragraphs, std::string_view footer) {
    return Document().draw(paragraphs, footer);
}

}  // namespace reelproof::vision
