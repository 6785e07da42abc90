#include "vision/label/normalise.h"

#include <algorithm>
#include <array>
#include <utility>

#include "vision/label/characters.h"
#include "vision/label/keyboard_layouts.h"

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
constexpr std::array<Replacement, 30> message_spellings{{
    {"\\x1D", "\x1d"},        {"\\x1E", "\x1e"},
    {"\xE2\x96\xB2", "\x1e"},  // code page 437 glyphs of the controls: U+25B2, U+2194, U+2666
    {"\xE2\x86\x94", "\x1d"}, {"\xE2\x99\xA6", "\x04"},
    {"[GS]", "\x1d"},         {"[RS]", "\x1e"},
    {"[EOT]", "\x04"},        {"(GS)", "\x1d"},
    {"(RS)", "\x1e"},         {"(EOT)", "\x04"},
    {"\\u001d", "\x1d"},      {"\\u001e", "\x1e"},
    {"\\u0004", "\x04"},      {"%1D", "\x1d"},
    {"%1E", "\x1e"},          {"%04", "\x04"},
    {"&#29;", "\x1d"},        {"&#30;", "\x1e"},
    {"&#4;", "\x04"},         {"~029", "\x1d"},
    {"~030", "\x1e"},         {"~004", "\x04"},
    {"<1D>", "\x1d"},         {"<1E>", "\x1e"},
    {"<04>", "\x04"},         {"<0x1D>", "\x1d"},
    {"<0x1E>", "\x1e"},       {"<0x04>", "\x04"},
    {"\\x4", "\x04"},
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

// What a scanner is set to put around every text: STX, SOH; CR, LF, tab, ETX.
std::string_view without_frame(std::string_view text) {
    while (!text.empty() && (text.front() == '\x01' || text.front() == '\x02')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == '\t' ||
                             text.back() == '\x03')) {
        text.remove_suffix(1);
    }
    return text;
}

bool has_controls(std::string_view message) {
    return message.find(group_separator) != std::string_view::npos;
}

template <std::size_t N>
bool replace_spellings(std::string& text, const std::array<Replacement, N>& all) {
    bool any = false;
    for (const auto& [what, with] : all) {
        if (text.find(what) == std::string::npos) continue;
        replace_all(text, what, with);
        any = true;
    }
    return any;
}

// Capital again the single letter that stands for an identifier behind each separator.
void capital_identifiers(std::string& message) {
    bool begins = false;
    for (char& c : message) {
        if (begins && is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
        begins = c == group_separator;
    }
}

// "[)>^06]1P…]q5^d" and "[)>06]1P…]q5": Ctrl+] Ctrl+^ Ctrl+D with the control key lost.
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
    capital_identifiers(message);
    return true;
}

bool undo_caret_notation(std::string& message) {
    if (!message.starts_with("^^06^]") && !message.starts_with("06^]")) return false;
    if (message.ends_with("^D")) message.replace(message.size() - 2, 2, "\x04");
    replace_all(message, "^^", "\x1e");
    replace_all(message, "^]", "\x1d");
    return true;
}

// Yageo separates its records by CR, and so does a wedge that sends Enter, or tab, for GS.
bool undo_line_ends(std::string& message) {
    const auto line = message.find_first_of("\r\n\t");
    if (line == std::string::npos || line + 1 >= message.size()) return false;
    replace_all(message, "\r\n", "\x1d");
    for (char& c : message) {
        if (c == '\r' || c == '\n' || c == '\t') c = group_separator;
    }
    return true;
}

std::size_t first_character(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return std::min(length, text.size());
}

// The header tells what came in place of RS and GS; the message then begins with its format.
void find_mark(std::string& message, Normalised& result) {
    std::string_view view = message;
    const auto found = [&](Separation separation, std::string mark) {
        result.separation = separation;
        result.mark = std::move(mark);
        message = std::string(view);
    };
    if (take_prefix(view, "@06@")) {
        message = "06@" + std::string(view);
        result.separation = Separation::at_sign;
        return;
    }
    if (view.starts_with(".06.")) {
        view.remove_prefix(1);
        return found(Separation::doubtful, ".");
    }
    if (view.starts_with("300629")) {
        view.remove_prefix(2);
        return found(Separation::doubtful, "29");
    }
    if (view.starts_with("RS06GS")) {
        view.remove_prefix(2);
        for (const std::string_view end : {"RSEOT", "EOT", "RS"}) {
            if (view.ends_with(end)) view.remove_suffix(end.size());
        }
        return found(Separation::doubtful, "GS");
    }
    result.separation = Separation::lost;
    // One and the same mark for RS and GS, or RS gone.
    if (!view.starts_with("06")) {
        const auto length = first_character(view);
        const auto mark = view.substr(0, length);
        if (length == 0 || !view.substr(length).starts_with("06" + std::string(mark))) return;
        view.remove_prefix(length);
    }
    const auto mark = view.substr(2, first_character(view.substr(2)));
    if (mark.empty() || is_alphanumeric(mark[0])) return;
    constexpr std::string_view seldom_in_values = " |~;$!\\`";
    const bool clear = seldom_in_values.find(mark[0]) != std::string_view::npos;
    found(clear ? Separation::marked : Separation::doubtful, std::string(mark));
}

// Caps lock, or a lost shift key: an identifier is never small, so all letters were capitals.
bool restore_case(std::string& message) {
    bool small = false;
    for (const char c : message) {
        if (is_upper(c)) return false;
        small = small || is_lower(c);
    }
    if (small) message = upper(message);
    return small;
}

}  // namespace

