// A ledger in memory for tests: real envelopes, sealed under real item keys and found by their
// tags; no store, no statements. And short ways to say what happened.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/provenance/history.h"
#include "ledger/provenance/replay.h"
#include "tests/ledger/base/result_printer.h"

namespace reelproof::ledger::tests {

inline constexpr UnixSeconds kStart = 1772438400;  // 2026-03-02T08:00:00Z

// A package with its label.
struct Reel {
    ItemKey key = ItemKey::random();
    ItemFacts facts{"northline.example", "STM32F407VGT6", "7AB123", "2608", "YYWW", "MT", "3", ""};
    std::optional<std::int64_t> quantity = 1000;

    [[nodiscard]] std::string id() const { return public_item_id(key); }
};

Event commissioning(const Reel& reel);
Event shipping_to(std::string to);
Event receiving();
Event splitting(std::int64_t parts, const std::vector<Reel>& into = {});
// `old` goes on as `fresh` and no other.
Event relabelling(const Reel& old, const Reel& fresh);
Event consuming(std::int64_t parts);
Event loading(std::string feeder = "FDR8-1");
Event happening(EventKind kind, std::string reason = {});
Event lot_count(EventKind kind, const Reel& reel, std::int64_t parts);

// Where an event leaves the usual: what its writer knew, under which number, when.
struct Unusual {
    std::optional<std::vector<Hash>> prev{};  // else all that there is
    std::optional<std::uint64_t> n{};         // else the next
    std::optional<UnixSeconds> time{};        // else an hour after the last
    std::optional<UnixSeconds> iat{};         // else the event's time
    std::vector<ItemKey> parents{};
};

class PaperLedger {
  public:
    // The hash of the new envelope.
    Hash record(const std::string& iss, const ItemKey& key, Event event, const Unusual& how = {});
    // Any bytes under any tag, as a hostile log can have them.
    void put(const Tag& tag, const std::string& iss, Bytes envelope);
    // The stored envelopes with this tag, to be tampered with.
    std::vector<LocatedEnvelope>& at(const Tag& tag) { return envelopes_[tag]; }

    [[nodiscard]] EnvelopeFinder finder() const;
    [[nodiscard]] History history(const ItemKey& key) const;
    [[nodiscard]] Lineage lineage(const ItemKey& key) const;
    [[nodiscard]] ItemState state(const ItemKey& key) const { return replay(history(key)); }

    UnixSeconds now = kStart;
    std::vector<std::string> issuers{"brightline-ems.example", "dist.example", "northline.example",
                                     "oem.example", "second-dist.example"};

    std::set<std::string> guests;                    // the others own a log
    std::map<std::string, std::uint64_t> dismissed;  // guests, from which statement on
    [[nodiscard]] std::uint64_t placed() const { return placed_; }
    [[nodiscard]] Issuers all_issuers() const;

  private:
    std::map<Tag, std::vector<LocatedEnvelope>> envelopes_;
    std::uint64_t placed_ = 0;
};

// Kinds of the contradictions in a state, as text: "fork gap gap".
std::string contradictions_of(const ItemState& state);

}  // namespace reelproof::ledger::tests
