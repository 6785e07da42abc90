// What is known of partners besides their ledgers: certificates that somebody here has checked, a
// questionnaire with its score, the stewards of data on both sides; and which certificates a
// classification needs (issue of key and share is refused without them).
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   vault.certificate/<id>   vault.partner/<org>   vault.needs/<classification>
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/json_rows.h"
#include "ledger/vault/rules.h"

namespace reelproof::api {

struct PartnerCertificate {
    std::string id, partner;
    std::string standard;  // "ISO 9001", as the needs name it
    std::string number, scope, issuer;
    ledger::UnixSeconds from = 0, until = 0;
    std::string document;                 // of it, in the vault: PROJECT/NAME, or empty
    std::string checked_by, checked_how;  // "person anna", "register of the issuer"
    ledger::UnixSeconds checked = 0;
    ledger::UnixSeconds withdrawn = 0;  // it is not believed any more
    std::string withdrawn_by{}, withdrawn_why{};

    [[nodiscard]] bool holds(ledger::UnixSeconds now) const {
        return withdrawn == 0 && from <= now && now <= until;
    }
};

struct SurveyAnswer {
    std::string question, answer, evidence;
    std::int64_t points = 0, of = 0;
};

struct PartnerRecord {
    std::string org;
    std::string steward{}, their_steward{};  // of data, on both sides
    std::vector<SurveyAnswer> survey{};
    ledger::UnixSeconds surveyed = 0;
    std::string surveyed_by{};
};

class PartnerPapers {
  public:
    // Throws EnvironmentError for a store that can't be read.
    PartnerPapers(JsonRows& rows, ledger::Clock clock);

    [[nodiscard]] std::vector<PartnerCertificate> certificates() const;
    // `malformed`. Fills in id and times.
    ledger::Result<PartnerCertificate> add(PartnerCertificate certificate);
    ledger::Result<PartnerCertificate> withdraw(const std::string& id, const std::string& by,
                                                const std::string& why);

    [[nodiscard]] PartnerRecord record(const std::string& org) const;
    ledger::Result<PartnerRecord> name_stewards(const std::string& org, const std::string& ours,
                                                const std::string& theirs);
    // In place of the one before.
    ledger::Result<PartnerRecord> set_survey(const std::string& org,
                                             std::vector<SurveyAnswer> answers,
                                             const std::string& by);

    [[nodiscard]] std::vector<std::string> needs(ledger::Classification classification) const;
    ledger::Result<void> set_needs(ledger::Classification classification,
                                   std::vector<std::string> standards);
    // Rule partner.certificate: what that partner lacks now for something so classified.
    [[nodiscard]] ledger::VaultVerdict refusal(const std::string& partner,
                                               ledger::Classification classification) const;

  private:
    JsonRows& rows_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    // Owner of these: mutex_.
    std::map<std::string, PartnerCertificate> certificates_;
    std::map<std::string, PartnerRecord> records_;
    std::map<ledger::Classification, std::vector<std::string>> needs_;
};

}  // namespace reelproof::api
