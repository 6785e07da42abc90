// Copies of tables that are marked for who gets them, canaries, and whose marks a found file bears
// (ledger/leak). What the marks are follows from one key of this node; kept is who was given what.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   leak.copy/<document>/<version>/<SHA-256 of the recipient>   leak.canary/<SHA-256 of its name>
#pragma once

#include <mutex>

#include "api/service/vault.h"
#include "ledger/leak/canary.h"
#include "ledger/leak/trace.h"

namespace reelproof::api {

// "ems.example", "ems.example, role quality", "ems.example, person anna".
std::string share_recipient(const ledger::Share& share);

struct LeakCopy {
    ledger::VaultId document{};
    std::uint64_t version = 0;
    std::string recipient;
    std::size_t decoys = 0;
    ledger::UnixSeconds made = 0;
    std::string by;
};

struct LeakCanary {
    std::string name, recipient;  // to whom it was shown; may be empty
    std::size_t lines = 0;
    ledger::UnixSeconds made = 0;
    std::string by;
};

class Leaks {
  public:
    // `kept`: kept_key() for marks.
    Leaks(JsonRows& rows, const Vault& vault, const ledger::LeakKey& kept, ledger::Clock clock)
        : rows_(rows), vault_(vault), kept_(kept), clock_(std::move(clock)) {}

    // The copy of that version, a table in CSV, for `copy.recipient`: the same each time.
    // `not_fitted`: needed with decoys. `malformed` when it is no table, `conflict` when it has no
    // place for decoys.
    ledger::Result<ledger::MarkedTable> mark(LeakCopy copy, const std::string& not_fitted);
    // The same of a table that was read already.
    ledger::Result<ledger::MarkedTable> mark(LeakCopy copy, const std::string& not_fitted,
                                             std::string_view csv);
    [[nodiscard]] std::vector<LeakCopy> copies() const;

    // The table; `conflict` when there is one of that name.
    ledger::Result<std::string> lay_out(LeakCanary canary);
    [[nodiscard]] std::vector<LeakCanary> canaries() const;

    struct Traced {
        struct Table {
            VaultDocument document;
            std::uint64_t version = 0;
            ledger::LeakTrace trace;
        };
        struct Canary {
            LeakCanary canary;
            ledger::CanaryTrace trace;
        };
        std::size_t tried = 0;                // copies and canaries
        std::vector<Table> tables;            // of which lines were found, the most first
        std::vector<Canary> canaries;         // that were hit
        std::vector<std::string> unreadable;  // names of documents whose originals can't be read
    };
    // `only`: marks of that document alone. `too_large`.
    ledger::Result<Traced> trace(std::string_view found,
                                 const std::optional<ledger::VaultId>& only) const;

  private:
    [[nodiscard]] ledger::Result<std::string> table_of(const VaultDocument& document,
                                                       std::uint64_t version) const;
    [[nodiscard]] ledger::LeakKey key_of(const ledger::VaultId& document,
                                         std::uint64_t version) const;

    JsonRows& rows_;
    const Vault& vault_;
    const ledger::LeakKey kept_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
};

}  // namespace reelproof::api
