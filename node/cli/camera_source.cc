// Pictures that reelproof-camera takes: a process of its own, since decoders of films are large,
// and what comes from a device is nobody's word.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/cli/arguments.h"
#include "node/cli/picture_source.h"
#include "vision/camera/camera_wire.h"

namespace reelproof::node {

namespace fs = std::filesystem;
using ledger::Result;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLook{100};

class Camera : public PictureSource {
  public:
    Camera(std::string source, std::string keep, const RunEnd& end)
        : source_(std::move(source)), keep_(std::move(keep)), end_(end) {}
    ~Camera() override {
        if (pipe_ >= 0) close(pipe_);
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    Camera(const Camera&) = delete;
    Camera& operator=(const Camera&) = delete;

    // One at a time: the next is taken while this one is looked at.
    Result<std::vector<SourcePicture>> next(std::size_t) override {
        if (pid_ < 0)
            if (auto started = start(); !started) return started.error();
        milliseconds waited{0};
        while (!end_.interrupt.wait(milliseconds(0))) {
            const auto message = read_message(waited);
            if (!message) return message.error();
            if (!*message) return std::vector<SourcePicture>();
            const auto& [kind, bytes] = **message;
            const auto text = printable(ledger::as_text(bytes));
            if (kind == vision::CameraMessage::trouble)
                return ledger::malformed(source_ + ": " + text);
            if (kind == vision::CameraMessage::hint) {
                std::cerr << "reelproof: " << source_ << ": " << text << '\n';
                continue;
            }
            return kept(bytes);
        }
        return std::vector<SourcePicture>();
    }

  private:
    struct Message {
        vision::CameraMessage kind;
        ledger::Bytes bytes;
    };

    Result<void> start() {
        std::error_code failure;
        const auto program = fs::read_symlink("/proc/self/exe", failure).parent_path() /
                             std::string(vision::camera_program);
        if (!fs::exists(program, failure))
            return ledger::malformed(program.string() +
                                     " is missing: it takes the pictures, and ./dev build makes "
                                     "it beside reelproof");
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return cannot_start(errno);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        // Ctrl-C is for us: it has a group of its own.
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
        std::string name = program.string(), source = source_;
        char* arguments[] = {name.data(), source.data(), nullptr};
        char* environment[] = {nullptr};  // variables hold secrets
        const int error =
            posix_spawn(&pid_, name.c_str(), &actions, &attributes, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        close(ends[1]);
        pipe_ = ends[0];
        if (error != 0) {
            pid_ = -1;
            return cannot_start(error);
        }
        return {};
    }

    static ledger::Error cannot_start(int error) {
        return ledger::malformed("the camera's program can't be started: " +
                                 std::string(std::strerror(error)));
    }

    // Nothing: it has ended, or we shall.
    Result<std::optional<Message>> read_message(milliseconds& waited) {
        std::array<std::uint8_t, vision::camera_header> header{};
        if (!read_all(header.data(), header.size(), &waited)) return std::optional<Message>();
        const auto read = vision::read_camera_header(header);
        if (!read) return ledger::malformed(source_ + ": the camera's program answered nonsense");
        Message out{read->kind, ledger::Bytes(read->length)};
        // What was begun comes to its end.
        if (!read_all(out.bytes.data(), out.bytes.size(), nullptr))
            return ledger::malformed(source_ + ": the camera's program ended in a picture");
        return std::optional(std::move(out));
    }

    // `waited`: how long for it altogether; then it may be idle for too long, or interrupted.
    bool read_all(std::uint8_t* where, std::size_t length, milliseconds* waited) {
        while (length > 0) {
            pollfd ready{pipe_, POLLIN, 0};
            if (poll(&ready, 1, static_cast<int>(kLook.count())) == 0) {
                if (waited == nullptr) continue;
                *waited += kLook;
                if (end_.interrupt.wait(milliseconds(0))) return false;
                if (end_.idle.count() > 0 && *waited >= end_.idle) return false;
                continue;
            }
            const ssize_t got = read(pipe_, where, length);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return false;
            where += got;
            length -= static_cast<std::size_t>(got);
        }
        return true;
    }

    Result<std::vector<SourcePicture>> kept(const ledger::Bytes& bytes) {
        char number[24];
        std::snprintf(number, sizeof number, "part-%04zu.png", ++taken_);
        std::string name = number;
        if (!keep_.empty()) {
            name = (fs::path(keep_) / number).string();
            if (auto done = write_output(name, bytes); !done) return done.error();
        }
        std::vector<SourcePicture> out;
        out.push_back({std::move(name), bytes});
        return out;
    }

    std::string source_, keep_;
    RunEnd end_;
    pid_t pid_ = -1;
    int pipe_ = -1;
    std::size_t taken_ = 0;
};

}  // namespace

std::unique_ptr<PictureSource> camera(std::string source, std::string keep, const RunEnd& end) {
    return std::make_unique<Camera>(std::move(source), std::move(keep), end);
}

}  // namespace reelproof::node
