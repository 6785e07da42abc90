// Where the sources and the build of this tree lie. Only paths.cc is compiled with these paths, so
// that clones in other folders share the compiler cache.
#pragma once

#include <filesystem>

namespace reelproof::tests {

std::filesystem::path source_dir();
std::filesystem::path build_dir();

}  // namespace reelproof::tests
