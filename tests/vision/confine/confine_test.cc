// What a process that was taken over gets out of its confinement: nothing.
#include "vision/confine/confine.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/paths.h"
#include "vision/pages/confined_tool.h"

using namespace reelproof::vision;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

// Whom it attacks: a process of the same user, and a file that is not for it.
class Victims {
  public:
    Victims() {
        auto name = (fs::temp_directory_path() / "reelproof-confine-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        std::ofstream(file()) << "secret";
        std::ofstream(own()) << "film";
        std::string program = "/bin/sleep", time = "1000";
        char* arguments[] = {program.data(), time.data(), nullptr};
        REQUIRE(posix_spawn(&process_, program.c_str(), nullptr, nullptr, arguments, nullptr) == 0);
        before_ = state();
    }
    ~Victims() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
        fs::remove_all(folder_);
    }
    Victims(const Victims&) = delete;
    Victims& operator=(const Victims&) = delete;

    [[nodiscard]] std::string file() const { return (folder_ / "secret").string(); }
    [[nodiscard]] const fs::path& folder() const { return folder_; }
    [[nodiscard]] std::string own() const { return (folder_ / "film.mjpeg").string(); }
    [[nodiscard]] std::vector<std::string> attack(const std::string& how) const {
        return {(reelproof::tests::build_dir() / "reelproof_attacker").string(), how,
                std::to_string(process_), file(), folder_.string()};
    }
    [[nodiscard]] bool unharmed() const {
        return waitpid(process_, nullptr, WNOHANG) == 0 && state() == before_;
    }

  private:
    [[nodiscard]] std::string state() const {
        struct stat is {};
        if (stat(file().c_str(), &is) != 0) return "gone";
        const auto files = std::distance(fs::directory_iterator(folder_), {});
        return std::to_string(is.st_mode) + " " + std::to_string(is.st_uid) + " " +
               std::to_string(is.st_size) + " " + std::to_string(is.st_mtime) + " " +
               std::to_string(files);
    }

    fs::path folder_;
    pid_t process_ = -1;
    std::string before_;
};

std::string said(const std::vector<std::string>& words) {
    std::string command;
    for (const auto& word : words) command += word + " ";
    FILE* const from = popen((command + "</dev/null 2>&1").c_str(), "r");
    REQUIRE(from != nullptr);
    std::string out;
    char buffer[4096];
    for (std::size_t got; (got = fread(buffer, 1, sizeof buffer, from)) > 0;)
        out.append(buffer, got);
    pclose(from);
    return out;
}

bool have_landlock() {
    if (files_are_ruled()) return true;
    std::cout << "SKIPPED: this kernel has no Landlock\n";
    return false;
}

}  // namespace

TEST_CASE("no confinement lets its process at others or at their files", "[confine]") {
    const Victims victims;
    const auto how = GENERATE(as<std::string>(), "reader", "film", "device");
    if (how != "reader" && !have_landlock()) return;
    auto command = victims.attack(how);
    if (how == "film") command.push_back(victims.own());
    const auto out = said(command);
    CAPTURE(how, out);
    CHECK_THAT(out, !Contains("let through") && EndsWith(" attempts\n"));
    if (how == "film") CHECK_THAT(out, Contains("its own: read"));
    CHECK(victims.unharmed());
}

TEST_CASE("a program of others gets at neither others nor their files", "[confine][pages]") {
    if (!have_landlock()) return;
    const Victims victims;
    std::vector<std::string> command{(reelproof::tests::build_dir() / "reelproof_reader").string(),
                                     std::string(confined_tool_argument)};
    for (const auto& word : victims.attack("tool")) command.push_back(word);
    const auto out = run_tool({.command = command, .input = {}});
    INFO((out ? *out : out.error().text));
    REQUIRE(out.has_value());
    CHECK_THAT(*out, !Contains("let through") && EndsWith(" attempts\n"));
    CHECK(victims.unharmed());
}

TEST_CASE("a film is opened where no other file can be read", "[confine][camera]") {
    if (!have_landlock()) return;
    const Victims victims;
    std::ofstream other(victims.folder() / "other.mjpeg", std::ios::binary);
    // Something comes in, and lies still.
    for (int i = 0; i < 10; ++i) {
        cv::Mat frame(480, 640, CV_8UC1, cv::Scalar(90));
        cv::rectangle(frame, cv::Rect(20 + 60 * std::min(i, 3), 140, 300, 200), cv::Scalar(20), -1);
        std::vector<std::uint8_t> jpeg;
        cv::imencode(".jpg", frame, jpeg);
        other.write(reinterpret_cast<const char*>(jpeg.data()),
                    static_cast<std::streamsize>(jpeg.size()));
    }
    other.close();
    std::ofstream(victims.folder() / "film.ffconcat") << "ffconcat version 1.0\nfile other.mjpeg\n";
    const auto camera = (reelproof::tests::build_dir() / "reelproof-camera").string();
    const auto direct = said({camera, (victims.folder() / "other.mjpeg").string()});
    CHECK_THAT(direct, !Contains("no picture comes from there") && !Contains("Landlock"));
    CHECK_FALSE(direct.empty());
    CHECK_THAT(said({camera, (victims.folder() / "film.ffconcat").string()}),
               Contains("no picture comes from there"));
}

TEST_CASE("what is confined has no capability, and gets none from a program", "[confine]") {
    const pid_t child = fork();
    if (child == 0) {
        bool fine = give_up_privileges().empty();
        std::ifstream status("/proc/self/status");
        int seen = 0;
        for (std::string line; std::getline(status, line);) {
            const auto value = line.substr(line.find(':') + 1);
            const auto is = [&](std::string_view name) { return line.starts_with(name); };
            if (is("CapPrm:") || is("CapEff:") || is("CapInh:") || is("CapAmb:"))
                fine = fine && ++seen > 0 && std::stoull(value, nullptr, 16) == 0;
            if (is("CapBnd:") && geteuid() == 0)
                fine = fine && std::stoull(value, nullptr, 16) == 0;
            if (is("NoNewPrivs:")) fine = fine && ++seen > 0 && std::stoi(value) == 1;
        }
        _exit(fine && seen == 5 ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}
