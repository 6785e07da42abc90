// Envelopes by tag in one view of the store: for who looks for many tags at once, since beginning a
// view costs as much as a look. For one thread and a short time, and not longer than the store.
#pragma once

#include "ledger/store/store.h"

namespace reelproof::ledger {

class TagView {
  public:
    // Sees what was committed before.
    explicit TagView(const Store& store);
    ~TagView();
    TagView(const TagView&) = delete;
    TagView& operator=(const TagView&) = delete;

    // As Store::find_tag.
    [[nodiscard]] TaggedEnvelopes find(const Tag& tag, std::string_view iss, std::size_t limit);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace reelproof::ledger
