// Runs the real program, as a person or a script does, for the tests of the command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "ledger/base/bytes.h"

namespace reelproof::node::tests {

struct Ran {
    int code = -1;
    std::string out, err;

    // The only line of standard output as JSON; null when it is not one line of JSON.
    [[nodiscard]] boost::json::value json() const;
};

// A folder with files in it; it goes with the object.
class WorkFolder {
  public:
    WorkFolder();
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    // Writes the file and gives its path.
    [[nodiscard]] std::string file(const std::string& name, ledger::ByteView bytes) const;
    // Runs `reelproof` with these arguments, and what is to stand on its standard input.
    [[nodiscard]] Ran run(const std::vector<std::string>& arguments,
                          const std::string& input = "") const;

    // Runs a line as it was printed for a person, who has `reelproof` on the path.
    [[nodiscard]] Ran shell(const std::string& line, const std::string& input = "") const;

  private:
    std::filesystem::path path_;
};

// The program under test: $REELPROOF_PROGRAM, else the one of this build.
std::filesystem::path program();
// False, with a message, when the program has not been built.
bool have_program();

}  // namespace reelproof::node::tests
