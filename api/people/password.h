// Passwords of people: Argon2id (RFC 9106) through libsodium, with a salt in each hash.
// Thread-safe; each call takes 64 MiB and tens of milliseconds: the caller bounds how many run at
// once.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/result.h"

namespace reelproof::api {

inline constexpr std::size_t kShortestPassword = 12, kLongestPassword = 256;  // bytes

// As libsodium writes it, "$argon2id$v=19$...". Throws EnvironmentError without memory.
std::string hash_password(std::string_view password);
// Whether it is the password of that hash. An empty hash fits nothing and takes as long.
bool is_password(std::string_view password, const std::string& hash);

// Nothing when a person may choose it; the error says what it lacks, and not what it is.
ledger::Result<void> check_new_password(std::string_view password, std::string_view user);

}  // namespace reelproof::api
