#include "vision/label/dmtx_engine.h"

#include <algorithm>
#include <memory>

#include <dmtx.h>

#include "vision/label/characters.h"
#include "vision/label/processor_time.h"

namespace reelproof::vision {
namespace {

constexpr int smallest_side = 16;  // it aborts on views of a few pixels
constexpr int least_edge = 30;     // of 100; the default of 10 walks along noise
// The library watches the clock on the wall, and goes on where it stopped: between turns of so many
// milliseconds we look at how much processor time it has taken.
constexpr long turn_ms = 5;
constexpr int no_limit_of_errors = DmtxUndefined;

struct Free {
    void operator()(DmtxImage* image) const { dmtxImageDestroy(&image); }
    void operator()(DmtxDecode* decode) const { dmtxDecodeDestroy(&decode); }
    void operator()(DmtxRegion* region) const { dmtxRegionDestroy(&region); }
    void operator()(DmtxMessage* message) const { dmtxMessageDestroy(&message); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

EngineRead convert(const DmtxMessage& message, DmtxRegion& region, int scale) {
    EngineRead read;
    read.engine = "dmtx";
    read.symbology = "DataMatrix";
    const auto* output = message.output;
    read.bytes.assign(output, output + message.outputIdx);
    // FNC1 in first place says GS1, and is no part of the data.
    const bool gs1 = !read.bytes.empty() && read.bytes.front() == 0x1d;
    if (gs1) read.bytes.erase(read.bytes.begin());
    read.aim = gs1 ? "]d2" : "]d1";
    // Latin-1 is what a Data Matrix without ECI holds.
    read.text = from_latin1({reinterpret_cast<const char*>(read.bytes.data()), read.bytes.size()});
    // With flipped rows the fit's own (0, 1) is what we call top left.
    constexpr std::array<std::array<double, 2>, 4> unit{{{0, 1}, {1, 1}, {1, 0}, {0, 0}}};
    for (std::size_t i = 0; i < 4; ++i) {
        DmtxVector2 corner{unit[i][0], unit[i][1]};
        dmtxMatrix3VMultiplyBy(&corner, region.fit2raw);
        read.corners[i] = {corner.X * scale, corner.Y * scale};
    }
    return read;
}

// An ECI stands in the output as two bytes that no text begins with; what it means is lost.
bool has_eci(const EngineRead& read) {
    return read.bytes.size() > 1 && (read.bytes[0] == 0x03 || read.bytes[0] == 0x1a);
}

}  // namespace

std::vector<EngineRead> dmtx_read(const GreyView& view, std::chrono::milliseconds budget) {
    std::vector<EngineRead> reads;
    if (std::min(view.width, view.height) < smallest_side) return reads;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(view.width) * view.height);
    for (int y = 0; y < view.height; ++y) {
        std::copy_n(view.pixels + static_cast<std::ptrdiff_t>(y) * view.stride, view.width,
                    pixels.begin() + static_cast<std::ptrdiff_t>(y) * view.width);
    }
    const Owned<DmtxImage> image(
        dmtxImageCreate(pixels.data(), view.width, view.height, DmtxPack8bppK));
    if (!image) return reads;
    dmtxImageSetProp(image.get(), DmtxPropImageFlip, DmtxFlipNone);
    const int scale = std::max(view.width, view.height) > 160 ? 2 : 1;
    const Owned<DmtxDecode> decode(dmtxDecodeCreate(image.get(), scale));
    if (!decode) return reads;
    dmtxDecodeSetProp(decode.get(), DmtxPropEdgeThresh, least_edge);
    dmtxDecodeSetProp(decode.get(), DmtxPropFnc1, 0x1d);
    const auto end = processor_time() + budget;
    while (processor_time() < end) {
        DmtxTime turn_ends = dmtxTimeAdd(dmtxTimeNow(), turn_ms);
        const Owned<DmtxRegion> region(dmtxRegionFindNext(decode.get(), &turn_ends));
        if (!region) {
            if (dmtxTimeExceeded(turn_ends) != DmtxTrue) break;  // seen all of it
            continue;
        }
        const Owned<DmtxMessage> message(
            dmtxDecodeMatrixRegion(decode.get(), region.get(), no_limit_of_errors));
        if (!message || message->outputIdx <= 0) continue;
        EngineRead read = convert(*message, *region, scale);
        if (!has_eci(read) && !read.bytes.empty()) {
            reads.push_back(std::move(read));
            break;
        }
    }
    return reads;
}

}  // namespace reelproof::vision
