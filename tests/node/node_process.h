// Programs of ours that run beside the test: nodes, the demo. They end with the object, by kill -9.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace reelproof::node::tests {

class Process {
  public:
    // Standard output can be read, standard error goes to `errors`. `environment` is added.
    Process(const std::vector<std::string>& arguments, const std::filesystem::path& errors,
            const std::map<std::string, std::string>& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // The next line of its output; empty at the end of it.
    std::string line();
    void signal(int number) const;
    // To those that it has started itself.
    void signal_children(int number) const;
    // Its exit code, 128 + n when a signal ended it.
    int wait();

  private:
    pid_t pid_ = -1;
    int output_ = -1;
};

// How many processes of this machine name that text on their command line.
int processes_with(const std::string& text);

}  // namespace reelproof::node::tests
