// Who is signed in: sessions of people, each under the hash of a random cookie. A session ends
// after twelve hours, an hour without a request, when it is signed out, or with its user.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/service/json_rows.h"

namespace reelproof::api {

inline constexpr ledger::UnixSeconds kSessionHolds = 12L * 3600;  // a shift with its overtime
inline constexpr ledger::UnixSeconds kSessionIdles = 3600;

struct Session {
    ledger::Hash id{};  // of its cookie
    std::string user;
    std::int64_t epoch = 0;  // of the user, when it was earned; in another one it holds no more
    ledger::UnixSeconds until = 0;
};

class Sessions {
  public:
    Sessions(JsonRows& rows, ledger::Clock clock);

    // The cookie's value. Durable: a restart signs nobody out. Of one user's sessions over twenty
    // the oldest ends.
    ledger::Result<std::string> begin(const std::string& user, std::int64_t epoch);
    // The session of a cookie, which is thereby in use.
    std::optional<Session> find(std::string_view cookie);
    // The same, and it is no use: for a stream that must end with it.
    [[nodiscard]] bool lasts(const Session& session) const;
    // Over at once, whatever the store says. Where the store takes nothing the error says so, and
    // the row goes with the next change; until then a restart would bring the session back, unless
    // its epoch is over.
    ledger::Result<void> end(const ledger::Hash& id);
    ledger::Result<void> end_all(std::string_view user);
    // All of a user but this one, which goes on in a new epoch.
    ledger::Result<void> end_others(const Session& own, std::int64_t epoch);

  private:
    struct Held {
        std::string user;
        std::int64_t epoch = 0;
        ledger::UnixSeconds until = 0;
        ledger::UnixSeconds used = 0;  // in memory alone: a restart counts as a request
    };
    [[nodiscard]] bool holds(const Held& session) const;
    static JsonRows::Change row_of(const ledger::Hash& id, const Held& session);
    // With changing_ held: takes them out of memory, then out of the store with `more`.
    ledger::Result<void> drop(const std::vector<ledger::Hash>& ids,
                              std::vector<JsonRows::Change> more = {});

    JsonRows& rows_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, to the end; find() does not wait for it
    std::set<ledger::Hash> leftover_;  // ended, but their rows are still there; under changing_
    mutable std::mutex mutex_;
    std::map<ledger::Hash, Held> sessions_;  // under mutex_
};

// What a page must send back with every change, so that no other site can make the browser do it:
// follows from the cookie, which scripts can't read.
std::string csrf_token(std::string_view cookie);
bool is_csrf_token(std::string_view given, std::string_view cookie);

}  // namespace reelproof::api
