#include <string_view>

#include "vision/label/drawing.h"

namespace reelproof::vision {
namespace {

std::string number(int value) {
    return std::to_string(value);
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

// How ^GF shortens a run of equal hex digits: g to z are 20 to 400, G to Y are 1 to 19.
std::string run_of(std::size_t length, char digit) {
    std::string result;
    for (; length >= 400; length -= 400) result += 'z';
    if (length >= 20) result += static_cast<char>('f' + length / 20);
    if (length % 20 != 0) result += static_cast<char>('F' + length % 20);
    return result + digit;
}

std::string shortened(const std::string& digits) {
    std::string result;
    for (std::size_t i = 0; i < digits.size();) {
        const std::size_t end = std::min(digits.find_first_not_of(digits[i], i), digits.size());
        result += end - i < 3 ? digits.substr(i, end - i) : run_of(end - i, digits[i]);
        i = end;
    }
    return result;
}

std::string hex_row(const PlacedSymbol& symbol, int y) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    const int bits = (symbol.width() + 7) / 8 * 8;
    std::string digits;
    for (int x = 0; x < bits; x += 4) {
        unsigned digit = 0;
        for (int i = x; i < x + 4; ++i) {
            const bool dark = i < symbol.width() && symbol.modules.at(i / symbol.module, y);
            digit = digit << 1 | static_cast<unsigned>(dark);
        }
        digits += hex[digit];
    }
    return digits;
}

// ^GF: the symbol's own dots. ^BX and ^BC would have the printer encode the data anew, perhaps into
// a symbol of another size than the one that was laid out and read back.
std::string graphic(const PlacedSymbol& symbol) {
    const int row_bytes = (symbol.width() + 7) / 8;
    const std::string bytes = number(row_bytes * symbol.height());
    std::string zpl = "^FO" + number(symbol.x) + "," + number(symbol.y) + "^GFA," + bytes + "," +
                      bytes + "," + number(row_bytes) + ",";
    for (int y = 0; y < symbol.modules.height; ++y) {
        zpl += shortened(hex_row(symbol, y));
        zpl.append(static_cast<std::size_t>(symbol.row) - 1, ':');  // as the row above
    }
    return zpl + "^FS\n";
}

}  // namespace

std::string draw_zpl(const LabelLayout& layout) {
    std::string zpl =
        "^XA\n^CI28\n^LH0,0\n^PW" + number(layout.width) + "\n^LL" + number(layout.height) + "\n";
    for (const auto& symbol : layout.symbols) zpl += graphic(symbol);
    for (const auto& text : layout.texts) {
        // Font 0 is narrower than the letters that were measured; its capitals are 0.72 of it high.
        zpl += "^FT" + number(text.x) + "," + number(text.y + text.height) + "^A0N," +
               number(text.height * 100 / 72) + field_data(text.text);
    }
    return zpl + "^XZ\n";
}

}  // namespace reelproof::vision
