// Where everything stands on a label that we issue, in printer dots. The drawing in each of the
// three forms follows the same layout.
// Thread safety: plain values and a pure function.
#pragma once

#include <string>
#include <vector>

#include "vision/label/render.h"
#include "vision/label/zint_engine.h"

namespace reelproof::vision {

struct PlacedSymbol {
    int x, y;    // top left of the modules, quiet zone outside
    int module;  // dots
    int height;  // of the bars; a matrix symbol's is modules.height * module
    std::string data;
    Modules modules;
};

struct PlacedText {
    int x, y;    // top left
    int height;  // of a capital letter
    std::string text;
};

struct LabelLayout {
    int width, height;
    int dpi;
    PlacedSymbol matrix;
    std::vector<PlacedSymbol> bars;
    std::vector<PlacedText> texts;
};

Result<LabelLayout> lay_out(const Fields& fields, std::string_view payload,
                            const RenderOptions& options);

}  // namespace reelproof::vision
