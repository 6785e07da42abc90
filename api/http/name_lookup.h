// Looks host names up without waiting for the resolver longer than asked to: getaddrinfo can't be
// stopped, so it runs on a thread of its own, which nobody joins. Thread-safe. Internal to
// api/http.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "api/http/net.h"

namespace reelproof::api {

struct NamesFound {
    std::vector<net::asio::ip::address> addresses;
    std::string error;  // the resolver's words where there are none
};

class NameLookup {
  public:
    using Resolve = std::function<NamesFound(const std::string& host)>;

    explicit NameLookup(Resolve resolve);
    // With the system's resolver; for the whole process.
    static NameLookup& system();

    // nullptr when the deadline or `cancelled` comes first. Whoever asks for a host while it is
    // being looked up waits for the same answer, so one that hangs costs one thread.
    std::shared_ptr<const NamesFound> find(const std::string& host, net::Clock::time_point deadline,
                                           const std::atomic<bool>& cancelled);

  private:
    struct Pending;
    struct Shared;
    // The threads' too: they may outlive the object.
    std::shared_ptr<Shared> shared_;
};

}  // namespace reelproof::api
