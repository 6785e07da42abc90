#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/cluster/wire.h"

namespace reelproof::cluster {

namespace {

using Clock = std::chrono::steady_clock;
using Packet = std::vector<std::uint8_t>;

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";
constexpr const char* kTun = "/dev/net/tun";
constexpr std::size_t kLargestPacket = 1500;
constexpr auto kLongestQueue = std::chrono::seconds(2);  // of a link with a limit
constexpr int kIdleMilliseconds = 50;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

Descriptor open_or_fail(const char* path, int flags) {
    const int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) fail(path);
    return Descriptor(fd);
}

void enter(int network) {
    if (setns(network, CLONE_NEWNET) != 0) fail("setns");
}

void request(int fd, unsigned long what, void* argument, const char* name) {
    if (ioctl(fd, what, argument) != 0) fail(name);
}

ifreq interface(const char* name) {
    ifreq out{};
    std::strncpy(out.ifr_name, name, IFNAMSIZ - 1);
    return out;
}

void set_address(int socket_fd, unsigned long what, const char* text) {
    ifreq wanted = interface("wire");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, text, &address.sin_addr);
    std::memcpy(&wanted.ifr_addr, &address, sizeof address);
    request(socket_fd, what, &wanted, "the interface's address");
}

void bring_up(int socket_fd, const char* name) {
    ifreq wanted = interface(name);
    wanted.ifr_flags = IFF_UP | IFF_RUNNING;
    request(socket_fd, SIOCSIFFLAGS, &wanted, name);
}

struct Place {
    Descriptor network;
    Descriptor packets;  // what it sends can be read here, what it is to get is written here
    bool behind_firewall = false;
};

Place make_place(const std::string& address) {
    const Descriptor home = open_or_fail(kOwnNamespace, O_RDONLY);
    if (unshare(CLONE_NEWNET) != 0) fail("a network namespace");
    struct Return {
        int home;
        ~Return() { setns(home, CLONE_NEWNET); }
    } const back{home.get()};
    Place out{open_or_fail(kOwnNamespace, O_RDONLY), open_or_fail(kTun, O_RDWR | O_NONBLOCK)};
    const Descriptor control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    bring_up(control.get(), "lo");
    ifreq wanted = interface("wire");
    wanted.ifr_flags = IFF_TUN | IFF_NO_PI;
    request(out.packets.get(), TUNSETIFF, &wanted, kTun);
    set_address(control.get(), SIOCSIFADDR, address.c_str());
    set_address(control.get(), SIOCSIFNETMASK, "255.255.255.0");
    bring_up(control.get(), "wire");
    return out;
}

// IPv4 and TCP as far as we need them.
bool is_ipv4(const Packet& packet) {
    return packet.size() >= 20 && packet[0] >> 4 == 4;
}
std::size_t destination(const Packet& packet) {
    return std::size_t{packet[19]} - 1;
}
bool opens_connection(const Packet& packet) {
    const std::size_t tcp = std::size_t{packet[0] & 15U} * 4;
    if (packet[9] != IPPROTO_TCP || packet.size() < tcp + 14) return false;
    return (packet[tcp + 13] & 0x12) == 0x02;  // SYN without ACK
}

}  // namespace

class Wire::Carrier {
  public:
    Carrier(std::size_t places, std::uint32_t seed) : random_(seed) {
        for (std::size_t i = 0; i < places; ++i) places_.push_back(make_place(address(i)));
        links_.resize(places, std::vector<Link>(places));
        free_at_.resize(places, std::vector<Clock::time_point>(places));
        thread_ = std::thread([this] { carry(); });
    }
    ~Carrier() {
        stopping_ = true;
        thread_.join();
    }
    [[nodiscard]] int network(std::size_t place) const { return places_[place].network.get(); }
    void set(std::size_t from, std::size_t to, const Link& link) {
        const std::lock_guard lock(mutex_);
        links_.at(from).at(to) = link;
    }
    void set_all(const Link& link) {
        const std::lock_guard lock(mutex_);
        for (auto& row : links_) row.assign(row.size(), link);
    }
    void put_behind_firewall(std::size_t place) {
        const std::lock_guard lock(mutex_);
        places_.at(place).behind_firewall = true;
    }
    Counts counts() {
        const std::lock_guard lock(mutex_);
        return counts_;
    }

