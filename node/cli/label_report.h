// What was read on a photograph, as a person reads it. Pure, thread-safe.
#pragma once

#include <string>

#include "vision/label/label.h"

namespace reelproof::node {

// Several lines without a newline at the end, the first with the file's name.
std::string label_report(const std::string& file, const vision::LabelReading& reading);

}  // namespace reelproof::node
