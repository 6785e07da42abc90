// What the vision tests share: files, the reader program, black-box scoring.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/symbol.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::tests {

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file);
std::vector<std::string> read_lines(const std::filesystem::path& file);

// The tests' reader program as a pool.
vision::ReaderOptions reader_options();

// A picture and what is on it: <stem>.txt beside it, as ../shared/barcodes/SOURCES.md says.
struct Truth {
    bool complete = false;
    struct Line {
        std::string format, text, hex;
    };
    std::vector<Line> lines;
};
Truth read_truth(const std::filesystem::path& picture);

struct Score {
    int found = 0;
    int wrong = 0;  // readings on a completely listed picture that are not in its list
    std::vector<std::string> wrongs;
};
Score score(const std::vector<vision::Symbol>& symbols, const Truth& truth);

std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

}  // namespace reelproof::tests
