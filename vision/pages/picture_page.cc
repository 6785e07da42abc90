#include "vision/pages/picture_page.h"

#include <cstdio>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <unistd.h>

#include "vision/confine/confine.h"
#include "vision/confine/sanitized.h"
#include "vision/label/picture.h"
#include "vision/label/read_image.h"
#include "vision/pages/child_output.h"
#include "vision/reader/wire.h"

namespace reelproof::vision {
namespace {

constexpr int exit_unreadable = 1;
constexpr std::uint64_t most_pixels = 50'000'000;

int draw() {
    const auto file = read_standard_input();
    const auto header = read_picture_header(file);
    if (!header || *header->trouble != '\0' || header->width * header->height > most_pixels)
        return exit_unreadable;
    cv::Mat picture;
    try {
        picture = cv::imdecode(file, cv::IMREAD_COLOR);
        if (picture.empty()) return exit_unreadable;
        const double scale =
            kPagePixels / static_cast<double>(std::max(picture.cols, picture.rows));
        if (scale < 1) cv::resize(picture, picture, {}, scale, scale, cv::INTER_AREA);
        cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
    } catch (const cv::Exception&) {
        return exit_unreadable;
    }
    if (!picture.isContinuous()) picture = picture.clone();
    const auto head =
        "P6\n" + std::to_string(picture.cols) + " " + std::to_string(picture.rows) + "\n255\n";
    const bool done =
        write_standard_output({reinterpret_cast<const std::uint8_t*>(head.data()), head.size()}) &&
        write_standard_output({picture.data, picture.total() * 3});
    return done ? 0 : exit_unreadable;
}

}  // namespace

int run_picture_page() {
    cv::setNumThreads(1);
    if (!confine_reader().empty()) return exit_not_locked_in;
    const int status = draw();
    // What looks for leaks at the end may not do so where it is locked in, and would fail us.
    if (sanitized) _exit(status);
    return status;
}

}  // namespace reelproof::vision
