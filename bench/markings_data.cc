#include "bench/markings_data.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <boost/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/paths.h"
#include "vision/marking/package.h"
#include "vision/training/photographed_lines.h"

namespace reelproof::bench {

using namespace vision;

std::vector<Photograph> read_photographs() {
    const std::string folder = (tests::source_dir() / "../shared/markings").string();
    std::vector<Photograph> out;
    std::ifstream labels(folder + "/labels.jsonl");
    for (std::string line; std::getline(labels, line);) {
        const auto row = boost::json::parse(line).as_object();
        Photograph one;
        const std::string file(row.at("file").as_string());
        one.name = file.substr(4, file.rfind('.') - 4);
        one.group = std::string(row.at("group").as_string());
        one.part = std::string(row.at("part").as_string());
        one.rotation = row.at("rotation").to_number<double>();
        if (row.at("genuine").is_bool()) one.genuine = row.at("genuine").as_bool();
        if (row.at("date_code").is_string())
            one.date_code = std::string(row.at("date_code").as_string());
        for (const auto& text : row.at("marking_lines").as_array())
            one.lines.emplace_back(text.as_string());
        if (one.industrial()) {
            one.chip = std::string(row.at("chip_id").as_string());
            one.capture = static_cast<int>(row.at("capture").as_int64());
        }
        one.grey = cv::imread(folder + "/" + file, cv::IMREAD_GRAYSCALE);
        out.push_back(std::move(one));
    }
    if (out.empty()) throw std::runtime_error(folder + " is not there");
    return out;
}

cv::Mat upright(const Photograph& photograph) {
    return training::upright(photograph.grey, photograph.rotation);
}

Networks::Networks(const std::vector<std::string>& files,
                   const std::vector<Photograph>& photographs) {
    for (const std::string& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
        auto network = LineNetwork::parse(bytes);
        if (!network) throw std::runtime_error(file + " is no line network");
        networks_.push_back(std::move(*network));
    }
    std::vector<training::MarkedPhotograph> marked;
    for (const Photograph& one : photographs) marked.push_back({{}, {}, one.group});
    groups_ = training::groups_of(marked);
}

const LineNetwork& Networks::of(const Photograph& photograph) const {
    const int folds = static_cast<int>(networks_.size());
    for (int i = 0; i < folds; ++i)
        if (training::is_in({i, folds}, photograph.group, groups_))
            return networks_[static_cast<std::size_t>(i)];
    return LineNetwork::built_in();
}

std::string Networks::described() const {
    if (networks_.empty())
        return "the network in the program, which HAS LEARNT FROM THESE PHOTOGRAPHS: no measure of "
               "how others are read (docs/BENCHMARKS.md)";
    if (networks_.size() == 1) return "one network for all";
    return std::to_string(networks_.size()) +
           " networks, each for the groups it did not learn from";
}

std::map<std::string, Lot> lots_of(const std::vector<Photograph>& photographs) {
    std::map<std::string, Lot> lots;
    for (const Photograph& one : photographs) {
        if (!one.industrial()) continue;
        Lot& lot = lots[one.name.substr(0, one.name.rfind("_c"))];
        if (lot.lines.empty())
            for (const std::string& text : one.lines) {
                std::string& ascii = lot.lines.emplace_back();
                for (const char c : text)
                    if (c >= ' ' && c <= '~') ascii += c;
            }
        lot.chips[one.chip].push_back(&one);
    }
    return lots;
}

std::string with_interval(std::size_t hits, std::size_t all) {
    const double n = static_cast<double>(all), p = static_cast<double>(hits) / n, z = 1.96;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    char text[80];
    std::snprintf(text, sizeof text, "%.2f %% (%.2f to %.2f)", 100 * p,
                  100 * std::max(0.0, middle - half), 100 * std::min(1.0, middle + half));
    return text;
}

void report(std::vector<double> genuine, std::vector<double> others) {
    std::sort(genuine.begin(), genuine.end());
    std::sort(others.begin(), others.end());
    const auto below = [&](double threshold) {
        return std::lower_bound(genuine.begin(), genuine.end(), threshold) - genuine.begin();
    };
    const auto above = [&](double threshold) {
        return others.end() - std::lower_bound(others.begin(), others.end(), threshold);
    };
    double equal = 1;
    for (const auto* scores : {&genuine, &others})
        for (const double threshold : *scores)
            equal = std::min(equal, std::max(static_cast<double>(below(threshold)) /
                                                 static_cast<double>(genuine.size()),
                                             static_cast<double>(above(threshold)) /
                                                 static_cast<double>(others.size())));
    std::printf("  %zu genuine (least %.3f), %zu others (most %.3f); equal error %.3f %%\n",
                genuine.size(), genuine.front(), others.size(), others.back(), 100 * equal);
    for (const double part : {0.01, 0.001}) {
        const auto allowed = static_cast<std::size_t>(part * static_cast<double>(genuine.size()));
        const double threshold = genuine[allowed];
        const auto missed = static_cast<std::size_t>(above(threshold));
        std::printf("  at %.1f %% false alarms (%zu of %zu): found %s\n", 100 * part, allowed,
                    genuine.size(), with_interval(others.size() - missed, others.size()).c_str());
    }
}

cv::Mat damaged(const cv::Mat& grey, const Damage& damage) {
    // Not in place: other measurements take the same photograph.
    cv::Mat out = grey.clone();
    if (damage.scale < 1) cv::resize(out, out, {}, damage.scale, damage.scale, cv::INTER_AREA);
    if (damage.blur > 0) cv::GaussianBlur(out, out, {}, damage.blur);
    if (damage.jpeg > 0) {
        std::vector<unsigned char> bytes;
        cv::imencode(".jpg", out, bytes, {cv::IMWRITE_JPEG_QUALITY, damage.jpeg});
        out = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
    }
    return out;
}

PartPicture part_picture(const cv::Mat& grey, cv::Size& view) {
    const auto package = find_package(grey);
    if (view.empty()) view = view_size(*package);
    return {grey, view_of(*package, view)};
}

}  // namespace reelproof::bench
