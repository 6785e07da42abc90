#include "api/people/sessions.h"

#include <algorithm>

#include "api/people/secrets.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

constexpr std::string_view kRow = "session/";
constexpr std::size_t kMostOfOne = 20;

std::string row_of(const ledger::Hash& id) {
    return std::string(kRow) + ledger::to_hex(id);
}

}  // namespace

Sessions::Sessions(JsonRows& rows, ledger::Clock clock) : rows_(rows), clock_(std::move(clock)) {
    const auto now = clock_();
    std::vector<JsonRows::Change> over;
    rows_.each(kRow, [&](std::string_view name, const boost::json::object& row) {
        const auto id = ledger::array_from_hex<32>(name, "session");
        Held session{text_in(row, "user"), number_in(row, "until"), now};
        if (id && holds(session))
            sessions_.emplace(*id, std::move(session));
        else
            over.push_back({std::string(kRow) + std::string(name), {}});
    });
    // They stay until the next start where the store takes nothing now.
    if (!over.empty()) (void)rows_.write(std::move(over));
}

// A clock that went back by hours ends it: it must not hold longer than it was to.
bool Sessions::holds(const Held& session) const {
    const auto now = clock_();
    return now < session.until && session.until - now <= kSessionHolds &&
           now - session.used < kSessionIdles;
}

ledger::Result<std::string> Sessions::begin(const std::string& user) {
    auto cookie = draw_secret("");
    const auto id = hash_secret(cookie);
    const auto now = clock_();
    std::vector<JsonRows::Change> changes;
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<ledger::UnixSeconds, ledger::Hash>> others;
    for (const auto& [other, session] : sessions_)
        if (!holds(session))
            changes.push_back({row_of(other), {}});
        else if (session.user == user)
            others.emplace_back(session.until, other);
    std::sort(others.begin(), others.end());
    for (std::size_t i = 0; others.size() - i >= kMostOfOne; ++i)
        changes.push_back({row_of(others[i].second), {}});
    boost::json::object row{{"user", user}, {"until", now + kSessionHolds}};
    auto ended = changes;
    changes.push_back({row_of(id), std::move(row)});
    if (auto done = rows_.write(std::move(changes)); !done) return done.error();
    for (const auto& change : ended)
        if (const auto over = ledger::array_from_hex<32>(
                std::string_view(change.key).substr(kRow.size()), "session"))
            sessions_.erase(*over);
    sessions_.emplace(id, Held{user, now + kSessionHolds, now});
    return cookie;
}

std::optional<Session> Sessions::find(std::string_view cookie) {
    // Looking up a hash tells nothing of the cookie that an attacker could go on from.
    const auto id = hash_secret(cookie);
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || !holds(found->second)) return std::nullopt;
    found->second.used = clock_();
    return Session{id, found->second.user, found->second.until};
}

ledger::Result<void> Sessions::drop(const std::vector<ledger::Hash>& ids) {
    if (ids.empty()) return {};
    // First in memory: whatever the store says, they hold no more.
    std::vector<JsonRows::Change> changes;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& id : ids) {
            sessions_.erase(id);
            changes.push_back({row_of(id), {}});
        }
    }
    return rows_.write(std::move(changes));
}

ledger::Result<void> Sessions::end(const ledger::Hash& id) {
    return drop({id});
}

ledger::Result<void> Sessions::end_all(std::string_view user,
                                       const std::optional<ledger::Hash>& but) {
    std::vector<ledger::Hash> ids;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, session] : sessions_)
            if (session.user == user && id != but) ids.push_back(id);
    }
    return drop(ids);
}

std::string csrf_token(std::string_view cookie) {
    return ledger::to_hex(
        ledger::sha256(ledger::as_bytes("reelproof csrf " + std::string(cookie))));
}

bool is_csrf_token(std::string_view given, std::string_view cookie) {
    return ledger::equal_secret(ledger::as_bytes(given), ledger::as_bytes(csrf_token(cookie)));
}

}  // namespace reelproof::api
