// Writes events: looks up what is known of each item, asks whether the change is allowed, seals it
// with its place in the history, and appends one statement. Items are locked while they change, so
// that two requests can't take the same number or both find an item in stock. Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "api/service/context.h"
#include "ledger/provenance/compose.h"
#include "ledger/provenance/replay.h"

namespace reelproof::api {

// One event about one item, before its place in the history is known.
struct Change {
    ledger::ItemKey key;
    ledger::Event event;  // item URI filled in by the recorder when empty
    std::vector<ledger::ItemKey> parents, children;
    std::string partner_json;
    // Judges the item as it is now; the error is given to the caller and nothing is written.
    std::function<ledger::Result<void>(const ledger::History&, const ledger::ItemState&)> allowed;
};

struct Recorded {
    struct Place {
        std::uint64_t index = 0;  // of the statement in our own log
        std::uint64_t size = 0;   // of the tree that covers it
    };
    std::vector<Place> places;       // one a statement
    std::vector<std::string> items;  // public ids, as the changes
    bool repeated = false;           // this very request had been carried out before
};

class Recorder {
  public:
    explicit Recorder(ServiceContext& context) : context_(context) {}

    // All changes, in statements of as many as fit. `request_key` makes it idempotent: the same key
    // with the same `request` again gives the first answer and writes nothing; with another request
    // it is a conflict. An empty key means: do it. Fails as a whole before the first statement is
    // written; a later one that fails (store full) leaves those before it, and the same request_key
    // goes on from there.
    ledger::Result<Recorded> record(const std::vector<Change>& changes,
                                    const std::vector<std::string>& partners,
                                    std::string_view request_key, std::string_view request);
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
    ledger::Result<std::vector<ledger::EnvelopeDraft>> draft(const std::vector<Change>& changes);
    // Appends what `make` gives unless this part was appended before; adds its place to `out`.
    ledger::Result<void> append_once(const Once& once, Recorded& out,
                                     const std::function<ledger::Result<ledger::Bytes>()>& make);

    static constexpr std::size_t kLocks = 64;
    ServiceContext& context_;
    std::array<std::mutex, kLocks> locks_;  // an item's is chosen by its public id
    std::mutex publishing_;                 // public statements go one at a time
};

}  // namespace reelproof::api
