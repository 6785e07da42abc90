#include "tests/model/spin_support.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "tests/paths.h"

namespace reelproof::model {

namespace {

constexpr std::array<const char*, 16> kNames = {
    "?",       "submit", "commit", "anchor",      "publish",       "answer",
    "crash",   "start",  "refuse", "backup",      "restore store", "restore both",
    "persist", "cosign", "freeze", "mirror crash"};

class Folder {
  public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "reelproof-model-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

std::string run(const std::string& command) {
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("popen failed");
    std::string out;
    std::array<char, 4096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        out.append(buffer.data(), size);
    if (::pclose(pipe) != 0) throw std::runtime_error(command + ":\n" + out);
    return out;
}

// "pan:1: assertion violated ((name||…": the model names each assertion by its first operand.
std::string violated_in(const std::string& out) {
    const std::string mark = "assertion violated ";
    const auto at = out.find(mark);
    if (at == std::string::npos) return {};
    const auto from = out.find_first_not_of('(', at + mark.size());
    return out.substr(from, out.find_first_of("|) ", from) - from);
}

Explored explore(const std::string& options, const std::string& compiling,
                 const std::string& running, const std::string& trace) {
    const Folder folder;
    const auto source = tests::source_dir() / "tests" / "model";
    for (const char* name : {"ledger.pml", "steps.h"})
        std::filesystem::copy_file(source / name, folder.path() / name);
    std::ofstream(folder.path() / "trace.pml") << trace;
    const std::string out =
        run("cd '" + folder.path().string() + "' && spin -a " + options + " ledger.pml && cc " +
            compiling + " -w -DSAFETY -o pan pan.c && ./pan -m1000000 " + running);
    Explored explored{violated_in(out), 0};
    const auto states = out.find(" states, stored");
    const bool whole = out.find("max search depth") == std::string::npos &&
                       out.find("errors: 0") != std::string::npos;
    if (states == std::string::npos || (explored.violated.empty() && !whole))
        throw std::runtime_error("the search did not end:\n" + out);
    explored.states = std::stoull(out.substr(out.rfind('\n', states) + 1));
    return explored;
}

std::string as_promela(const std::vector<Event>& trace) {
    std::string out = "#define LENGTH " + std::to_string(trace.size()) + "\nshort recorded[" +
                      std::to_string(trace.size()) + "] = {";
    const char* comma = " ";
    for (const Event& event : trace) {
        out += comma + std::to_string(event.step * 256 + event.who * 16 + event.size);
        comma = ", ";
    }
    return out + " };\n";
}

}  // namespace

bool can_run_spin() {
    if (std::system("command -v spin cc >/dev/null && spin -V >/dev/null 2>&1") == 0) return true;
    std::cerr << "SKIPPED: spin is not installed (Debian package spin)\n";
    return false;
}

Explored explore(const std::string& options) {
    return explore(options, "-O2", "-w24", "");
}

Explored explore_soon(const std::string& options) {
    return explore(options, "-O0", "-w20", "");
}

std::string to_string(const Event& event) {
    return std::string(kNames.at(static_cast<std::size_t>(event.step))) + " " +
           std::to_string(event.who) + " " + std::to_string(event.size);
}

std::string to_string(const std::vector<Event>& trace) {
    std::string out;
    for (const Event& event : trace) out += to_string(event) + "\n";
    return out;
}

bool replays(const std::vector<Event>& trace) {
    const Explored explored = explore("-DREPLAY", "-O0", "-w20", as_promela(trace));
    if (explored.violated.empty()) return false;
    if (explored.violated == "replayed") return true;
    throw std::runtime_error("a real run violates " + explored.violated);
}

std::size_t replays_up_to(const std::vector<Event>& trace) {
    std::size_t good = 0, bad = trace.size() + 1;
    while (bad - good > 1) {
        const std::size_t middle = (good + bad) / 2;
        (replays({trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(middle)}) ? good
                                                                                       : bad) =
            middle;
    }
    return good;
}

}  // namespace reelproof::model
