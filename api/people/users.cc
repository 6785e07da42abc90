#include "api/people/users.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/people/password.h"
#include "api/people/secrets.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::string_view kRow = "user/";
constexpr ledger::UnixSeconds kLinkHolds = 3 * 86400;
constexpr std::size_t kRecoveryCodes = 10, kMostUsers = 10000;

ledger::Error conflict(std::string why) {
    return {ledger::ErrorKind::conflict, std::move(why)};
}

ledger::Error last_administrator() {
    return conflict("nobody would be left who may change users: make another administrator first");
}

ledger::Error no_user(std::string_view user) {
    return {ledger::ErrorKind::not_found, "there is no user " + std::string(user)};
}

Result<void> check_name(std::string_view name) {
    constexpr std::size_t kMost = 200;
    if (name.empty() || name.size() > kMost || ledger::has_control_characters(name))
        return ledger::malformed("name must be 1 to 200 bytes without control characters");
    return {};
}

Result<void> check_roles(const std::vector<std::string>& given) {
    if (given.empty()) return ledger::malformed("roles is empty: this person could do nothing");
    for (const auto& role : given)
        if (!is_role(role))
            return ledger::malformed("roles holds \"" + role + "\"; there are " + listed(roles()));
    return {};
}

// Never one that a removed person of the same name had.
std::int64_t new_epoch() {
    std::array<std::uint8_t, 8> bytes{};
    ledger::fill_random(bytes);
    std::uint64_t drawn = 0;
    for (const auto byte : bytes) drawn = drawn << 8 | byte;
    return static_cast<std::int64_t>(drawn >> 2) + 1;
}

TotpSecret secret_from(const std::string& hex) {
    const auto bytes = ledger::from_hex(hex, "totp");
    if (!bytes || bytes->size() != 20)
        throw ledger::EnvironmentError("the store is damaged: a second factor in table people");
    return TotpSecret(*bytes);
}

ledger::Hash hash_from(const std::string& hex) {
    const auto hash = ledger::array_from_hex<32>(hex, "hash");
    if (!hash) throw ledger::EnvironmentError("the store is damaged: a hash in table people");
    return *hash;
}

}  // namespace

Result<void> check_user(std::string_view user) {
    constexpr std::size_t kMost = 64;
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-' || c == '@';
    };
    if (user.empty() || user.size() > kMost || !std::all_of(user.begin(), user.end(), fits))
        return ledger::malformed(
            "user must be 1 to 64 lower-case letters, digits, dots, hyphens, underscores or @");
    return {};
}

Users::Users(JsonRows& rows, std::string org, ledger::Clock clock)
    : rows_(rows), org_(std::move(org)), clock_(std::move(clock)) {
    rows_.each(kRow, [this](std::string_view user, const json::object& row) {
        users_.emplace(user, read(row));
    });
}

Users::Record Users::read(const json::object& row) {
    Record record;
    record.name = text_in(row, "name");
    record.roles = texts_in(row, "roles");
    record.disabled = number_in(row, "disabled") != 0;
    record.made = number_in(row, "made");
    // Rows of early versions have none.
    if (row.contains("epoch")) record.epoch = number_in(row, "epoch");
    record.password = text_in(row, "password");
    if (row.contains("totp")) record.totp = secret_from(text_in(row, "totp"));
    record.last_step = static_cast<std::uint64_t>(number_in(row, "last_step"));
    for (const auto& hash : texts_in(row, "recovery")) record.recovery.push_back(hash_from(hash));
    if (row.contains("link"))
        record.link = {hash_from(text_in(row, "link")), number_in(row, "link_until"),
                       secret_from(text_in(row, "link_totp"))};
    return record;
}

json::object Users::written(const Record& record) {
    json::object row(ledger::WipingMemory::get());
    row["name"] = record.name;
    row["roles"] = json::value_from(record.roles);
    row["disabled"] = record.disabled ? 1 : 0;
    row["made"] = record.made;
    row["epoch"] = record.epoch;
    row["password"] = record.password;
    if (record.totp) row["totp"] = ledger::to_hex(record.totp->expose());
    row["last_step"] = static_cast<std::int64_t>(record.last_step);
    json::array hashes(ledger::WipingMemory::get());
    for (const auto& hash : record.recovery) hashes.emplace_back(ledger::to_hex(hash));
    row["recovery"] = std::move(hashes);
    if (record.link) {
        row["link"] = ledger::to_hex(record.link->hash);
        row["link_until"] = record.link->until;
        row["link_totp"] = ledger::to_hex(record.link->totp.expose());
    }
    return row;
}

