#include "vision/label/calibration_sheet.h"

#include <algorithm>
#include <array>

#include "vision/label/drawing.h"
#include "vision/label/scanner_profile.h"

namespace reelproof::vision {
namespace {

constexpr double margin = 2.5, letters = 1.9, matrix_module = 0.6, bar_module = 0.25,
                 bar_height = 8;  // millimetres
constexpr std::array<std::string_view, 9> words{"Reelproof: scanner calibration",
                                                "",
                                                "1. Run on the station:",
                                                "reelproof label calibrate",
                                                "      --learn -",
                                                "2. Scan the square symbol.",
                                                "A scanner that reads bars only:",
                                                "scan the bars below.",
                                                ""};

Error too_small() {
    return {"label.does-not-fit",
            "the calibration sheet does not fit: give a size of 100 x 60 mm or more"};
}

}  // namespace

std::string_view linear_calibration_text() {
    return "Caqwzym AQWZYM-/.+:#_0123456789";
}

Result<RenderedLabel> calibration_sheet(const RenderOptions& options) {
    if (auto trouble = bad_sheet(options); !trouble.empty())
        return Error{"label.does-not-fit", std::move(trouble)};
    const std::string text(calibration_text()), bars(linear_calibration_text());
    auto matrix = data_matrix(text);
    if (!matrix) return matrix.error();
    auto linear = code_128(bars);
    if (!linear) return linear.error();

    const auto in_dots = [&](double mm) { return dots(mm, options.dpi); };
    LabelLayout sheet{in_dots(options.width_mm),
                      in_dots(options.height_mm),
                      options.dpi,
                      options.width_mm,
                      options.height_mm,
                      {},
                      {}};
    const int edge = in_dots(margin), module = module_dots(matrix_module, options.dpi);
    const int x = sheet.width - edge - matrix->width * module;
    sheet.symbols.push_back({"the Data Matrix", x, edge, module, module, text, *std::move(matrix)});
    int y = edge, right = 0;
    for (const auto line : words) {
        if (!line.empty()) sheet.texts.push_back({edge, y, in_dots(letters), std::string(line)});
        right = std::max(right, edge + text_width(line, in_dots(letters)));
        y += in_dots(letters * 1.9);
    }
    const int thin = module_dots(bar_module, options.dpi);
    const int below = std::max(y, edge + sheet.symbols[0].height() + in_dots(margin));
    sheet.symbols.push_back({"the bars", std::max(edge, linear_quiet_modules * thin), below, thin,
                             in_dots(bar_height), bars, *std::move(linear)});
    const auto& code = sheet.symbols[1];
    if (right + matrix_quiet_modules * module > x ||
        code.x + code.width() + linear_quiet_modules * thin > sheet.width ||
        below + code.height() > sheet.height)
        return too_small();
    return draw(sheet);
}

}  // namespace reelproof::vision
