// Work that is disturbed, and what has to hold afterwards.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace reelproof::faults {

class Work {
  public:
    Work() = default;
    virtual ~Work() = default;
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    // Makes `folder` as it was before.
    virtual void restore(const std::filesystem::path& folder) const = 0;
    // How many steps are answered when nothing fails.
    [[nodiscard]] virtual std::size_t steps() const = 0;
    // Calls back after each step that was answered, and gives how many were. Ends early where
    // something fails, and then leaves things as a process would that ended.
    virtual std::size_t run(const std::filesystem::path& folder,
                            const std::function<void()>& answered) const = 0;
    // What is wrong there, where the first `answered` steps were acknowledged; or empty.
    // Afterwards all of the work is done.
    [[nodiscard]] virtual std::string look(const std::filesystem::path& folder,
                                           std::size_t answered) const = 0;
};

}  // namespace reelproof::faults
