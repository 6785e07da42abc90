// A small network for the tests of the rules: organisations with real keys and signed public
// statements, reels with real envelopes, and somebody who scans a label.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/rules/verdict.h"
#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

inline const std::string kMaker = "northline.example";
inline const std::string kSecondMaker = "southline.example";
inline const std::string kDist = "dist.example";
inline const std::string kSecondDist = "second-dist.example";
inline const std::string kEms = "brightline-ems.example";
inline const std::string kOem = "oem.example";
inline const std::string kOutsider = "broker.example";  // not in the network

// What the label says of this reel, as its reader would give it.
struct Scan {
    std::string org = kEms;
    std::string place = "receiving";
    ItemKey key;
    ItemFacts label;
    std::optional<std::int64_t> quantity{};
    bool lot_level = false;
    std::vector<LabelRemark> remarks{};
    std::optional<UnixSeconds> time{};
    bool issued = false;
    std::optional<MarkingRecord> marking{};
    std::vector<TypedField> typed{};
};

class World {
  public:
    // All of the above but the outsider are members; the policy trusts kMaker for "STM32*", and the
    // distributor is authorised by it.
    World();

    // Public statements.
    void authorise(const std::string& maker, const std::string& distributor,
                   std::vector<std::string> mpns = {},
                   std::optional<UnixSeconds> not_before = std::nullopt,
                   std::optional<UnixSeconds> not_after = std::nullopt);
    void recall(const std::string& maker, Recall what);
    // A proof, published by `by`, that the log of `org` tells two stories; `true_one` or invented.
    void accuse(const std::string& by, const std::string& org, bool true_one);
    // An organisation that writes to the log of another.
    void join_as_guest(const std::string& org, const std::string& host);

    // Events; each an hour after the last.
    Hash record(const std::string& org, const Reel& reel, Event event, const Unusual& how = {}) {
        return ledger.record(org, reel.key, std::move(event), how);
    }
    Hash make(const std::string& org, const Reel& reel, const std::vector<Reel>& of = {});
    void ship(const std::string& from, const std::string& to, const Reel& reel);  // both ends
    // Maker, authorised distributor, EMS: in stock at the EMS.
    void deliver(const Reel& reel);
    // Up to the shipment to the EMS.
    void send(const Reel& reel);

    // How fresh we are about an organisation.
    SourceState& source(const std::string& org) { return sources[org]; }
    Verdict judge(const Scan& scan);

    PaperLedger ledger;
    Policy policy;
    std::map<std::string, SourceState> sources;
    ItemKey lot_key = ItemKey::random();  // of the one lot of a test
    std::optional<PartData> part;
    std::vector<TraceUse> traces;

  private:
    struct Member {
        SecretKey root, node;
        SecretKey receipt;
        Secret<32> log_seed;
        LogId log;
        std::uint64_t next = 0;
    };
    void join(const std::string& org);
    void publish(const std::string& org, const PublicStatement& statement, std::string_view sub,
                 bool by_root = false);

    std::map<std::string, Member> members_;
    std::optional<Directory> directory_;
};

// The label of a reel as printed.
Scan scan_of(const Reel& reel, std::string org = kEms, std::string place = "receiving");

// "custody.gap:major label.syntax:minor", as the verdict has them.
std::string rules_in(const Verdict& verdict);
// The severity of the first finding of this rule; "" when there is none.
std::string severity_of(const Verdict& verdict, std::string_view rule);
std::string text_of_rule(const Verdict& verdict, std::string_view rule);
std::string word(const Verdict& verdict);  // "ACCEPT", "HOLD", "REJECT"

}  // namespace reelproof::ledger::tests
