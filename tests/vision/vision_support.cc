#include "tests/vision/vision_support.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/paths.h"

namespace reelproof::tests {
namespace {

std::string hex(const std::vector<std::uint8_t>& bytes) {
    std::string result;
    for (const auto byte : bytes) {
        result += "0123456789abcdef"[byte >> 4];
        result += "0123456789abcdef"[byte & 15];
    }
    return result;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// The truth files' notation.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            result += "\\x";
            result += "0123456789ABCDEF"[byte >> 4];
            result += "0123456789ABCDEF"[byte & 15];
        } else if (c == '\\') {
            result += "\\\\";
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> read_lines(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

vision::ReaderOptions reader_options() {
    vision::ReaderOptions options;
    options.command = {build_dir() / "reelproof_reader"};
    options.deadline = std::chrono::seconds(30);
    return options;
}

Truth read_truth(const std::filesystem::path& picture) {
    Truth truth;
    auto file = picture;
    for (const std::string& line : read_lines(file.replace_extension(".txt"))) {
        if (line.starts_with('#')) {
            truth.complete = line.find("complete=1") != std::string::npos;
            continue;
        }
        std::istringstream columns(line);
        Truth::Line entry;
        std::getline(columns, entry.format, '\t');
        std::getline(columns, entry.text, '\t');
        std::getline(columns, entry.hex, '\t');
        entry.hex = lower(entry.hex);
        truth.lines.push_back(entry);
    }
    return truth;
}

Score score(const std::vector<vision::Symbol>& symbols, const Truth& truth) {
    Score result;
    std::vector<bool> used(truth.lines.size());
    for (const auto& symbol : symbols) {
        const std::string bytes = hex(symbol.bytes), text = escaped(symbol.text);
        bool right = false;
        for (std::size_t i = 0; i < used.size() && !right; ++i) {
            const auto& line = truth.lines[i];
            if (used[i]) continue;
            if ((line.hex != "-" && line.hex == bytes) || (line.text != "-" && line.text == text)) {
                used[i] = right = true;
                ++result.found;
            }
        }
        if (!right && truth.complete) {
            ++result.wrong;
            result.wrongs.push_back(symbol.symbology + " \"" + text + "\" via " + symbol.path);
        }
    }
    return result;
}

std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> pictures;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto extension = entry.path().extension();
        if (extension == ".png" || extension == ".jpg" || extension == ".webp" ||
            extension == ".jpeg") {
            pictures.push_back(entry.path());
        }
    }
    std::sort(pictures.begin(), pictures.end());
    return pictures;
}

}  // namespace reelproof::tests
