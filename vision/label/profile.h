// A label profile: how the labels of one company or format are recognised, and what their values
// mean. Profiles are data, read from TOML files (docs/LABELS.md): ours are in profiles/ and
// in the program, users add theirs.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vision/label/label.h"
#include "vision/label/result.h"
#include "vision/label/shape.h"

namespace reelproof::vision {

// Where a value goes. Several targets of one value are asked in turn; the first that fits takes it.
struct Target {
    std::string field;  // "" keeps the value among the identifiers only
    Shape shape;        // of the values that it takes
    std::string cut;    // the value goes up to this text; what is behind goes to `rest`
    std::string rest;
    std::string as;  // "", "msl" (the level within a longer text), "date" (MM/DD/YY to YYYY-MM-DD)
    std::map<std::string, std::string, std::less<>> words;  // values that stand for others
};

struct IdentifierRule {
    std::string identifier;
    std::vector<Target> targets;
};

// All of it has to hold.
struct Condition {
    std::vector<std::string> has, lacks;
    std::vector<std::string> only;  // no other identifier; empty does not ask
    std::vector<std::pair<std::string, Shape>> values;
};

// One record of a label whose separators may get lost.
struct Slot {
    std::string identifier;
    Shape shape;
    bool optional = false;
};

// Records in the order in which they stand.
struct Order {
    std::vector<Slot> slots;
    std::size_t may_end_after = 0;  // the slot behind which the text may be cut off
};

// One value of a list or of fixed columns.
struct Piece {
    std::string tag;                // what it begins with, not part of the value
    std::string identifier;         // under which it is kept; the tag unless told otherwise
    std::size_t at = 0, width = 0;  // of a column, in bytes; width 0 reaches to the end
    bool optional = false;          // may be missing at the end of a list
    Shape shape;                    // of the whole value, blanks included
    std::vector<Target> targets;
    std::vector<std::pair<std::size_t, Target>> parts;  // widths; 0 is the rest
};

struct Example {
    std::string text;
    ParseOptions options;
    std::string symbology, channel;
    Fields fields;  // "" where a field must be absent
    bool recovered = false;
    std::string refused;  // the error's code
    std::size_t line = 0;
};

enum class ProfileKind {
    identifiers,  // records of ISO/IEC 15434 format 06
    list,         // values between separators
    columns,      // values at fixed places
    pairs,        // keys with values
    tagged,       // values behind tags in a fixed order, without separators
};

struct Profile {
    std::string name;    // unique; a user's takes the place of ours with that name
    std::string format;  // ParsedLabel::format; the name unless told otherwise
    std::string title;   // for people
    std::string file;    // where it came from
    ProfileKind kind = ProfileKind::identifiers;
    int priority = 50;                     // the highest is asked first
    std::vector<std::string> symbologies;  // only these, where the symbology is known
    std::vector<std::pair<std::string, std::string>> constants;
    std::vector<std::string> require;  // fields that a complete label states
    // Fields to require only where an identifier stands, even an empty one.
    std::vector<std::pair<std::string, std::string>> require_if;
    // Warnings that genuine labels of this kind give; they are left out.
    std::vector<std::string> habits;
    std::vector<Example> examples;

    // identifiers
    std::string envelope = "06";        // "06" or "@", the MAT-Label's
    bool exclusive = false;             // identifiers without a rule go to no field
    std::vector<Condition> conditions;  // one of them is enough
    std::vector<IdentifierRule> rules;
    std::vector<Order> orders;
    // A field's beginning, up to a text, stands for another field's value.
    struct Lookup {
        std::string from, until, field;
        std::map<std::string, std::string, std::less<>> table;
    };
    std::optional<Lookup> lookup;

    // list, columns, pairs, tagged
    std::string prefix, suffix;     // of the whole text
    std::string prefix_identifier;  // keeps all that is behind the prefix under this
    std::string separator;          // "blanks" of a list: any number of them
    std::size_t least_length = 0, most_length = max_label_text;
    std::vector<Piece> pieces;
    // pairs
    std::string assign = ":";
    std::vector<std::string> first_keys;  // one of them begins the text; empty does not ask
    std::vector<std::string> needs;       // keys without which it is another's text
    std::vector<std::string> mentions;    // or texts, in capitals, that make up for missing keys
    std::string null_value;               // a value that says there is none
    std::vector<IdentifierRule> keys;
    std::vector<std::pair<std::string, std::pair<std::string, std::string>>> flags;
    std::vector<std::string> ends;  // what ends the last value: "http"
    // tagged
    bool guess = false;           // readings are always marked as recovered
    bool lost_separator = false;  // may be read without its separator, as recovered
};

// Needs: a file's text and its name, for messages. Fails: "profile.syntax" with file, line and
// field; "profile.too-long".
Result<Profile> profile_from_toml(std::string_view text, std::string_view file);

inline constexpr std::size_t max_profile_bytes = 256u << 10;

}  // namespace reelproof::vision
