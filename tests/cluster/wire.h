// A network of the test's own: each place is a network namespace with one interface, and a thread
// of this process carries the packets between them, or loses, delays and refuses them as it is
// told. The namespaces have no names and belong to this process, so nothing is left when it ends,
// however it ends. Needs root and /dev/net/tun; neither `tc` nor the kernel's netem, which many
// lack.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace reelproof::cluster {

// What happens to packets on the way from one place to another.
struct Link {
    bool cut = false;
    double loss = 0;  // part of the packets
    std::chrono::milliseconds delay{0};
    std::size_t bytes_per_second = 0;  // 0: no limit
};

class Wire {
  public:
    // Why there can be none here, or empty.
    static std::string why_not();

    // `seed` draws which packets are lost. Throws std::runtime_error.
    Wire(std::size_t places, std::uint32_t seed);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    [[nodiscard]] static std::string address(std::size_t place);
    // May be called on any thread.
    void set(std::size_t from, std::size_t to, const Link& link);
    void set_all(const Link& link);
    // From now on nobody can open a connection to it; those that it opens work.
    void put_behind_firewall(std::size_t place);
    struct Counts {
        std::uint64_t carried = 0, lost = 0, refused = 0;
    };
    [[nodiscard]] Counts counts() const;

    // While it lives, sockets that this thread opens and processes and threads that it starts are
    // in that place.
    class Inside {
      public:
        Inside(const Wire& wire, std::size_t place);
        ~Inside();
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

      private:
        int home_;
    };

  private:
    class Carrier;
    std::unique_ptr<Carrier> carrier_;
};

}  // namespace reelproof::cluster
