#include "api/people/attempts.h"

#include <algorithm>

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kBrowserHolds = 90 * 86400;
constexpr ledger::UnixSeconds kForgotten = 3600;  // without a failure
// Failures that cost nothing, and what a wait grows to.
constexpr int kFreeOfUser = 5, kFreeOfAddress = 20;
constexpr ledger::UnixSeconds kLongestOfUser = 300, kLongestOfAddress = 60;
constexpr std::size_t kMostCounts = 100000;

}  // namespace

std::string Attempts::browser_cookie(std::string_view user) const {
    const auto body = std::to_string(clock_() + kBrowserHolds) + "." +
                      ledger::to_hex(ledger::Secret<16>::random().expose());
    const auto signed_text = std::to_string(user.size()) + "." + std::string(user) + "." + body;
    return body + "." +
           ledger::to_hex(ledger::hmac_sha256(key_.expose(), ledger::as_bytes(signed_text)));
}

bool Attempts::known(const Who& who) const {
    const auto last = who.browser.rfind('.');
    if (last == std::string::npos) return false;
    const auto body = who.browser.substr(0, last);
    const auto signed_text = std::to_string(who.user.size()) + "." + who.user + "." + body;
    const auto mac =
        ledger::to_hex(ledger::hmac_sha256(key_.expose(), ledger::as_bytes(signed_text)));
    if (!ledger::equal_secret(ledger::as_bytes(mac),
                              ledger::as_bytes(std::string_view(who.browser).substr(last + 1))))
        return false;
    // It was made by us, so it begins with a number.
    return std::stoll(body) > clock_();
}

std::string Attempts::counter_of(const Who& who) const {
    return known(who) ? "browser " + who.browser : "user " + who.user;
}

std::optional<std::chrono::seconds> Attempts::wait(const Who& who) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_();
    ledger::UnixSeconds longest = 0;
    const auto look = [&](const std::string& counter) {
        const auto found = counts_.find(counter);
        // A clock that was set back must not make anybody wait for hours.
        if (found != counts_.end() && found->second.next - now <= kLongestOfUser)
            longest = std::max(longest, found->second.next - now);
    };
    look(counter_of(who));
    if (!known(who)) look("address " + who.address);
    if (longest <= 0) return std::nullopt;
    return std::chrono::seconds(longest);
}

void Attempts::failed(const Who& who) {
    const std::lock_guard lock(mutex_);
    forget_old();
    count(counter_of(who), kFreeOfUser, kLongestOfUser);
    if (!known(who)) count("address " + who.address, kFreeOfAddress, kLongestOfAddress);
}

void Attempts::succeeded(const Who& who) {
    const std::lock_guard lock(mutex_);
    // The address keeps its count: a guesser with an account of his own must not clear it.
    counts_.erase(counter_of(who));
}

void Attempts::count(std::string counter, int free, ledger::UnixSeconds longest) {
    auto& one = counts_[std::move(counter)];
    const auto now = clock_();
    one.last = now;
    if (++one.failures <= free) return;
    const int doublings = std::min(one.failures - free - 1, 20);
    one.next = now + std::min(longest, ledger::UnixSeconds{1} << doublings);
}

void Attempts::forget_old() {
    const auto now = clock_();
    std::erase_if(counts_, [&](const auto& one) { return now - one.second.last > kForgotten; });
    // Who calls from a hundred thousand addresses makes us forget all of them, and no more.
    if (counts_.size() >= kMostCounts) counts_.clear();
}

}  // namespace reelproof::api
