// What was seen of the marking and the surface of an item's parts, as it is signed into the ledger
// with the item's event `inspect`: the observation, not a verdict. Pictures by their hash. Values
// and pure functions, thread-safe.
//
// Persistent format (docs/FORMATS.md 13, `rp:marking`); numbers are whole: likenesses in
// thousandths, days since 1970-01-01.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/bytes.h"
#include "ledger/format/json_view.h"

namespace reelproof::ledger {

struct MarkingRecord {
    enum class State {
        agrees,    // each character is the one expected
        doubtful,  // one is hardly more like it than like another
        differs,   // one is another
        missing,   // the marking was not found on the package
        unread,    // the picture tells nothing: see quality
    };

    // The character that decided, of the part that is furthest from what is expected.
    struct Character {
        std::int64_t line = 0, place = 0;  // from 1
        std::string expected, seen;        // seen: what it is most like besides
        std::int64_t likeness = 0, lead = 0, threshold = 0;
        std::vector<std::array<int, 2>> region{};  // on the first picture
    };
    // A field of the maker's rule that is another than part data and label say; "" when the lines
    // do not fit the rule.
    struct Difference {
        std::string field, expected, seen;
    };
    // The same part as was enrolled?
    struct Surface {
        std::string is;  // "same", "sibling" (of its mould's cavity), "other"
        std::int64_t agreement = 0, threshold = 0;
    };
    // A soft finding: above the threshold it is unusual, and no more.
    struct Condition {
        std::string what;  // "sanding", "blacktop", "ghost", "position", "logo", "pin1"
        std::int64_t value = 0, threshold = 0;
    };
    // Of several markings within one reel.
    struct Kind {
        std::int64_t parts = 0;
        std::string picture;  // hash, hex
    };
    // The first and last day that the seen date code can mean.
    struct Days {
        std::int64_t first = 0, last = 0;
    };

    State state = State::unread;
    std::int64_t parts = 1, differing = 0;        // looked at; of them not as expected
    std::vector<std::string> expected{}, seen{};  // lines
    std::optional<Character> worst{};
    std::vector<Difference> differences{};
    std::string quality{};                // why the pictures are not good enough; empty: they are
    std::vector<std::string> pictures{};  // SHA-256, hex
    std::string reference{};              // of what they were compared with, hex
    std::string trace{}, date{};          // codes, as read by the maker's rule
    std::vector<Days> dates{};            // every reading of the date; none: there is no such date
    std::optional<Surface> surface{};
    std::vector<Condition> conditions{};
    std::vector<Kind> kinds{};
    std::vector<std::string> templates{};  // of enrolled surfaces, base64
};

std::string_view to_string(MarkingRecord::State state);

// A JSON object.
std::string format_marking(const MarkingRecord& record);
// Unknown members are ignored; an error names the member. Bounded: lists, texts, numbers.
Result<MarkingRecord> read_marking(JsonView::Value object);
Result<MarkingRecord> parse_marking(std::string_view json);

inline constexpr std::size_t kMaxMarkingJson = 40UL * 1024;  // fits an event

}  // namespace reelproof::ledger
