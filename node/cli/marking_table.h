// A run of parts as it goes on: one row a part, with what was found so far. Single-threaded.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "vision/marking/study.h"

namespace reelproof::node {

// How many parts were found to be what.
class Tally {
  public:
    void add(vision::MarkingState state) { ++of_[state]; }
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::size_t parts() const;

  private:
    std::map<vision::MarkingState, std::size_t> of_;
};

class MarkingTable {
  public:
    // `widest`: of the pictures' names, as far as they are known.
    explicit MarkingTable(std::size_t widest) : width_(widest) {}

    // The title comes before the first row. What is not as expected is told below its row.
    [[nodiscard]] std::string row(std::string_view picture, const vision::StudiedPart& part,
                                  const Tally& so_far);

  private:
    std::size_t width_;
    bool begun_ = false;
};

}  // namespace reelproof::node
