// Slows down those who guess passwords, and nobody else. Failures count for each user, but a
// browser in which that user has signed in before (it shows a cookie that only we can make) has a
// count of its own: who guesses from elsewhere makes only strangers wait. Failures count for each
// address too. Kept in memory. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "ledger/base/clock.h"
#include "ledger/base/secret.h"

namespace reelproof::api {

class Attempts {
  public:
    // `key`: makes the cookies of known browsers.
    Attempts(const ledger::Secret<32>& key, ledger::Clock clock)
        : key_(key), clock_(std::move(clock)) {}

    // Who tries, as far as it matters here.
    struct Who {
        std::string user;
        std::string address;
        std::string browser;  // its cookie, or empty
    };
    // Seconds to wait before the password is even looked at; nothing: go on.
    [[nodiscard]] std::optional<std::chrono::seconds> wait(const Who& who);
    void failed(const Who& who);
    void succeeded(const Who& who);

    // The cookie of a browser in which this user has signed in. Holds for 90 days.
    [[nodiscard]] std::string browser_cookie(std::string_view user) const;

  private:
    struct Count {
        int failures = 0;
        ledger::UnixSeconds next = 0;  // not before
        ledger::UnixSeconds last = 0;
    };
    [[nodiscard]] bool known(const Who& who) const;
    [[nodiscard]] std::string counter_of(const Who& who) const;
    void count(std::string counter, int free, ledger::UnixSeconds longest);
    void forget_old();

    const ledger::Secret<32> key_;
    const ledger::Clock clock_;
    std::mutex mutex_;
    std::map<std::string, Count> counts_;  // under mutex_
};

}  // namespace reelproof::api
