// Finds the data folder that lies beside the project (../shared, or $REELPROOF_DATA), which tests
// and benches read and never copy.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "tests/paths.h"

namespace reelproof::tests {

inline std::optional<std::filesystem::path> shared_data(const std::string& relative) {
    const char* configured = std::getenv("REELPROOF_DATA");
    std::filesystem::path root =
        configured != nullptr ? std::filesystem::path(configured) : source_dir() / ".." / "shared";
    auto path = root / relative;
    if (std::filesystem::exists(path)) return path;
    std::cerr << "SKIPPED: " << relative << " is not in " << root
              << " (set REELPROOF_DATA to the folder that holds it)\n";
    return std::nullopt;
}

}  // namespace reelproof::tests
