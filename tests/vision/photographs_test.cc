// Black box: photographs with known content. The counts are asserted, so that the loss of a single
// photograph shows; raise them when the reader gets better.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/shared_data.h"
#include "tests/vision/vision_support.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

struct Count {
    int found = 0, wrong = 0, failed = 0;
};

// Every `step`th picture of a folder.
Count read_folder(ReaderPool& pool, const std::filesystem::path& folder, std::size_t step) {
    Count count;
    const auto pictures = tests::pictures_in(folder);
    for (std::size_t i = 0; i < pictures.size(); i += step) {
        const auto symbols = pool.read_symbols(tests::read_bytes(pictures[i]));
        INFO(pictures[i]);
        if (!symbols) {
            UNSCOPED_INFO(pictures[i] << ": " << symbols.error().text);
            ++count.failed;
            continue;
        }
        const auto score = tests::score(*symbols, tests::read_truth(pictures[i]));
        count.found += score.found;
        count.wrong += score.wrong;
        for (const auto& wrong : score.wrongs) UNSCOPED_INFO(pictures[i] << ": " << wrong);
    }
    return count;
}

struct Expectation {
    const char* folder;
    int found;
};

void check_folders(std::initializer_list<Expectation> expectations, std::size_t step) {
    ReaderPool pool(tests::reader_options());
    for (const auto& [folder, found] : expectations) {
        const auto path = tests::shared_data("barcodes/" + std::string(folder));
        if (!path) continue;
        const Count count = read_folder(pool, *path, step);
        INFO(folder << ": " << count.found << " found");
        CHECK(count.found >= found);
        CHECK(count.wrong == 0);
        CHECK(count.failed == 0);
    }
}

}  // namespace

TEST_CASE("symbols on a sample of photographs are found and none is misread") {
    check_folders({{"Code128", 5},
                   {"Code39", 3},
                   {"Code93", 2},
                   {"DataMatrix", 20},
                   {"ITF", 4},
                   {"Multi", 1},
                   {"PDF417", 7},
                   {"QRCode", 30},
                   {"reel-labels", 8}},
                  5);
}

TEST_CASE("symbols on all photographs are found and none is misread", "[.slow]") {
    check_folders({{"Aztec", 23},
                   {"Codabar", 12},
                   {"Code128", 23},
                   {"Code39", 18},
                   {"Code93", 8},
                   {"DataMatrix", 158},
                   {"ITF", 22},
                   {"MicroPDF417", 6},
                   {"MicroQRCode", 10},
                   {"Multi", 6},
                   {"PDF417", 37},
                   {"QRCode", 165},
                   {"reel-labels", 42}},
                  1);
}

TEST_CASE("pictures without a symbol give none, nor anything unread") {
    const auto folder = tests::shared_data("barcodes/negative");
    if (!folder) return;
    ReaderPool pool(tests::reader_options());
    const auto pictures = tests::pictures_in(*folder);
    for (std::size_t i = 0; i < pictures.size(); i += 3) {
        INFO(pictures[i]);
        const auto result = pool.read_picture(tests::read_bytes(pictures[i]));
        REQUIRE(result.has_value());
        CHECK(result->symbols.empty());
        CHECK(result->unread.empty());
    }
}

TEST_CASE("none of the pictures without a symbol gives one", "[.slow]") {
    check_folders({{"negative", 0}}, 1);
}

TEST_CASE("photographs of real component labels give their symbols", "[budget]") {
    const auto list = tests::shared_data("labels/photos.jsonl");
    if (!list) return;
    ReaderPool pool(tests::reader_options());
    int symbols = 0, found = 0;
    for (const std::string& line : tests::read_lines(*list)) {
        const auto photo = boost::json::parse(line).as_object();
        const std::string file(photo.at("file").as_string());
        const auto reading = pool.read_label(tests::read_bytes(list->parent_path() / file));
        REQUIRE(reading.has_value());
        for (const auto& known : photo.at("symbols").as_array()) {
            std::string payload(known.as_object().at("payload").as_string());
            ++symbols;
            for (const Symbol& symbol : reading->symbols) {
                std::string text;
                for (const char c : symbol.text) {
                    switch (c) {
                        case '\x1d':
                            text += "<GS>";
                            break;
                        case '\x1e':
                            text += "<RS>";
                            break;
                        case '\x04':
                            text += "<EOT>";
                            break;
                        case '\n':
                            text += "<LF>";
                            break;
                        default:
                            text += c;
                    }
                }
                if (text == payload) {
                    ++found;
                    payload.clear();
                    break;
                }
            }
            if (!payload.empty()) UNSCOPED_INFO(file << " misses " << payload.substr(0, 40));
        }
    }
    INFO(found << " of " << symbols);
    CHECK(symbols == 53);
    CHECK(found >= 48);
}
