// MicroPDF417: any codewords are undone or refused and, with check codewords, mended; any scan line
// gives rows that exist.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tests/fuzz/seeds.h"
#include "tests/vision/pdf417_support.h"
#include "vision/label/micropdf417_rows.h"
#include "vision/label/pdf417_codewords.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// Pairs of bytes, as far as a symbol has places.
std::vector<int> codewords_of(const std::uint8_t* data, std::size_t size, int numbers) {
    std::vector<int> codewords;
    for (std::size_t i = 0; i + 1 < size && codewords.size() < 126; i += 2)
        codewords.push_back((data[i] << 8 | data[i + 1]) % numbers);
    return codewords;
}

void undo(const std::vector<int>& codewords) {
    const auto text = decode_pdf417(codewords);
    require(!text || text->bytes.size() <= 3 * codewords.size() + 9);
}

void mend(std::vector<int> codewords, std::size_t check, std::uint8_t first, std::uint8_t step) {
    if (codewords.empty()) return;
    const std::vector<int> good = tests::with_check(codewords, check);
    std::vector<int> damaged = good;
    for (std::size_t i = 0; i < (check - 2) / 2; ++i)
        damaged[(first + i * (step + 1)) % damaged.size()] = static_cast<int>(i * 37 % 929);
    require(correct_pdf417(damaged, check) && damaged == good);
}

// Whatever is given, what comes out of it as mended is a symbol's.
void mend_anything(std::vector<int> codewords, std::size_t check) {
    for (int& codeword : codewords) codeword -= codeword == 929 ? 930 : 0;
    if (!correct_pdf417(codewords, check)) return;
    const std::vector<int> data(codewords.begin(),
                                codewords.end() - static_cast<std::ptrdiff_t>(check));
    require(tests::with_check(data, check) == codewords);
}

void scan(const std::uint8_t* data, std::size_t size) {
    const std::vector<float> line(data, data + size);
    const std::vector<float> edges = bar_edges(line);
    require(edges.size() <= line.size() && std::is_sorted(edges.begin(), edges.end()));
    const auto sizes = micropdf417_sizes();
    for (const MicroPdf417Row& row : micropdf417_rows(edges)) {
        require(std::any_of(sizes.begin(), sizes.end(), [&](const MicroPdf417Size& each) {
            return micropdf417_row_of(row, each).has_value();
        }));
        for (const int codeword : row.codewords) require(codeword >= -1 && codeword < 929);
        require(row.from < row.to);
    }
}

// A row as it is drawn, three pixels a module.
std::string drawn(std::string_view widths) {
    std::string line(12, '\xff');
    bool dark = true;
    for (const char width : widths) {
        line.append(3 * static_cast<std::size_t>(width - '0'), dark ? '\0' : '\xff');
        dark = !dark;
    }
    return line + std::string(12, '\xff');
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    using namespace std::string_literals;
    return {
        "u\x03\x84\x00\x01\x03\x84"s,
        "u\x03\x95\x03\x86\x00\x01\x02\x70"s,
        "m\x04\x07\x01\x00\x01\x00\x02\x00\x03"s,
        "a\x06\x00\x01\x00\x02\x00\x03\x00\x04"s,
        // The first address, codeword 0 of the first cluster, the ninth address and the last bar.
        "s" + drawn("221311"
                    "31111136"
                    "322111"
                    "1"),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    switch (data[0]) {
        case 'u':
            undo(codewords_of(data + 1, size - 1, 929));
            break;
        case 'm':
            mend(codewords_of(data + 4, size - 4, 929), 3 + data[1] % 48, data[2], data[3]);
            break;
        case 'a':
            mend_anything(codewords_of(data + 2, size - 2, 930), 3 + data[1] % 48);
            break;
        default:
            scan(data + 1, std::min<std::size_t>(size - 1, 4000));
    }
    return 0;
}
