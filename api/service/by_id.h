// Things of one kind in memory, by id, as their rows are in the store. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace reelproof::api {

template <class T>
class ById {
  public:
    [[nodiscard]] std::vector<T> all() const {
        const std::lock_guard lock(mutex_);
        std::vector<T> out;
        out.reserve(things_.size());
        for (const auto& [id, one] : things_) out.push_back(one);
        return out;
    }
    [[nodiscard]] std::optional<T> find(const std::string& id) const {
        const std::lock_guard lock(mutex_);
        const auto found = things_.find(id);
        return found == things_.end() ? std::nullopt : std::optional(found->second);
    }
    // In place of the one before.
    void keep(const std::string& id, T thing) {
        const std::lock_guard lock(mutex_);
        things_.insert_or_assign(id, std::move(thing));
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, T> things_;  // owner: mutex_
};

}  // namespace reelproof::api