User Users::seen(const std::string& user, const Record& record) const {
    const bool open = record.link && record.link->until > clock_();
    return {.user = user,
            .name = record.name,
            .roles = record.roles,
            .disabled = record.disabled,
            .enrolled = record.totp.has_value(),
            .made = record.made,
            .link_until = open ? record.link->until : 0,
            .recovery_codes = record.recovery.size(),
            .epoch = record.epoch};
}

std::vector<User> Users::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<User> out;
    for (const auto& [user, record] : users_) out.push_back(seen(user, record));
    return out;
}

std::optional<User> Users::find(std::string_view user) const {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(user);
    if (found == users_.end()) return std::nullopt;
    return seen(found->first, found->second);
}

bool Users::empty() const {
    const std::lock_guard lock(mutex_);
    return users_.empty();
}

std::optional<Users::Record> Users::record_of(std::string_view user) const {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(user);
    if (found == users_.end()) return std::nullopt;
    return found->second;
}

Result<Users::Record> Users::required(std::string_view user) const {
    auto record = record_of(user);
    if (!record) return no_user(user);
    return std::move(*record);
}

bool Users::administered_without(std::string_view user) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(users_.begin(), users_.end(), [&](const auto& one) {
        return one.first != user && !one.second.disabled && one.second.totp &&
               may(one.second.roles, kPeopleAccess);
    });
}

Result<void> Users::save(const std::string& user, Record record) {
    if (auto done = rows_.put(std::string(kRow) + user, written(record)); !done) return done;
    const std::lock_guard lock(mutex_);
    users_.insert_or_assign(user, std::move(record));
    return {};
}

Result<std::string> Users::new_link(const std::string& user, Record record) {
    auto link = draw_secret("");
    record.link = {hash_secret(link), clock_() + kLinkHolds, TotpSecret::random()};
    if (auto done = save(user, std::move(record)); !done) return done.error();
    return link;
}

Result<std::string> Users::invite(std::string user, std::string name,
                                  std::vector<std::string> roles) {
    if (auto fits = check_user(user); !fits) return fits.error();
    if (auto fits = check_name(name); !fits) return fits.error();
    if (auto fits = check_roles(roles); !fits) return fits.error();
    const std::lock_guard changing(changing_);
    if (record_of(user)) return conflict("there is a user " + user + " already");
    if (list().size() >= kMostUsers)
        return ledger::Error{ledger::ErrorKind::too_large,
                             "there are " + std::to_string(kMostUsers) +
                                 " users, and no more can be: remove those who left"};
    Record record;
    record.name = std::move(name);
    record.roles = std::move(roles);
    record.made = clock_();
    record.epoch = new_epoch();
    return new_link(user, std::move(record));
}

Result<std::string> Users::invite_again(std::string_view user) {
    const std::lock_guard changing(changing_);
    auto record = required(user);
    if (!record) return record.error();
    return new_link(std::string(user), std::move(*record));
}

Result<User> Users::change(std::string_view user, const Change& change) {
    if (change.name)
        if (auto fits = check_name(*change.name); !fits) return fits.error();
    if (change.roles)
        if (auto fits = check_roles(*change.roles); !fits) return fits.error();
    const std::lock_guard changing(changing_);
    auto record = required(user);
    if (!record) return record.error();
    const Record before = *record;
    if (change.name) record->name = *change.name;
    if (change.roles) record->roles = *change.roles;
    if (change.disabled) record->disabled = *change.disabled;
    if (record->disabled && !before.disabled) record->epoch = new_epoch();
    const bool administers = !record->disabled && may(record->roles, kPeopleAccess);
    const bool administered = before.totp && !before.disabled && may(before.roles, kPeopleAccess);
    if (administered && !administers && !administered_without(user)) return last_administrator();
    const auto out = seen(std::string(user), *record);
    if (auto done = save(out.user, std::move(*record)); !done) return done.error();
    return out;
}

Result<void> Users::remove(std::string_view user) {
    const std::lock_guard changing(changing_);
    const auto record = required(user);
    if (!record) return record.error();
    if (record->totp && may(record->roles, kPeopleAccess) && !administered_without(user))
        return last_administrator();
    if (auto done = rows_.remove(std::string(kRow) + std::string(user)); !done) return done;
    const std::lock_guard lock(mutex_);
    users_.erase(std::string(user));
    return {};
}

