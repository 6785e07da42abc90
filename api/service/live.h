// What happens at this node, told to those who watch. Whoever does something publishes it; whoever
// watches takes what he may see. Nothing is kept for later. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace reelproof::api {

class Live {
  public:
    struct Message {
        // Whose work it is about: who may see it is for the routes to say.
        enum class Audience { events, verdicts, line_verdicts, line, logs, boms };
        std::string kind;  // "event", "verdict", "line", "log", "bom"
        std::string json;  // one object, without line breaks
        Audience audience = Audience::events;
    };
    // Must not block: called by whoever did it.
    void publish(Message message);
    // Whether anybody watches: else a message need not be made.
    [[nodiscard]] bool watched() const;

    // One who watches, from now on until it is destroyed.
    class Watcher {
      public:
        Watcher(Live& live, std::function<bool(const Message&)> sees, std::function<void()> wake);
        ~Watcher();
        Watcher(const Watcher&) = delete;
        Watcher& operator=(const Watcher&) = delete;
        // What has come since the last time, with its number; nothing when there was too much of
        // it to wait for this one.
        struct Numbered {
            std::uint64_t number = 0;
            std::shared_ptr<const Message> message;
        };
        [[nodiscard]] std::optional<std::vector<Numbered>> take();

      private:
        friend class Live;
        Live& live_;
        const std::function<bool(const Message&)> sees_;
        const std::function<void()> wake_;
        std::vector<Numbered> waiting_;  // under Live::mutex_, as all below
        bool lost_ = false;
    };

  private:
    mutable std::mutex mutex_;
    std::uint64_t next_ = 1;          // under mutex_
    std::vector<Watcher*> watchers_;  // under mutex_
};

}  // namespace reelproof::api
