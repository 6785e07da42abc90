// A text as pages of a table: CSV by its columns, other text as one column. Pure, thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "ledger/base/bytes.h"
#include "vision/pages/page_drawing.h"

namespace reelproof::api {

class TablePages {
  public:
    // Nothing when it is no text in UTF-8, or has more lines than anybody looks through.
    static std::optional<TablePages> of(std::string_view text);
    [[nodiscard]] std::size_t pages() const;
    // `number` from 1 to pages().
    [[nodiscard]] vision::TablePage page(std::size_t number) const;

  private:
    std::vector<std::string> head_;
    std::vector<std::vector<std::string>> lines_;
};

}  // namespace reelproof::api
