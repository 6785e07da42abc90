// Partners who leave: what was ended, what they still hold, by when it is to be destroyed, and what
// came of it. The same on the other side: a partner that ends the collaboration asks us.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   vault.exit/<partner>/<id of the exit>
#pragma once

#include "api/service/by_id.h"
#include "api/service/vault_passed_on.h"

namespace reelproof::api {

struct PartnerExit {
    std::string id, partner;
    bool ours = true;     // we end it; else the partner does, and we are to destroy
    std::string why, by;  // `by`: of our people, or the partner
    ledger::UnixSeconds began = 0, until = 0;
    // What it ended and destroyed here: ids.
    std::vector<std::string> agreements{}, shares{}, destroyed{};
    std::vector<ledger::Bytes> notices{};  // statements: the list of files
    std::uint64_t parts = 0;               // of them in all
    ledger::UnixSeconds told = 0;          // the other's node has the list
    ledger::UnixSeconds accounts = 0;      // a person said that theirs are closed
    std::string accounts_by{};
    ledger::UnixSeconds closed = 0;
    std::string closed_by{}, closed_why{};
    // What our people call it: its id, or with the partner's name where another of that id was
    // here before (vault_sharing.h).
    std::string name{};
};

// A file that one of the two released to the other before the exit began.
struct ExitFile {
    std::string share, document, name;
    std::uint64_t version = 0, size = 0;
    ledger::Hash body{};
    ledger::UnixSeconds released = 0, destroyed = 0;  // 0: not
};

struct ExitStep {
    std::string_view name;  // "agreements", "shares", "own-copies", "notice", "destruction",
                            // "sub-tiers", "accounts"
    std::string text;
    bool done = false;
};

class PartnerExits {
  public:
    // Throws EnvironmentError for a store that can't be read. Takes exit notices of `sharing` from
    // now on, which must not be asked by partners yet.
    PartnerExits(VaultSharing& sharing, JsonRows& rows, std::string org, ledger::Clock clock);

    [[nodiscard]] std::vector<PartnerExit> exits() const;
    [[nodiscard]] std::optional<PartnerExit> exit(const std::string& name) const {
        return exits_.find(name);
    }
    [[nodiscard]] std::vector<ExitFile> files(const PartnerExit& exit) const;
    // What the partner passed on of ours, with files that were not destroyed before the exit began.
    [[nodiscard]] std::vector<PassedShare> passed_on(const PartnerExit& exit) const;
    [[nodiscard]] std::vector<ExitStep> steps(const PartnerExit& exit) const;

    // Ends each agreement with that partner and each share of either side, destroys what we hold of
    // it, and sends it the list of what it holds. Again goes on with what an error or a crash cut
    // off. `not_found`: there is nothing of that partner.
    ledger::Result<PartnerExit> begin(const std::string& partner, const std::string& why,
                                      const std::string& by, ledger::UnixSeconds hours);
    // A person has closed what accounts, tokens and stations the partner's people had here.
    ledger::Result<PartnerExit> confirm_accounts(const std::string& name, const std::string& by);
    // Of one that the partner asks of us: destroys, and confirms it signed.
    ledger::Result<PartnerExit> destroy(const std::string& name);
    // `conflict` while a step is open, unless there is a reason to close it so.
    ledger::Result<PartnerExit> close(const std::string& name, const std::string& by,
                                      const std::string& why);
    // Notes which lists have got to their partners.
    void look();

  private:
    ledger::Result<void> take(const std::string& org, const ledger::SignedObject& object);
    ledger::Result<PartnerExit> save(PartnerExit exit, const std::vector<ledger::Bytes>& notices);
    [[nodiscard]] ledger::Result<std::vector<ledger::Bytes>> notices_of(
        const PartnerExit& exit) const;

    VaultSharing& sharing_;
    JsonRows& rows_;
    const std::string org_;
    const ledger::Clock clock_;
    std::mutex changing_;      // one change at a time, from reading to durable
    ById<PartnerExit> exits_;  // by name
};

}  // namespace reelproof::api
