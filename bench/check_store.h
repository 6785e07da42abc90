// What bench_check judges: reels with a life of 12 events by five organisations, in a store that
// others fill. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ledger/provenance/event.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/store.h"

namespace reelproof::bench {

constexpr int kOrgs = 50;
constexpr int kItems = 400;  // each is another one, so that caches tell no lies
inline const std::string kMpn = "NL52840-QIAA-R";

// The life of one reel: made, two hops, loaded and placed. The number is the organisation's.
using Life = std::vector<std::pair<int, ledger::Event>>;
struct Reel {
    ledger::ItemKey key;
    Life life;
};

std::string org_name(int number);
// Event that envelopes have which only fill a store.
ledger::Event filling_event();

struct CheckStore {
    ledger::StoreOptions options;
    ledger::SequencerOptions sequencer;
    ledger::NoteSigner log_key;
    std::vector<Reel> reels;
};
// Fills a store in `folder` with `envelopes` of others and then the reels, and closes it.
CheckStore make_check_store(const std::filesystem::path& folder, std::uint64_t envelopes);

}  // namespace reelproof::bench
