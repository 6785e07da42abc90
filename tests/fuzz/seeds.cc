#include "tests/fuzz/seeds.h"

#include <filesystem>
#include <fstream>

// Called by libFuzzer before it reads the corpus.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    const std::filesystem::path folder = (*argv)[*argc - 1];
    if (!std::filesystem::is_directory(folder)) return 0;  // one input is to be repeated
    int number = 0;
    for (const std::string& seed : reelproof::fuzz::seeds())
        std::ofstream(folder / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
    return 0;
}
