// How well markings are read and verified, parts known again, packages found and pictures judged,
// on the photographs of ../shared/markings: bench_markings [read [each] [tesseract]
// [NETWORK]|verdict|text|look-alikes|surface|packages|scenes|quality|genuine].
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <opencv2/core/utility.hpp>

#include "bench/markings_data.h"

using namespace reelproof::bench;

int main(int argc, char** argv) {
    cv::setNumThreads(1);
    try {
        const auto photographs = read_photographs();
        const std::string_view which = argc > 1 ? argv[1] : "";
        const auto asked = [&](std::string_view name) { return which.empty() || which == name; };
        const auto lots = lots_of(photographs);
        if (asked("packages")) bench_packages(photographs);
        if (asked("scenes")) bench_scenes(lots);
        if (asked("quality")) bench_quality(lots);
        ReadingBench reading;
        for (int i = 2; i < argc; ++i) {
            const std::string word = argv[i];
            if (word == "each")
                reading.each = true;
            else if (word == "tesseract")
                reading.tesseract = true;
            else
                reading.network = word;
        }
        if (asked("read")) bench_read(photographs, reading);
        if (asked("verdict")) bench_verdict(photographs);
        if (asked("text")) bench_text(lots);
        if (asked("look-alikes")) bench_look_alikes(lots);
        if (asked("surface")) bench_surface(lots);
        if (asked("genuine")) bench_genuine(photographs);
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "bench_markings: %s\n", trouble.what());
        return 2;
    }
    return 0;
}
