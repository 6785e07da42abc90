#include <algorithm>
#include <cstdio>

#include "vision/label/characters.h"
#include "vision/label/scanner_profile.h"
#include "vision/label/symbol.h"
#include "vision/label/toml.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t most_substitutions = 300;
constexpr std::size_t longest_text = 64;

// A line "key = text"; as hexadecimal digits where the text is none that TOML can hold.
std::string line(std::string_view key, std::string_view text) {
    std::string result(key);
    char hex[8];
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    if (!is_utf8({bytes, text.size()}) || text.find('\0') != std::string_view::npos) {
        result += "_hex = \"";
        for (const char c : text) {
            std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned char>(c));
            result += hex;
        }
        return result + "\"\n";
    }
    result += " = \"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
            std::snprintf(hex, sizeof hex, "\\u%04X", static_cast<unsigned char>(c));
            result += hex;
        } else {
            result += c;
        }
    }
    return result + "\"\n";
}

class Reader {
  public:
    void fail(const toml::node& where, std::string_view field, std::string_view what) {
        if (!error_.empty()) return;
        error_ = "line " + std::to_string(where.source().begin.line) + ": " + std::string(field) +
                 ": " + std::string(what);
    }

    std::string text(const toml::table& table, const std::string& key, std::size_t most) {
        if (const auto* node = table.get(key)) {
            const auto* value = node->as_string();
            if (value == nullptr) {
                fail(*node, key, "this has to be a text in quotes");
                return {};
            }
            if (value->get().size() > most) fail(*node, key, "this is too long");
            return value->get();
        }
        const auto* node = table.get(key + "_hex");
        if (node == nullptr) return {};
        const auto* value = node->as_string();
        std::string result;
        if (value == nullptr || value->get().size() > 2 * most || value->get().size() % 2 != 0) {
            fail(*node, key + "_hex", "this has to be a text of hexadecimal digits");
            return {};
        }
        for (std::size_t i = 0; i < value->get().size(); i += 2) {
            const int high = digit(value->get()[i]), low = digit(value->get()[i + 1]);
            if (high < 0 || low < 0) fail(*node, key + "_hex", "these are no hexadecimal digits");
            result += static_cast<char>(high * 16 + low);
        }
        return result;
    }

    bool flag(const toml::table& table, std::string_view key) {
        const auto* node = table.get(key);
        if (node == nullptr) return false;
        const auto* value = node->as_boolean();
        if (value == nullptr) fail(*node, key, "this has to be true or false");
        return value != nullptr && value->get();
    }

    std::vector<Substitution> substitutions(const toml::table& table, const std::string& key) {
        std::vector<Substitution> result;
        const auto* node = table.get(key);
        if (node == nullptr) return result;
        const auto* list = node->as_array();
        if (list == nullptr || list->size() > most_substitutions) {
            fail(*node, key, "this has to be written as [[" + key + "]], at most 300 times");
            return result;
        }
        for (const toml::node& entry : *list) {
            const auto* one = entry.as_table();
            if (one == nullptr) {
                fail(entry, key, "this has to be a table");
                break;
            }
            only(*one, {"delivered", "delivered_hex", "meant", "meant_hex"});
            Substitution found{text(*one, "delivered", longest_text),
                               text(*one, "meant", longest_text)};
            if (found.delivered.empty()) fail(entry, key, "delivered is empty");
            result.push_back(std::move(found));
        }
        std::stable_sort(result.begin(), result.end(),
                         [](const Substitution& a, const Substitution& b) {
                             return a.delivered.size() > b.delivered.size();
                         });
        return result;
    }

    void only(const toml::table& table, std::initializer_list<std::string_view> known) {
        for (const auto& [key, value] : table) {
            if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
                fail(value, key.str(), "there is no such setting here");
            }
        }
    }

    const std::string& error() const { return error_; }

  private:
    static int digit(char c) {
        if (is_digit(c)) return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    std::string error_;
};

Error wrong(std::string text) {
    return {"scanner.profile", "the scanner's profile: " + std::move(text)};
}

}  // namespace

std::string to_toml(const ScannerProfile& profile) {
    std::string text = "# What the scanner of this station does to the texts of symbols.\n";
    text += line("name", profile.name);
    text += line("prefix", profile.prefix);
    text += line("suffix", profile.suffix);
    text += line("lost", profile.lost);
    text += std::string("case_lost = ") + (profile.case_lost ? "true\n" : "false\n");
    text += std::string("small_after_control = ") +
            (profile.small_after_control ? "true\n" : "false\n");
    const auto add = [&](std::string_view name, const std::vector<Substitution>& all) {
        for (const Substitution& one : all) {
            text += "\n[[" + std::string(name) + "]]\n" + line("delivered", one.delivered) +
                    line("meant", one.meant);
        }
    };
    add("substitution", profile.substitutions);
    add("message_only", profile.message_only);
    return text;
}

Result<ScannerProfile> scanner_profile_from_toml(std::string_view text) {
    if (text.size() > max_scanner_profile_bytes) return wrong("it is longer than 64 KiB");
    try {
        const toml::table table = toml::parse(text);
        Reader read;
        ScannerProfile profile;
        read.only(table,
                  {"name", "prefix", "prefix_hex", "suffix", "suffix_hex", "lost", "lost_hex",
                   "name_hex", "case_lost", "small_after_control", "substitution", "message_only"});
        profile.name = read.text(table, "name", 200);
        profile.prefix = read.text(table, "prefix", longest_text);
        profile.suffix = read.text(table, "suffix", longest_text);
        profile.lost = read.text(table, "lost", 256);
        profile.case_lost = read.flag(table, "case_lost");
        profile.small_after_control = read.flag(table, "small_after_control");
        profile.substitutions = read.substitutions(table, "substitution");
        profile.message_only = read.substitutions(table, "message_only");
        if (!read.error().empty()) return wrong(read.error());
        return profile;
    } catch (const toml::parse_error& error) {
        return wrong("line " + std::to_string(error.source().begin.line) + ": " +
                     std::string(error.description()));
    } catch (const std::logic_error&) {
        return wrong("this is not TOML");
    }
}

}  // namespace reelproof::vision
