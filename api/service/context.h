// What the service works with; node/ makes it at start and keeps it alive longer than the service.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "api/service/identity.h"
#include "ledger/provenance/keepers.h"
#include "ledger/rules/policy.h"
#include "ledger/store/sequencer.h"

namespace reelproof::api {

class FloorLives;
class ItemIndex;
class Live;
class Parts;
class SealingKeys;
class TraceCodes;

struct ServiceContext {
    ledger::Store& store;
    ledger::Sequencer& sequencer;
    const ledger::SecretKey& statement_key;  // the node's
    const ledger::SecretKey& receipt_key;    // the log's
    std::string org;
    std::string origin;            // "<org>/ledger"
    std::set<std::string> guests;  // organisations without a node that we admit to our log
    ledger::Policy policy;
    Identifier& identifier;
    const ledger::Keepers& keepers;
    // How fresh our copies of the partners' logs are, by organisation.
    std::function<std::map<std::string, ledger::SourceState>()> sources;
    // Told what happens here (happenings.h); a program that only records has neither.
    ItemIndex* index = nullptr;
    Live* live = nullptr;
    ledger::Clock clock = ledger::system_now;
    std::function<std::chrono::steady_clock::time_point()> steady_clock =
        std::chrono::steady_clock::now;
    const SealingKeys* sealing_keys = nullptr;  // open what partners sealed for us
    // What this node knows of parts and of reels that lie open (ages.h).
    const Parts* parts = nullptr;
    const FloorLives* floor_lives = nullptr;
    // Where trace codes were seen; a program that only records has none.
    TraceCodes* traces = nullptr;
};

// Finds envelopes in the store as it is now, for collect(); for one thread and a short time
// (TagView).
ledger::EnvelopeFinder finder(const ledger::Store& store);

}  // namespace reelproof::api
