#include "vision/label/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "vision/label/drawing.h"

namespace reelproof::vision {
namespace {

// Millimetres.
constexpr double least_module = 0.25;  // EIGP 114, as is the height of bars
constexpr double bar_height = 6.4;
constexpr double heading_letters = 3.2;
constexpr double column_gap = 2.5;

// From generous to tight. The first that has room for everything is taken.
struct Plan {
    double letters;     // height of capitals
    double module;      // of the Data Matrix
    double bar_module;  // 0: no bars
};
constexpr std::array plans{
    Plan{3.6, 0.75, 0.50}, Plan{3.0, 0.67, 0.42}, Plan{2.4, 0.50, 0.33}, Plan{2.4, 0.50, 0.25},
    Plan{2.0, 0.42, 0.25}, Plan{1.6, 0.34, 0.25}, Plan{2.4, 0.50, 0},    Plan{2.0, 0.42, 0},
    Plan{1.6, 0.42, 0},    Plan{1.6, 0.34, 0},    Plan{1.25, 0.34, 0},   Plan{1.25, 0.25, 0},
};

struct Caption {
    std::string_view field, caption;
};
// In this order; all that a label can carry.
constexpr std::array captions{
    Caption{"mpn", "MPN"},        Caption{"lot", "LOT"},           Caption{"quantity", "QTY"},
    Caption{"date_code", "DATE"}, Caption{"customer_pn", "CPN"},   Caption{"serial", "SERIAL"},
    Caption{"country", "ORIGIN"}, Caption{"manufacturer", "MFR"},  Caption{"supplier_pn", "SPN"},
    Caption{"po", "PO"},          Caption{"packing_list", "PACK"}, Caption{"package_id", "PKG"},
    Caption{"revision", "REV"},   Caption{"msl", "MSL"},           Caption{"expiry", "EXP"},
};

// What a scanner with no eye for Data Matrix gets: of a reel what it is and how many, of a board
// (which has no MPN) its own names.
bool wants_bars(std::string_view field, bool reel) {
    constexpr std::array reels{"mpn", "lot", "quantity", "date_code"};
    constexpr std::array boards{"customer_pn", "serial", "lot", "quantity"};
    const auto& wanted = reel ? reels : boards;
    return std::find(wanted.begin(), wanted.end(), field) != wanted.end();
}

// One thing to be printed: a line of text, perhaps with bars below it.
struct Item {
    std::string field;
    std::string text;
    std::string data;  // of the bars
    Modules bars;      // of no width: none
};

Result<std::vector<Item>> items_of(const Fields& fields, const std::string& issuer) {
    std::vector<Item> items;
    if (!issuer.empty()) items.push_back({"heading", issuer, {}, {}});
    const bool reel = fields.contains("mpn");
    const auto records = issued_records(fields);
    for (const auto& [field, caption] : captions) {
        const auto record =
            std::find_if(records.begin(), records.end(),
                         [&, name = field](const auto& one) { return one.field == name; });
        if (record == records.end()) continue;
        Item item{record->field,
                  "(" + record->identifier + ") " + std::string(caption) + ": " + record->value,
                  record->identifier + record->value,
                  {}};
        if (wants_bars(field, reel)) {
            auto bars = code_128(item.data);
            if (!bars) return bars.error();
            item.bars = *std::move(bars);
        }
        items.push_back(std::move(item));
    }
    return items;
}

std::string millimetres(double mm) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", std::round(mm * 10) / 10);
    return text;
}

// A label that is being filled by one plan: the Data Matrix at the top right, all else from the top
// left, in rows beside it and then below it.
class Sheet {
  public:
    Sheet(const RenderOptions& options, const Plan& plan) : options_(options), plan_(plan) {
        sheet_.dpi = options.dpi;
        sheet_.width = in_dots(options.width_mm);
        sheet_.height = in_dots(options.height_mm);
        sheet_.width_mm = options.width_mm;
        sheet_.height_mm = options.height_mm;
        margin_ =
            in_dots(std::clamp(0.05 * std::min(options.width_mm, options.height_mm), 1.25, 2.5));
        letters_ = in_dots(plan.letters);
        bar_module_ = plan.bar_module > 0 ? module_dots(plan.bar_module, options.dpi) : 0;
        y_ = margin_;
    }

    // "" when all of it has room, else what has not.
    std::string fill(const std::string& payload, const Modules& matrix,
                     const std::vector<Item>& items) {
        if (auto trouble = place_matrix(payload, matrix); !trouble.empty()) return trouble;
        bool barred = false;
        for (const Item& item : items) {
            const bool has_bars = bar_module_ > 0 && item.bars.width > 0;
            if (barred && !has_bars) end_row();
            barred = has_bars;
            if (!place(item, has_bars)) return complaint(item);
            if (item.field == "heading") end_row();
        }
        return {};
    }

    LabelLayout take() { return std::move(sheet_); }

