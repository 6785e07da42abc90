// Takes from this process what a picture decoder does not need: files, network, other programs,
// descriptors, memory without end.
// Thread safety: call one of them, once; the first before any other thread exists.
#pragma once

#include <string>

namespace reelproof::vision {

// After it the process can compute, read standard input and write standard output, and no more.
// Gives "" when all of it is in force, else what could not be done.
std::string confine_this_process();

// For a program whose library reads a camera or a film and has opened it: no network, no programs,
// no file written, removed or renamed from here on. Threads may be there. As above.
std::string confine_camera();

}  // namespace reelproof::vision
