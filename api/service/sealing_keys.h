// The keys that partners seal to, and how one takes another's place (FORMATS.md 4, key.grant). A
// new secret is on the disk before anybody can grant it; what was sealed to an earlier one opens
// until that one is discarded. Which one counts is told by our log alone. Thread-safe; changes are
// durable when they are answered.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "ledger/format/statement.h"
#include "ledger/store/store.h"

namespace reelproof::api {

enum class SealingKeyUse {
    next,       // made, and not granted yet
    current,    // what partners seal to
    earlier,    // opens what was sealed to it
    discarded,  // was granted, and is not held any more
    missing,    // what partners seal to, and not held: nothing new can be opened
};
std::string_view to_string(SealingKeyUse use);

class SealingKeys {
  public:
    // Makes these the ones that are kept, the oldest first.
    using Keep = std::function<ledger::Result<void>(const std::vector<ledger::SealingKey>&)>;
    // `store` outlives it.
    SealingKeys(std::vector<ledger::SealingKey> held, const ledger::Store& store, std::string org,
                Keep keep);

    struct Told {
        ledger::SealingPublicKey key{};
        SealingKeyUse use{};
        std::optional<std::uint64_t> entry{};  // of our log that names it
        std::optional<ledger::UnixSeconds> since{};
    };
    // The newest first.
    [[nodiscard]] std::vector<Told> all() const;
    // Those that are held, the newest first: what was sealed to us opens with one of them.
    [[nodiscard]] std::vector<ledger::SealingKey> held() const;
    // What partners seal to. `not_found`: our log names none; `conflict`: its secret is not here.
    [[nodiscard]] ledger::Result<ledger::SealingPublicKey> current() const;

    // The key that waits for its grant; made where there is none.
    struct Prepared {
        ledger::SealingPublicKey key{};
        bool made = false;
    };
    ledger::Result<Prepared> prepare();
    // Destroys an earlier one: what is sealed to it alone opens no more.
    ledger::Result<void> discard(const ledger::SealingPublicKey& key);
    // What a statement for our own log may not do: grant a sealing key whose secret is not here.
    [[nodiscard]] ledger::Result<void> check_grant(const ledger::StatementView& statement) const;

  private:
    [[nodiscard]] std::vector<ledger::SealingKeyState> granted() const;
    ledger::Result<void> keep(std::vector<ledger::SealingKey> keys);  // with changing_ held

    const ledger::Store& store_;
    const std::string org_;
    const Keep keep_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    // Changed by who holds both; read with either.
    std::vector<ledger::SealingKey> held_;
};

}  // namespace reelproof::api
