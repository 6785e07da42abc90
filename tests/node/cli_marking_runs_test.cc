// marking inspect of what a camera shows and of a folder that pictures come into, as a person uses
// it.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>

#include "node/cli/picture_source.h"
#include "tests/node/cli_support.h"
#include "tests/vision/drawn_part_support.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using reelproof::tests::draw;
using reelproof::tests::draw_png;
using reelproof::tests::DrawnPart;

namespace {

void write(const fs::path& file, const std::vector<std::uint8_t>& bytes) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

std::string expectation(const WorkFolder& work) {
    write(work.path() / "good-1.png", draw_png({.surface = 2}));
    write(work.path() / "good-2.png", draw_png({.surface = 3, .degrees = 1}));
    std::ofstream(work.path() / "lot.toml") << "lines = [\"19E9XBL\", \"SN74LS00N\"]\n"
                                               "samples = [\"good-1.png\", \"good-2.png\"]\n";
    return (work.path() / "lot.toml").string();
}

// A film as cameras give it: one JPEG after the other.
class Film {
  public:
    void show(DrawnPart part, int pictures) {
        for (int i = 0; i < pictures; ++i) {
            part.noise = ++noise_;
            std::vector<std::uint8_t> jpeg;
            cv::imencode(".jpg", draw(part), jpeg, {cv::IMWRITE_JPEG_QUALITY, 92});
            bytes_.insert(bytes_.end(), jpeg.begin(), jpeg.end());
        }
    }
    // Comes in from the left, lies there for a while, and goes.
    void pass(DrawnPart part) {
        for (const double shift : {-500, -300, -120}) {
            part.shift_x = shift;
            show(part, 1);
        }
        part.shift_x = 0;
        show(part, 8);
        for (const double shift : {200, 420}) {
            part.shift_x = shift;
            show(part, 1);
        }
    }
    void save(const fs::path& file) const { write(file, bytes_); }

  private:
    std::vector<std::uint8_t> bytes_;
    std::uint64_t noise_ = 0;
};

}  // namespace

TEST_CASE("each part that a film shows is inspected once, where it lies still",
          "[cli][marking][camera]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto expected = expectation(work);
    Film film;
    film.pass({.surface = 11});
    film.pass({.lines = {"19E9XBL", "SN74LS08N"}, .surface = 12, .degrees = 178});
    film.pass({.surface = 13});
    film.save(work.path() / "film.mjpeg");
    const auto kept = work.path() / "kept";
    fs::create_directory(kept);
    const auto seen = work.run({"marking", "inspect", "--expect", expected, "--camera",
                                (work.path() / "film.mjpeg").string(), "--keep", kept.string(),
                                "--observation", (work.path() / "seen.json").string()});
    INFO(seen.out << seen.err);
    CHECK(seen.code == 1);
    CHECK_THAT(seen.out, Contains("2 agrees, 1 differs"));
    CHECK(fs::exists(kept / "part-0003.png"));
    CHECK_FALSE(fs::exists(kept / "part-0004.png"));
    std::ifstream file(work.path() / "seen.json");
    const std::string observation(std::istreambuf_iterator<char>(file), {});
    CHECK_THAT(observation, Contains(R"("state":"differs","parts":3)"));

    const auto one = work.run({"marking", "inspect", "--expect", expected, "--camera",
                               (work.path() / "film.mjpeg").string(), "--count", "1"});
    CHECK(one.code == 0);
    CHECK_THAT(one.out, Contains("1 agrees"));
}

TEST_CASE("numbered pictures are a camera's, too, and what is none is told",
          "[cli][marking][camera]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto expected = expectation(work);
    for (int i = 0; i < 8; ++i) {
        char name[24];
        std::snprintf(name, sizeof name, "%03d.png", i);
        write(work.path() / name,
              draw_png({.surface = 11, .noise = 1 + static_cast<std::uint64_t>(i)}));
    }
    const auto seen = work.run({"marking", "inspect", "--expect", expected, "--camera",
                                (work.path() / "%03d.png").string()});
    INFO(seen.out << seen.err);
    CHECK(seen.code == 0);
    CHECK_THAT(seen.out, Contains("1 agrees"));
    const auto none =
        work.run({"marking", "inspect", "--expect", expected, "--camera", "/dev/null"});
    CHECK(none.code == 2);
    CHECK_THAT(none.err, Contains("no picture comes from there"));
    CHECK_THAT(work.run({"marking", "inspect", "--expect", expected}).err,
               Contains("say where the pictures come from"));
}

TEST_CASE("a folder is watched for pictures that come into it", "[cli][marking][camera]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto expected = expectation(work);
    const auto folder = work.path() / "run";
    fs::create_directory(folder);
    write(folder / "a.png", draw_png({.surface = 11}));
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(700));
        write(folder / "b.png", draw_png({.lines = {"19E9XBL", "SN74LS08N"}, .surface = 12}));
    });
    const auto seen = work.run(
        {"marking", "inspect", "--expect", expected, "--watch", folder.string(), "--count", "2"});
    later.join();
    INFO(seen.out << seen.err);
    CHECK(seen.code == 1);
    CHECK_THAT(seen.out, Contains("1 agrees, 1 differs"));
    const auto idle = work.run(
        {"marking", "inspect", "--expect", expected, "--watch", folder.string(), "--idle", "1"});
    CHECK_THAT(idle.out, Contains("1 agrees, 1 differs"));
}

TEST_CASE("a run is asked to end by a signal, which is not lost", "[cli][marking][camera]") {
    using std::chrono::milliseconds;
    Interrupt interrupt;
    CHECK_FALSE(interrupt.wait(milliseconds(0)));
    std::raise(SIGINT);
    CHECK(interrupt.wait(milliseconds(0)));
    CHECK(interrupt.wait(milliseconds(0)));
}

}  // namespace reelproof::node::tests
