#include "tests/vision/zpl_support.h"

#include <charconv>
#include <stdexcept>

namespace reelproof::tests {
namespace {

[[noreturn]] void bad(const std::string& what) {
    throw std::runtime_error("ZPL: " + what);
}

class Parameters {
  public:
    explicit Parameters(std::string_view text) : rest_(text) {}

    std::string_view word() {
        const auto end = rest_.find(',');
        const auto result = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return result;
    }
    int number() {
        const auto text = word();
        int value = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failure != std::errc() || end != text.data() + text.size() || value < 0)
            bad("not a number: " + std::string(text));
        return value;
    }
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The data of ^GFA, run lengths and repeated rows undone.
std::vector<std::string> rows_of(std::string_view data, std::size_t digits_a_row) {
    std::vector<std::string> rows;
    std::string row;
    std::size_t run = 0;
    for (const char c : data) {
        if (c == ':') {
            if (!row.empty() || rows.empty()) bad("a row is repeated within a row");
            rows.push_back(std::string(rows.back()));
        } else if (c >= 'g' && c <= 'z') {
            run += 20 * static_cast<std::size_t>(c - 'f');
        } else if (c >= 'G' && c <= 'Y') {
            run += static_cast<std::size_t>(c - 'F');
        } else if (hex_digit(c) >= 0) {
            row.append(run == 0 ? 1 : run, c);
            run = 0;
        } else {
            bad(std::string("in a graphic: ") + c);
        }
        if (row.size() > digits_a_row) bad("a row is too long");
        if (row.size() == digits_a_row) {
            rows.push_back(row);
            row.clear();
        }
    }
    if (!row.empty() || run != 0) bad("half a row");
    return rows;
}

void draw(ZplLabel& label, int left, int top, std::string_view parameters) {
    Parameters list(parameters);
    if (list.word() != "A") bad("a graphic in another form");
    const int bytes = list.number(), fields = list.number(), row_bytes = list.number();
    if (bytes != fields || row_bytes <= 0 || bytes % row_bytes != 0) bad("sizes of a graphic");
    const auto rows = rows_of(list.rest(), static_cast<std::size_t>(row_bytes) * 2);
    if (static_cast<int>(rows.size()) != bytes / row_bytes) bad("number of rows");
    for (std::size_t y = 0; y < rows.size(); ++y)
        for (std::size_t x = 0; x < rows[y].size() * 4; ++x) {
            if (!(hex_digit(rows[y][x / 4]) >> (3 - x % 4) & 1)) continue;
            const int across = left + static_cast<int>(x), down = top + static_cast<int>(y);
            if (across >= label.width || down >= label.height) bad("ink beside the label");
            label.ink[static_cast<std::size_t>(down) * label.width + across] = 1;
        }
}

std::string unescaped(std::string_view data) {
    std::string text;
    for (std::size_t i = 0; i < data.size(); ++i) {
        if (data[i] != '_') {
            text += data[i];
            continue;
        }
        if (i + 2 >= data.size()) bad("an escape is cut off");
        text += static_cast<char>(hex_digit(data[i + 1]) * 16 + hex_digit(data[i + 2]));
        i += 2;
    }
    return text;
}

}  // namespace

std::vector<std::uint8_t> ZplLabel::pgm() const {
    const std::string header =
        "P5 " + std::to_string(width) + " " + std::to_string(height) + " 255\n";
    std::vector<std::uint8_t> file(header.begin(), header.end());
    for (const auto dot : ink) file.push_back(dot ? 0 : 255);
    return file;
}

ZplLabel read_zpl(std::string_view zpl) {
    if (!zpl.starts_with("^XA") || !zpl.ends_with("^XZ\n")) bad("no ^XA or ^XZ");
    ZplLabel label;
    int x = 0, y = 0, height = 0;
    bool hex = false, ended = false;
    for (std::size_t at = 0; at < zpl.size();) {
        if (zpl[at] == '\n') {
            ++at;
            continue;
        }
        if (zpl[at] != '^' || ended) bad("text between commands");
        const auto end = std::min(zpl.find('^', at + 1), zpl.size());
        const auto name = zpl.substr(at + 1, 2);
        auto parameters = zpl.substr(at + 3, end - at - 3);
        while (parameters.ends_with('\n')) parameters.remove_suffix(1);
        at = end;
        Parameters list(parameters);
        if (name == "XA" || name == "FS") {
            hex = false;
        } else if (name == "XZ") {
            ended = true;
        } else if (name == "CI") {
            if (list.number() != 28) bad("not UTF-8");
        } else if (name == "LH") {
            if (list.number() != 0 || list.number() != 0) bad("another origin");
        } else if (name == "PW") {
            label.width = list.number();
        } else if (name == "LL") {
            label.height = list.number();
            label.ink.resize(static_cast<std::size_t>(label.width) * label.height);
        } else if (name == "FO" || name == "FT") {
            x = list.number();
            y = list.number();
        } else if (name == "GF") {
            draw(label, x, y, parameters);
        } else if (name == "A0") {
            if (list.word() != "N") bad("turned text");
            height = list.number();
        } else if (name == "FH") {
            hex = parameters == "_";
        } else if (name == "FD") {
            if (!hex) bad("text without ^FH");
            if (x >= label.width || y >= label.height || y < height / 2) bad("text off the label");
            label.texts.push_back({x, y, height, unescaped(parameters)});
        } else {
            bad("command " + std::string(name));
        }
    }
    return label;
}

}  // namespace reelproof::tests
