// Trouble with a file of ours, with the system's reason. Thread-safe.
#pragma once

#include <filesystem>
#include <string_view>

namespace reelproof::ledger {

// Throws EnvironmentError for what failed with that errno. Where it was for want of space, a
// std::system_error no_space_on_device is nested in it: whoever answers for us can say what to do.
[[noreturn]] void throw_failed(const std::filesystem::path& path, std::string_view step, int error);

}  // namespace reelproof::ledger
