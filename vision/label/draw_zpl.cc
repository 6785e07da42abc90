#include <string_view>

#include "vision/label/drawing.h"

namespace reelproof::vision {
namespace {

std::string at(int x, int y) {
    return "^FO" + std::to_string(x) + "," + std::to_string(y);
}

// ^FH: "_" and two hex digits stand for a byte. Used for controls and for what ZPL itself reads.
std::string field_data(std::string_view data) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string result = "^FH_^FD";
    for (const char c : data) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte > '~' || c == '^' || c == '~' || c == '_' || c == '\\') {
            result += '_';
            result += hex[byte >> 4];
            result += hex[byte & 15];
        } else {
            result += c;
        }
    }
    return result + "^FS\n";
}

std::string doubled(std::string_view data, char special, std::string_view with) {
    std::string result;
    for (const char c : data) {
        if (c == special) {
            result += with;
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace

std::string draw_zpl(const LabelLayout& layout) {
    std::string zpl = "^XA\n^CI28\n^PW" + std::to_string(layout.width) + "\n^LL" +
                      std::to_string(layout.height) + "\n";
    const PlacedSymbol& matrix = layout.matrix;
    // Quality 200 is ECC 200; "~" is the symbol's own escape character, doubled where it is data.
    zpl += at(matrix.x, matrix.y) + "^BXN," + std::to_string(matrix.module) + ",200,,,,~,1" +
           field_data(doubled(matrix.data, '~', "~~"));
    for (const auto& bars : layout.bars) {
        // ">" switches code sets in ^BC; ">0" is the character itself.
        zpl += at(bars.x, bars.y) + "^BY" + std::to_string(bars.module) + "^BCN," +
               std::to_string(bars.height) + ",N,N,N" + field_data(doubled(bars.data, '>', ">0"));
    }
    for (const auto& text : layout.texts) {
        const std::string size = std::to_string(text.height * 100 / 72);
        zpl += at(text.x, text.y) + "^A0N," + size + "," + size + field_data(text.text);
    }
    return zpl + "^XZ\n";
}

}  // namespace reelproof::vision
