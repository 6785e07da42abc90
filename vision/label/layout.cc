#include "vision/label/layout.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace reelproof::vision {
namespace {

// Millimetres. EIGP 114 asks for modules of at least 0.25 mm and bars of at least 6.4 mm.
constexpr double margin = 2.5;
constexpr double matrix_module = 0.5;
constexpr double bar_module = 0.25;
constexpr double bar_height = 6.4;
constexpr double caption_height = 2.4;
constexpr double heading_height = 3.2;
constexpr double gap = 1.6;
constexpr int quiet_modules = 10;  // left and right of bars

struct Row {
    std::string_view field, identifier, caption;
};
// Short values share a line.
constexpr Row part{"mpn", "1P", "MPN"}, lot{"lot", "1T", "LOT"}, quantity{"quantity", "Q", "QTY"},
    date{"date_code", "9D", "DATE"};
constexpr std::array<std::array<const Row*, 2>, 3> lines{
    {{&part, nullptr}, {&lot, nullptr}, {&quantity, &date}}};
constexpr std::array<Row, 8> remarks{{{"manufacturer", "1V", "MFR"},
                                      {"country", "4L", "ORIGIN"},
                                      {"customer_pn", "P", "CUST PN"},
                                      {"supplier_pn", "30P", "SUPPLIER PN"},
                                      {"po", "K", "PO"},
                                      {"serial", "S", "SERIAL"},
                                      {"msl", "13E", "MSL"},
                                      {"expiry", "14D", "EXP"}}};

std::string value_of(const Fields& fields, std::string_view name) {
    const auto field = fields.find(name);
    return field == fields.end() ? std::string() : to_string(field->second);
}

class Sheet {
  public:
    Sheet(const Fields& fields, const RenderOptions& options) : fields_(fields) {
        sheet_.dpi = options.dpi;
        sheet_.width = dots(options.width_mm);
        sheet_.height = dots(options.height_mm);
        y_ = dots(margin);
    }

    Result<LabelLayout> run(std::string_view payload, const RenderOptions& options) {
        auto modules = data_matrix(payload);
        if (!modules) return modules.error();
        const int module = std::max(2, dots(matrix_module));
        const int side = modules->width * module;
        const int x = sheet_.width - dots(margin) - 2 * module - side;
        sheet_.matrix = {x,    dots(margin) + 2 * module, module,
                         side, std::string(payload),      *std::move(modules)};
        right_ = x - 4 * module;
        if (right_ < sheet_.width / 3 || side + 2 * dots(margin) > sheet_.height) {
            return Error{"label.does-not-fit", "the Data Matrix does not fit on this label"};
        }
        if (!options.issuer.empty()) text(options.issuer, heading_height);
        for (const auto& line : lines) {
            if (auto trouble = add_line(line); !trouble.code.empty()) return trouble;
        }
        add_remarks();
        if (y_ > sheet_.height) {
            return Error{"label.does-not-fit", "the fields need a higher label"};
        }
        return std::move(sheet_);
    }

  private:
    int dots(double mm) const { return static_cast<int>(std::lround(mm * sheet_.dpi / 25.4)); }

    // Below the Data Matrix print and bars may take the whole width.
    int room_at(int y) const {
        const bool below = y > sheet_.matrix.y + sheet_.matrix.height + dots(margin);
        return (below ? sheet_.width - dots(margin) : right_) - dots(margin);
    }

    // Print must not run into a symbol; all of it is in the Data Matrix anyway.
    static std::string shortened(std::string words, int room, int height) {
        const auto most = static_cast<std::size_t>(std::max(4, room / height));
        if (words.size() > most) words = words.substr(0, most - 3) + "...";
        return words;
    }

    void text(const std::string& words, double height) {
        const int tall = dots(height);
        sheet_.texts.push_back({dots(margin), y_, tall, shortened(words, room_at(y_), tall)});
        y_ += dots(height + gap);
    }

    // One line of up to two columns: captions, then bars.
    Error add_line(const std::array<const Row*, 2>& line) {
        const int captions = y_, bars = y_ + dots(caption_height + gap);
        const int columns = line[1] == nullptr ? 1 : 2;
        const int room = room_at(captions) / columns;
        for (int column = 0; column < columns; ++column) {
            const Row& row = *line[static_cast<std::size_t>(column)];
            const std::string value = value_of(fields_, row.field);
            if (value.empty()) continue;
            const bool week =
                row.field == "date_code" && value_of(fields_, "date_code_kind") == "YYWW";
            const std::string identifier(week ? "10D" : row.identifier);
            const int x = dots(margin) + column * room;
            const std::string caption =
                "(" + identifier + ") " + std::string(row.caption) + ": " + value;
            sheet_.texts.push_back({x, captions, dots(caption_height),
                                    shortened(caption, room, dots(caption_height))});
            y_ = std::max(y_, bars);
            auto modules = code_128(identifier + value);
            if (!modules) return modules.error();
            int module = std::max(2, dots(bar_module));
            while (module > 2 && (modules->width + 2 * quiet_modules) * module > room) --module;
            // A value too long for readable bars stands in the Data Matrix and in print.
            if ((modules->width + 2 * quiet_modules) * module > room) continue;
            sheet_.bars.push_back({x + quiet_modules * module, bars, module, dots(bar_height),
                                   identifier + value, *std::move(modules)});
            y_ = std::max(y_, bars + dots(bar_height + gap));
        }
        return {};
    }

    void add_remarks() {
        std::string line;
        const auto most = static_cast<std::size_t>(room_at(y_) / dots(caption_height));
        for (const Row& row : remarks) {
            const std::string value = value_of(fields_, row.field);
            if (value.empty()) continue;
            const std::string word = std::string(row.caption) + ": " + value;
            if (!line.empty() && line.size() + word.size() + 3 > most) {
                text(line, caption_height);
                line.clear();
            }
            line += (line.empty() ? "" : "   ") + word;
        }
        if (!line.empty()) text(line, caption_height);
    }

    const Fields& fields_;
    LabelLayout sheet_{};
    int y_ = 0;
    int right_ = 0;  // where the Data Matrix's quiet zone begins
};

}  // namespace

Result<LabelLayout> lay_out(const Fields& fields, std::string_view payload,
                            const RenderOptions& options) {
    if ((options.dpi != 203 && options.dpi != 300 && options.dpi != 600) ||
        !(options.width_mm >= 60 && options.width_mm <= 300) ||
        !(options.height_mm >= 40 && options.height_mm <= 300)) {
        return Error{"label.does-not-fit",
                     "a label has 203, 300 or 600 dpi and 60 x 40 to 300 x 300 mm"};
    }
    return Sheet(fields, options).run(payload, options);
}

}  // namespace reelproof::vision
