#include <cstdio>

#include "vision/label/drawing.h"

namespace reelproof::vision {
namespace {

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

// Runs of dark modules become one path: renderers leave hairlines between single squares.
std::string path_of(const PlacedSymbol& symbol) {
    const int tall = symbol.modules.height == 1 ? symbol.height : symbol.module;
    std::string path = "<path d=\"";
    for (int y = 0; y < symbol.modules.height; ++y) {
        for (int x = 0; x < symbol.modules.width; ++x) {
            if (!symbol.modules.at(x, y)) continue;
            int end = x;
            while (end < symbol.modules.width && symbol.modules.at(end, y)) ++end;
            path += "M" + std::to_string(symbol.x + x * symbol.module) + " " +
                    std::to_string(symbol.y + y * tall) + "h" +
                    std::to_string((end - x) * symbol.module) + "v" + std::to_string(tall) + "h-" +
                    std::to_string((end - x) * symbol.module) + "z";
            x = end;
        }
    }
    return path + "\"/>\n";
}

std::string millimetres(int dots, int dpi) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2fmm", dots * 25.4 / dpi);
    return text;
}

}  // namespace

std::string draw_svg(const LabelLayout& layout) {
    const std::string width = std::to_string(layout.width), height = std::to_string(layout.height);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" +
                      millimetres(layout.width, layout.dpi) + "\" height=\"" +
                      millimetres(layout.height, layout.dpi) + "\" viewBox=\"0 0 " + width + " " +
                      height + "\">\n<rect width=\"" + width + "\" height=\"" + height +
                      "\" fill=\"#fff\"/>\n";
    svg += path_of(layout.matrix);
    for (const auto& bars : layout.bars) svg += path_of(bars);
    svg += "<g font-family=\"Helvetica,Arial,sans-serif\">\n";
    for (const auto& text : layout.texts) {
        // Capital letters of these fonts are 0.72 of the font size high.
        svg += "<text x=\"" + std::to_string(text.x) + "\" y=\"" +
               std::to_string(text.y + text.height) + "\" font-size=\"" +
               std::to_string(text.height * 100 / 72) + "\">" + escaped(text.text) + "</text>\n";
    }
    return svg + "</g>\n</svg>\n";
}

}  // namespace reelproof::vision
