#include "vision/label/normalise.h"

#include <array>
#include <utility>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

using Replacement = std::pair<std::string_view, std::string_view>;

// Spellings that occur in no value, so they are replaced wherever they stand.
constexpr std::array<Replacement, 15> spellings{{
    {"{GS}", "\x1d"},
    {"{RS}", "\x1e"},
    {"{EOT}", "\x04"},
    {"<GS>", "\x1d"},
    {"<RS>", "\x1e"},
    {"<EOT>", "\x04"},
    {"\xE2\x90\x9D", "\x1d"},  // control pictures U+241D, U+241E, U+2404, U+2420
    {"\xE2\x90\x9E", "\x1e"},
    {"\xE2\x90\x84", "\x04"},
    {"\xE2\x90\xA0", " "},
    {"\xEF\x9C\x8B", "\x1d"},  // private use U+F70B, U+F70C: function keys of macOS
    {"\xEF\x9C\x8C", "\x1e"},
    {"\\x1d", "\x1d"},
    {"\\x1e", "\x1e"},
    {"\\x04", "\x04"},
}};

// Spellings that are trusted only after a message header.
constexpr std::array<Replacement, 6> message_spellings{{
    {"\\x1D", "\x1d"},
    {"\\x1E", "\x1e"},
    {"\\000026", ""},          // an ECI escape that an encoder failed to turn into a codeword
    {"\xE2\x96\xB2", "\x1e"},  // code page 437 glyphs of the controls: U+25B2, U+2194, U+2666
    {"\xE2\x86\x94", "\x1d"},
    {"\xE2\x99\xA6", "\x04"},
}};

// The QR code of LCSC typed by a scanner with US layout into a host with German layout.
constexpr std::array<Replacement, 5> german_layout{{
    {"\xC3\x9C", "{"},
    {"\xC3\x96", ":"},
    {"\xC3\x9F", "-"},
    {"*", "}"},
    {"?", "_"},
}};

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

// ISO/IEC 15424: "]", a letter for the symbology, a modifier.
std::string take_aim(std::string_view& text) {
    constexpr std::string_view symbologies = "ACEFGILQXdez";
    if (text.size() < 4 || text[0] != ']' || symbologies.find(text[1]) == std::string_view::npos ||
        !is_alphanumeric(text[2])) {
        return {};
    }
    std::string aim(text.substr(0, 3));
    text.remove_prefix(3);
    return aim;
}

bool undo_german_layout(std::string& text) {
    if (!text.starts_with("\xC3\x9Cpbn\xC3\x96")) return false;
    for (const auto& [what, with] : german_layout) replace_all(text, what, with);
    for (char& c : text) {
        switch (c) {
            case 'y':
                c = 'z';
                break;
            case 'z':
                c = 'y';
                break;
            case 'Y':
                c = 'Z';
                break;
            case 'Z':
                c = 'Y';
                break;
            default:
                break;
        }
    }
    return true;
}

// "[)>^06]1P…]Q5^d" and "[)>06]1P…]q5": Ctrl+] Ctrl+^ Ctrl+D with the control key lost.
bool undo_lost_control_key(std::string& message) {
    const bool with_rs = message.starts_with("^06]");
    if (!with_rs && !message.starts_with("06]")) return false;
    if (message.ends_with("^d") || message.ends_with("^D")) {
        message.replace(message.size() - 2, 2, "\x1e\x04");
    }
    if (with_rs) message[0] = record_separator;
    for (char& c : message) {
        if (c == ']') c = group_separator;
    }
    return true;
}

bool undo_caret_notation(std::string& message) {
    if (!message.starts_with("^^") && message.find("06^]") > 2) return false;
    if (message.ends_with("^D")) message.replace(message.size() - 2, 2, "\x04");
    replace_all(message, "^^", "\x1e");
    replace_all(message, "^]", "\x1d");
    return true;
}

bool has_controls(std::string_view message) {
    return message.find(group_separator) != std::string_view::npos;
}

Separation separation_of(std::string& message) {
    if (has_controls(message)) return Separation::controls;
    std::string_view view = message;
    if (take_prefix(view, "@06@")) {
        message = "06@" + std::string(view);
        return Separation::at_sign;
    }
    if (take_prefix(view, ".06.")) {
        message = "06." + std::string(view);
        return Separation::dot;
    }
    if (take_prefix(view, "300629")) {
        message = "0629" + std::string(view);
        return Separation::decimal;
    }
    if (message.starts_with("06 ")) return Separation::blank;
    // Yageo separates its records by CR, and so does a wedge that sends Enter for GS.
    const auto line = message.find('\r');
    if (line != std::string::npos && line + 1 < message.size()) {
        for (char& c : message) {
            if (c == '\r') c = group_separator;
        }
        return Separation::controls;
    }
    return Separation::lost;
}

}  // namespace

Normalised normalise(std::string_view raw, Channel channel) {
    Normalised result;
    const auto damaged = [&](std::string_view code, std::string_view text) {
        result.warnings.push_back({"channel." + std::string(code), std::string(text)});
    };
    take_prefix(raw, "\xEF\xBB\xBF");
    result.aim = take_aim(raw);
    while (!raw.empty() && (raw.back() == '\r' || raw.back() == '\n' || raw.back() == '\t')) {
        raw.remove_suffix(1);
    }
    std::string text(raw);
    for (const auto& [what, with] : spellings) {
        if (text.find(what) == std::string::npos) continue;
        replace_all(text, what, with);
        if (result.warnings.empty()) {
            damaged("spelled-controls", "control characters arrived as text");
        }
    }
    if (undo_german_layout(text)) {
        damaged("keyboard-layout", "the scanner's keyboard layout is not the computer's");
    }

    std::string_view view = text;
    const bool arrow = view.starts_with(">[)>");  // Mouser's labels until about 2021
    if (arrow) view.remove_prefix(1);
    if (!take_prefix(view, "[)>")) {
        replace_all(text, "^]", "\x1d");
        result.text = std::move(text);
        return result;
    }
    std::string message(view);
    for (const auto& [what, with] : message_spellings) replace_all(message, what, with);
    if (undo_caret_notation(message)) {
        damaged("caret-notation", "control characters arrived as ^ and a letter");
    } else if (undo_lost_control_key(message)) {
        damaged("lost-control-key", "control characters arrived as ] and ^");
        result.lower_case_identifiers = true;
    }
    result.separation = separation_of(message);

    // A wedge or a serial line drops RS and EOT; only a camera proves that they were never there.
    const std::string blame = channel == Channel::camera ? "syntax." : "channel.";
    if (arrow) {
        result.warnings.push_back(
            {"syntax.header", "the message header begins with a stray \">\""});
    }
    if (result.separation == Separation::controls) {
        if (message.front() == record_separator) {
            message.erase(0, 1);
        } else {
            result.warnings.push_back({blame + "header", "the message header lacks its RS"});
        }
        if (message.empty() || message.find(eot) == std::string::npos) {
            result.warnings.push_back({blame + "trailer", "the message trailer is missing"});
        }
    } else if (result.separation == Separation::lost && message.starts_with("\x1e")) {
        message.erase(0, 1);
    }
    result.text = std::move(message);
    return result;
}

}  // namespace reelproof::vision
