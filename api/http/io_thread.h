// One thread, its io_context and the connections that live on it, with one timer that looks at all
// their deadlines (a timer for each operation would cost more than the operation).
// start(), drain(), abort_all() and stop() may be called from any thread, the rest only from the
// thread itself. Internal to api/http.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "api/http/net.h"

namespace reelproof::api {

class Connection;

class IoThread {
  public:
    // Deadlines are looked at every `sweep_interval`.
    explicit IoThread(std::chrono::milliseconds sweep_interval);
    ~IoThread();

    net::asio::io_context& context() { return context_; }

    void start();
    // Idle connections close; the others after the request that they are at.
    void drain();
    void abort_all();
    // Ends the thread once all connections are closed (abort_all first), and joins it.
    void stop();

    void add(const std::shared_ptr<Connection>& connection);
    void remove(const std::shared_ptr<Connection>& connection);
    // Closes one connection that only waits, so that others get in: of the address that has the
    // most, the one that waits longest.
    void make_room();
    bool draining() const { return draining_; }
    // The Date header's value, made once a second.
    std::string_view date();

  private:
    void arm();
    void sweep();

    const std::chrono::milliseconds sweep_interval_;
    net::asio::io_context context_;
    net::asio::executor_work_guard<net::Executor> work_;
    net::Timer timer_;                                             // this thread
    std::unordered_set<std::shared_ptr<Connection>> connections_;  // this thread
    bool draining_ = false;                                        // this thread
    bool stopping_ = false;                                        // this thread
    std::string date_;                                             // this thread
    std::chrono::system_clock::time_point date_time_{};            // this thread
    std::thread thread_;
};

}  // namespace reelproof::api
