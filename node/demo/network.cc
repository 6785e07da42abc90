#include "node/demo/network.h"

#include <chrono>
#include <fstream>
#include <thread>

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "node/setup.h"

namespace reelproof::node {

namespace fs = std::filesystem;

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr int kStartSeconds = 20;

// A port that is free now. Another program may take it before we do: then the node says so.
std::uint16_t free_port() {
    const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool fine = socket_fd >= 0 &&
                      bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                      getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (socket_fd >= 0) close(socket_fd);
    if (!fine) throw ledger::EnvironmentError("no free port on 127.0.0.1");
    return ntohs(address.sin_port);
}

struct Child {
    pid_t pid = -1;
    int output = -1;  // its standard output
};

// `error_file` takes its standard error; empty: into the output.
Child spawn(const std::vector<std::string>& arguments, const fs::path& error_file) {
    int pipe_fd[2];
    if (pipe2(pipe_fd, O_CLOEXEC) != 0) throw ledger::EnvironmentError("pipe failed");
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const auto parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) throw ledger::EnvironmentError("fork failed");
    if (pid == 0) {
        // The child ends with the demo even when that is killed.
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(3);
        setpgid(0, 0);
        // The demo blocks signals for a thread of its own; a node must hear them.
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        const int error_fd = error_file.empty()
                                 ? pipe_fd[1]
                                 : open(error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(pipe_fd[1], STDOUT_FILENO);
        dup2(error_fd, STDERR_FILENO);
        const int null = open("/dev/null", O_RDONLY);
        dup2(null, STDIN_FILENO);
        execv("/proc/self/exe", argv.data());
        _exit(3);
    }
    close(pipe_fd[1]);
    return {pid, pipe_fd[0]};
}

// The last line of its log, without the program's name in front.
std::string tail_of(const fs::path& file) {
    std::ifstream in(file);
    std::string line, last;
    while (std::getline(in, line))
        if (!line.empty()) last = line;
    constexpr std::string_view kName = "reelproof: ";
    return last.starts_with(kName) ? last.substr(kName.size()) : last;
}

void append(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::app);
    out << text;
}

}  // namespace

DemoNode::~DemoNode() {
    stop();
}

Result<void> DemoNode::start() {
    const auto log = folder_ / "node.log";
    const auto child =
        spawn({"reelproof", "node", "run", "--config", config().string(), "--json"}, log);
    pid_ = child.pid;
    std::string line;
    char c = 0;
    // The node prints one line when it is ready, or ends.
    while (read(child.output, &c, 1) == 1 && c != '\n') line += c;
    close(child.output);
    if (line.find("\"ready\":true") == std::string::npos) {
        stop();
        return Error{ErrorKind::unavailable, org_ + ": " + tail_of(log)};
    }
    auto client = NodeClient::connect({config().string(), "", "", ""});
    if (!client) return client.error();
    client_ = std::move(*client);
    return {};
}

void DemoNode::stop() {
    client_.reset();
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    for (int i = 0; i < kStartSeconds * 20; ++i) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
            pid_ = -1;
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

Result<std::vector<std::unique_ptr<DemoNode>>> make_network(const fs::path& folder,
                                                            const std::vector<std::string>& orgs,
                                                            const std::string& policy) {
    std::vector<std::unique_ptr<DemoNode>> nodes;
    for (const auto& org : orgs) {
        NewOrg wanted;
        wanted.folder = folder / org;
        wanted.org = org;
        wanted.listen = "127.0.0.1:" + std::to_string(free_port());
        // The first one draws the network's salt, the others get it from it.
        if (!nodes.empty()) wanted.salt_file = nodes.front()->folder() / "network.salt";
        const auto made = make_org(wanted);
        if (!made) return made.error();
        auto node = std::make_unique<DemoNode>(org, wanted.folder);
        node->root = made->root;
        node->url = "https://" + wanted.listen;
        nodes.push_back(std::move(node));
    }
    for (const auto& node : nodes) {
        for (const auto& other : nodes)
            if (other != node)
                append(node->config(), "\n[[partner]]\norg = \"" + other->org() + "\"\nroot = \"" +
                                           other->root + "\"\nurl = \"" + other->url + "\"\n");
        // Looks more often than a real node would: the demo has no time to wait.
        auto text = ledger::read_file(node->config(), 1 << 20);
        if (!text) return text.error();
        std::string config(text->begin(), text->end());
        const std::string slow = "poll_ms = 1000";
        config.replace(config.find(slow), slow.size(), "poll_ms = 100");
        ledger::write_file_durably(node->config(), ledger::as_bytes(config));
        ledger::write_file_durably(node->folder() / "policy.toml", ledger::as_bytes(policy));
    }
    return nodes;
}

bool wait_until(const std::function<bool()>& done, int seconds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
}

Result<void> wait_for_log(DemoNode& reader, DemoNode& writer) {
    const auto wanted = writer.client().get("/v1/health");
    if (!wanted) return wanted.error();
    const auto size = wanted->at("log").at("size").to_number<std::uint64_t>();
    const bool there = wait_until([&] {
        const auto health = reader.client().get("/v1/health");
        if (!health) return false;
        for (const auto& partner : health->at("partners").as_array())
            if (partner.at("org").as_string() == writer.org())
                return partner.at("size").to_number<std::uint64_t>() >= size;
        return false;
    });
    if (there) return {};
    return Error{ErrorKind::unavailable,
                 reader.org() + " did not get the log of " + writer.org() + " in time"};
}

ProgramResult run_program(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"reelproof"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto child = spawn(all, {});
    ProgramResult out;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(child.output, buffer, sizeof buffer)) > 0;)
        out.output.append(buffer, static_cast<std::size_t>(n));
    close(child.output);
    int status = 0;
    waitpid(child.pid, &status, 0);
    out.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return out;
}

}  // namespace reelproof::node
