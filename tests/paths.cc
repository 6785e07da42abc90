#include "tests/paths.h"

namespace reelproof::tests {

std::filesystem::path source_dir() {
    return REELPROOF_SOURCE_DIR;
}

std::filesystem::path build_dir() {
    return REELPROOF_BUILD_DIR;
}

}  // namespace reelproof::tests
