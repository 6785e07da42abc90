// What this process may ask of the kernel from here on: what is named, and no more (seccomp).
// The rest is answered EPERM, so that a library that merely asks goes on without.
// Thread safety: owned by one thread; what load() puts in force holds for all.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include <seccomp.h>

namespace reelproof::vision {

class CallFilter {
  public:
    // What any of our confined processes does: compute, use what it has open, take memory that
    // is no code, and end.
    CallFilter();

    // Files by their paths, to be read; which ones is FileRules' matter.
    void read_files();
    // Only where FileRules is in force, for it alone says which.
    void write_files();
    void start_threads();
    void use_video_device();
    // To become another program, which then loads its libraries.
    void become_program();

    // Gives "" when it is in force, else what could not be done.
    std::string load();

  private:
    void let(int call, std::initializer_list<scmp_arg_cmp> when = {});
    void let_open(unsigned long mask, unsigned long flags);
    void answer(int call, unsigned action);

    std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter_;
    int error_ = 0;  // the first
    bool becomes_program_ = false;
};

}  // namespace reelproof::vision
