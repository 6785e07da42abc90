// The audit log: who did what, when, from where, about which item, allowed or refused. Append-only,
// each entry chained to the one before by its hash, so that none can be changed, left out or added
// later without all after it changing; the head goes into the ledger (audit.head), where partners'
// mirrors keep it. Thread-safe.
//
// A row of Table::audit: u64 number from 0 (big-endian) -> hash, JSON text of the entry
//   hash = SHA-256(hash of the entry before, or 32 zero bytes || JSON text)
// Persistent format: do not change.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ledger/store/sequencer.h"

namespace reelproof::api {

struct AuditEntry {
    std::uint64_t number = 0;
    ledger::Hash hash{};
    ledger::UnixSeconds time = 0;
    std::string who;      // "person anna", "token line-1", "partner acme.example", "stranger"
    std::string address;  // from where
    std::string what;     // "POST /v1/check"
    std::string about;    // an item's public id, a user, a token; or empty
    int status = 0;       // of the answer
    [[nodiscard]] bool allowed() const { return status != 401 && status != 403 && status != 429; }
};

// Which entries: all that is not empty must fit.
struct AuditQuery {
    ledger::UnixSeconds from = 0;
    ledger::UnixSeconds to = 0;    // exclusive; 0: none
    std::string who, what, about;  // parts of them
    std::optional<bool> allowed;
};

class AuditLog {
  public:
    // Puts a head into the ledger. Called on the thread of the log: once a day, and after a failure
    // with the next entries again.
    using Publish = std::function<ledger::Result<void>(const ledger::Hash& head)>;
    // Told what is wrong, in a sentence: what can't be written or published, each time it is
    // another trouble than the last one. On the thread of the log.
    using Trouble = std::function<void(const std::string&)>;
    // Throws EnvironmentError for a store that can't be read.
    AuditLog(ledger::Store& store, ledger::Sequencer& sequencer, ledger::Clock clock,
             Publish publish = {}, Trouble trouble = {});
    // Writes what waits, then ends. The sequencer must still run.
    ~AuditLog();

    // Numbered and chained in the order of the calls, and durable within the time of two commits.
    // Returns false when the store does not keep up: the access must not be given then.
    bool append(AuditEntry entry);

    // The newest first, from below number `before` on; `take` says whether to go on. Looks at no
    // more than `most` entries, and gives the number to go on below, or nothing at the end.
    // `text`: as it was hashed; `previous`: the hash of the entry before it, which it is chained
    // to.
    using TakeChained =
        std::function<bool(const AuditEntry&, std::string_view text, const ledger::Hash& previous)>;
    std::optional<std::uint64_t> search(const AuditQuery& query,
                                        std::optional<std::uint64_t> before, std::size_t most,
                                        const TakeChained& take) const;
    // The oldest first, each with its JSON text as it was hashed.
    using Take = std::function<bool(const AuditEntry&, std::string_view text)>;
    void read(std::uint64_t from, const Take& take) const;

    // The hash of the newest entry; nothing of an empty log.
    [[nodiscard]] std::optional<ledger::Hash> head() const;

  private:
    void run();
    void write_what_waits();
    [[nodiscard]] ledger::Result<void> publish_head();
    void tell(const std::string& trouble);
    [[nodiscard]] ledger::Result<void> write(const std::vector<AuditEntry>& entries);

    ledger::Store& store_;
    ledger::Sequencer& sequencer_;
    const ledger::Clock clock_;
    const Publish publish_;
    const Trouble trouble_;
    std::string told_;  // owner: the thread
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<AuditEntry> waiting_;  // under mutex_, as all below
    bool stopping_ = false;
    // Of what is durable; changed by the thread alone.
    std::uint64_t next_ = 0;
    ledger::Hash head_{};
    std::thread thread_;
};

}  // namespace reelproof::api