  private:
    void carry() {
        std::vector<pollfd> wanted;
        for (const auto& place : places_) wanted.push_back({place.packets.get(), POLLIN, 0});
        while (!stopping_) {
            poll(wanted.data(), wanted.size(), wait());
            const std::lock_guard lock(mutex_);
            for (std::size_t from = 0; from < places_.size(); ++from) take(from);
            deliver();
        }
    }
    [[nodiscard]] int wait() const {
        if (under_way_.empty()) return kIdleMilliseconds;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(under_way_.begin()->first - Clock::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kIdleMilliseconds));
    }
    void take(std::size_t from) {
        Packet packet(kLargestPacket);
        for (ssize_t size = 0;
             (size = read(places_[from].packets.get(), packet.data(), packet.size())) > 0;
             packet.resize(kLargestPacket)) {
            packet.resize(static_cast<std::size_t>(size));
            if (is_ipv4(packet)) send(from, packet);
        }
    }
    void send(std::size_t from, const Packet& packet) {
        const std::size_t to = destination(packet);
        if (to >= places_.size()) return;
        const Link& link = links_[from][to];
        if (link.cut || (places_[to].behind_firewall && opens_connection(packet))) {
            ++counts_.refused;
            return;
        }
        const auto now = Clock::now();
        auto& free_at = free_at_[from][to];
        const bool full = link.bytes_per_second > 0 && free_at > now + kLongestQueue;
        if (full || (link.loss > 0 && chance_(random_) < link.loss)) {
            ++counts_.lost;
            return;
        }
        ++counts_.carried;
        auto due = now + link.delay;
        if (link.bytes_per_second > 0) {
            free_at = std::max(free_at, now) +
                      std::chrono::microseconds(packet.size() * 1'000'000 / link.bytes_per_second);
            due = free_at + link.delay;
        }
        under_way_.emplace(due, std::pair{to, packet});
    }
    void deliver() {
        while (!under_way_.empty() && under_way_.begin()->first <= Clock::now()) {
            const auto& [to, packet] = under_way_.begin()->second;
            // A full interface loses it, as any would.
            [[maybe_unused]] const auto written =
                write(places_[to].packets.get(), packet.data(), packet.size());
            under_way_.erase(under_way_.begin());
        }
    }

    mutable std::mutex mutex_;
    std::vector<Place> places_;             // behind_firewall: mutex_
    std::vector<std::vector<Link>> links_;  // owner: mutex_
    Counts counts_;                         // owner: mutex_
    // Owner: the thread, as are the two below.
    std::multimap<Clock::time_point, std::pair<std::size_t, Packet>> under_way_;
    std::vector<std::vector<Clock::time_point>> free_at_;
    std::mt19937 random_;
    std::uniform_real_distribution<double> chance_{0, 1};
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

std::string Wire::why_not() {
    if (geteuid() != 0) return "this is not root";
    if (access(kTun, R_OK | W_OK) != 0) return std::string("there is no ") + kTun;
    try {
        make_place(address(0));
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

Wire::Wire(std::size_t places, std::uint32_t seed)
    : carrier_(std::make_unique<Carrier>(places, seed)) {}
Wire::~Wire() = default;

std::string Wire::address(std::size_t place) {
    return "10.77.0." + std::to_string(place + 1);
}
void Wire::set(std::size_t from, std::size_t to, const Link& link) {
    carrier_->set(from, to, link);
}
void Wire::set_all(const Link& link) {
    carrier_->set_all(link);
}
void Wire::put_behind_firewall(std::size_t place) {
    carrier_->put_behind_firewall(place);
}
Wire::Counts Wire::counts() const {
    return carrier_->counts();
}

Wire::Inside::Inside(const Wire& wire, std::size_t place) : home_(-1) {
    home_ = open(kOwnNamespace, O_RDONLY | O_CLOEXEC);
    if (home_ < 0) fail(kOwnNamespace);
    enter(wire.carrier_->network(place));
}
Wire::Inside::~Inside() {
    setns(home_, CLONE_NEWNET);
    close(home_);
}

}  // namespace reelproof::cluster
