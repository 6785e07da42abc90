// From the text of symbols to the fields of a label: parse() for one symbol, merge() for all the
// symbols of one label. Knows no picture; label text is hostile and stays data.
// Thread safety: plain values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/symbol.h"
#include "vision/label/text_reading.h"

namespace reelproof::vision {

// Only "quantity" and "count" are integers, only "serials" is a list. Names as in DESIGN section 9.
using Value = std::variant<std::string, std::int64_t, std::vector<std::string>>;
using Fields = std::map<std::string, Value, std::less<>>;

std::string to_string(const Value& value);  // of a list with ";" between

// The part of `code` before the first dot says what kind of trouble it is:
//   syntax      the label breaks the rules of its own format          -> rule label.syntax
//   incomplete  a field that the format requires is missing           -> rule label.incomplete
//   conflict    symbols of one label contradict each other            -> rule label.syntax
//   text        the print says another value than the symbols         -> rule label.text
//   channel     the scanner, not the label, changed the text          -> no rule; for the operator
//   recovered   the text was repaired by guessing, ask for a rescan   -> label.syntax
//   content     nothing wrong, but worth knowing (not a component label, an URL inside …)
struct Warning {
    std::string code;  // "syntax.duplicate-identifier", "incomplete.lot", "channel.separators"
    std::string text;

    bool operator==(const Warning&) const = default;
};

// The verdict rule that a warning belongs to ("label.syntax", "label.incomplete"), or "".
std::string_view rule_of(const Warning& warning);

struct ParsedLabel {
    // "digikey", "mouser", "farnell", "tme", "lcsc", "mat-label", "iso15434-06", "iso15434-05",
    // "iso15434-12", "iso15434-dd", "di" (a single record) … or "unknown".
    std::string format;
    Fields fields;
    // Every data identifier with its raw data, known or not. The first wins where one is repeated.
    std::map<std::string, std::string, std::less<>> identifiers;
    // What a repeated identifier says beside that, in order, at most max_repeated of each.
    std::map<std::string, std::vector<std::string>, std::less<>> repeated;
    std::string profile;  // the label profile that read it, "" for the standards alone
    std::vector<Warning> warnings;
    // Separators were lost and exactly one reading survived: to be confirmed by a person.
    bool recovered = false;
    // Raw data of 25S. On an issued label it holds the secret item seed: it stands here only, not
    // in fields nor identifiers, and belongs into no log and no answer.
    std::optional<std::string> unique_id;
};

inline constexpr std::size_t max_repeated = 16;

enum class Channel { unknown, camera, wedge, serial };

class ProfileSet;
struct ScannerProfile;

struct ParseOptions {
    Channel channel = Channel::unknown;
    std::string_view symbology = {};  // as in Symbol, when known
    // What is known of the scanner that delivered the text: undone first. Not for pictures.
    const ScannerProfile* scanner = nullptr;
    const ProfileSet* profiles = nullptr;  // instead of current_profiles(), see profile_set.h
};

inline constexpr std::size_t max_label_text = 8192;

// Needs: any bytes (UTF-8 where they are text). Understands control characters as such, as
// {GS} <GS> ^] \x1d, as control pictures, and the other ways keyboard wedges spell them.
// Gives: what could be read; text that no format claims has format "unknown" and no fields.
// Fails: "label.empty", "label.too-long", "label.ambiguous" (separators lost and no single reading
// survives), "label.fragment" (the tail of a scan).
Result<ParsedLabel> parse(std::string_view text, const ParseOptions& options = {});

struct FieldSource {
    std::size_t symbol = 0;  // index into LabelReading::symbols
    Value value;             // as that symbol has it
    // The symbol is a bare text, with no word of what it is, that equals what others say.
    bool bare = false;

    bool operator==(const FieldSource&) const = default;
};

struct Conflict {
    std::string field;
    std::vector<FieldSource> sources;  // at least two, not all equal
    // Each label of the reel is at one with itself, and they contradict each other.
    bool between_labels = false;
};

using Sources = std::map<std::string, std::vector<FieldSource>, std::less<>>;

// One of the labels on a reel: the symbols that belong together by place and content.
struct LabelPart {
    std::vector<std::size_t> symbols;  // indices into LabelReading::symbols
    std::string format;                // of the symbol that says most
    Fields fields;
    Sources sources;
    std::vector<Conflict> conflicts;  // within this label
};

struct LabelReading {
    std::vector<Symbol> symbols;
    std::vector<Unread> unread;  // seen on the picture, but not read
    int width = 0, height = 0;   // of the picture, where there was one
    // Aligned with symbols; nothing where the text was refused.
    std::vector<std::optional<ParsedLabel>> parsed;
    std::string format;  // of the symbol that says most, "unknown" without any
    Fields fields;
    Sources sources;  // of each field, every symbol that states it
    std::vector<Conflict> conflicts;
    // The labels on the reel: the maker's, a distributor's over it, a customer's. One for most.
    std::vector<LabelPart> labels;
    std::vector<Warning> warnings;
    bool recovered = false;                // some value in fields rests only on a recovered text
    std::optional<std::string> unique_id;  // secret, see ParsedLabel
    double ms = 0;                         // time it took to read the picture
    std::optional<TextReading> text;       // what the print says of the fields, where it was read
};

// Needs: the symbols of one reel. Gives: one set of fields, and the same label by label. Where
// symbols disagree the one that carries most fields wins and the conflict is listed; values that
// mean the same (a date as 9D and as 11D of the same week, a part number with and without
// punctuation, 05000 and 5000) agree.
LabelReading merge(std::vector<Symbol> symbols, const ParseOptions& options = {});

}  // namespace reelproof::vision
