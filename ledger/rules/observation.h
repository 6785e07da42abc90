// What was seen of an item at one moment, as the rules take it. Plain values.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/provenance/event.h"

namespace reelproof::ledger {

// A remark of the label reader that belongs to a rule.
struct LabelRemark {
    std::string rule;  // "label.syntax", "label.incomplete" or "label.text"
    std::string text;
    bool contradiction = false;  // symbols of one label say different things
    // Where on the picture: corners of a polygon, x and y in its pixels. Empty for all of it.
    std::vector<std::array<int, 2>> region{};
};

// What a person says that the label says.
struct TypedField {
    std::string field;  // "quantity", "date_code", ...
    std::string value;
    std::string read;  // what the symbols say, which is something else; empty: nothing
};

struct Observation {
    std::string org;    // who looks
    std::string place;  // "receiving", "line", ...
    UnixSeconds time = 0;
    // The label names no single item: its key is the lot's (a legacy label without a serial).
    bool lot_level = false;
    // The label's secret names the item: what was recorded with it, it states.
    bool issued = false;
    ItemFacts label;                       // what the label says; empty where it says nothing
    std::optional<std::int64_t> quantity;  // as printed
    std::vector<LabelRemark> remarks;
    // What was seen of the parts just now; what was recorded before stands in the history.
    std::optional<MarkingRecord> marking{};
    std::vector<TypedField> typed{};
};

}  // namespace reelproof::ledger
