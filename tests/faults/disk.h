// A disk under this process that fails where it is told, and that can be looked at as it would be
// after the power went at any moment: what was synced is there, of the rest anything may be. It
// stands between the C library and whoever writes files, LMDB included: the calls that change files
// are defined in this program, ahead of the library's. One at a time; calls come from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>

namespace reelproof::faults {

struct Failure {
    std::size_t call = std::numeric_limits<std::size_t>::max();  // which, from 0
    int error = 0;                                               // errno
    bool persisted = false;                                      // it fails only after it was done
    bool for_ever = false;                                       // all calls after it too
};

class Disk {
  public:
    // From now on it watches the files under the folder, which holds what is durable already.
    explicit Disk(const std::filesystem::path& folder, const Failure& failure = {});
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    // Calls that changed something or should have, so far.
    [[nodiscard]] std::size_t calls() const;
    // Makes `to` what the folder is when the power goes in the middle of that call. `seed` draws
    // what became of unsynced writes, sector by sector: 0 all are lost, 1 none is.
    void after_power_cut(std::size_t call, std::uint32_t seed,
                         const std::filesystem::path& to) const;
};

}  // namespace reelproof::faults
