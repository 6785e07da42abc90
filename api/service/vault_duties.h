// What falls due in the vault, by the day: steps of partners' exits, agreements and certificates
// that end, documents whose retention does; and what the node does by itself then: documents that
// are to be shredded are. Looks once a minute. Thread-safe.
#pragma once

#include <condition_variable>
#include <thread>

#include "api/service/access_watch.h"
#include "api/service/data_incidents.h"
#include "api/service/partner_exits.h"
#include "api/service/partner_papers.h"
#include "api/service/vault_reviews.h"

namespace reelproof::api {

struct VaultDuty {
    std::string kind;   // "exit", "agreement", "certificate", "retention", "signature",
                        // "destruction", "incident", "review", "refused"
    std::string about;  // the partner, or the document
    std::string text;   // what is to be done, and by what command
    ledger::UnixSeconds due = 0;
    bool alarm = false;  // it is overdue, and somebody relies on it
};

struct VaultDutiesDeps {
    Vault& vault;
    VaultSharing& sharing;
    PartnerExits& exits;
    PartnerPapers& papers;
    DataIncidents& incidents;
    VaultReviews& reviews;
    AccessWatch& watch;  // is looked through by the thread alone
    std::string org;
    ledger::Clock clock;
    // Told what the node did by itself: "shred", "document board.zip".
    std::function<void(std::string_view what, const std::string& about)> did;
    // Told what kept it from looking, once until it is another trouble; it looks again.
    std::function<void(const std::string&)> trouble;
};

class VaultDuties {
  public:
    explicit VaultDuties(VaultDutiesDeps deps);
    ~VaultDuties();

    // The most urgent first.
    [[nodiscard]] std::vector<VaultDuty> list() const;
    // One sentence for each overdue one, at most ten; as of the last look: fast.
    [[nodiscard]] std::vector<std::string> alarms() const;

  private:
    void run();
    void look();
    void add_refused(std::vector<VaultDuty>& out) const;
    void add_incidents(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const;
    void add_reviews(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const;
    void add_exits(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const;
    void add_agreements(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const;
    void add_certificates(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const;
    void add_retentions(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const;

    const VaultDutiesDeps deps_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;     // with mutex_
    std::vector<std::string> alarms_;  // owner: mutex_
    bool stopping_ = false;            // owner: mutex_
    std::thread thread_;
};

}  // namespace reelproof::api
