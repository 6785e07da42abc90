// Engineering changes of BOMs, between their owner and who builds by them. Each party's quality
// signs on its own node, and its log commits to that; which revision the floor builds by follows
// from what is signed.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON, statements in base64:   bom.change/<id>
#pragma once

#include "api/service/boms.h"
#include "api/service/by_id.h"
#include "ledger/bom/change.h"

namespace reelproof::api {

struct ChangeOrder {
    ledger::EngineeringChange terms;
    ledger::Bytes payload;               // what is approved
    ledger::Bytes proposal;              // the owner's statement of it
    ledger::Bytes by_owner, by_partner;  // statements of approval or refusal; empty: none yet
    ledger::UnixSeconds proposed = 0, approved_by_owner = 0, approved_by_partner = 0, rejected = 0;
    std::string owner_person{}, partner_person{};
    std::string rejected_by{}, rejected_why{};  // organisation

    [[nodiscard]] ledger::ChangeState state() const;
    [[nodiscard]] ledger::ChangeStanding standing(ledger::UnixSeconds now) const;
};

// What the floor builds by.
struct FloorRevision {
    std::uint64_t number = 0;
    std::string revision;
    std::string change;      // its number; empty: the first revision
    bool emergency = false;  // in effect before the partner approved
    // The change from whose lot or serial number on another revision counts, when the boards' is
    // not known.
    std::string undecided, undecided_by;
};

class BomChanges {
  public:
    static constexpr std::int64_t kLongestEmergency = 720;  // hours

    // Throws EnvironmentError for a store that can't be read. Takes what partners send to both.
    BomChanges(JsonRows& rows, Boms& boms, VaultSharing& sharing, std::string org,
               ledger::Clock clock);

    [[nodiscard]] std::vector<ChangeOrder> list() const { return changes_.all(); }
    [[nodiscard]] ledger::Result<ChangeOrder> find(const std::string& id) const;

    // Of a BOM of ours; `terms.id`, `.owner` and the contents are filled in. The partner gets both
    // revisions and the change: a share must let it read them. Our own organisation as the partner
    // needs but its own signature.
    ledger::Result<ChangeOrder> propose(ledger::EngineeringChange terms);
    // By a person of ours who was shown what is in `digest`, the SHA-256 of its payload. `conflict`
    // where another change from that revision counts, or ours is given already.
    struct Answer {
        std::string id, person, reason;
        ledger::Hash digest{};
        bool approved = true;
    };
    ledger::Result<ChangeOrder> answer(const Answer& answer, const VaultReader& reader);

    // `not_found`, or `conflict` where no revision is known.
    [[nodiscard]] ledger::Result<FloorRevision> on_floor(const std::string& bom,
                                                         const std::string& lot,
                                                         const std::string& serial) const;

  private:
    void load();
    ledger::Result<void> save(const ChangeOrder& change,
                              const std::vector<ledger::Bytes>& statements);
    ledger::Result<void> receive(const std::string& org, const ledger::SignedObject& object);
    ledger::Result<void> receive_change(const std::string& org, const ledger::SignedObject& object);
    ledger::Result<void> receive_answer(const std::string& org, const ledger::SignedObject& object);
    // What a new one may not be, whoever proposes it.
    [[nodiscard]] ledger::Result<void> check_new(const ledger::EngineeringChange& terms,
                                                 ledger::UnixSeconds skew) const;
    // Another one from the same revision to the same partner that may yet count.
    [[nodiscard]] std::optional<ChangeOrder> rival(const ledger::EngineeringChange& terms,
                                                   bool counting) const;
    [[nodiscard]] std::string partner_of(const ChangeOrder& change) const;

    JsonRows& rows_;
    Boms& boms_;
    VaultSharing& sharing_;
    const std::string org_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    ById<ChangeOrder> changes_;
};

}  // namespace reelproof::api