  private:
    int in_dots(double mm) const { return dots(mm, options_.dpi); }

    std::string place_matrix(const std::string& payload, const Modules& matrix) {
        const int module = module_dots(plan_.module, options_.dpi);
        const int quiet = matrix_quiet_modules * module;
        const int side = matrix.width * module;
        const int x = sheet_.width - std::max(margin_, quiet) - side;
        const int y = std::max(margin_, quiet);
        if (x < quiet || y + side + quiet > sheet_.height)
            return "its Data Matrix of " + std::to_string(matrix.width) + " modules takes " +
                   millimetres((side + 2 * quiet) * 25.4 / options_.dpi) +
                   " mm each way: give fewer fields or a larger size";
        right_ = x - quiet;
        below_ = y + side + quiet;
        sheet_.symbols.push_back({"the Data Matrix", x, y, module, module, payload, matrix});
        return {};
    }

    int letters_of(const Item& item) const {
        return item.field == "heading"
                   ? std::max(letters_, std::min(in_dots(heading_letters), letters_ * 4 / 3))
                   : letters_;
    }

    // At the end of the row, else in a new one, else below the Data Matrix.
    bool place(const Item& item, bool has_bars) {
        const int letters = letters_of(item);
        const int quiet = has_bars ? linear_quiet_modules * bar_module_ : 0;
        const int width = std::max(quiet + text_width(item.text, letters),
                                   has_bars ? item.bars.width * bar_module_ + 2 * quiet : 0);
        // A third of the letters' height hangs below their feet.
        const int caption = letters * 4 / 3 + in_dots(0.3);
        const int height = caption + (has_bars ? in_dots(bar_height + 0.6) : 0);
        const auto fits = [&](int x, int y) {
            const bool beside = y < below_;
            return x + width <= (beside ? right_ : sheet_.width - margin_) &&
                   y + height <= sheet_.height - margin_ + letters / 3;
        };
        if (row_ == 0 || !fits(x_, y_)) {
            end_row();
            if (!fits(x_, y_) && y_ < below_) y_ = below_;
            if (!fits(x_, y_)) return false;
        }
        sheet_.texts.push_back({x_ + quiet, y_, letters, item.text});
        if (has_bars)
            sheet_.symbols.push_back({"the bars of " + item.field, x_ + quiet, y_ + caption,
                                      bar_module_, in_dots(bar_height), item.data, item.bars});
        x_ += width + in_dots(column_gap);
        row_ = std::max(row_, height);
        return true;
    }

    void end_row() {
        if (row_ > 0) y_ += row_ + letters_ / 3;
        row_ = 0;
        x_ = margin_;
    }

    std::string complaint(const Item& item) const {
        return "there is no room to print " + item.field + " (" + std::to_string(item.text.size()) +
               " characters, " +
               millimetres(text_width(item.text, letters_of(item)) * 25.4 / options_.dpi) +
               " mm): give a larger size or fewer fields";
    }

    const RenderOptions& options_;
    const Plan plan_;
    LabelLayout sheet_{};
    int margin_, letters_, bar_module_;
    int x_ = 0, y_;
    int row_ = 0;                // height of what stands in the row so far
    int right_ = 0, below_ = 0;  // where the Data Matrix's quiet zone begins and ends
};

}  // namespace

int dots(double mm, int dpi) {
    return static_cast<int>(std::lround(mm * dpi / 25.4));
}

int module_dots(double mm, int dpi) {
    // 2 dots of 203 dpi are 0.2502 mm.
    return std::max(dots(mm, dpi), static_cast<int>(std::ceil(least_module * dpi / 25.4)));
}

std::string bad_sheet(const RenderOptions& options) {
    if (options.dpi != 203 && options.dpi != 300 && options.dpi != 600)
        return "a label has 203, 300 or 600 dpi";
    if (!(options.width_mm >= 25 && options.width_mm <= 300) ||
        !(options.height_mm >= 15 && options.height_mm <= 300))
        return "a label is 25 to 300 mm wide and 15 to 300 mm high";
    return {};
}

Result<LabelLayout> lay_out(const Fields& fields, std::string_view payload,
                            const RenderOptions& options) {
    if (auto trouble = bad_sheet(options); !trouble.empty())
        return Error{"label.does-not-fit", std::move(trouble)};
    const auto matrix = data_matrix(payload);
    if (!matrix) return matrix.error();
    const auto items = items_of(fields, options.issuer);
    if (!items) return items.error();
    std::string trouble;
    for (const Plan& plan : plans) {
        Sheet sheet(options, plan);
        trouble = sheet.fill(std::string(payload), *matrix, *items);
        if (trouble.empty()) return sheet.take();
    }
    return Error{"label.does-not-fit", "the label does not fit on " +
                                           millimetres(options.width_mm) + " x " +
                                           millimetres(options.height_mm) + " mm: " + trouble};
}

}  // namespace reelproof::vision
