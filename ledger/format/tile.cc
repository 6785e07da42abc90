#include "ledger/format/tile.h"

#include <stdexcept>

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

constexpr int kMaxLevel = 63;
constexpr int kFullWidth = static_cast<int>(wire::kTileWidth);
constexpr std::size_t kMaxEntrySize = 65535;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Takes a decimal number of at most three digits without leading zeros off the front of `text`.
std::optional<int> take_number(std::string_view& text) {
    std::size_t length = 0;
    int value = 0;
    while (length < text.size() && is_digit(text[length])) {
        if (length == 3) return std::nullopt;
        value = value * 10 + (text[length] - '0');
        ++length;
    }
    if (length == 0 || (length > 1 && text[0] == '0')) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

// Takes three digits off the front.
std::optional<unsigned> take_group(std::string_view& text) {
    if (text.size() < 3 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2]))
        return std::nullopt;
    unsigned value =
        static_cast<unsigned>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
    text.remove_prefix(3);
    return value;
}

// "x001/x234/067": groups of three digits, all but the last with an x.
std::optional<std::uint64_t> take_index(std::string_view& text) {
    std::uint64_t value = 0;
    for (bool first = true;; first = false) {
        bool more = text.starts_with('x');
        if (more) text.remove_prefix(1);
        auto group = take_group(text);
        if (!group) return std::nullopt;
        if (first && more && *group == 0) return std::nullopt;
        if (__builtin_mul_overflow(value, std::uint64_t{1000}, &value) ||
            __builtin_add_overflow(value, std::uint64_t{*group}, &value))
            return std::nullopt;
        if (!more) return value;
        if (!text.starts_with('/')) return std::nullopt;
        text.remove_prefix(1);
    }
}

std::string three_digits(std::uint64_t value) {
    std::string out = std::to_string(value);
    return std::string(3 - out.size(), '0') + out;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

}  // namespace

std::string tile_path(const TileId& tile) {
    std::string index = three_digits(tile.index % 1000);
    for (std::uint64_t rest = tile.index / 1000; rest != 0; rest /= 1000)
        index = "x" + three_digits(rest % 1000) + "/" + index;
    std::string out =
        "tile/" + (tile.entries ? "entries" : std::to_string(tile.level)) + "/" + index;
    if (tile.width != kFullWidth) out += ".p/" + std::to_string(tile.width);
    return out;
}

Result<TileId> parse_tile_path(std::string_view path) {
    const Error refused =
        malformed("not the path of a tile: \"" + std::string(path.substr(0, 100)) + "\"");
    std::string_view rest = path;
    TileId tile;
    if (!take(rest, "tile/")) return refused;
    if (take(rest, "entries/")) {
        tile.entries = true;
    } else {
        auto level = take_number(rest);
        if (!level || *level > kMaxLevel || !take(rest, "/")) return refused;
        tile.level = *level;
    }
    auto index = take_index(rest);
    if (!index) return refused;
    tile.index = *index;
    if (take(rest, ".p/")) {
        auto width = take_number(rest);
        if (!width || *width < 1 || *width >= kFullWidth) return refused;
        tile.width = *width;
    }
    if (!rest.empty()) return refused;
    return tile;
}

int tile_width(int level, std::uint64_t index, std::uint64_t size) {
    int shift = level * wire::kTileHeight;
    std::uint64_t hashes = shift < 64 ? size >> shift : 0;
    std::uint64_t full = hashes / wire::kTileWidth;
    if (index < full) return kFullWidth;
    return index == full ? static_cast<int>(hashes % wire::kTileWidth) : 0;
}

std::vector<TileId> tiles_of_tree(std::uint64_t size) {
    std::vector<TileId> out;
    for (int level = 0; tile_width(level, 0, size) > 0; ++level) {
        for (std::uint64_t index = 0;; ++index) {
            int width = tile_width(level, index, size);
            if (width == 0) break;
            out.push_back({.level = level, .entries = false, .index = index, .width = width});
            if (width != kFullWidth) break;
        }
    }
    return out;
}

void append_to_bundle(Bytes& bundle, ByteView entry) {
    if (entry.size() > kMaxEntrySize) throw std::logic_error("a log entry over 65,535 bytes");
    bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    bundle.push_back(static_cast<std::uint8_t>(entry.size()));
    bundle.insert(bundle.end(), entry.begin(), entry.end());
}

Result<std::vector<ByteView>> parse_bundle(ByteView bundle, int count) {
    std::vector<ByteView> out;
    std::size_t at = 0;
    for (int i = 0; i < count; ++i) {
        std::size_t left = bundle.size() - at;
        std::size_t size =
            left < 2 ? 0 : static_cast<std::size_t>(bundle[at] << 8 | bundle[at + 1]);
        if (left < 2 || left - 2 < size)
            return malformed("entry bundle ends within entry " + std::to_string(i) + " of " +
                             std::to_string(count));
        out.push_back(bundle.subspan(at + 2, size));
        at += 2 + size;
    }
    if (at != bundle.size())
        return malformed("entry bundle has " + counted(bundle.size() - at, "byte") + " after its " +
                         counted(count, "entry"));
    return out;
}

}  // namespace reelproof::ledger
