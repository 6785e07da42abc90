#include "vision/label/keyboard_layouts.h"

#include <algorithm>
#include <array>
#include <vector>

namespace reelproof::vision {
namespace {

// The keys of a US keyboard that differ somewhere, and what is on them elsewhere, in this order.
constexpr std::string_view us_keys = "`-=[]\\;',./~@#$^&*()_+{}|:\"<>?yzYZqwQWaAmM1234567890!%";

struct Layout {
    std::string_view name, keys;
};
constexpr std::array layouts{
    Layout{"German", "^ß´ü+#öä,.-°\"§$&/()=?`Ü*'ÖÄ;:_zyZYqwQWaAmM1234567890!%"},
    Layout{"British", "`-=[]#;',./¬\"£$^&*()_+{}~:@<>?yzYZqwQWaAmM1234567890!%"},
    Layout{"French", "²)=^$*mù;:!²23467890°+¨£µM%./§ywYWazAZqQ,?&é\"'(-è_çà15"},
    Layout{"Spanish", "º'¡`+çñ´,.-ª\"·$&/()=?¿^*ÇÑ¨;:_yzYZqwQWaAmM1234567890!%"},
    Layout{"Italian", "\\'ìè+ùòà,.-|\"£$&/()=?^é*§ç°;:_yzYZqwQWaAmM1234567890!%"},
    Layout{"Swedish", "§+´å¨'öä,.-½\"#¤&/()=?`Å^*ÖÄ;:_yzYZqwQWaAmM1234567890!%"},
};

// How texts that we know begin.
constexpr std::array beginnings{
    std::string_view("[)>"),  std::string_view(">[)>"), std::string_view("{pbn:"),
    std::string_view("{on:"), std::string_view("{pc:"), std::string_view("QTY:"),
};

std::size_t length_of(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        characters.push_back(text.substr(0, length_of(text[0])));
        text.remove_prefix(characters.back().size());
    }
    return characters;
}

struct Table {
    std::string_view name;
    std::vector<std::pair<std::string_view, char>> back;  // what arrives, what was meant
    std::vector<std::string> starts;                      // the beginnings, as they arrive
};

std::string typed(const Layout& layout, std::string_view text) {
    static const auto us = us_keys;
    const auto keys = characters_of(layout.keys);
    std::string result;
    for (const char c : text) {
        const auto key = us.find(c);
        if (key == std::string_view::npos) {
            result += c;
        } else {
            result += keys.at(key);
        }
    }
    return result;
}

std::vector<Table> make_tables() {
    std::vector<Table> tables;
    for (const Layout& layout : layouts) {
        Table table{layout.name, {}, {}};
        const auto keys = characters_of(layout.keys);
        for (std::size_t i = 0; i < keys.size(); ++i) table.back.emplace_back(keys[i], us_keys[i]);
        for (const auto beginning : beginnings) {
            std::string start = typed(layout, beginning);
            if (start != beginning) table.starts.push_back(std::move(start));
        }
        // Where brackets stand as at home, only what separates the records of a MAT-Label, or holds
        // the names of JSON, gives the layout away.
        if (layout.name == "British") table.starts = {"[)>\"06\"", "{@"};
        tables.push_back(std::move(table));
    }
    return tables;
}

const std::vector<Table>& tables() {
    static const auto made = make_tables();
    return made;
}

}  // namespace

std::optional<Retyped> undo_keyboard_layout(std::string_view text) {
    for (const Table& table : tables()) {
        if (std::none_of(table.starts.begin(), table.starts.end(),
                         [&](const std::string& start) { return text.starts_with(start); })) {
            continue;
        }
        Retyped result{{}, table.name};
        for (const auto character : characters_of(text)) {
            const auto found =
                std::find_if(table.back.begin(), table.back.end(),
                             [&](const auto& pair) { return pair.first == character; });
            if (found == table.back.end()) {
                result.text += character;
            } else {
                result.text += found->second;
            }
        }
        return result;
    }
    return std::nullopt;
}

std::string typed_on(std::string_view layout, std::string_view text) {
    for (const Layout& known : layouts) {
        if (known.name == layout) return typed(known, text);
    }
    return {};
}

}  // namespace reelproof::vision
