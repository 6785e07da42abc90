// Which files this process may reach from here on (Landlock): those that are named, and no other.
// As much of it as the running kernel knows: from its sixth version on neither does it reach other
// processes with signals. Thread safety: owned by one thread; holds for it and for what it starts
// thereafter.
#pragma once

#include <cstdint>
#include <string>

namespace reelproof::vision {

class FileRules {
  public:
    // 0: this kernel has no Landlock (before 5.13, or it is switched off).
    static int version();

    // Only where there is a version.
    FileRules();
    ~FileRules();
    FileRules(const FileRules&) = delete;
    FileRules& operator=(const FileRules&) = delete;

    // The file, or the folder and all that is in it. A path that is not there gives no access.
    void let_read(const std::string& path);
    void let_write(const std::string& path);
    void let_run(const std::string& path);
    // What programs and fonts are made of. Nothing of the node lies there.
    void let_read_system();

    // Gives "" when they are in force, else what could not be done.
    std::string enforce();

  private:
    void let(const std::string& path, std::uint64_t access);

    int rules_ = -1;
    int error_ = 0;  // the first
};

}  // namespace reelproof::vision
