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
#include "vision/reader/wire.h"

namespace reelproof::vision {
namespace {

constexpr int exit_unreadable = 1;
constexpr std::uint64_t most_pixels = 50'000'000;

bool write_all(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto put = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (put <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return true;
}

int draw() {
    std::vector<std::uint8_t> file;
    std::uint8_t buffer[65536];
    for (ssize_t got; (got = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;)
        file.insert(file.end(), buffer, buffer + got);
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
        write_all({reinterpret_cast<const std::uint8_t*>(head.data()), head.size()}) &&
        write_all({picture.data, picture.total() * 3});
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
