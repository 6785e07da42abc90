// What this node knows: the items whose labels it was shown or used, found by id, lot, part number,
// and by what it was made of; what is in stock; own shipments; verdicts day by day. It holds item
// keys, so it lies encrypted (tables observations and verdicts), and a store without a data key has
// none. Written by a thread of its own, a moment after what it tells of: what a crash cuts off is
// there again with the next scan. Thread-safe.
//
// **Strangers**: anybody who may check labels can invent any number of them. So an item that no
// ledger here tells of is kept until `strangers` newer ones came, with its terms, and no longer.
// What a ledger tells of is kept for good: its number is bounded by what organisations that we
// trust have signed. A bound by time would let a flood grow, one for each caller would let tokens
// multiply it, and none but what is recorded would lose the forged reel that nobody took in.
//
// Rows of Table::observations: "item/<id>" (known_item.h), "list/..." (postings.h) of the terms
// "mpn/", "cpn/", "lot/", "of/" with what follows, "stock", "strangers", "words", "shipments";
// "shipment/<index>". Of Table::verdicts: "day/<date>" (day_sums.h). Persistent format.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "api/service/day_sums.h"
#include "api/service/events.h"
#include "api/service/known_item.h"
#include "api/service/postings.h"

namespace reelproof::api {

// What one ship request sent.
struct Shipment {
    std::uint64_t index = 0;  // of its first statement in our log
    ledger::UnixSeconds at = 0;
    ShipOrder order;
    std::vector<std::string> items;  // public ids
};

class ItemIndex {
  public:
    static constexpr std::uint64_t kStrangers = 10'000;
    // Throws EnvironmentError for a store that can't be read.
    ItemIndex(ledger::Store& store, ledger::Sequencer& sequencer, std::string org,
              ledger::Clock clock, std::uint64_t strangers = kStrangers);
    // Writes what waits, then ends. The sequencer must still run.
    ~ItemIndex();
    ItemIndex(const ItemIndex&) = delete;
    ItemIndex& operator=(const ItemIndex&) = delete;

    // False: the store has no data key, and nothing is kept.
    [[nodiscard]] bool kept() const { return kept_; }

    // A verdict was given on it; the same one again counts once an hour. None of these waits.
    void saw(const Inspection& inspection, std::string_view place);
    // It is known and perhaps another now: looked up again.
    void changed(const Identified& item);
    void shipped(Shipment shipment);

    [[nodiscard]] std::optional<KnownItem> find(std::string_view id) const;
    // With its state as the ledgers here tell it now.
    [[nodiscard]] KnownItem fresh(KnownItem item) const;

    // Which terms a text may be: of kind "any", "lot" or "mpn" (the maker's part number or the
    // customer's; with '*' at its end a beginning of one).
    [[nodiscard]] std::vector<std::string> terms_of(std::string_view kind,
                                                    std::string_view text) const;
    // Made of that item, by whoever recorded it here.
    static std::string term_of_parent(std::string_view id);
    static std::string stock_term();
    // `take` gets each item of a list, and says whether to go on.
    using Take = std::function<bool(std::uint64_t number, KnownItem item)>;
    void each(const std::string& term, std::uint64_t from, const Take& take) const;
    // Own shipments below that number, the newest first.
    void shipments(std::optional<std::uint64_t> before,
                   const std::function<bool(std::uint64_t number, const Shipment&)>& take) const;

    [[nodiscard]] std::optional<DaySums> day(std::string_view date) const;
    // Goes up whenever something is written: what was computed of it is old then.
    [[nodiscard]] std::uint64_t version() const;
    // Waits until all that was told before is written; for tests.
    void settle();

  private:
    struct Seen {
        Identified item;
        std::optional<KnownItem::Verdict> verdict;
    };
    struct Batch {
        std::map<std::string, Seen> items;  // by id: what comes twice is written once
        std::vector<Shipment> shipments;
    };
    struct Staged;

    void add(Seen seen);
    bool is_new(const std::string& id, const KnownItem::Verdict& verdict);
    void run();
    void write_what_waits();
    [[nodiscard]] ledger::Result<void> write(const Batch& batch);
    void stage(Staged& staged, const Seen& seen);
    void list(Staged& staged, KnownItem& item);
    void enlist(Staged& staged, KnownItem& item, std::string term);
    void strike(Staged& staged, const KnownItem::Listed& from);
    void forget_strangers(Staged& staged, std::uint64_t newest);
    void count(Staged& staged, const std::optional<KnownItem::Verdict>& before,
               const KnownItem& item);

    ledger::Store& store_;
    ledger::Sequencer& sequencer_;
    const std::string org_;
    const ledger::Clock clock_;
    const std::uint64_t most_strangers_;
    const bool kept_;
    mutable JsonRows items_, days_;
    Postings postings_;  // its changes: the thread's

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Batch waiting_;                                      // under mutex_, as all below
    std::unordered_map<std::string, std::string> said_;  // of items: the newest verdict
    bool busy_ = false;                                  // the thread is at a batch
    bool stopping_ = false;
    std::uint64_t version_ = 0;
    std::map<std::string, std::uint64_t> words_;  // part numbers there are, as terms
    std::thread thread_;
};

}  // namespace reelproof::api
