// Real photographs whose markings somebody has typed in, to learn from beside painted lines.
// Thread safety: plain values, pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::training {

struct MarkedPhotograph {
    std::filesystem::path file;
    std::vector<std::string> lines;  // as printed, UTF-8
    std::string group;               // photographs of one kind of part
    double rotation = 0;             // degrees clockwise by which the text is turned
};

// Of a file with one JSON object a line: "file" (beside this one), "marking_lines" and perhaps
// "group" and "rotation"; what else it says is passed over. Fails with "photographs.invalid" or
// "photographs.unreadable", naming the line and the field.
vision::Result<std::vector<MarkedPhotograph>> read_marked_photographs(
    const std::filesystem::path& list);

// One part in so many of the groups: groups are never divided.
struct Fold {
    int part = 0, of = 1;  // part < of
};
bool is_in(const Fold& fold, const std::string& group, const std::vector<std::string>& groups);
// In order, each once: what folds are parts of.
std::vector<std::string> groups_of(const std::vector<MarkedPhotograph>& photographs);

}  // namespace reelproof::training
