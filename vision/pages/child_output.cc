#include "vision/pages/child_output.h"

#include <unistd.h>

#include "vision/confine/confine.h"
#include "vision/confine/sanitized.h"
#include "vision/reader/wire.h"

namespace reelproof::vision {

std::vector<std::uint8_t> read_standard_input() {
    std::vector<std::uint8_t> out;
    std::uint8_t buffer[65536];
    for (ssize_t got; (got = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;)
        out.insert(out.end(), buffer, buffer + got);
    return out;
}

bool write_standard_output(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto put = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (put <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return true;
}

int answer_locked_in(const std::function<std::string(std::span<const std::uint8_t>)>& answer) {
    constexpr int exit_unread = 1;
    if (!confine_reader().empty()) return exit_not_locked_in;
    const auto out = answer(read_standard_input());
    const bool done =
        write_standard_output({reinterpret_cast<const std::uint8_t*>(out.data()), out.size()});
    const int status = done ? 0 : exit_unread;
    // What looks for leaks at the end may not do so where it is locked in, and would fail us.
    if (sanitized) _exit(status);
    return status;
}

}  // namespace reelproof::vision
