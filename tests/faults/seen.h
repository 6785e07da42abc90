// What a reader of a store was once served and may never be served otherwise: entries, full tiles,
// entry bundles also of partial width, and the root of each size that a log was seen at. One
// thread.
#pragma once

#include <map>
#include <string>

#include "ledger/store/store.h"

namespace reelproof::faults {

class Seen {
  public:
    // What is not there any more, or otherwise; empty when all is as it was. Remembers what is new.
    std::string look(const ledger::Store& store);
    [[nodiscard]] std::size_t full_tiles() const;

  private:
    // By the path under which a log serves it.
    std::map<std::string, std::map<std::string, ledger::Bytes>> served_;  // by origin
    std::map<std::string, std::map<std::uint64_t, ledger::Hash>> roots_;  // by origin, size
};

}  // namespace reelproof::faults
