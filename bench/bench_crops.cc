// What is read that isn't there: random crops of known photographs, which cut symbols in pieces:
// bench_crops [--crops N] [--seed N] [--save FOLDER] [FOLDER…]. A reading is wrong if it is neither
// in the photograph's truth (bench_labels) nor, where that is no whole list, read on the whole
// photograph. Same seed, same crops. Without folders it runs over ../shared/barcodes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/vision/vision_support.h"
#include "vision/label/picture.h"
#include "vision/reader/reader_pool.h"

namespace fs = std::filesystem;
using namespace reelproof;

namespace {

// An eighth of each side at least, so that there is something to be seen.
cv::Rect random_part(cv::Size picture, std::mt19937_64& random) {
    const auto side = [&](int whole) {
        const int least = std::min(whole, std::max(40, whole / 8));
        return std::uniform_int_distribution(least, whole)(random);
    };
    const cv::Size size(side(picture.width), side(picture.height));
    return {{std::uniform_int_distribution(0, picture.width - size.width)(random),
             std::uniform_int_distribution(0, picture.height - size.height)(random)},
            size};
}

// As PGM: nothing is lost.
std::vector<std::uint8_t> file_of(const cv::Mat& grey) {
    const std::string header =
        "P5 " + std::to_string(grey.cols) + " " + std::to_string(grey.rows) + " 255\n";
    std::vector<std::uint8_t> file(header.begin(), header.end());
    for (int y = 0; y < grey.rows; ++y)
        file.insert(file.end(), grey.ptr(y), grey.ptr(y) + grey.cols);
    return file;
}

struct Photograph {
    fs::path file;
    tests::Truth truth;
    std::vector<vision::Symbol> whole;  // read on all of it, where the truth is no whole list
};

bool is_on(const Photograph& photograph, const vision::Symbol& symbol) {
    if (tests::score({symbol}, photograph.truth).found > 0) return true;
    return std::any_of(photograph.whole.begin(), photograph.whole.end(),
                       [&](const auto& known) { return known.bytes == symbol.bytes; });
}

struct Options {
    int crops = 2000;
    std::uint64_t seed = 1;
    fs::path save;
    std::vector<fs::path> folders;
};

struct Count {
    int crops = 0, right = 0, wrong = 0, unlisted = 0, failed = 0, unread = 0;
    std::map<std::string, int> by_path;  // of what is wrong
};

void look(vision::ReaderPool& pool, const Photograph& photograph, const cv::Mat& grey,
          const cv::Rect& part, const Options& options, Count& count) {
    const auto file = file_of(grey(part));
    const auto result = pool.read_picture(file);
    ++count.crops;
    const std::string name = photograph.file.parent_path().filename() / photograph.file.filename();
    const auto say = [&](const char* what, const std::string& detail) {
        std::printf("%s: %s, %dx%d at %d,%d: %s\n", what, name.c_str(), part.width, part.height,
                    part.x, part.y, detail.c_str());
        std::fflush(stdout);
        if (options.save.empty()) return;
        const fs::path to = options.save / (photograph.file.stem().string() + "-" +
                                            std::to_string(count.crops) + ".pgm");
        std::ofstream(to, std::ios::binary)
            .write(reinterpret_cast<const char*>(file.data()),
                   static_cast<std::streamsize>(file.size()));
    };
    if (!result) {
        ++count.failed;
        return say("failed", result.error().text);
    }
    count.unread += static_cast<int>(result->unread.size());
    for (const auto& symbol : result->symbols) {
        if (is_on(photograph, symbol)) {
            ++count.right;
            continue;
        }
        const std::string way = symbol.engine + " " + symbol.path + " " +
                                std::string(vision::to_string(symbol.confidence));
        const std::string detail = symbol.symbology + " \"" + symbol.text + "\" by " + way;
        if (photograph.truth.complete) {
            ++count.wrong;
            ++count.by_path[symbol.symbology + " " + way];
            say("wrong", detail);
        } else {
            ++count.unlisted;
            say("unlisted", detail);
        }
    }
}

Options options_of(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word(argv[i]);
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        if (word == "--crops") {
            options.crops = std::atoi(value), ++i;
        } else if (word == "--seed") {
            options.seed = std::strtoull(value, nullptr, 10), ++i;
        } else if (word == "--save") {
            options.save = value, ++i;
            fs::create_directories(options.save);
        } else {
            options.folders.emplace_back(argv[i]);
        }
    }
    if (!options.folders.empty()) return options;
    const char* configured = std::getenv("REELPROOF_DATA");
    const fs::path data = (configured != nullptr ? fs::path(configured)
                                                 : fs::path(REELPROOF_SOURCE_DIR "/../shared")) /
                          "barcodes";
    if (!fs::exists(data)) {
        std::fprintf(stderr, "no pictures in %s; name a folder, or set REELPROOF_DATA\n",
                     data.c_str());
        std::exit(2);
    }
    for (const auto& entry : fs::directory_iterator(data))
        if (entry.is_directory()) options.folders.push_back(entry.path());
    std::sort(options.folders.begin(), options.folders.end());
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = options_of(argc, argv);
    std::vector<fs::path> pictures;
    for (const auto& folder : options.folders)
        for (auto& picture : tests::pictures_in(folder)) pictures.push_back(std::move(picture));
    if (pictures.empty()) {
        std::fprintf(stderr, "no pictures in the folders named\n");
        return 2;
    }
    std::printf("%d crops of %zu photographs, seed %llu\n", options.crops, pictures.size(),
                static_cast<unsigned long long>(options.seed));
    vision::ReaderPool pool(tests::reader_options());
    Count count;
    const auto all = static_cast<int>(pictures.size());
    for (int i = 0; i < std::min(all, options.crops); ++i) {
        const auto file = tests::read_bytes(pictures[static_cast<std::size_t>(i)]);
        const auto grey = vision::decode_picture(file);
        if (!grey) continue;
        Photograph photograph{pictures[static_cast<std::size_t>(i)], {}, {}};
        photograph.truth = tests::read_truth(photograph.file);
        if (!photograph.truth.complete)
            if (const auto whole = pool.read_picture(file)) photograph.whole = whole->symbols;
        std::mt19937_64 random(options.seed * 1'000'003 + static_cast<std::uint64_t>(i));
        for (int crop = i; crop < options.crops; crop += all)
            look(pool, photograph, *grey, random_part(grey->size(), random), options, count);
    }
    std::printf("%d crops: %d read right, %d wrong, %d not listed, %d unread, %d failed\n",
                count.crops, count.right, count.wrong, count.unlisted, count.unread, count.failed);
    for (const auto& [way, times] : count.by_path)
        std::printf("  wrong %4d by %s\n", times, way.c_str());
    return count.wrong == 0 ? 0 : 1;
}
