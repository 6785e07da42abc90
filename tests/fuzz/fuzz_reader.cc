// Any bytes as what a reader process answers, which its parent must not trust, and as the header of
// a picture, by which its size is judged before any decoder sees it. No crash, one reading only.
#include <cstdlib>

#include "tests/fuzz/seeds.h"
#include "vision/label/picture.h"
#include "vision/reader/wire.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read_answer(std::string_view text) {
    const auto answer = decode_answer(text);
    if (!answer) return;
    // What was understood can be told again, and is understood the same way.
    const std::string told = encode_answer(*answer);
    const auto again = decode_answer(told);
    require(again && encode_answer(*again) == told);
}

void read_length(const std::uint8_t* data) {
    std::uint8_t again[length_bytes];
    put_length(get_length(data), again);
    require(std::equal(again, again + length_bytes, data));
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    Symbol symbol;
    symbol.symbology = "DataMatrix";
    symbol.text = "1PNL52840";
    symbol.bytes = {'1', 'P'};
    symbol.aim = "]d1";
    symbol.engine = "zxing";
    symbol.path = "grey";
    const auto file = [](std::string_view bytes) { return "p" + std::string(bytes); };
    using namespace std::string_view_literals;
    return {
        "a" + encode_answer(ReadResult{{symbol, symbol}, {{"linear", {}}}, 640, 480, true}),
        "a" + encode_answer(Error{"picture.damaged", "the picture is damaged"}),
        file("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0\0\0\1\0\10\6\0\0\0"sv),
        file("\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\21\10\1\0\2\0\3"sv),
        file("RIFF\x24\0\0\0WEBPVP8X\n\0\0\0\x10\0\0\0\xff\1\0\xff\0\0"sv),
        file("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0\0\0\2\0\0\0\1\0\30\0"sv),
        file("II*\0\10\0\0\0\2\0\0\1\3\0\1\0\0\0\x40\0\0\0\1\1\3\0\1\0\0\0\x40\0\0\0"sv),
        file("P5\n# grey\n64 48\n255\n"sv),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    if (data[0] == 'p')
        (void)read_picture_header({data + 1, size - 1});
    else
        read_answer({reinterpret_cast<const char*>(data) + 1, size - 1});
    if (size > length_bytes) read_length(data + 1);
    return 0;
}
