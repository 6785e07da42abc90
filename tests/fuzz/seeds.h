// What a fuzz target begins with: good inputs, so that it need not guess what they look like.
#pragma once

#include <string>
#include <vector>

namespace reelproof::fuzz {

// Of this target. Written into the corpus folder, which is the last argument, before the run.
std::vector<std::string> seeds();

}  // namespace reelproof::fuzz
