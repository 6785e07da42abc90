// What the marking reader process is asked and answers, and any pixels as a part's picture: no
// crash, one reading only, no package that is not on the picture, and no character that was not
// asked for.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <opencv2/imgproc.hpp>

#include "tests/fuzz/seeds.h"
#include "vision/marking/line_network.h"
#include "vision/marking/line_network_file.h"
#include "vision/marking/packages.h"
#include "vision/marking/quality_measure.h"
#include "vision/marking/reference.h"
#include "vision/marking/study.h"
#include "vision/reader/marking_read_wire.h"
#include "vision/reader/marking_wire.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const std::vector<std::string>& lines() {
    static const std::vector<std::string> text{"AB1", "20"};
    return text;
}

void read_request(std::span<const std::uint8_t> message) {
    const auto request = decode_marking_request(message);
    if (!request) return;
    const auto told = encode_marking_request(*request);
    const auto again = decode_marking_request(told);
    require(again && again->text.lines == request->text.lines &&
            again->parts.size() == request->parts.size());
}

void read_reading(std::string_view text) {
    for (const auto& expected : {std::vector<std::string>(), lines()}) {
        const auto answer = decode_marking_reading(text, expected);
        if (!answer) continue;
        if (*answer) {
            require(!(*answer)->parts.empty() && (*answer)->parts.size() <= max_read_parts);
            for (const ReadPart& part : (*answer)->parts) {
                for (const ReadLine& line : part.lines)
                    require(line.characters.size() <= line.text.size());
                require(part.expected.size() <= expected.size());
            }
        }
        const std::string told = encode_marking_reading(*answer);
        const auto again = decode_marking_reading(told, expected);
        require(again && encode_marking_reading(*again) == told);
    }
}

void read_network(std::span<const std::uint8_t> file) {
    const auto network = LineNetwork::parse(file);
    require(!network || network->weights().size() == line_weights());
}

cv::Mat drawn() {
    cv::Mat part(208, 640, CV_8U, cv::Scalar(60));
    for (std::size_t i = 0; i < lines().size(); ++i)
        cv::putText(part, lines()[i], {200, 90 + static_cast<int>(i) * 62},
                    cv::FONT_HERSHEY_SIMPLEX, 1.5, 150, 3, cv::LINE_AA);
    return part;
}

const MarkingReference& reference() {
    static const MarkingReference made = [] {
        const PartPicture sample{drawn(), PlaneMap::eye()};
        return MarkingReference::make(std::span(&sample, 1), {640, 208}, lines()).value();
    }();
    return made;
}

// The first byte is the width, the rest are rows of it.
void look_at(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 2) return;
    const int width = std::max<int>(1, bytes[0]);
    const int height = static_cast<int>(std::min<std::size_t>(bytes.size() - 1, 65536)) / width;
    if (height == 0) return;
    cv::Mat small(height, width, CV_8U);
    std::copy_n(bytes.data() + 1, small.total(), small.data);
    cv::Mat grey;
    cv::resize(small, grey, {}, 3, 3, cv::INTER_LINEAR);
    const auto package = find_package(grey);
    if (!package) return;
    require(std::isfinite(package->body.size.width) && package->body.size.height > 0);
    require(package->body.size.width >= package->body.size.height);
    require(view_size(*package).height >= 96);
    for (const Package& one : find_packages(grey, 0.325, max_packages))
        require(std::isfinite(one.body.center.x) && one.body.size.height > 0);
    const PictureQuality quality = measure_quality(grey, *package);
    require(std::isfinite(quality.edge) && std::isfinite(quality.contrast) && quality.glare <= 1);
    const auto seen = reference().compare({grey, view_of(*package, {640, 208})});
    require(seen.characters.empty() || seen.characters.size() == 5);
    for (const auto& one : seen.characters)
        require(std::isfinite(one.likeness) && std::isfinite(one.margin));
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    // Takes seconds, which are not to be the first input's.
    reference();
    const std::vector<std::uint8_t> picture{1, 2, 3};
    const auto message = encode_marking_request({{lines()}, {picture}, {picture, picture}});
    cv::Mat board(104, 250, CV_8U, cv::Scalar(235)), part;
    cv::resize(drawn(), part, {214, 70}, 0, 0, cv::INTER_AREA);
    part.copyTo(board(cv::Rect(18, 17, 214, 70)));
    MarkingReading reading;
    reading.parts.resize(2);
    reading.parts[0].quality.trouble = Error{"marking.blurred", "too blurred"};
    reading.parts[1].lines.push_back(
        {"A B", 0.5, {{{{'A', 0.9}}, {}}, {{{'B', 0.8}, {'8', 0.2}}, {}}}, {}});
    MarkingReading weighed;
    weighed.parts.emplace_back().expected = {
        {"AB1",
         ExpectedLine::State::doubtful,
         0.4,
         {{{{'A', 0.9}}, {}}, {{{'8', 0.7}, {'B', 0.3}}, {}}, {{{'1', 0.8}}, {}}},
         1,
         0.3},
        {"20", ExpectedLine::State::unseen, 0, {}, 0, 0}};
    const auto network = line_network_file(LineNetwork::built_in().weights());
    return {"r" + encode_marking_reading(reading), "r" + encode_marking_reading(weighed),
            "n" + std::string(network.begin(), network.end()),
            "q" + std::string(message.begin(), message.end()),
            "p\xFA" + std::string(board.begin<char>(), board.end<char>())};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> rest(data + 1, size - 1);
    switch (data[0]) {
        case 'q':
            read_request(rest);
            if (const auto asked = decode_marking_read_request(rest))
                require(asked->picture.size() <= rest.size());
            break;
        case 'r':
            read_reading({reinterpret_cast<const char*>(rest.data()), rest.size()});
            break;
        case 'n':
            read_network(rest);
            break;
        default:
            look_at(rest);
    }
    return 0;
}
