// Who is signed in: sessions of people, each under the hash of a random cookie. A session ends
// after twelve hours, an hour without a request, when it is signed out, or with its user.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/service/json_rows.h"

namespace reelproof::api {

inline constexpr ledger::UnixSeconds kSessionHolds = 12 * 3600;  // a shift with its overtime
inline constexpr ledger::UnixSeconds kSessionIdles = 3600;

struct Session {
    ledger::Hash id{};  // of its cookie
    std::string user;
    ledger::UnixSeconds until = 0;
};

class Sessions {
  public:
    Sessions(JsonRows& rows, ledger::Clock clock);

    // The cookie's value. Durable: a restart signs nobody out. Of one user's sessions over twenty
    // the oldest ends.
    ledger::Result<std::string> begin(const std::string& user);
    // The session of a cookie, which is thereby in use.
    std::optional<Session> find(std::string_view cookie);
    ledger::Result<void> end(const ledger::Hash& id);
    // All of a user, but for one.
    ledger::Result<void> end_all(std::string_view user,
                                 const std::optional<ledger::Hash>& but = std::nullopt);

  private:
    struct Held {
        std::string user;
        ledger::UnixSeconds until = 0;
        ledger::UnixSeconds used = 0;  // in memory alone: a restart counts as a request
    };
    [[nodiscard]] bool holds(const Held& session) const;
    ledger::Result<void> drop(const std::vector<ledger::Hash>& ids);

    JsonRows& rows_;
    const ledger::Clock clock_;
    std::mutex mutex_;
    std::map<ledger::Hash, Held> sessions_;  // under mutex_
};

// What a page must send back with every change, so that no other site can make the browser do it:
// follows from the cookie, which scripts can't read.
std::string csrf_token(std::string_view cookie);
bool is_csrf_token(std::string_view given, std::string_view cookie);

}  // namespace reelproof::api
