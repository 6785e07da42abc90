// How the ancestors of an item stand to it: the same parts under an earlier label (split,
// relabelled, joined), or components that went into it. Pure, thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

class Family {
  public:
    // Refers to `c`.
    explicit Family(const Case& c);

    // The MPN of lineage item `i`; of the item itself what its label says where the ledger is
    // silent.
    [[nodiscard]] std::string_view mpn(std::size_t i) const;
    // Parents named by who commissioned item `i`, as indices into the lineage.
    [[nodiscard]] const std::vector<std::size_t>& parents(std::size_t i) const {
        return parents_[i];
    }
    // True for the item itself and for what its parts were under earlier labels.
    [[nodiscard]] bool same_part(std::size_t i) const { return same_part_[i]; }
    // True for an ancestor whose key is that of a lot. Who "makes" one, or takes parts out of it,
    // says nothing of a package: anybody with a part of the lot can. Asked only where it matters:
    // false as well where one who made an item of it has recorded something of it.
    [[nodiscard]] bool is_lot(std::size_t i) const { return is_lot_[i]; }
    // "" for the item itself, else "the item it was made of: ", to begin a sentence with.
    [[nodiscard]] static std::string_view about(std::size_t i) {
        return i == 0 ? "" : "the item it was made of: ";
    }

  private:
    void find_parents();
    void find_lots();

    const Case& case_;
    std::vector<std::vector<std::size_t>> parents_;
    std::vector<bool> same_part_;
    std::vector<bool> is_lot_;
};

}  // namespace reelproof::ledger
