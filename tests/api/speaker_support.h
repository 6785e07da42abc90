// What endless answers say in tests: all that hear a Speaker are told the same. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace reelproof::tests {

// "end" ends them.
struct Speaker {
    std::mutex mutex;
    std::vector<std::string> said;  // owner: mutex, as the next
    std::map<int, std::function<void()>> wakes;
    int next = 0;
    std::atomic<int> open{0};
    bool wakes_at_once = false;

    void say(const std::string& text) {
        const std::lock_guard lock(mutex);
        said.push_back(text);
        for (const auto& [number, wake] : wakes) wake();
    }
};

// `Stream`: api::BodyStream, or what is one.
template <class Stream>
class Hearing : public Stream {
  public:
    // `idle`: what it says where nothing was said for a while.
    explicit Hearing(Speaker& speaker, std::string idle = "")
        : speaker_(speaker), idle_(std::move(idle)) {
        ++speaker_.open;
    }
    ~Hearing() override {
        const std::lock_guard lock(speaker_.mutex);
        speaker_.wakes.erase(number_);
        --speaker_.open;
    }
    void open(std::function<void()> wake) override {
        if (speaker_.wakes_at_once) wake();
        const std::lock_guard lock(speaker_.mutex);
        number_ = speaker_.next++;
        speaker_.wakes.emplace(number_, std::move(wake));
    }
    std::optional<std::string> next(bool idle) override {
        const std::lock_guard lock(speaker_.mutex);
        if (heard_ == speaker_.said.size()) return idle ? idle_ : "";
        const auto& text = speaker_.said[heard_++];
        if (text == "end") return std::nullopt;
        return text;
    }

  private:
    Speaker& speaker_;
    const std::string idle_;
    int number_ = -1;
    std::size_t heard_ = 0;
};

}  // namespace reelproof::tests
