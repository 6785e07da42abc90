// Incidents with documents: what happened, what was done about it and when, whom it must be told to
// by when, and what partners tell us of theirs. A drill does all that stays within the node.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   vault.incident/<id>
#pragma once

#include "api/service/by_id.h"
#include "api/service/vault_sharing.h"

namespace reelproof::api {

struct IncidentAct {
    ledger::UnixSeconds at = 0;
    std::string by, what, text;
    std::string sent{};  // SHA-256 of the statement that was to get to a partner, hex
};

struct DataIncident {
    std::string id;
    std::string kind;              // "leak", "access", "loss", "other"; "notice": a partner's
    std::string partner, project;  // what it is about; empty: none, or not known
    std::string text;
    std::string by;  // who reported it: "person anna", "node", a partner
    bool drill = false;
    ledger::UnixSeconds known = 0, opened = 0;
    std::vector<IncidentAct> acts{};
    std::vector<std::string> frozen{};  // shares that it holds frozen, perhaps as others do
    ledger::UnixSeconds closed = 0;
};

// Something that is to be done by a time.
struct IncidentClock {
    std::string name;  // "early-warning", "notification", "notice ems.example"
    std::string text;
    ledger::UnixSeconds due = 0;
    bool done = false;
};

class DataIncidents {
  public:
    // Throws EnvironmentError for a store that can't be read. Takes notices of `sharing` from now
    // on, which must not be asked by partners yet.
    DataIncidents(VaultSharing& sharing, Vault& vault, JsonRows& rows, std::string org,
                  ledger::Clock clock);

    [[nodiscard]] std::vector<DataIncident> incidents() const;  // the newest first
    [[nodiscard]] std::optional<DataIncident> incident(const std::string& id) const {
        return incidents_.find(id);
    }
    [[nodiscard]] std::vector<IncidentClock> clocks(const DataIncident& incident) const;
    // Partners that hold what it is about: who must be told.
    [[nodiscard]] std::vector<std::string> affected(const DataIncident& incident) const;

    // `kind`, `text`, `known`, `by` and what it is about are given.
    ledger::Result<DataIncident> open(DataIncident incident);
    // One that a machine noticed of `who` (as in the audit log; the text begins with it): once a
    // day for the same text, and a few a day for the same reader. Who looks decides what it is.
    void suspect(const std::string& kind, const std::string& who, const std::string& text);

    // Freezes each live share of what it is about. `conflict` where it names neither partner nor
    // project: what is not known must not end or freeze everything.
    ledger::Result<DataIncident> freeze(const std::string& id, const std::string& by);
    // Undoes that.
    ledger::Result<DataIncident> thaw(const std::string& id, const std::string& by);
    // Ends each share of what it is about, for good. A drill only says how many. As freeze().
    ledger::Result<DataIncident> revoke(const std::string& id, const std::string& by);
    // Fills in a template ({incident} {known} {org} {partner} {project} {text}) and sends it to the
    // partner's node. A drill only writes it down. `malformed` names a placeholder that is unknown.
    ledger::Result<DataIncident> notify(const std::string& id, const std::string& by,
                                        const std::string& partner, const std::string& words);
    // Notes that a clock's duty is done elsewhere, or is none here; or, with no clock, a remark.
    ledger::Result<DataIncident> note(const std::string& id, const std::string& by,
                                      const std::string& clock, const std::string& text);
    // `conflict` while a clock runs. What is frozen is thawed.
    ledger::Result<DataIncident> close(const std::string& id, const std::string& by,
                                       const std::string& outcome);

  private:
    ledger::Result<void> take(const std::string& org, const ledger::SignedObject& object);
    // One that is open, changed by `change`, with what is to get to a partner. `what` is done.
    ledger::Result<DataIncident> act(
        const std::string& id, const std::string& what,
        const std::function<ledger::Result<void>(DataIncident& incident,
                                                 std::vector<ledger::Bytes>& statements)>& change,
        const std::string& deliver_to = {});
    ledger::Result<DataIncident> save(DataIncident incident, const std::string& to,
                                      const std::vector<ledger::Bytes>& statements);
    [[nodiscard]] ledger::Result<void> may_act(const DataIncident& incident,
                                               const std::string& what) const;
    // Thaws what no other open incident holds frozen.
    ledger::Result<void> thaw_shares(DataIncident& incident);
    [[nodiscard]] ledger::Result<std::vector<VaultShare>> shares_of(
        const DataIncident& incident) const;

    VaultSharing& sharing_;
    const Vault& vault_;
    JsonRows& rows_;
    const std::string org_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    ById<DataIncident> incidents_;
};

}  // namespace reelproof::api
