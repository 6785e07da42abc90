#include "vision/label/zbar_engine.h"

#include <algorithm>
#include <memory>

#include <zbar.h>

namespace reelproof::vision {
namespace {

struct Free {
    void operator()(zbar::zbar_decoder_t* decoder) const { zbar::zbar_decoder_destroy(decoder); }
    void operator()(zbar::zbar_scanner_t* scanner) const { zbar::zbar_scanner_destroy(scanner); }
};

struct Rows {
    std::vector<EngineRead> reads;
    int row = 0;
    int width = 0;
};

void take(Rows& rows, EngineRead read) {
    for (EngineRead& known : rows.reads) {
        if (known.symbology != read.symbology || known.bytes != read.bytes) continue;
        ++known.lines;
        known.corners[2][1] = known.corners[3][1] = rows.row;
        return;
    }
    const double width = rows.width, row = rows.row;
    read.corners = {{{0, row}, {width, row}, {width, row}, {0, row}}};
    read.lines = 1;
    rows.reads.push_back(std::move(read));
}

void decoded(zbar::zbar_decoder_t* decoder) {
    using namespace zbar;
    EngineRead read;
    read.engine = "zbar";
    const bool gs1 = (zbar_decoder_get_modifiers(decoder) & 1u << ZBAR_MOD_GS1) != 0;
    switch (zbar_decoder_get_type(decoder)) {
        case ZBAR_CODE128:
            read.symbology = "Code128";
            read.aim = gs1 ? "]C1" : "]C0";
            break;
        case ZBAR_CODE39:
            read.symbology = "Code39";
            read.aim = "]A0";
            break;
        case ZBAR_CODE93:
            read.symbology = "Code93";
            read.aim = "]G0";
            break;
        case ZBAR_I25:
            read.symbology = "ITF";
            read.aim = "]I0";
            break;
        case ZBAR_CODABAR:
            read.symbology = "Codabar";
            read.aim = "]F0";
            break;
        default:
            return;  // a part of a symbol
    }
    const char* data = zbar_decoder_get_data(decoder);
    const unsigned length = zbar_decoder_get_data_length(decoder);
    if (data == nullptr || length == 0) return;
    read.bytes.assign(data, data + length);
    // What linear symbols hold above ASCII is Latin-1, and rare: left to ZXing.
    if (std::any_of(read.bytes.begin(), read.bytes.end(), [](auto byte) { return byte >= 0x80; }))
        return;
    read.text.assign(data, length);
    take(*static_cast<Rows*>(zbar_decoder_get_userdata(decoder)), std::move(read));
}

}  // namespace

std::vector<EngineRead> zbar_read(const GreyView& view, int step) {
    using namespace zbar;
    const std::unique_ptr<zbar_decoder_t, Free> decoder(zbar_decoder_create());
    const std::unique_ptr<zbar_scanner_t, Free> scanner(zbar_scanner_create(decoder.get()));
    if (!decoder || !scanner) return {};
    zbar_decoder_set_config(decoder.get(), ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    for (const auto type : {ZBAR_CODE128, ZBAR_CODE39, ZBAR_CODE93, ZBAR_I25, ZBAR_CODABAR}) {
        zbar_decoder_set_config(decoder.get(), type, ZBAR_CFG_ENABLE, 1);
    }
    Rows rows;
    rows.width = view.width;
    zbar_decoder_set_userdata(decoder.get(), &rows);
    zbar_decoder_set_handler(decoder.get(), decoded);
    for (rows.row = std::max(0, step / 2); rows.row < view.height; rows.row += std::max(1, step)) {
        const auto* pixel = view.pixels + static_cast<std::ptrdiff_t>(rows.row) * view.stride;
        zbar_scanner_new_scan(scanner.get());
        for (int x = 0; x < view.width; ++x) zbar_scan_y(scanner.get(), pixel[x]);
        zbar_scanner_flush(scanner.get());
        zbar_scanner_flush(scanner.get());
        zbar_scanner_new_scan(scanner.get());
    }
    return std::move(rows.reads);
}

}  // namespace reelproof::vision
