// What a BOM has built, apart from how it is written: what two copies of one revision must agree
// in, whichever columns their shares show and whichever marks they bear (ledger/leak). Values and
// pure functions, thread-safe.
#pragma once

#include <array>
#include <map>

#include "ledger/base/bytes.h"
#include "ledger/bom/table.h"

namespace reelproof::ledger {

// Lines are told apart by these; what does not show one of them can be held only against what does
// not show it either.
struct BuiltFrame {
    bool designators = false, quantity = false, fitted = false;

    bool operator==(const BuiltFrame&) const = default;
    // Whether all that `other` shows is shown.
    [[nodiscard]] bool covers(const BuiltFrame& other) const;
};
BuiltFrame frame_of(const BomContents& bom);

// Of each field that names a part (customer_pn, manufacturer, mpn, alternates) and is shown: the
// SHA-256 over the lines that have it and are built, in any order. Lines that are not fitted or
// have quantity 0 build nothing.
struct Built {
    BuiltFrame frame{};
    std::map<BomField, Hash> fields{};
};
// With as much of the lines as `frame` has, which frame_of(bom) covers.
Built built_by(const BomContents& bom, const BuiltFrame& frame);

// `pinned` and what `bom` tells besides. `conflict`: it builds something else, or shows too little
// to be held against it.
Result<Built> agreed(const Built& pinned, const BomContents& bom);

}  // namespace reelproof::ledger
