// Finds the records of a text whose separators were lost or are not to be told from data. Works
// only where the order and shape of the records are known, and only if one single reading survives.
// Thread safety: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "vision/label/identifiers.h"

namespace reelproof::vision {

struct Slot {
    std::string_view identifier;
    bool (*fits)(std::string_view data);
    bool optional = false;
};

struct Layout {
    std::vector<Slot> slots;
    std::size_t may_end_after;  // index of the first slot after which the text may be cut off
};

// All readings of `text` as this layout with `separator` between records ("" when lost), at most
// two, since one too many is enough to refuse. Gives up, with two, on texts that take too long.
std::vector<std::vector<Record>> readings(std::string_view text, const Layout& layout,
                                          std::string_view separator);

// The one reading of a distributor's format 06 envelope (text after "06"); empty if there is none
// or more than one.
std::vector<Record> recover_envelope(std::string_view text, std::string_view separator);

// TME's line "P… 1P… Q… 4L… K…/…", whose blanks a wedge may drop. `lost` tells whether it did.
struct TmeLine {
    std::vector<Record> records;
    bool lost = false;
};
TmeLine read_tme_line(std::string_view text);

}  // namespace reelproof::vision
