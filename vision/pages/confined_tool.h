// Programs of others (pdftoppm, gerbv) that open what a stranger made, run where they can do no
// harm: they read the system's libraries and fonts and the one document, write their output, and
// have no other file, no network, no child of their own, and bounds of memory, time and output.
// Locked in (confine.h) from within a process of our own that then becomes the program; on a kernel
// without Landlock (before 5.13) nothing is run. Thread safety: any thread; the calling thread must
// outlive the call.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr const char* kToolInput = "/proc/self/fd/0";
inline constexpr const char* kToolOutput = "/proc/self/fd/3";

struct ToolJob {
    std::vector<std::string> command = {};  // program by its path, and arguments
    std::span<const std::uint8_t> input;    // is what kToolInput names
    // Its output is what it writes to kToolOutput, and what it says tells whether it could not draw
    // all of the document, though it ends well.
    bool writes_file = false;
    bool (*is_trouble)(std::string_view said) = nullptr;
    std::size_t most = 64u << 20;  // bytes of output
    std::chrono::milliseconds limit{20'000};
};

// Fails: "pages.timeout", "pages.too-large", "pages.unreadable" (it gave up, or died),
// "pages.cannot-start" (not installed, or can't be locked in).
Result<std::string> run_tool(const ToolJob& job);

// Runs argv[0] with what follows, locked in; returns only when that fails.
int become_confined_tool(char** argv);
inline constexpr std::string_view confined_tool_argument = "tool";

}  // namespace reelproof::vision
