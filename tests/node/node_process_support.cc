#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/node/cli_support.h"
#include "tests/node/node_process.h"

namespace reelproof::node::tests {

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& errors,
                 const std::map<std::string, std::string>& environment) {
    const auto name = program().string();
    std::vector<char*> argv{const_cast<char*>(name.c_str())};
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    int pipe_fd[2];
    if (pipe2(pipe_fd, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(pipe_fd[1], STDOUT_FILENO);
        dup2(open(errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
        dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
        for (const auto& [key, value] : environment) setenv(key.c_str(), value.c_str(), 1);
        execv(argv.front(), argv.data());
        _exit(127);
    }
    close(pipe_fd[1]);
    output_ = pipe_fd[0];
}

Process::~Process() {
    if (pid_ > 0) {
        signal(SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    close(output_);
}

std::string Process::line() {
    std::string out;
    for (char c = 0; read(output_, &c, 1) == 1 && c != '\n';) out += c;
    return out;
}

void Process::signal(int number) const {
    if (pid_ > 0) kill(pid_, number);
}

void Process::signal_children(int number) const {
    const auto id = std::to_string(pid_);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    for (pid_t child = 0; list >> child;) kill(child, number);
}

int Process::wait() {
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int processes_with(const std::string& text) {
    int count = 0;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        std::ifstream in(entry.path() / "cmdline", std::ios::binary);
        std::ostringstream line;
        line << in.rdbuf();
        if (line.str().find(text) != std::string::npos) ++count;
    }
    return count;
}

}  // namespace reelproof::node::tests
