#include "vision/confine/confine.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vision/confine/call_filter.h"
#include "vision/confine/file_rules.h"
#include "vision/confine/sanitized.h"

namespace reelproof::vision {
namespace {

// 50 megapixels take 150 MB in colour; decoders keep a few such buffers.
constexpr rlim_t reader_memory = 2ull << 30;
// Decoders of films keep dozens of frames, and each thread reserves what it does not use.
constexpr rlim_t film_memory = 8ull << 30;
constexpr rlim_t tool_memory = 1536ull << 20, tool_output = 64u << 20, tool_descriptors = 64;
constexpr rlim_t tool_cpu_seconds = 20;

constexpr const char* loaders[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};

std::string failure(const char* what) {
    return std::string(what) + ": " + std::strerror(errno);
}

// Does one after the other until one fails.
class Steps {
  public:
    Steps& limit(__rlimit_resource_t resource, rlim_t value, const char* name) {
        const rlimit both{value, value};
        if (trouble_.empty() && setrlimit(resource, &both) != 0) trouble_ = failure(name);
        return *this;
    }
    template <class Step>
    Steps& then(Step step) {
        if (trouble_.empty()) trouble_ = step();
        return *this;
    }
    // Nobody looks into it, nor does a core file tell of it.
    Steps& hide() {
        return then(
            [] { return prctl(PR_SET_DUMPABLE, 0) == 0 ? "" : failure("PR_SET_DUMPABLE"); });
    }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

  private:
    std::string trouble_;
};

std::string rule_files(const std::string& readable) {
    if (!files_are_ruled()) return "";
    FileRules files;
    files.let_read_system();
    if (!readable.empty()) files.let_read(readable);
    return files.enforce();
}

std::string drop_capabilities() {
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return failure("PR_CAP_AMBIENT_CLEAR_ALL");
    // Up to the first that the kernel does not know. Who may not drop them has none, and without
    // new privileges gets none.
    for (int each = 0; prctl(PR_CAPBSET_DROP, each, 0, 0, 0) == 0; ++each) {
    }
    if (errno != EINVAL && errno != EPERM) return failure("PR_CAPBSET_DROP");
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    return syscall(SYS_capset, &header, none) == 0 ? "" : failure("capset");
}

}  // namespace

bool files_are_ruled() {
    return FileRules::version() > 0;
}

std::string give_up_privileges() {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failure("PR_SET_PDEATHSIG");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure("PR_SET_NO_NEW_PRIVS");
    return drop_capabilities();
}

std::string confine_reader() {
    if (close_range(3, ~0u, 0) != 0) return failure("close_range");
    Steps steps;
    steps.then(give_up_privileges).hide();
    if (!sanitized) steps.limit(RLIMIT_AS, reader_memory, "RLIMIT_AS");
    return steps.limit(RLIMIT_CORE, 0, "RLIMIT_CORE")
        .limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE")
        .limit(RLIMIT_NOFILE, sanitized ? 16 : 3, "RLIMIT_NOFILE")
        .then([] { return CallFilter().load(); })
        .trouble();
}

std::string confine_film(const std::string& path) {
    Steps steps;
    steps.then(give_up_privileges).hide();
    if (!sanitized) steps.limit(RLIMIT_AS, film_memory, "RLIMIT_AS");
    return steps.limit(RLIMIT_CORE, 0, "RLIMIT_CORE")
        .then([&] { return rule_files(path); })
        .then([] {
            CallFilter calls;
            calls.read_files();
            calls.start_threads();
            return calls.load();
        })
        .trouble();
}

std::string confine_video_device() {
    Steps steps;
    return steps.then(give_up_privileges)
        .hide()
        .limit(RLIMIT_CORE, 0, "RLIMIT_CORE")
        .then([] { return rule_files(""); })
        .then([] {
            CallFilter calls;
            calls.read_files();
            calls.start_threads();
            calls.use_video_device();
            return calls.load();
        })
        .trouble();
}

std::string confine_tool(const std::string& program) {
    if (!files_are_ruled()) return "this kernel has no Landlock";
    Steps steps;
    return steps.then(give_up_privileges)
        .limit(RLIMIT_CORE, 0, "RLIMIT_CORE")
        .limit(RLIMIT_FSIZE, tool_output, "RLIMIT_FSIZE")
        .limit(RLIMIT_NOFILE, tool_descriptors, "RLIMIT_NOFILE")
        .limit(RLIMIT_CPU, tool_cpu_seconds, "RLIMIT_CPU")
        .then([&] {
            FileRules files;
            files.let_read_system();
            files.let_write("/dev/null");
            for (const char* loader : loaders) files.let_run(loader);
            files.let_run(program);
            return files.enforce();
        })
        .then([] {
            CallFilter calls;
            calls.read_files();
            calls.write_files();
            calls.become_program();
            return calls.load();
        })
        // Last, for a sanitized process can do no more with it than become another.
        .limit(RLIMIT_AS, tool_memory, "RLIMIT_AS")
        .trouble();
}

}  // namespace reelproof::vision
