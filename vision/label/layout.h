// Where everything stands on a label that we print, in printer dots. The drawings in every format
// follow the same layout, so what one of them shows is on all of them.
// Thread safety: plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/render.h"
#include "vision/label/zint_engine.h"

namespace reelproof::vision {

struct PlacedSymbol {
    std::string name;  // for people: "the Data Matrix", "the bars of lot"
    int x, y;          // top left of the modules, quiet zone outside
    int module;        // dots
    int row;           // height of a row of modules in dots: the bars', or a matrix's module
    std::string data;
    Modules modules;

    bool linear() const { return modules.height == 1; }
    int width() const { return modules.width * module; }
    int height() const { return modules.height * row; }
};

struct PlacedText {
    int x, y;    // top left of the capitals; the letters' feet stand at y + height
    int height;  // of a capital letter
    std::string text;
};

struct LabelLayout {
    int width, height;
    int dpi;
    double width_mm, height_mm;  // exactly, as not every size is whole dots
    std::vector<PlacedSymbol> symbols;
    std::vector<PlacedText> texts;
};

// Modules of blank paper that every layout keeps around a symbol: ISO/IEC 16022 asks for 1 around a
// Data Matrix, ISO/IEC 15417 for 10 left and right of Code 128.
inline constexpr int matrix_quiet_modules = 2;
inline constexpr int linear_quiet_modules = 10;

int dots(double mm, int dpi);
// A module of `mm`, in whole dots of this printer, and of at least 0.25 mm (EIGP 114).
int module_dots(double mm, int dpi);

// What keeps an area of this size and resolution from being printed on; "" when nothing does.
std::string bad_sheet(const RenderOptions& options);

Result<LabelLayout> lay_out(const Fields& fields, std::string_view payload,
                            const RenderOptions& options);

}  // namespace reelproof::vision
