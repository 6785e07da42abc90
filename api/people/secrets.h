// Texts that are secret, and random ones that are handed out once and kept as a hash: session
// cookies, set-up links, tokens, recovery codes. Pure but for the generator, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/bytes.h"
#include "ledger/base/secret.h"

namespace reelproof::api {

// A password, a code or a link while it is looked at: wiped when it goes.
class SecretText {
  public:
    explicit SecretText(std::string text) : text_(std::move(text)) {}
    ~SecretText() { ledger::wipe(text_.data(), text_.size()); }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    [[nodiscard]] const std::string& expose() const { return text_; }

  private:
    std::string text_;
};

// `prefix` and 64 hex digits.
std::string draw_secret(std::string_view prefix);
// SHA-256, which is enough for what was drawn so. Passwords have their own (password.h).
ledger::Hash hash_secret(std::string_view secret);
// In constant time.
bool is_secret(std::string_view given, const ledger::Hash& hash);
// Four groups of letters and digits that aren't mistaken for each other: "7QXK-2M9D-…", 80 bits.
std::string draw_recovery_code();
// As it was drawn, however it is typed: blanks, hyphens, case, O and I.
std::string plain_recovery_code(std::string_view typed);

}  // namespace reelproof::api
