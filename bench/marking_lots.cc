#include "bench/marking_lots.h"

#include <fstream>

#include <boost/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "vision/marking/package.h"

namespace reelproof::bench {

std::map<std::string, Lot> read_lots(const std::string& folder) {
    std::map<std::string, Lot> lots;
    std::ifstream labels(folder + "/labels.jsonl");
    for (std::string line; std::getline(labels, line);) {
        const auto row = boost::json::parse(line).as_object();
        const std::string file(row.at("file").as_string());
        if (!file.starts_with("img/hp_")) continue;
        const std::string lot = file.substr(4, file.rfind("_c") - 4);
        Lot& one = lots[lot];
        if (one.lines.empty())
            for (const auto& text : row.at("marking_lines").as_array()) {
                std::string ascii;
                for (const char c : std::string(text.as_string()))
                    if (c >= ' ' && c <= '~') ascii += c;
                one.lines.push_back(ascii);
            }
        const std::string chip(row.at("chip_id").as_string());
        one.chips[chip].push_back({chip, static_cast<int>(row.at("capture").as_int64()),
                                   cv::imread(folder + "/" + file, cv::IMREAD_GRAYSCALE)});
    }
    return lots;
}

vision::PartPicture part_picture(const cv::Mat& grey, cv::Size& view) {
    auto package = vision::find_package(grey);
    if (!package)
        package = vision::Package{cv::RotatedRect(
            cv::Point2f(static_cast<float>(grey.cols) / 2, static_cast<float>(grey.rows) / 2),
            cv::Size2f(grey.size()), 0)};
    if (view.empty()) view = view_size(*package);
    return {grey, view_of(*package, view)};
}

}  // namespace reelproof::bench
