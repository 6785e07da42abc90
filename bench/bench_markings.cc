// How well markings are read and verified, parts known again, packages found and pictures judged,
// on the photographs of ../shared/markings: bench_markings [WHICH [each] [tesseract] [NETWORK...]],
// WHICH of read, verdict, text, look-alikes, surface, packages, scenes, quality and genuine.
// NETWORK...: the networks of `reelproof marking train --photographs … --leave-out N/K`, in order;
// without them the one in the program reads, which learnt from these photographs.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

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
        std::vector<std::string> files;
        for (int i = 2; i < argc; ++i) {
            const std::string word = argv[i];
            if (word == "each")
                reading.each = true;
            else if (word == "tesseract")
                reading.tesseract = true;
            else
                files.push_back(word);
        }
        const Networks networks(files, photographs);
        if (asked("read")) bench_read(photographs, networks, reading);
        if (asked("verdict")) bench_verdict(photographs, networks);
        if (asked("text")) bench_text(lots, networks);
        if (asked("look-alikes")) bench_look_alikes(lots, networks);
        if (asked("surface")) bench_surface(lots);
        if (asked("genuine")) bench_genuine(photographs, networks);
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "bench_markings: %s\n", trouble.what());
        return 2;
    }
    return 0;
}
