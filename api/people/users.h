// The people of this organisation who sign in: their names, roles, passwords and second factors.
// A person is invited by a set-up link that holds once, chooses a password, enrols an app for the
// second factor and is given recovery codes; nobody has a default password, and nobody signs in
// without a second factor. Thread-safe; changes are durable when they are answered.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/people/totp.h"
#include "api/service/json_rows.h"

namespace reelproof::api {

// As others see a person.
struct User {
    std::string user;  // signs in with it: lower-case letters, digits, . _ - @
    std::string name;
    std::vector<std::string> roles;
    bool disabled = false;
    bool enrolled = false;  // has a password and a second factor
    ledger::UnixSeconds made = 0;
    ledger::UnixSeconds link_until = 0;  // of an open set-up link; 0: there is none
    std::size_t recovery_codes = 0;      // left
    // Drawn anew when all that was proved so far ends: another password or second factor, or the
    // person is disabled. A session holds for the epoch in which it was earned.
    std::int64_t epoch = 0;
};

// What somebody who opened a set-up link needs.
struct Setup {
    User user;
    std::string secret;  // of the second factor, to be typed
    std::string uri;     // and for its QR code
};

// What may be a user's name at all: 1 to 64 lower-case letters, digits, . _ - @.
ledger::Result<void> check_user(std::string_view user);

class Users {
  public:
    // Throws EnvironmentError for a store that can't be read.
    Users(JsonRows& rows, std::string org, ledger::Clock clock);

    [[nodiscard]] std::vector<User> list() const;
    [[nodiscard]] std::optional<User> find(std::string_view user) const;
    [[nodiscard]] bool empty() const;

    // A new person, or a known one who lost password or second factor: gives the secret of the
    // set-up link, which holds for three days and takes the place of an older one. Errors:
    // `malformed`, `conflict` (there already), `not_found`.
    ledger::Result<std::string> invite(std::string user, std::string name,
                                       std::vector<std::string> roles);
    ledger::Result<std::string> invite_again(std::string_view user);
    // What is not given stays. `conflict` when nobody would be left who may change users.
    struct Change {
        std::optional<std::string> name;
        std::optional<std::vector<std::string>> roles;
        std::optional<bool> disabled;
    };
    ledger::Result<User> change(std::string_view user, const Change& change);
    // Their name stays taken in the audit log alone.
    ledger::Result<void> remove(std::string_view user);

    // `not_found` when the link is used up, expired or unknown: nobody learns which.
    ledger::Result<Setup> open_link(std::string_view link);
    // Sets the password and the second factor, of which `code` must be one now; uses the link up.
    // Gives the recovery codes, which are shown once.
    struct Enrolled {
        User user;
        std::vector<std::string> recovery_codes;
    };
    ledger::Result<Enrolled> enrol(std::string_view link, std::string_view password,
                                   std::string_view code);

    // Whose open link this is; `not_found` as open_link.
    [[nodiscard]] ledger::Result<std::string> user_of(std::string_view link) const;

    // Password and second factor: a code of the app, or a recovery code, which is used up.
    struct Proof {
        enum class Kind { wrong, right, code_needed } kind = Kind::wrong;
        // As it was when that was proved; only where it is right.
        std::optional<User> user{};
    };
    // Takes as long for somebody who is not there. `code_needed`: the password is right, and no
    // code was given.
    ledger::Result<Proof> prove(std::string_view user, std::string_view password,
                                std::string_view code);
    // For somebody who has just proved who he is. Gives the new epoch.
    ledger::Result<std::int64_t> set_password(std::string_view user, std::string_view password);
    ledger::Result<std::vector<std::string>> new_recovery_codes(std::string_view user);

  private:
    struct Record {
        std::string name;
        std::vector<std::string> roles;
        bool disabled = false;
        ledger::UnixSeconds made = 0;
        std::int64_t epoch = 0;
        std::string password;  // its hash; empty until enrolled
        std::optional<TotpSecret> totp;
        std::uint64_t last_step = 0;  // of the newest code that was taken
        std::vector<ledger::Hash> recovery;
        struct Link {
            ledger::Hash hash{};
            ledger::UnixSeconds until = 0;
            TotpSecret totp;  // to be enrolled
        };
        std::optional<Link> link;
    };

    static Record read(const boost::json::object& row);
    static boost::json::object written(const Record& record);
    [[nodiscard]] User seen(const std::string& user, const Record& record) const;
    [[nodiscard]] std::optional<Record> record_of(std::string_view user) const;
    [[nodiscard]] ledger::Result<Record> required(std::string_view user) const;
    [[nodiscard]] bool administered_without(std::string_view user) const;
    // With changing_ held.
    ledger::Result<void> save(const std::string& user, Record record);
    ledger::Result<std::string> new_link(const std::string& user, Record record);
    // The person as he is in the transaction that used the code up; nothing when it is wrong, or
    // the password is no more the one with that hash.
    ledger::Result<std::optional<User>> take_code(const std::string& user,
                                                  const std::string& password,
                                                  std::string_view code);

    JsonRows& rows_;
    const std::string org_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    std::map<std::string, Record, std::less<>> users_;  // under mutex_
};

}  // namespace reelproof::api
