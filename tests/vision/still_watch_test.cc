// When a camera's picture is taken, and what the program that takes it says.
#include "vision/camera/still_watch.h"

#include <catch2/catch.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/drawn_part_support.h"
#include "vision/camera/camera_wire.h"
#include "vision/label/read_image.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

// As it lies there, some of a camera's noise new in each picture.
cv::Mat frame(double shift, std::uint64_t noise, std::uint64_t surface = 1) {
    return tests::draw({.surface = surface, .shift_x = shift, .noise = noise});
}

}  // namespace

TEST_CASE("a picture is taken once it is still, and not again before something moves",
          "[marking][camera]") {
    StillWatch watch;
    std::uint64_t noise = 0;
    for (const double shift : {-400.0, -300.0, -200.0, -100.0, -40.0})
        CHECK_FALSE(watch.is_new(frame(shift, ++noise)));
    int waited = 0;
    while (!watch.is_new(frame(0, ++noise))) REQUIRE(++waited < 8);
    CHECK(waited >= StillWatch::still_pictures);
    watch.taken();
    for (int i = 0; i < 12; ++i) CHECK_FALSE(watch.is_new(frame(0, ++noise)));
    // Another light on the same part.
    for (int i = 0; i < 8; ++i) {
        const cv::Mat brighter = frame(0, ++noise) + 12;
        CHECK_FALSE(watch.is_new(brighter));
    }
    for (const double shift : {60.0, 200.0, 400.0})
        CHECK_FALSE(watch.is_new(frame(shift, ++noise)));
    waited = 0;
    while (!watch.is_new(frame(0, ++noise, 2))) REQUIRE(++waited < 8);
}

TEST_CASE("a picture that was still but not taken is offered until it is", "[marking][camera]") {
    StillWatch watch;
    for (int i = 0; i < 8; ++i) watch.is_new(frame(0, 1 + static_cast<std::uint64_t>(i)));
    CHECK(watch.is_new(frame(0, 20)));
    CHECK(watch.is_new(frame(0, 21)));
    // Of another size it begins anew.
    CHECK_FALSE(watch.is_new(cv::Mat(100, 300, CV_8U, cv::Scalar(7))));
}

TEST_CASE("a camera's messages are of known kinds and no longer than they may be",
          "[marking][camera]") {
    for (const CameraHeader& header :
         {CameraHeader{CameraMessage::picture, 70'000}, CameraHeader{CameraMessage::hint, 0},
          CameraHeader{CameraMessage::trouble, max_camera_text}}) {
        const auto read = read_camera_header(camera_header_of(header));
        REQUIRE(read);
        CHECK(read->kind == header.kind);
        CHECK(read->length == header.length);
    }
    for (const CameraHeader& header : {CameraHeader{CameraMessage::picture, 0},
                                       CameraHeader{CameraMessage::picture, max_picture_bytes + 1},
                                       CameraHeader{CameraMessage::hint, max_camera_text + 1},
                                       CameraHeader{static_cast<CameraMessage>('X'), 1}})
        CHECK_FALSE(read_camera_header(camera_header_of(header)));
}
