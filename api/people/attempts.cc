#include "api/people/attempts.h"

#include <algorithm>

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kBrowserHolds = 90 * 86400;
constexpr ledger::UnixSeconds kForgotten = 3600;  // without a failure
// Failures that cost nothing, and what a wait grows to: of one user in one place, of one user in
// all places together, of one place.
constexpr int kFreeHere = 5, kFreeOfUser = 50, kFreeOfAddress = 20;
constexpr ledger::UnixSeconds kLongestHere = 300, kLongestOfUser = 60, kLongestOfAddress = 60;
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

std::vector<Attempts::Counter> Attempts::counters_of(const Who& who) const {
    if (known(who)) return {{"browser " + who.browser, kFreeHere, 0, kLongestHere}};
    return {{"user " + who.user + " at " + who.address, kFreeHere, 0, kLongestHere},
            {"user " + who.user, kFreeOfUser, kFreeOfUser, kLongestOfUser},
            {"address " + who.address, kFreeOfAddress, kFreeOfAddress, kLongestOfAddress}};
}

std::optional<std::chrono::seconds> Attempts::begin(const Who& who) {
    const std::lock_guard lock(mutex_);
    forget_old();
    const auto now = clock_();
    const auto counters = counters_of(who);
    ledger::UnixSeconds longest = 0;
    for (const auto& counter : counters) {
        const auto found = counts_.find(counter.name);
        if (found == counts_.end()) continue;
        // A clock that was set back must not make anybody wait for hours.
        if (found->second.next - now <= counter.longest)
            longest = std::max(longest, found->second.next - now);
        // Many may sign in from one address at once, as long as nothing is wrong there.
        if (found->second.trying > 0 && found->second.failures >= counter.alone_from)
            longest = std::max(longest, kSideBySide);
    }
    if (longest > 0) return std::chrono::seconds(longest);
    for (const auto& counter : counters) ++counts_[counter.name].trying;
    return std::nullopt;
}

void Attempts::end(const Who& who, End how) {
    const std::lock_guard lock(mutex_);
    const auto counters = counters_of(who);
    const auto& here = counters.front();
    if (how == End::failed) {
        // Who goes on guessing in one place makes only that place wait: of the user's failures in
        // all places the free ones of each count.
        const bool free_here = counts_[here.name].failures < here.free;
        for (const auto& counter : counters)
            if (free_here || counter.free != kFreeOfUser) count(counter);
    }
    // The others keep their counts: a guesser with an account of his own must not clear that of
    // his address.
    if (const auto found = counts_.find(here.name); how == End::succeeded && found != counts_.end())
        found->second.failures = 0;
    for (const auto& counter : counters) tried(counter.name);
}

// Nothing is kept of who never failed.
void Attempts::tried(const std::string& counter) {
    const auto found = counts_.find(counter);
    if (found == counts_.end()) return;
    found->second.trying = std::max(0, found->second.trying - 1);
    if (found->second.failures == 0 && found->second.trying == 0) counts_.erase(found);
}

void Attempts::count(const Counter& counter) {
    auto& one = counts_[counter.name];
    const auto now = clock_();
    one.last = now;
    if (++one.failures <= counter.free) return;
    const int doublings = std::min(one.failures - counter.free - 1, 20);
    one.next = now + std::min(counter.longest, ledger::UnixSeconds{1} << doublings);
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
