#include "api/service/access_watch.h"

#include <algorithm>

#include "api/http/address_key.h"
#include "ledger/base/counted.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kHour = 3600;
constexpr std::uint64_t kMostLearned = 200'000;  // entries, at the start
constexpr std::size_t kMostReaders = 10'000, kMostPlaces = 200;
// Of one within an hour.
constexpr std::size_t kBulk = 100, kRefusals = 30;
// So many entries of somebody must be known before his hours and places are.
constexpr std::uint64_t kKnown = 200;

}  // namespace

bool reads_document(std::string_view what) {
    return (what.starts_with("GET /v1/vault/") && what.find("/versions/") != std::string::npos) ||
           ((what.starts_with("POST /v1/vault/shares/") || what.starts_with("POST /v1/boms/")) &&
            what.ends_with("/open")) ||
           what.starts_with("GET /v1/boms/{bom}/") || what == "POST /vault/releases";
}

bool is_of_vault(std::string_view what) {
    return what.find(" /v1/vault/") != std::string::npos ||
           what.find(" /vault/") != std::string::npos ||
           what.find(" /v1/boms") != std::string::npos;
}

AccessWatch::AccessWatch(const AuditLog& audit, ledger::Clock clock, Suspect suspect)
    : audit_(audit), clock_(std::move(clock)), suspect_(std::move(suspect)), began_(clock_()) {
    (void)audit_.search({}, {}, 1, [&](const AuditEntry& newest, std::string_view, const auto&) {
        next_ = newest.number > kMostLearned ? newest.number - kMostLearned : 0;
        return false;
    });
}

void AccessWatch::look() {
    audit_.read(next_, [&](const AuditEntry& entry, std::string_view) {
        next_ = entry.number + 1;
        take(entry, entry.time >= began_);
        return true;
    });
}

void AccessWatch::take(const AuditEntry& entry, bool tell) {
    if (!is_of_vault(entry.what) || entry.who.empty() || entry.who == "stranger") return;
    if (readers_.size() >= kMostReaders && !readers_.contains(entry.who)) return;
    auto& reader = readers_[entry.who];
    const auto suspicious = [&](const std::string& text) {
        if (tell) suspect_(entry.who, entry.who + " " + text);
    };
    const auto old = entry.time - kHour;
    while (!reader.read.empty() && reader.read.front().first < old) reader.read.pop_front();
    while (!reader.refused.empty() && reader.refused.front() < old) reader.refused.pop_front();
    if (entry.status >= 400 && entry.status < 500 && reader.refused.size() <= kRefusals) {
        reader.refused.push_back(entry.time);
        if (reader.refused.size() == kRefusals)
            suspicious("was refused " + std::to_string(kRefusals) +
                       " times within an hour at documents");
    }
    if (entry.status < 400 && reads_document(entry.what)) {
        const bool again = std::any_of(reader.read.begin(), reader.read.end(),
                                       [&](const auto& one) { return one.second == entry.about; });
        if (!again && reader.read.size() <= kBulk) {
            reader.read.emplace_back(entry.time, entry.about);
            if (reader.read.size() == kBulk)
                suspicious("read " + std::to_string(kBulk) + " documents within an hour");
        }
        const auto hour = static_cast<std::size_t>((entry.time / kHour) % 24);
        // Whoever has an IPv6 network has 2^64 addresses.
        const auto place = address_key_of(entry.address);
        if (reader.seen >= kKnown) {
            if (reader.hours[hour] == 0)
                suspicious("read a document at an hour of the day (" + std::to_string(hour) +
                           " UTC) at which it never did before");
            if (!place.empty() && !reader.places.contains(place))
                suspicious("read a document from " + place + ", where it was never before");
        }
        ++reader.hours[hour];
        if (reader.places.size() < kMostPlaces) reader.places.insert(place);
        ++reader.seen;
    }
}

}  // namespace reelproof::api
