#include "node/cli/picture_source.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <time.h>

#include "ledger/base/file.h"
#include "node/cli/marking_expectation.h"
#include "vision/label/read_image.h"

namespace reelproof::node {

namespace fs = std::filesystem;
using ledger::Result;
using std::chrono::milliseconds;

Interrupt::Interrupt() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

Interrupt::~Interrupt() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupt::wait(milliseconds time) {
    if (came_) return true;
    const timespec limit{time.count() / 1000, time.count() % 1000 * 1'000'000};
    came_ = sigtimedwait(&signals_, nullptr, &limit) > 0;
    return came_;
}

namespace {

SourcePicture read_source(const std::string& file) {
    return {file, ledger::read_file(file, vision::max_picture_bytes)};
}

class Files : public PictureSource {
  public:
    explicit Files(std::vector<std::string> files) : files_(std::move(files)) {}

    Result<std::vector<SourcePicture>> next(std::size_t most) override {
        std::vector<SourcePicture> out;
        while (out.size() < most && next_ < files_.size())
            out.push_back(read_source(files_[next_++]));
        return out;
    }

  private:
    std::vector<std::string> files_;
    std::size_t next_ = 0;
};

class WatchedFolder : public PictureSource {
  public:
    WatchedFolder(std::string folder, const RunEnd& end) : folder_(std::move(folder)), end_(end) {}

    Result<std::vector<SourcePicture>> next(std::size_t most) override {
        for (milliseconds waited{0};; waited += kLook) {
            auto found = pictures_in(folder_);
            if (!found) return found.error();
            std::vector<SourcePicture> out;
            for (const auto& file : *found) {
                if (out.size() == most) break;
                if (!taken_.contains(file) && is_complete(file)) {
                    taken_.insert(file);
                    out.push_back(read_source(file));
                }
            }
            if (!out.empty() || (end_.idle.count() > 0 && waited >= end_.idle) ||
                end_.interrupt.wait(kLook))
                return out;
        }
    }

  private:
    static constexpr milliseconds kLook{250};

    // Whoever writes it may not be done: it is as large as at the last look.
    bool is_complete(const std::string& file) {
        std::error_code failure;
        const auto size = fs::file_size(file, failure);
        if (failure || size == 0) return false;
        const auto [known, fresh] = sizes_.try_emplace(file, size);
        return !fresh && std::exchange(known->second, size) == size;
    }

    std::string folder_;
    RunEnd end_;
    std::set<std::string> taken_;
    std::map<std::string, std::uintmax_t> sizes_;
};

}  // namespace

std::unique_ptr<PictureSource> picture_files_source(std::vector<std::string> files) {
    return std::make_unique<Files>(std::move(files));
}

std::unique_ptr<PictureSource> watched_folder(std::string folder, const RunEnd& end) {
    return std::make_unique<WatchedFolder>(std::move(folder), end);
}

}  // namespace reelproof::node
