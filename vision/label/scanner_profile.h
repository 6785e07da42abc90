// What one scanner at one station does to a symbol's text: characters that arrive as others (a
// keyboard layout that is not the computer's), control characters that arrive as text or not at
// all, prefix and suffix. Learned once from a symbol with known text (`label calibrate`), then
// undone before the text is parsed.
// Thread safety: plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

struct Substitution {
    std::string delivered;  // what arrives: never empty, UTF-8 or raw bytes
    std::string meant;      // what the symbol says

    bool operator==(const Substitution&) const = default;
};

struct ScannerProfile {
    std::string name;    // of the station, for people; may be empty
    std::string prefix;  // what the scanner puts before and behind every text
    std::string suffix;
    // Longest delivered text first. No two have the same `delivered`.
    std::vector<Substitution> substitutions;
    // Characters that arrive as something that another character arrives as, too: "]" for GS and
    // for "]". Undone only inside a message of ISO/IEC 15434, where GS, RS and EOT are expected.
    std::vector<Substitution> message_only;
    std::string lost;  // characters that never arrive; nothing can bring them back
    // Small and capital letters arrive alike; undo() makes them capitals, as identifiers are.
    bool case_lost = false;
    // The letter behind a control character arrives small ("]q5"), since the shift key was lost.
    bool small_after_control = false;

    bool operator==(const ScannerProfile&) const = default;

    // True if texts arrive as they are in the symbol.
    bool transparent() const;
    // True if GS or RS never arrive: then messages can be read only by guessing.
    bool loses_separators() const;
};

inline constexpr std::size_t max_scanner_profile_bytes = 64u << 10;

// The text of the calibration symbol: a message of ISO/IEC 15434 with GS, RS, EOT, all letters in
// both cases, the digits, and every punctuation mark of ASCII. Constant, 7-bit, at most 260 bytes.
std::string_view calibration_text();

// Needs: the text of a symbol, normally calibration_text(), and what the scanner delivered for it.
// Gives: the profile, for which undo(profile, delivered) == expected wherever no character was
// lost or falls together with another.
// Fails: "scanner.empty", "scanner.too-long", "scanner.another-text" (delivered is not that
// symbol's text, or only a part of it), "scanner.unstable" (one character arrives in changing ways:
// no profile can undo that, the scanner must be set otherwise).
Result<ScannerProfile> learn(std::string_view expected, std::string_view delivered);

// The symbol's text as far as it can be restored. Text that the profile says nothing of stays.
std::string undo(const ScannerProfile& profile, std::string_view text);

// As TOML, the form in which a station keeps it (docs/LABELS.md).
std::string to_toml(const ScannerProfile& profile);
// Fails: "scanner.profile", with the line and the field that is wrong.
Result<ScannerProfile> scanner_profile_from_toml(std::string_view text);

}  // namespace reelproof::vision
