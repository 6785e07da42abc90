// How many symbols of known photographs are found, and how long a picture takes, by the clock and
// in processor time of the reader process, which a busy machine changes little: bench_labels
// [--missed] [FOLDER…]. A folder holds pictures and, beside each, its truth as <stem>.txt (one
// symbol a line: format, text, hex; tab separated). Without arguments it runs over
// ../shared/barcodes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/vision/vision_support.h"
#include "vision/label/picture.h"
#include "vision/reader/reader_pool.h"

namespace fs = std::filesystem;
using namespace reelproof;

namespace {

double part_of(std::vector<double> ms, double part) {
    if (ms.empty()) return 0;
    std::sort(ms.begin(), ms.end());
    return ms[static_cast<std::size_t>(part * static_cast<double>(ms.size() - 1))];
}

// Of the processes that this one has started, so far.
double children_ms() {
    double ns = 0;
    for (const auto& thread : fs::directory_iterator("/proc/self/task")) {
        std::ifstream children(thread.path() / "children");
        for (std::string child; children >> child;) {
            double on_processor = 0;
            std::ifstream("/proc/" + child + "/schedstat") >> on_processor;
            ns += on_processor;
        }
    }
    return ns / 1e6;
}

struct Row {
    int pictures = 0, complete = 0, symbols = 0, found = 0, wrong = 0, failed = 0, unread = 0;
    std::vector<double> ms, processor_ms;
    // Of pictures up to two megapixels, and above.
    std::vector<double> small_ms, large_ms, small_processor_ms, large_processor_ms;

    void add(const Row& other) {
        pictures += other.pictures;
        complete += other.complete;
        symbols += other.symbols;
        found += other.found;
        wrong += other.wrong;
        failed += other.failed;
        unread += other.unread;
        const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
            to.insert(to.end(), from.begin(), from.end());
        };
        append(ms, other.ms);
        append(processor_ms, other.processor_ms);
        append(small_ms, other.small_ms);
        append(large_ms, other.large_ms);
        append(small_processor_ms, other.small_processor_ms);
        append(large_processor_ms, other.large_processor_ms);
    }

    void print(const std::string& name) const {
        std::printf("%-20s %5d %9d %6d/%-6d %6d %7d %7d %9.1f %9.1f %9.1f %9.1f\n", name.c_str(),
                    pictures, complete, found, symbols, wrong, failed, unread, part_of(ms, 0.5),
                    part_of(ms, 0.99), part_of(processor_ms, 0.5), part_of(processor_ms, 0.99));
        std::fflush(stdout);
    }
};

void print_times(const char* what, const std::vector<double>& ms,
                 const std::vector<double>& processor_ms) {
    if (ms.empty()) return;
    std::printf(
        "%-20s %5zu pictures: median %.1f ms, p99 %.1f ms, longest %.1f ms; "
        "processor %.1f, %.1f, %.1f ms\n",
        what, ms.size(), part_of(ms, 0.5), part_of(ms, 0.99), part_of(ms, 1),
        part_of(processor_ms, 0.5), part_of(processor_ms, 0.99), part_of(processor_ms, 1));
}

bool is_small(const std::vector<std::uint8_t>& file) {
    constexpr std::uint64_t two_megapixels = 2'000'000;
    const auto header = vision::read_picture_header(file);
    return header && header->width * header->height <= two_megapixels;
}

Row measure(vision::ReaderPool& pool, const fs::path& folder, bool list_missed) {
    Row row;
    for (const fs::path& picture : tests::pictures_in(folder)) {
        const auto bytes = tests::read_bytes(picture);
        const auto truth = tests::read_truth(picture);
        const double processor_before = children_ms();
        const auto start = std::chrono::steady_clock::now();
        const auto result = pool.read_picture(bytes);
        row.ms.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
        row.processor_ms.push_back(std::max(0.0, children_ms() - processor_before));
        const bool small = is_small(bytes);
        (small ? row.small_ms : row.large_ms).push_back(row.ms.back());
        (small ? row.small_processor_ms : row.large_processor_ms)
            .push_back(row.processor_ms.back());
        ++row.pictures;
        row.symbols += static_cast<int>(truth.lines.size());
        if (!result) {
            std::fprintf(stderr, "failed: %s: %s\n", picture.c_str(), result.error().text.c_str());
            ++row.failed;
            continue;
        }
        const auto score = tests::score(result->symbols, truth);
        row.unread += static_cast<int>(result->unread.size());
        if (list_missed && score.found < static_cast<int>(truth.lines.size())) {
            std::fprintf(stderr, "missed: %s: %d of %zu\n", picture.c_str(), score.found,
                         truth.lines.size());
        }
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
    bool list_missed = false;
    std::vector<fs::path> folders;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--missed") {
            list_missed = true;
        } else {
            folders.emplace_back(argv[i]);
        }
    }
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
    std::printf("%-20s %5s %9s %13s %6s %7s %7s %9s %9s %9s %9s\n", "folder", "files", "all found",
                "symbols", "wrong", "failed", "unread", "median ms", "p99 ms", "cpu ms", "cpu p99");
    Row all;
    for (const fs::path& folder : folders) {
        if (!fs::is_directory(folder)) {
            std::fprintf(stderr, "%s is no folder\n", folder.c_str());
            return 2;
        }
        Row row = measure(pool, folder, list_missed);
        const fs::path name = folder.has_filename() ? folder : folder.parent_path();
        row.print(name.filename().string());
        all.add(row);
    }
    all.print("all");
    print_times("up to 2 megapixels", all.small_ms, all.small_processor_ms);
    print_times("above", all.large_ms, all.large_processor_ms);
    return 0;
}
