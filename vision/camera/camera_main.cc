// reelproof-camera SOURCE: takes each still and sharp picture that a camera, a film or numbered
// pictures show, and writes it to standard output (camera_wire.h). A program of its own: the
// decoders that it loads have no business where keys and the ledger are.
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "vision/camera/camera_wire.h"
#include "vision/camera/still_watch.h"
#include "vision/confine/confine.h"
#include "vision/marking/package.h"
#include "vision/marking/quality_measure.h"

namespace reelproof::vision {
namespace {

void say(CameraMessage kind, std::span<const std::uint8_t> bytes) {
    const auto header = camera_header_of({kind, bytes.size()});
    std::fwrite(header.data(), 1, header.size(), stdout);
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    std::fflush(stdout);
}

void say(CameraMessage kind, std::string text) {
    text.resize(std::min(text.size(), max_camera_text));
    say(kind, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

bool is_device(const std::string& source) {
    return source.starts_with("/dev/");
}

bool is_numbered(const std::string& source) {
    return source.find('%') != source.npos;
}

// What a film's or a picture's decoders may read.
std::string place_of(const std::string& source) {
    if (!is_numbered(source)) return source;
    const auto folder = std::filesystem::path(source).parent_path();
    return folder.empty() ? "." : folder.string();
}

bool open(cv::VideoCapture& capture, const std::string& source) {
    if (is_device(source)) {
        if (!capture.open(source, cv::CAP_V4L2)) return false;
        // Of what it can do, the most: strokes of a marking are few pixels wide.
        capture.set(cv::CAP_PROP_FRAME_WIDTH, 3840);
        capture.set(cv::CAP_PROP_FRAME_HEIGHT, 2160);
        return true;
    }
    if (is_numbered(source)) return capture.open(source, cv::CAP_IMAGES);
    return capture.open(source, cv::CAP_FFMPEG);
}

// Where no single package stands out there may be several, of which only the whole picture tells.
std::optional<Error> what_is_wrong(const cv::Mat& grey) {
    const auto package = find_package(grey);
    if (!package) return no_package();
    auto trouble = measure_quality(grey, *package).trouble;
    const bool alone = !package->whole_picture && package->others == 0;
    if (trouble && !alone && trouble->code != "marking.blurred") return std::nullopt;
    return trouble;
}

bool locked_in(const std::string& trouble) {
    if (!trouble.empty())
        say(CameraMessage::trouble, "the camera's program can't be locked in: " + trouble);
    return trouble.empty();
}

int watch(const std::string& source) {
    cv::setNumThreads(1);
    if (!files_are_ruled())
        say(CameraMessage::hint,
            "this kernel has no Landlock (before 5.13, or switched off): what decodes the pictures "
            "can read other files, though it can send them nowhere");
    // A film is a stranger's from its first byte on; a device is opened for writing, too.
    const bool device = is_device(source);
    if (!device && !locked_in(confine_film(place_of(source)))) return 1;
    cv::VideoCapture capture;
    const bool opened = open(capture, source);
    if (device && !locked_in(confine_video_device())) return 1;
    cv::Mat picture;
    if (!opened || !capture.read(picture)) {
        say(CameraMessage::trouble,
            "no picture comes from there: name a camera such as /dev/video0, a film, or numbered "
            "pictures such as part-%04d.png");
        return 1;
    }
    StillWatch still;
    std::string told;
    do {
        cv::Mat grey = picture;
        if (picture.channels() == 3) cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
        if (!still.is_new(grey)) continue;
        if (const auto wrong = what_is_wrong(grey)) {
            if (told != wrong->code) say(CameraMessage::hint, wrong->text);
            told = wrong->code;
            continue;
        }
        told.clear();
        std::vector<std::uint8_t> png;
        cv::imencode(".png", grey, png, {cv::IMWRITE_PNG_COMPRESSION, 1});
        say(CameraMessage::picture, png);
        still.taken();
    } while (std::ferror(stdout) == 0 && capture.read(picture));
    return 0;
}

}  // namespace
}  // namespace reelproof::vision

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: reelproof-camera SOURCE (started by `reelproof marking inspect`)\n",
                   stderr);
        return 2;
    }
    return reelproof::vision::watch(argv[1]);
}
