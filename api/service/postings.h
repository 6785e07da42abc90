// Lists that an index keeps in the store: which items a term leads to, in the order in which they
// were added, in rows of many. For one thread that writes; reading is thread-safe and sees what was
// saved.
//
// Rows: "list/<term>" -> {first, next}: entries have the numbers first to next - 1, less those
// taken out; "list/<term>/<chunk>" -> {numbers, items}. An empty list has no rows, and its numbers
// begin anew. Persistent format: do not change.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/service/json_rows.h"

namespace reelproof::api {

class Postings {
  public:
    explicit Postings(JsonRows& rows) : rows_(rows) {}

    // `take` says whether to go on. From number `from` on, or from below `before` down.
    using Take = std::function<bool(std::uint64_t number, const std::string& item)>;
    void forward(const std::string& term, std::uint64_t from, const Take& take) const;
    void backward(const std::string& term, std::optional<std::uint64_t> before,
                  const Take& take) const;

    // Changes that save() has not written yet, for the writer alone. Gives the new entry's number.
    std::uint64_t add(const std::string& term, const std::string& item);
    void remove(const std::string& term, std::uint64_t number);
    // The first entry; nothing: the list is empty.
    std::optional<std::pair<std::uint64_t, std::string>> front(const std::string& term);
    // What is to be written, together with whatever else changes; forgets it.
    std::vector<JsonRows::Change> changes();

  private:
    struct Extent {
        std::uint64_t first = 0, next = 0;
    };
    using Chunk = std::map<std::uint64_t, std::string>;

    [[nodiscard]] Extent extent_of(const std::string& term) const;
    [[nodiscard]] Chunk chunk_of(const std::string& term, std::uint64_t chunk) const;
    Extent& changed_extent(const std::string& term);
    Chunk& changed_chunk(const std::string& term, std::uint64_t chunk);

    JsonRows& rows_;
    std::map<std::string, Extent> extents_;                          // the writer's
    std::map<std::pair<std::string, std::uint64_t>, Chunk> chunks_;  // the writer's
};

}  // namespace reelproof::api
