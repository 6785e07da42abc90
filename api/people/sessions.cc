#include "api/people/sessions.h"

#include <algorithm>

#include "api/people/secrets.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

constexpr std::string_view kRow = "session/";
constexpr std::size_t kMostOfOne = 20;

std::string key_of(const ledger::Hash& id) {
    return std::string(kRow) + ledger::to_hex(id);
}

}  // namespace

Sessions::Sessions(JsonRows& rows, ledger::Clock clock) : rows_(rows), clock_(std::move(clock)) {
    const auto now = clock_();
    std::vector<JsonRows::Change> over;
    rows_.each(kRow, [&](std::string_view name, const boost::json::object& row) {
        const auto id = ledger::array_from_hex<32>(name, "session");
        // Rows of early versions have no epoch.
        Held session{text_in(row, "user"), row.contains("epoch") ? number_in(row, "epoch") : 0,
                     number_in(row, "until"), now};
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

JsonRows::Change Sessions::row_of(const ledger::Hash& id, const Held& session) {
    return {key_of(id),
            {{"user", session.user}, {"epoch", session.epoch}, {"until", session.until}}};
}

ledger::Result<std::string> Sessions::begin(const std::string& user, std::int64_t epoch) {
    auto cookie = draw_secret("");
    const auto id = hash_secret(cookie);
    const auto now = clock_();
    const std::lock_guard changing(changing_);
    std::vector<ledger::Hash> over;
    {
        const std::lock_guard lock(mutex_);
        std::vector<std::pair<ledger::UnixSeconds, ledger::Hash>> others;
        for (const auto& [other, session] : sessions_)
            if (!holds(session))
                over.push_back(other);
            else if (session.user == user)
                others.emplace_back(session.until, other);
        std::sort(others.begin(), others.end());
        for (std::size_t i = 0; others.size() - i >= kMostOfOne; ++i)
            over.push_back(others[i].second);
    }
    const Held fresh{user, epoch, now + kSessionHolds, now};
    std::vector<JsonRows::Change> more;
    more.push_back(row_of(id, fresh));
    if (auto done = drop(over, std::move(more)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    sessions_.emplace(id, fresh);
    return cookie;
}

std::optional<Session> Sessions::find(std::string_view cookie) {
    // Looking up a hash tells nothing of the cookie that an attacker could go on from.
    const auto id = hash_secret(cookie);
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || !holds(found->second)) return std::nullopt;
    found->second.used = clock_();
    return Session{id, found->second.user, found->second.epoch, found->second.until};
}

bool Sessions::lasts(const Session& session) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session.id);
    return found != sessions_.end() && holds(found->second) && found->second.epoch == session.epoch;
}

ledger::Result<void> Sessions::drop(const std::vector<ledger::Hash>& ids,
                                    std::vector<JsonRows::Change> more) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& id : ids) sessions_.erase(id);
    }
    leftover_.insert(ids.begin(), ids.end());
    for (const auto& id : leftover_) more.push_back({key_of(id), {}});
    if (more.empty()) return {};
    auto done = rows_.write(std::move(more));
    if (done) leftover_.clear();
    return done;
}

ledger::Result<void> Sessions::end(const ledger::Hash& id) {
    const std::lock_guard changing(changing_);
    return drop({id});
}

ledger::Result<void> Sessions::end_all(std::string_view user) {
    const std::lock_guard changing(changing_);
    std::vector<ledger::Hash> ids;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, session] : sessions_)
            if (session.user == user) ids.push_back(id);
    }
    return drop(ids);
}

ledger::Result<void> Sessions::end_others(const Session& own, std::int64_t epoch) {
    const std::lock_guard changing(changing_);
    std::vector<ledger::Hash> ids;
    std::vector<JsonRows::Change> kept;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [id, session] : sessions_) {
            if (session.user != own.user) continue;
            if (id != own.id) {
                ids.push_back(id);
                continue;
            }
            session.epoch = epoch;
            kept.push_back(row_of(id, session));
        }
    }
    return drop(ids, std::move(kept));
}

std::string csrf_token(std::string_view cookie) {
    return ledger::to_hex(
        ledger::sha256(ledger::as_bytes("reelproof csrf " + std::string(cookie))));
}

bool is_csrf_token(std::string_view given, std::string_view cookie) {
    return ledger::equal_secret(ledger::as_bytes(given), ledger::as_bytes(csrf_token(cookie)));
}

}  // namespace reelproof::api
