#include "vision/label/scanner_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "vision/label/characters.h"
#include "vision/label/keyboard_layouts.h"

namespace reelproof::vision {
namespace {

struct Layout {
    std::string_view name;
    bool scanner_has_it;  // it types so, and the computer is US; else the other way round
};
// Those of keyboard_layouts.h.
constexpr std::array known_layouts{"German", "British", "French", "Spanish", "Italian", "Swedish"};

std::string control_name(char c) {
    switch (c) {
        case '\x1d':
            return "GS";
        case '\x1e':
            return "RS";
        case '\x04':
            return "EOT";
        case ' ':
            return "a blank";
        default:
            return {};
    }
}

// Bytes that may be anything, to be shown on a terminal.
std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (const auto name = control_name(c); !name.empty()) {
            out += (out.empty() ? "" : " ") + name;
        } else if (byte < ' ' || byte == 0x7f) {
            constexpr std::string_view hex = "0123456789ABCDEF";
            out += std::string("\\x") + hex[byte >> 4] + hex[byte & 15];
        } else {
            out += c;
        }
    }
    return out;
}

std::string list(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i)
        out += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return out;
}

// GS, RS or EOT, or several of them.
bool is_separator(std::string_view text) {
    return text.find_first_not_of("\x1d\x1e\x04") == std::string_view::npos;
}

// How many of the characters that arrive as others do so by this layout.
int explained(const ScannerProfile& profile, const Layout& layout) {
    int count = 0;
    for (const auto* substitutions : {&profile.substitutions, &profile.message_only})
        for (const auto& [delivered, meant] : *substitutions) {
            if (is_separator(meant)) continue;
            const auto& [typed, given] =
                layout.scanner_has_it ? std::tie(delivered, meant) : std::tie(meant, delivered);
            count += typed_on(layout.name, typed) == given;
        }
    return count;
}

// The layout that explains nearly all of them, and more than any other does.
std::optional<Layout> layout_of(const ScannerProfile& profile) {
    const auto changed =
        std::count_if(profile.substitutions.begin(), profile.substitutions.end(),
                      [](const Substitution& one) { return !is_separator(one.meant); });
    std::optional<Layout> best;
    int most = std::max(2, static_cast<int>(changed) * 4 / 5 - 1);
    for (const char* name : known_layouts)
        for (const bool scanner_has_it : {false, true}) {
            const Layout layout{name, scanner_has_it};
            const int count = explained(profile, layout);
            if (count == most) best.reset();
            if (count <= most) continue;
            best = layout;
            most = count;
        }
    return best;
}

void tell_of_controls(const ScannerProfile& profile, ScannerFindings& findings) {
    std::vector<std::string> lost, changed;
    for (const char c : {'\x1d', '\x1e', '\x04'})
        if (profile.lost.find(c) != std::string::npos) lost.push_back(control_name(c));
    if (!lost.empty() && !profile.loses_separators()) {
        findings.found.emplace_back(
            "your scanner drops EOT, the end of a message: labels are read without it");
    } else if (!lost.empty()) {
        findings.found.push_back(
            "your scanner drops " + list(lost) +
            ", or types blanks in their place: without them labels can be read "
            "only by guessing");
        findings.advice.push_back(
            "set it to send control characters (in its manual: \"function code mapping\", "
            "\"control characters\" or \"ALT mode\"), or to USB serial (\"CDC\", \"virtual COM "
            "port\") in place of a keyboard");
    }
    for (const auto* substitutions : {&profile.substitutions, &profile.message_only})
        for (const auto& [delivered, meant] : *substitutions)
            if (is_separator(meant)) changed.push_back(shown(meant) + " as " + shown(delivered));
    if (!changed.empty())
        findings.found.push_back("your scanner sends " + list(changed) + ", which is undone" +
                                 (profile.message_only.empty()
                                      ? std::string()
                                      : " within messages that begin with [)>"));
}

bool only_case_changes(const ScannerProfile& profile) {
    return std::all_of(
        profile.substitutions.begin(), profile.substitutions.end(), [](const Substitution& one) {
            return is_separator(one.meant) || (upper(one.delivered) == upper(one.meant));
        });
}

void tell_of_characters(const ScannerProfile& profile, ScannerFindings& findings) {
    std::vector<std::string> changed, lost;
    for (const auto& [delivered, meant] : profile.substitutions)
        if (!is_separator(meant)) changed.push_back(shown(meant) + " as " + shown(delivered));
    const auto layout = layout_of(profile);
    if (layout) {
        findings.layout = layout->name;
        const std::string name(layout->name);
        findings.found.push_back(layout->scanner_has_it
                                     ? "your scanner types " + name +
                                           " layout, and the computer is set to another"
                                     : "your scanner types US layout, and the computer's keyboard "
                                       "is " +
                                           name);
        findings.advice.push_back(layout->scanner_has_it
                                      ? "set its keyboard layout (\"country\") to the computer's"
                                      : "set its keyboard layout (\"country\") to " + name +
                                            ", as the computer's is");
    } else if (!changed.empty() && only_case_changes(profile)) {
        findings.found.emplace_back("capital letters arrive small, and small ones as capitals");
        findings.advice.emplace_back("switch caps lock off");
    } else if (!changed.empty()) {
        constexpr std::size_t most = 8;
        const auto more = changed.size() > most ? changed.size() - most : 0;
        changed.resize(std::min(changed.size(), most));
        if (more > 0) changed.push_back(std::to_string(more) + " more otherwise");
        findings.found.push_back("characters arrive as others: " + list(changed));
        findings.advice.push_back("set its keyboard layout (\"country\") to that of the computer");
    }
    for (const char c : profile.lost)
        if (!is_separator({&c, 1})) lost.push_back(shown({&c, 1}));
    if (!lost.empty())
        findings.found.push_back("these characters never arrive: " + list(lost) +
                                 "; labels that hold them are read without");
}

}  // namespace

ScannerFindings findings_of(const ScannerProfile& profile) {
    ScannerFindings findings;
    if (profile.transparent()) {
        findings.found.emplace_back("your scanner delivers every character as it is");
        return findings;
    }
    tell_of_controls(profile, findings);
    tell_of_characters(profile, findings);
    if (profile.case_lost) {
        findings.found.emplace_back("capital and small letters arrive alike");
        findings.advice.emplace_back(
            "switch caps lock off, and the scanner's case conversion (\"upper case\") too");
    }
    if (profile.small_after_control)
        findings.found.emplace_back("the letter behind a control character arrives small");
    if (!profile.prefix.empty())
        findings.found.push_back("it puts " + shown(profile.prefix) + " before each text");
    if (!profile.suffix.empty())
        findings.found.push_back("it puts " + shown(profile.suffix) + " behind each text");
    return findings;
}

}  // namespace reelproof::vision
