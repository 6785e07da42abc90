// Takes from this process what a picture decoder does not need: files, network, other programs,
// descriptors, memory without end.
// Thread safety: call once, before any other thread exists.
#pragma once

#include <string>

namespace reelproof::vision {

// After it the process can compute, read standard input and write standard output, and no more.
// Gives "" when all of it is in force, else what could not be done.
std::string confine_this_process();

}  // namespace reelproof::vision
