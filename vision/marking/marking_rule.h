// How a manufacturer marks its parts: lines made of the part's code, date, trace code, plant,
// country. From a rule, part data and what a label says comes what a part must show; from what a
// part shows come its date and trace code. Rules are data, read from TOML files (docs/MARKINGS.md):
// ours are in rules/ and in the program, users add theirs. Text only; no picture is known here.
// Thread safety: plain values and pure functions.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vision/marking/inspection.h"
#include "vision/marking/logo_shape.h"
#include "vision/marking/marking_date.h"

namespace reelproof::vision {

// What may stand at one place of a marking.
struct MarkingField {
    // Characters where no values are told: 'n' digits, 'a' capitals, 'm' both, 'x' any but a blank.
    char of = 'x';
    std::size_t least = 1, most = max_marking_line;
    // The texts that it can be, with what each stands for: a country's code, a plant.
    std::map<std::string, std::string, std::less<>> values{};
    std::string from{};  // of the label: "lot"; "country", which `values` then stand for
};

struct MarkingPiece {
    std::string literal{};  // or
    std::string field{};    // "code", "date", or one of the rule's own
    bool optional = false;
};

struct MarkingExample {
    std::size_t line = 0;  // of the file
    std::string mpn, code, lot, date_code, country;
    std::vector<std::string> expected;  // patterns; empty is not asked
    std::vector<std::string> lines;     // as seen
    std::map<std::string, std::string, std::less<>> fields;
    std::vector<std::string> differs;  // fields that are another than expected
};

struct MarkingRule {
    std::string name;          // unique; a user's takes the place of ours with that name
    std::string manufacturer;  // as labels name it
    std::string title;         // for people
    std::string logo;          // the logo's name; drawn, so no part of the lines
    std::vector<LogoShape> logo_shapes;
    std::string file;
    std::vector<std::vector<MarkingPiece>> lines;
    std::optional<MarkingDateForm> date;
    std::map<std::string, MarkingField, std::less<>> fields;
    std::vector<std::string> trace;  // the fields that make the trace code, in this order
    std::vector<MarkingExample> examples;
};

inline constexpr std::size_t max_marking_rule_bytes = 64u << 10;
// Fails: "marking.rule" with file, line and setting.
Result<MarkingRule> marking_rule_from_toml(std::string_view text, std::string_view file);

// What is known of the part and of its lot; what is empty is not compared.
struct MarkedPart {
    std::string code;  // the MPN, or what stands on the part in its place
    std::string lot, date_code, date_code_kind, country;
};

// What this part of this lot must show.
class ExpectedMarking {
  public:
    // `rule` outlives it.
    ExpectedMarking(const MarkingRule& rule, const MarkedPart& part);

    [[nodiscard]] const MarkingRule& rule() const { return rule_; }
    // A line each, for people: ? is a character that is not known, {1|2} one of these, [E4] may
    // lack.
    std::vector<std::string> patterns() const;
    // The lines, where nothing is left open; optional fields are left out.
    std::optional<MarkingText> text() const;

    struct Difference {
        std::string field;           // "" when the lines do not fit the rule at all
        std::string expected, seen;  // for people
    };
    struct Reading {
        bool fits = false;  // the lines are such as the rule makes
        std::map<std::string, std::string, std::less<>> fields;  // with "trace"
        std::string trace;
        std::string date;                 // the code
        std::vector<DateInterval> dates;  // every reading of it; none when there is no such date
        std::string country;              // ISO 3166, where a field stands for it
        std::vector<Difference> differences;
    };
    // What these lines say, and where they are others than expected.
    Reading read(const std::vector<std::string>& lines) const;

  private:
    struct Place {
        MarkingPiece piece;
        std::vector<std::string> allowed;  // empty: any text of the field
        MarkingField field;
    };
    using Line = std::vector<Place>;
    using Fields = std::map<std::string, std::string, std::less<>>;

    bool match(const Line& line, std::string_view text, bool strict, bool blanks,
               Fields& fields) const;
    bool match_all(const std::vector<std::string>& lines, bool strict, Fields& fields) const;

    const MarkingRule& rule_;
    std::vector<Line> lines_;
};

}  // namespace reelproof::vision
