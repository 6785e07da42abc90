// Who wants to know when a log has a new visible head, or a new cosignature: replication that sends
// on, requests that wait. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "ledger/directory/directory.h"

namespace reelproof::ledger {

class HeadWatch {
  public:
    // Called on a thread that writes the store: must be quick, and neither wait nor throw.
    using OnHead = std::function<void(LogId)>;

    // Until the handle goes; then no call is in progress any more. The handle may outlive the
    // watch, and must not go from within a call.
    [[nodiscard]] std::shared_ptr<void> add(OnHead on_head) {
        const std::lock_guard lock(list_->mutex);
        const std::uint64_t number = list_->next++;
        list_->calls.emplace(number, std::move(on_head));
        return {nullptr, [list = list_, number](void*) {
                    const std::lock_guard inner(list->mutex);
                    list->calls.erase(number);
                }};
    }
    void tell(LogId log) const {
        const std::lock_guard lock(list_->mutex);
        for (const auto& [number, call] : list_->calls) call(log);
    }

  private:
    struct List {
        std::mutex mutex;
        std::map<std::uint64_t, OnHead> calls;  // owner: mutex
        std::uint64_t next = 0;                 // owner: mutex
    };
    std::shared_ptr<List> list_ = std::make_shared<List>();
};

}  // namespace reelproof::ledger
