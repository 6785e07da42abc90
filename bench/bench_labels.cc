// How many symbols of known photographs are found, and how long a picture takes: bench_labels
// [FOLDER…]. A folder holds pictures and, beside each, its truth as <stem>.txt (one symbol a line:
// format, text, hex; tab separated). Without arguments it runs over ../shared/barcodes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/vision/vision_support.h"
#include "vision/reader/reader_pool.h"

namespace fs = std::filesystem;
using namespace reelproof;

namespace {

struct Row {
    int pictures = 0, complete = 0, symbols = 0, found = 0, wrong = 0, failed = 0;
    std::vector<double> ms;

    void print(const std::string& name) {
        std::sort(ms.begin(), ms.end());
        const auto at = [&](double part) {
            return ms.empty() ? 0.0 : ms[static_cast<std::size_t>(part * (ms.size() - 1))];
        };
        std::printf("%-20s %5d %9d %6d/%-6d %6d %7d %9.1f %9.1f\n", name.c_str(), pictures,
                    complete, found, symbols, wrong, failed, at(0.5), at(0.99));
        std::fflush(stdout);
    }
};

Row measure(vision::ReaderPool& pool, const fs::path& folder) {
    Row row;
    for (const fs::path& picture : tests::pictures_in(folder)) {
        const auto bytes = tests::read_bytes(picture);
        const auto truth = tests::read_truth(picture);
        const auto start = std::chrono::steady_clock::now();
        const auto symbols = pool.read_symbols(bytes);
        row.ms.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
        ++row.pictures;
        row.symbols += static_cast<int>(truth.lines.size());
        if (!symbols) {
            ++row.failed;
            continue;
        }
        const auto score = tests::score(*symbols, truth);
        row.found += score.found;
        row.wrong += score.wrong;
        row.complete += score.found == static_cast<int>(truth.lines.size());
        for (const auto& wrong : score.wrongs) {
            std::fprintf(stderr, "misread: %s: %s\n", picture.c_str(), wrong.c_str());
        }
    }
    return row;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<fs::path> folders(argv + 1, argv + argc);
    if (folders.empty()) {
        const char* configured = std::getenv("REELPROOF_DATA");
        const fs::path root = configured != nullptr ? fs::path(configured)
                                                    : fs::path(REELPROOF_SOURCE_DIR "/../shared");
        if (!fs::exists(root / "barcodes")) {
            std::fprintf(stderr, "no pictures in %s; name a folder, or set REELPROOF_DATA\n",
                         root.c_str());
            return 2;
        }
        for (const auto& entry : fs::directory_iterator(root / "barcodes")) {
            if (entry.is_directory()) folders.push_back(entry.path());
        }
        std::sort(folders.begin(), folders.end());
    }
    vision::ReaderPool pool(tests::reader_options());
    std::printf("%-20s %5s %9s %13s %6s %7s %9s %9s\n", "folder", "files", "all found", "symbols",
                "wrong", "failed", "median ms", "p99 ms");
    Row all;
    for (const fs::path& folder : folders) {
        Row row = measure(pool, folder);
        row.print(folder.filename().string());
        all.pictures += row.pictures;
        all.complete += row.complete;
        all.symbols += row.symbols;
        all.found += row.found;
        all.wrong += row.wrong;
        all.failed += row.failed;
        all.ms.insert(all.ms.end(), row.ms.begin(), row.ms.end());
    }
    all.print("all");
    return 0;
}
