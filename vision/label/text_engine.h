// The only door to Tesseract: one line of print to characters. Slow (milliseconds a line) and a
// large parser: outside tests it runs only in the text reader process (vision/reader). Thread
// safety: one object belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vision/label/engine.h"

namespace reelproof::vision {

// One line as the engine sees it. Blanks stand between words; `confidence` (0 to 1) and `left`,
// `right` (in the view's pixels) are aligned with the bytes of `text`, which is printable ASCII.
struct EngineLine {
    std::string text;
    std::vector<float> confidence;
    std::vector<int> left, right;
};

class TextEngine {
  public:
    // Reads the language data from where Debian puts it; afterwards no file is opened any more.
    // Throws std::runtime_error where the data is missing.
    TextEngine();
    ~TextEngine();

    // One line of dark print on light paper, level, with some room around.
    EngineLine read_line(const GreyView& view);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reelproof::vision
