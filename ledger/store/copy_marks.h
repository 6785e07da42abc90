// What keeps a mirror from cosigning its copy of a log: written with the copy's head, in one
// transaction, by the mirror thread alone. It lies in Table::settings. Persistent format: do not
// change.
#pragma once

#include "ledger/store/state.h"

namespace reelproof::ledger {

// Row key "copy/<origin>"; value u8 unproven, i64 newest, u64 its index, i64 newest of all that is
// stored, u64 its index.
std::string copy_marks_key(std::string_view origin);
Bytes write_copy_marks(const CopyMarks& marks);
// None are set where there is no row: an early version wrote none. Throws EnvironmentError when the
// row is damaged.
CopyMarks read_copy_marks(const Store::State& state, std::string_view origin);

}  // namespace reelproof::ledger
