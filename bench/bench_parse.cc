// Label strings parsed per second: bench_parse [FILE]. FILE has a JSON object with "raw" (and
// "channel", "symbology") on each line; without it ../shared/labels/vectors.jsonl.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "vision/label/label.h"
#include "vision/label/profile_set.h"

namespace json = boost::json;
using namespace reelproof;

namespace {

struct Text {
    std::string raw, symbology, kind;
    vision::Channel channel = vision::Channel::unknown;
};

std::vector<Text> read_texts(const std::string& file) {
    std::vector<Text> texts;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const auto vector = json::parse(line).as_object();
        Text text;
        text.raw = vector.at("raw").as_string();
        if (const auto* symbology = vector.if_contains("symbology")) {
            text.symbology = symbology->as_string();
        }
        if (const auto* channel = vector.if_contains("channel")) {
            const auto& name = channel->as_string();
            text.channel = name == "camera"   ? vision::Channel::camera
                           : name == "wedge"  ? vision::Channel::wedge
                           : name == "serial" ? vision::Channel::serial
                                              : vision::Channel::unknown;
        }
        const auto parsed = vision::parse(text.raw, {text.channel, text.symbology});
        text.kind = !parsed ? "refused" : parsed->recovered ? "recovered" : parsed->format;
        texts.push_back(std::move(text));
    }
    return texts;
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Labels per second of this one thread's processor time: the best of five runs.
double rate(const std::vector<const Text*>& texts) {
    double best = 0;
    std::size_t read = 0, labels = 0;
    for (int run = 0; run < 5; ++run) {
        const double start = processor_seconds();
        double seconds = 0;
        std::size_t in_run = 0;
        while (seconds < 0.1) {
            for (const Text* text : texts) {
                read += vision::parse(text->raw, {text->channel, text->symbology}).has_value();
            }
            in_run += texts.size();
            seconds = processor_seconds() - start;
        }
        labels += in_run;
        best = std::max(best, static_cast<double>(in_run) / seconds);
    }
    return read <= labels ? best : 0;  // `read` is used, so that nothing is left out
}

}  // namespace

int main(int argc, char** argv) {
    std::string file = argc > 1 ? argv[1] : "";
    if (file.empty()) {
        const char* configured = std::getenv("REELPROOF_DATA");
        file = (configured != nullptr ? std::string(configured)
                                      : std::string(REELPROOF_SOURCE_DIR "/../shared")) +
               "/labels/vectors.jsonl";
    }
    const auto start = std::chrono::steady_clock::now();
    const auto profiles = vision::ProfileSet::built_in().all().size();
    const auto ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    const auto texts = read_texts(file);
    if (texts.empty()) {
        std::fprintf(stderr, "no label texts in %s; name a file, or set REELPROOF_DATA\n",
                     file.c_str());
        return 2;
    }
    std::printf("%zu profiles of our own are read in %.1f ms, once a program\n", profiles, ms);
    std::map<std::string, std::vector<const Text*>> kinds;
    std::vector<const Text*> all;
    for (const Text& text : texts) {
        kinds[text.kind].push_back(&text);
        all.push_back(&text);
    }
    std::printf("%-22s %6s %14s %8s\n", "read as", "texts", "labels/s", "us each");
    for (const auto& [kind, of_kind] : kinds) {
        const double found = rate(of_kind);
        std::printf("%-22s %6zu %14.0f %8.2f\n", kind.c_str(), of_kind.size(), found, 1e6 / found);
    }
    const double found = rate(all);
    std::printf("%-22s %6zu %14.0f %8.2f\n", "all", all.size(), found, 1e6 / found);
    return 0;
}
