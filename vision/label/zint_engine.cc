#include "vision/label/zint_engine.h"

#include <memory>
#include <string>

#include <zint.h>

namespace reelproof::vision {
namespace {

Result<Modules> encode(int symbology, int shape, std::string_view text) {
    const std::unique_ptr<zint_symbol, void (*)(zint_symbol*)> symbol(ZBarcode_Create(),
                                                                      ZBarcode_Delete);
    if (!symbol) return Error{"label.does-not-fit", "no memory for a symbol"};
    symbol->symbology = symbology;
    symbol->input_mode = DATA_MODE;
    symbol->option_3 = shape;
    const std::string copy(text);
    if (ZBarcode_Encode(symbol.get(), reinterpret_cast<const unsigned char*>(copy.data()),
                        static_cast<int>(copy.size())) >= ZINT_ERROR) {
        return Error{"label.does-not-fit",
                     std::string("a symbol can't be made: ") + symbol->errtxt};
    }
    Modules modules{symbol->width, symbol->rows, {}};
    for (int y = 0; y < modules.height; ++y) {
        for (int x = 0; x < modules.width; ++x) {
            modules.dark.push_back((symbol->encoded_data[y][x >> 3] >> (x & 7) & 1) != 0);
        }
    }
    return modules;
}

}  // namespace

Result<Modules> data_matrix(std::string_view text) {
    return encode(BARCODE_DATAMATRIX, DM_SQUARE, text);
}

Result<Modules> code_128(std::string_view text) {
    return encode(BARCODE_CODE128, 0, text);
}

}  // namespace reelproof::vision
