// Slows down those who guess passwords, and nobody else. Failures count for each user in each place
// (the caller's network), so who guesses makes wait whoever else tries there, and a browser in
// which that user has signed in before (it shows a cookie that only we can make) has a count of its
// own. Failures count for each place too, and for each user in all places together, of each place
// only the first few: it takes guesses from ten places to make the user wait elsewhere, for a
// minute at most. Kept in memory. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

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
    // Seconds to wait before the password is even looked at; nothing: go on, and tell how it ended
    // (Attempt does). Until then nobody else may try what counts there: guesses that are made side
    // by side wait for each other as those one after the other do.
    [[nodiscard]] std::optional<std::chrono::seconds> begin(const Who& who);
    enum class End { failed, succeeded, neither };
    void end(const Who& who, End how);

    // The cookie of a browser in which this user has signed in. Holds for 90 days.
    [[nodiscard]] std::string browser_cookie(std::string_view user) const;

  private:
    struct Count {
        int failures = 0;
        ledger::UnixSeconds next = 0;  // not before
        ledger::UnixSeconds last = 0;
        int trying = 0;  // attempts whose end is not known yet
    };
    [[nodiscard]] bool known(const Who& who) const;
    struct Counter {
        std::string name;
        int free = 0;        // failures that cost nothing
        int alone_from = 0;  // failures from which on attempts wait for each other
        ledger::UnixSeconds longest = 0;
    };
    // That of who tries first, then those of more.
    [[nodiscard]] std::vector<Counter> counters_of(const Who& who) const;
    void count(const Counter& counter);
    void tried(const std::string& counter);
    void forget_old();

    const ledger::Secret<32> key_;
    const ledger::Clock clock_;
    std::mutex mutex_;
    std::map<std::string, Count> counts_;  // under mutex_
};

// An attempt that begin() let go on, until its end is known.
class Attempt {
  public:
    Attempt(Attempts& attempts, Attempts::Who who) : attempts_(attempts), who_(std::move(who)) {}
    ~Attempt() { attempts_.end(who_, how); }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    Attempts::End how = Attempts::End::neither;

  private:
    Attempts& attempts_;
    const Attempts::Who who_;
};

}  // namespace reelproof::api