Normalised normalise(std::string_view raw, Channel channel) {
    Normalised result;
    const auto damaged = [&](std::string_view code, std::string_view text) {
        result.warnings.push_back({"channel." + std::string(code), std::string(text)});
    };
    take_prefix(raw, "\xEF\xBB\xBF");
    result.aim = take_aim(raw);
    std::string text(without_frame(raw));
    if (result.aim.empty() && text.size() != raw.size()) {
        std::string_view view = text;
        result.aim = take_aim(view);
        if (!result.aim.empty()) text = std::string(view);
    }
    // Who has control characters had no need to spell them.
    const bool whole = has_controls(text);
    if (!whole && text.find_first_of("{<\\\xE2\xEF") != std::string::npos &&
        replace_spellings(text, spellings)) {
        damaged("spelled-controls", "control characters arrived as text");
    }
    if (!whole && channel != Channel::camera) {
        if (auto retyped = undo_keyboard_layout(text)) {
            text = std::move(retyped->text);
            damaged("keyboard-layout",
                    "the scanner's keyboard layout is not the computer's, which is " +
                        std::string(retyped->layout));
        }
    }

    std::string_view view = text;
    const bool arrow = view.starts_with(">[)>");  // Mouser's labels until about 2021
    if (arrow) view.remove_prefix(1);
    // With the shift key lost "[)>" comes as "[0.".
    const bool shift_lost = view.starts_with("[0.\x1e") || view.starts_with("[0.06");
    if (!take_prefix(view, "[)>") && !(shift_lost && take_prefix(view, "[0."))) {
        if (!whole && channel != Channel::camera) replace_all(text, "^]", "\x1d");
        result.text = std::move(text);
        return result;
    }
    std::string message(view);
    if (const auto escape = message.find("\\000026"); escape != std::string::npos) {
        // An ECI escape that an encoder failed to turn into a codeword.
        replace_all(message, "\\000026", "");
    }
    if (undo_caret_notation(message)) {
        damaged("caret-notation", "control characters arrived as ^ and a letter");
    }
    if (!has_controls(message)) {
        if (message.find_first_of("\\\xE2[(%&~<") != std::string::npos &&
            replace_spellings(message, message_spellings)) {
            damaged("spelled-controls", "control characters arrived as text");
        }
        if (undo_lost_control_key(message)) {
            damaged("lost-control-key", "control characters arrived as ] and ^");
        } else if (!has_controls(message)) {
            undo_line_ends(message);
        }
    }
    if (channel != Channel::camera && restore_case(message)) {
        result.case_restored = true;
        damaged("case",
                "all letters arrived small, since the shift key was lost or caps lock is on");
    }
    if (has_controls(message)) {
        result.separation = Separation::controls;
    } else {
        find_mark(message, result);
    }

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
