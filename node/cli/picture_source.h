// Where the pictures of a run come from: files, a folder that is watched, a camera.
// Single-threaded.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <signal.h>

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"

namespace reelproof::node {

// Ctrl-C asks a run to end, and does not cut off what it is at. Made before any thread is started:
// they inherit that they don't take these signals.
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    // Waits that long at most; whether one has come, now or before.
    bool wait(std::chrono::milliseconds time);

  private:
    sigset_t signals_{}, before_{};
    bool came_ = false;
};

struct SourcePicture {
    std::string name;
    ledger::Result<ledger::Bytes> bytes;
};

class PictureSource {
  public:
    virtual ~PictureSource() = default;
    // Waits for the next picture and gives at most `most` that are there; none: the run is over.
    virtual ledger::Result<std::vector<SourcePicture>> next(std::size_t most) = 0;
};

// When a run ends whose source does not end by itself.
struct RunEnd {
    Interrupt& interrupt;
    std::chrono::milliseconds idle{0};  // without a new picture; 0: never
};

std::unique_ptr<PictureSource> picture_files_source(std::vector<std::string> files);
// The pictures that lie in the folder, by name, then those that come, once they no longer grow.
std::unique_ptr<PictureSource> watched_folder(std::string folder, const RunEnd& end);
// Still and sharp pictures of a camera (/dev/video0), a film or numbered pictures (%04d.png), each
// once, by the program reelproof-camera beside ours. What keeps it from taking one is told on
// standard error. Taken pictures go into the folder `keep`, unless it is empty.
std::unique_ptr<PictureSource> camera(std::string source, std::string keep, const RunEnd& end);

}  // namespace reelproof::node
