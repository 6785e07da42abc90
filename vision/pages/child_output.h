// A child of ours that makes one answer of one file and ends. Owns its process.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace reelproof::vision {

// Locks this process in, reads standard input to its end, and writes what `answer` makes of it.
// Gives what main() is to give.
int answer_locked_in(const std::function<std::string(std::span<const std::uint8_t>)>& answer);

// All of standard input; and all of that to standard output, unless nobody takes it.
std::vector<std::uint8_t> read_standard_input();
bool write_standard_output(std::span<const std::uint8_t> bytes);

}  // namespace reelproof::vision