Result<std::string> Users::user_of(std::string_view link) const {
    const std::lock_guard lock(mutex_);
    std::optional<std::string> found;
    for (const auto& [user, record] : users_)
        if (record.link && !record.disabled && record.link->until > clock_() &&
            is_secret(link, record.link->hash))
            found = user;
    if (found) return std::move(*found);
    return ledger::Error{
        ledger::ErrorKind::not_found,
        "this set-up link is used up, expired or not complete: ask an administrator "
        "for a new one"};
}

Result<Setup> Users::open_link(std::string_view link) {
    const auto user = user_of(link);
    if (!user) return user.error();
    const auto record = required(*user);
    if (!record || !record->link) return no_user(*user);
    const auto& totp = record->link->totp;
    return Setup{seen(*user, *record), totp_base32(totp), totp_uri(totp, org_, *user)};
}

Result<Users::Enrolled> Users::enrol(std::string_view link, std::string_view password,
                                     std::string_view code) {
    const auto user = user_of(link);
    if (!user) return user.error();
    if (auto fits = check_new_password(password, *user); !fits) return fits.error();
    auto hash = hash_password(password);
    const std::lock_guard changing(changing_);
    // It may have been used while we were hashing.
    if (const auto still = user_of(link); !still) return still.error();
    auto record = required(*user);
    if (!record) return record.error();
    const auto step = totp_step(record->link->totp, code, clock_(), 0);
    if (!step)
        return ledger::invalid(
            "code is not the one that the app shows now: is the clock of the phone right?");
    Enrolled out;
    record->password = std::move(hash);
    record->epoch = new_epoch();
    record->totp = record->link->totp;
    record->last_step = *step;
    record->link.reset();
    record->recovery.clear();
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
        out.recovery_codes.push_back(draw_recovery_code());
        record->recovery.push_back(hash_secret(out.recovery_codes.back()));
    }
    out.user = seen(*user, *record);
    if (auto done = save(*user, std::move(*record)); !done) return done.error();
    return out;
}

Result<Users::Proof> Users::prove(std::string_view user, std::string_view password,
                                  std::string_view code) {
    const auto record = record_of(user);
    const bool can = record && !record->disabled && record->totp;
    if (!is_password(password, can ? record->password : std::string())) return Proof{};
    if (code.empty()) return Proof{Proof::Kind::code_needed};
    auto taken = take_code(std::string(user), record->password, code);
    if (!taken) return taken.error();
    if (!*taken) return Proof{};
    return Proof{Proof::Kind::right, std::move(*taken)};
}

// Persist before answering: no code and no recovery code holds twice.
Result<std::optional<User>> Users::take_code(const std::string& user, const std::string& password,
                                             std::string_view code) {
    using Taken = std::optional<User>;
    const std::lock_guard changing(changing_);
    auto record = required(user);
    // It may have changed while we were hashing.
    if (!record || !record->totp || record->disabled || record->password != password)
        return Taken();
    if (const auto step = totp_step(*record->totp, code, clock_(), record->last_step)) {
        record->last_step = *step;
    } else {
        const auto plain = plain_recovery_code(code);
        const auto used =
            std::find_if(record->recovery.begin(), record->recovery.end(),
                         [&](const ledger::Hash& hash) { return is_secret(plain, hash); });
        if (used == record->recovery.end()) return Taken();
        record->recovery.erase(used);
    }
    auto out = seen(user, *record);
    if (auto done = save(user, std::move(*record)); !done) return done.error();
    return Taken(std::move(out));
}

Result<std::int64_t> Users::set_password(std::string_view user, std::string_view password) {
    if (auto fits = check_new_password(password, user); !fits) return fits.error();
    auto hash = hash_password(password);
    const std::lock_guard changing(changing_);
    auto record = required(user);
    if (!record) return record.error();
    record->password = std::move(hash);
    const auto epoch = record->epoch = new_epoch();
    if (auto done = save(std::string(user), std::move(*record)); !done) return done.error();
    return epoch;
}

Result<std::vector<std::string>> Users::new_recovery_codes(std::string_view user) {
    const std::lock_guard changing(changing_);
    auto record = required(user);
    if (!record) return record.error();
    record->recovery.clear();
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
        codes.push_back(draw_recovery_code());
        record->recovery.push_back(hash_secret(codes.back()));
    }
    if (auto done = save(std::string(user), std::move(*record)); !done) return done.error();
    return codes;
}

}  // namespace reelproof::api
