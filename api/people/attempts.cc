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
// A guess takes less.
constexpr ledger::UnixSeconds kSideBySide = 1;

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

std::optional<std::chrono::seconds> Attempts::begin(const Who& who) {
    const std::lock_guard lock(mutex_);
    forget_old();
    const auto now = clock_();
    const auto by_user = counter_of(who), by_address = "address " + who.address;
    ledger::UnixSeconds longest = 0;
    const auto look = [&](const std::string& counter, int free) {
        const auto found = counts_.find(counter);
        if (found == counts_.end()) return;
        // A clock that was set back must not make anybody wait for hours.
        if (found->second.next - now <= kLongestOfUser)
            longest = std::max(longest, found->second.next - now);
        // Many may sign in from one address at once, as long as nothing is wrong there.
        if (found->second.trying > 0 && found->second.failures >= free)
            longest = std::max(longest, kSideBySide);
    };
    const bool stranger = !known(who);
    look(by_user, 0);
    if (stranger) look(by_address, kFreeOfAddress);
    if (longest > 0) return std::chrono::seconds(longest);
    ++counts_[by_user].trying;
    if (stranger) ++counts_[by_address].trying;
    return std::nullopt;
}

void Attempts::end(const Who& who, End how) {
    const std::lock_guard lock(mutex_);
    const auto by_user = counter_of(who), by_address = "address " + who.address;
    const bool stranger = !known(who);
    if (how == End::failed) {
        count(by_user, kFreeOfUser, kLongestOfUser);
        if (stranger) count(by_address, kFreeOfAddress, kLongestOfAddress);
    }
    // The address keeps its count: a guesser with an account of his own must not clear it.
    if (const auto found = counts_.find(by_user); how == End::succeeded && found != counts_.end())
        found->second.failures = 0;
    tried(by_user);
    if (stranger) tried(by_address);
}

// Nothing is kept of who never failed.
void Attempts::tried(const std::string& counter) {
    const auto found = counts_.find(counter);
    if (found == counts_.end()) return;
    found->second.trying = std::max(0, found->second.trying - 1);
    if (found->second.failures == 0 && found->second.trying == 0) counts_.erase(found);
}

void Attempts::count(const std::string& counter, int free, ledger::UnixSeconds longest) {
    auto& one = counts_[counter];
    const auto now = clock_();
    one.last = now;
    if (++one.failures <= free) return;
    const int doublings = std::min(one.failures - free - 1, 20);
    one.next = now + std::min(longest, ledger::UnixSeconds{1} << doublings);
}

void Attempts::forget_old() {
    const auto now = clock_();
    std::erase_if(counts_, [&](const auto& one) {
        return one.second.trying == 0 && now - one.second.last > kForgotten;
    });
    // Who calls from a hundred thousand addresses makes us forget all of them, and no more.
    if (counts_.size() >= kMostCounts) counts_.clear();
}

}  // namespace reelproof::api
