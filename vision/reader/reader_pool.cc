#include "vision/reader/reader_pool.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "vision/label/read_image.h"
#include "vision/reader/child.h"
#include "vision/reader/wire.h"

namespace reelproof::vision {

using Clock = ReaderChild::Clock;

struct ReaderPool::Impl {
    explicit Impl(ReaderOptions o) : options(std::move(o)) {}

    const ReaderOptions options;

    mutable std::mutex mutex;  // guards all below
    std::condition_variable changed;
    std::vector<ReaderChild> idle;
    std::size_t busy = 0;  // children at work, or being started
    ReaderStats stats;
    bool closing = false;
    std::vector<std::promise<Result<ReaderChild>>> wanted;
    // Starts all children: the kernel ends a child together with the thread that started it, and
    // the threads that call us come and go.
    std::thread starter;

    void start_children() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return closing || !wanted.empty(); });
            if (closing) return;
            std::promise<Result<ReaderChild>> promise = std::move(wanted.back());
            wanted.pop_back();
            lock.unlock();
            promise.set_value(ReaderChild::start(options.command));
            lock.lock();
        }
    }

    Result<ReaderChild> take(Clock::time_point deadline) {
        std::unique_lock lock(mutex);
        const std::size_t most = std::max<std::size_t>(1, options.processes);
        if (!changed.wait_until(lock, deadline, [&] { return busy < most; })) {
            return Error{"reader.busy", "all reader processes were busy for too long"};
        }
        ++busy;
        while (!idle.empty()) {
            ReaderChild child = std::move(idle.back());
            idle.pop_back();
            if (child.running()) return child;
        }
        if (!starter.joinable()) starter = std::thread([this] { start_children(); });
        wanted.emplace_back();
        auto started = wanted.back().get_future();
        changed.notify_all();
        lock.unlock();
        auto child = started.get();
        lock.lock();
        if (child) {
            ++stats.started;
        } else {
            --busy;
            changed.notify_all();
        }
        return child;
    }

    void give_back(std::optional<ReaderChild> child, const Error* trouble) {
        {
            const std::lock_guard lock(mutex);
            --busy;
            if (trouble != nullptr) {
                ++(trouble->code == "reader.timeout" ? stats.timed_out : stats.crashed);
            } else {
                idle.push_back(std::move(*child));
            }
        }
        changed.notify_all();
    }
};

ReaderPool::ReaderPool(ReaderOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

ReaderPool::~ReaderPool() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->closing = true;
    }
    impl_->changed.notify_all();
    if (impl_->starter.joinable()) impl_->starter.join();
}

Result<ReadResult> ReaderPool::read_picture(std::span<const std::uint8_t> picture) {
    if (picture.empty()) return Error{"picture.empty", "the file is empty"};
    if (picture.size() > max_picture_bytes) {
        return Error{"picture.too-large", "the file is larger than 64 MiB"};
    }
    {
        const std::lock_guard lock(impl_->mutex);
        ++impl_->stats.pictures;
    }
    auto result = try_picture(picture, false);
    // Packaged decoders abort on some sound photographs: what others read there is not lost.
    if (!result && result.error().code == "reader.crashed") result = try_picture(picture, true);
    return result;
}

Result<ReadResult> ReaderPool::try_picture(std::span<const std::uint8_t> picture, bool careful) {
    auto child = impl_->take(Clock::now() + impl_->options.deadline);
    if (!child) return child.error();
    const auto answer = child->exchange(picture, careful, impl_->options.deadline);
    if (!answer) {
        const Error trouble = answer.error();
        impl_->give_back(std::nullopt, &trouble);
        return trouble;
    }
    auto decoded = decode_answer(*answer);
    if (!decoded) {
        const Error garbage{"reader.garbage", "the reader process answered nonsense"};
        impl_->give_back(std::nullopt, &garbage);
        return garbage;
    }
    impl_->give_back(*std::move(child), nullptr);
    return *std::move(decoded);
}

Result<std::vector<Symbol>> ReaderPool::read_symbols(std::span<const std::uint8_t> picture) {
    auto result = read_picture(picture);
    if (!result) return result.error();
    return std::move(result->symbols);
}

Result<LabelReading> ReaderPool::read_label(std::span<const std::uint8_t> picture) {
    const auto start = Clock::now();
    auto result = read_picture(picture);
    if (!result) return result.error();
    LabelReading reading = merge(std::move(result->symbols), {Channel::camera, {}});
    reading.unread = std::move(result->unread);
    if (std::any_of(reading.symbols.begin(), reading.symbols.end(),
                    [](const Symbol& symbol) { return !is_utf8(symbol.bytes); })) {
        reading.warnings.push_back({"content.not-utf8",
                                    "a symbol's bytes are no UTF-8: its text is a guess, its bytes "
                                    "are exact"});
    }
    reading.ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    return reading;
}

ReaderStats ReaderPool::stats() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->stats;
}

}  // namespace reelproof::vision
