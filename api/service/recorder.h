// Writes events: looks up what is known of each item, asks whether the change is allowed, seals it
// with its place in the history, and appends one statement, and with it the item's key
// (HeldItems). Items are locked while they change, so that two requests can't take the same number
// or both find an item in stock. Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/service/context.h"
#include "api/service/settled_time.h"
#include "ledger/provenance/compose.h"
#include "ledger/provenance/replay.h"

namespace reelproof::api {

// Runs in the transaction that appends an event, and not for a request that was carried out before.
using Together = std::function<void(ledger::WriteTransaction&)>;

// One event about one item, before its place in the history is known.
struct Change {
    ledger::ItemKey key;
    ledger::Event event;  // item URI filled in by the recorder when empty
    std::vector<ledger::ItemKey> parents, children;
    std::string partner_json;
    // The event as others wrote it, sealed as it is (SealedBody::told); `event` is what it means.
    std::string told{};
    std::string thing{};  // of what has no label, the URI that its key stands for
    Together together{};
    // Judges the item as it is now; the error is given to the caller and nothing is written.
    std::function<ledger::Result<void>(const ledger::History&, const ledger::ItemState&)> allowed;
};

struct Recorded {
    struct Place {
        std::uint64_t index = 0;  // of the statement in our own log
        std::uint64_t size = 0;   // of the tree that covers it
    };
    std::vector<Place> places;            // one a statement
    std::vector<std::string> items;       // public ids, as the changes; without lots
    bool repeated = false;                // this very request had been carried out before
    std::vector<std::string> warnings{};  // for a person: done, but look at this
};

class Recorder {
  public:
    // How long an answer is kept for retries, at least. Each one that is kept looks at some others
    // and lets those go that are older: so there are never many more than were given in that time.
    static constexpr ledger::UnixSeconds kRemembered = 30L * 24 * 3600;

    explicit Recorder(ServiceContext& context);

    // All changes, in statements of as many as fit. `request_key` makes it idempotent: the same key
    // with the same `request` again gives the first answer and writes nothing; with another request
    // it is a conflict. An empty key means: do it. Every change is judged and every statement is
    // signed before the first is written, so a refusal leaves nothing. So does a
    // full store. Only a crash, or others who fill the store just then, can come between two
    // statements: the same request_key then goes on from there.
    // An item may be in it once; or, `in_order`, several times, each change upon the one before.
    enum class Items { once, in_order };
    ledger::Result<Recorded> record(const std::vector<Change>& changes,
                                    const std::vector<std::string>& partners,
                                    std::string_view request_key, std::string_view request,
                                    Items items = Items::once);
    // Where this very request was carried out before; `items` stay empty. Nothing when it was not;
    // a conflict when the key was used for another request.
    [[nodiscard]] ledger::Result<std::optional<Recorded>> answered(std::string_view request_key,
                                                                   std::string_view request) const;
    // A public statement of ours (recall, source.authorise).
    ledger::Result<Recorded> publish(const ledger::PublicStatement& statement,
                                     std::string_view request_key, std::string_view request);
    // A statement that somebody else signed: a guest, a station. It must be one that may sign here.
    ledger::Result<Recorded::Place> submit(ledger::Bytes statement);

  private:
    // The part of a request that becomes one statement, and what tells a retry from a new request.
    struct Once {
        std::string_view request_key;
        std::size_t part = 0;
        ledger::Hash request{};
    };
    using Changes = std::span<const Change>;
    // By public id: what is known of an item, with what this request is about to record of it.
    using Histories = std::map<std::string, ledger::History>;
    ledger::Result<std::vector<ledger::EnvelopeDraft>> draft(Changes changes,
                                                             Histories& ahead) const;
    // Adds what `statement` will have said of them.
    void follow(const std::vector<ledger::EnvelopeDraft>& drafts, ledger::ByteView statement,
                Histories& ahead) const;
    // Locks the items and the request key, in one order, so that two requests can't wait for each
    // other.
    std::vector<std::unique_lock<std::mutex>> lock(Changes changes, std::string_view request_key);
    // The place of a part that was appended before. Nothing without a request key.
    [[nodiscard]] ledger::Result<std::optional<Recorded::Place>> find(const Once& once) const;
    ledger::Result<Recorded::Place> append(const Once& once, ledger::Bytes statement,
                                           Changes changes = {});

    static constexpr std::size_t kLocks = 64;
    ServiceContext& context_;
    // An item's is chosen by its public id, a request's by its key.
    std::array<std::mutex, kLocks> locks_;
    std::mutex publishing_;  // public statements go one at a time
    // Where to look next for answers that are too old. Owner: the sequencer's thread. It begins
    // anywhere, so that all are come by though a node may be restarted often.
    ledger::Bytes swept_;
    SettledTime time_;  // owner: the sequencer's thread
};

}  // namespace reelproof::api
