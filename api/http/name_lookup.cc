#include "api/http/name_lookup.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <thread>

#include <netdb.h>
#include <sys/socket.h>

namespace reelproof::api {
namespace {

// A waiting thread doesn't hear of `cancelled`; so it waits in small steps.
constexpr std::chrono::milliseconds kStep{50};

NamesFound ask_system(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    NamesFound found;
    if (const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); failed != 0) {
        found.error = ::gai_strerror(failed);
        return found;
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, ::freeaddrinfo);
    for (const auto* one = list; one != nullptr; one = one->ai_next) {
        net::Tcp::endpoint endpoint;
        if (one->ai_addrlen > endpoint.capacity()) continue;
        endpoint.resize(one->ai_addrlen);
        std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
        found.addresses.push_back(endpoint.address());
    }
    return found;
}

}  // namespace

struct NameLookup::Pending {
    std::shared_ptr<const NamesFound> found;  // under Shared::mutex
};

struct NameLookup::Shared {
    Resolve resolve;
    std::mutex mutex;
    std::condition_variable answered;
    std::map<std::string, std::shared_ptr<Pending>> pending;  // by host; under mutex
};

NameLookup::NameLookup(Resolve resolve) : shared_(std::make_shared<Shared>()) {
    shared_->resolve = std::move(resolve);
}

NameLookup& NameLookup::system() {
    static NameLookup lookup(ask_system);
    return lookup;
}

std::shared_ptr<const NamesFound> NameLookup::find(const std::string& host,
                                                   net::Clock::time_point deadline,
                                                   const std::atomic<bool>& cancelled) {
    std::unique_lock lock(shared_->mutex);
    std::shared_ptr<Pending> mine;
    if (const auto at = shared_->pending.find(host); at != shared_->pending.end()) {
        mine = at->second;
    } else {
        mine = std::make_shared<Pending>();
        std::thread([shared = shared_, mine, host] {
            auto found = std::make_shared<const NamesFound>(shared->resolve(host));
            const std::lock_guard held(shared->mutex);
            mine->found = std::move(found);
            shared->pending.erase(host);
            shared->answered.notify_all();
        }).detach();
        shared_->pending.emplace(host, mine);  // before the thread gets the lock
    }
    while (!mine->found && !cancelled && net::Clock::now() < deadline)
        shared_->answered.wait_until(lock, std::min(deadline, net::Clock::now() + kStep));
    return mine->found;
}

}  // namespace reelproof::api
