#include "api/http/io_thread.h"

#include "api/http/connection.h"
#include "api/http/response_writer.h"

namespace reelproof::api {

using net::asio::post;

namespace {
// Someone waits in stop() for the connections to close.
constexpr std::chrono::milliseconds kDrainingSweep{10};
}  // namespace

IoThread::IoThread(std::chrono::milliseconds sweep_interval)
    : sweep_interval_(sweep_interval),
      context_(1),  // one thread runs it
      work_(context_.get_executor()),
      timer_(context_.get_executor()) {}

IoThread::~IoThread() {
    stop();
}

void IoThread::start() {
    post(context_, [this] { arm(); });
    thread_ = std::thread([this] { context_.run(); });
}

void IoThread::drain() {
    post(context_, [this] {
        draining_ = true;
        for (auto next = connections_.begin(); next != connections_.end();) {
            const auto connection = *next++;  // it may remove itself
            connection->drain();
        }
        timer_.cancel();  // and armed again, shorter
    });
}

void IoThread::abort_all() {
    post(context_, [this] {
        draining_ = true;
        for (auto next = connections_.begin(); next != connections_.end();) {
            const auto connection = *next++;
            connection->close();
        }
    });
}

void IoThread::stop() {
    if (!thread_.joinable()) return;
    post(context_, [this] {
        stopping_ = true;
        timer_.cancel();
    });
    work_.reset();
    thread_.join();
}

void IoThread::add(const std::shared_ptr<Connection>& connection) {
    connections_.insert(connection);
    if (draining_)
        connection->close();
    else
        connection->start();
}

void IoThread::remove(const std::shared_ptr<Connection>& connection) {
    connections_.erase(connection);
}

void IoThread::make_room() {
    std::shared_ptr<Connection> last;
    std::size_t most = 0;
    for (const auto& connection : connections_) {
        const auto since = connection->waits_since();
        if (!since) continue;
        const std::size_t neighbours = connection->neighbours();
        if (last && (neighbours < most || (neighbours == most && *since >= *last->waits_since())))
            continue;
        last = connection;
        most = neighbours;
    }
    if (last) last->make_room();
}

std::string_view IoThread::date() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now != date_time_) {
        date_time_ = now;
        date_ = http_date(now);
    }
    return date_;
}

void IoThread::arm() {
    if (stopping_) return;
    timer_.expires_after(draining_ ? kDrainingSweep : sweep_interval_);
    timer_.async_wait([this](const net::error_code& error) {
        if (!error) sweep();
        arm();
    });
}

void IoThread::sweep() {
    const auto now = net::Clock::now();
    for (auto next = connections_.begin(); next != connections_.end();) {
        const auto connection = *next++;  // it may remove itself
        connection->check_deadline(now);
    }
}

}  // namespace reelproof::api
