#include "vision/label/proofread.h"

#include <algorithm>

namespace reelproof::vision {
namespace {

Error unread(const std::string& what) {
    return {"label.does-not-read", "the label is not handed out, for " + what +
                                       "; try a larger size, more dots per inch or fewer fields"};
}

bool is(const Symbol& symbol, const PrintedSymbol& printed) {
    return symbol.symbology == printed.symbology &&
           std::equal(
               symbol.bytes.begin(), symbol.bytes.end(), printed.data.begin(), printed.data.end(),
               [](std::uint8_t byte, char c) { return byte == static_cast<unsigned char>(c); });
}

}  // namespace

Result<std::vector<Symbol>> read_back(const RenderedLabel& label, ReaderPool& reader) {
    auto symbols = reader.read_symbols(label.png);
    if (!symbols) return symbols.error();
    auto left = *symbols;
    for (const auto& printed : label.symbols) {
        const auto found = std::find_if(left.begin(), left.end(),
                                        [&](const Symbol& symbol) { return is(symbol, printed); });
        if (found == left.end()) return unread(printed.name + " could not be read back from it");
        left.erase(found);
    }
    if (!left.empty())
        return unread("a " + left.front().symbology + " was read from it that was not drawn");
    return symbols;
}

Result<void> proofread(const RenderedLabel& label, const Fields& fields, std::string_view unique_id,
                       ReaderPool& reader) {
    auto symbols = read_back(label, reader);
    if (!symbols) return symbols.error();
    const auto reading = merge(*std::move(symbols));
    if (reading.unique_id.value_or("") != unique_id) return unread("its 25S was read as another");
    if (!reading.conflicts.empty())
        return unread("its symbols contradict each other in " + reading.conflicts.front().field);
    for (const auto& [field, identifier, value] : issued_records(fields)) {
        const auto read = reading.fields.find(field);
        if (read == reading.fields.end() || to_string(read->second) != value)
            return unread("the print of " + field + " is not what its symbols say");
    }
    return {};
}

}  // namespace reelproof::vision
