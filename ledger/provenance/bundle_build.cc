#include "ledger/provenance/bundle_build.h"

#include <algorithm>
#include <map>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/directory/matching.h"
#include "ledger/provenance/cosigned.h"

namespace reelproof::ledger {

namespace {

// What a bundle needs of one log.
struct Wanted {
    std::set<std::uint64_t> indices{0};  // the owner's genesis always
    std::set<std::string> issuers;       // whose key statements are needed
};

class Gathering {
  public:
    Gathering(const Store& store, const Lineage& lineage, const std::optional<TlogPolicy>& policy)
        : store_(store), directory_(store.directory()), lineage_(lineage), policy_(policy) {
        for (auto& info : store.logs()) logs_.emplace(info.id, std::move(info));
    }

    Result<std::vector<BundleLog>> gather() {
        want_history();
        want_facts();
        want_evidence();
        return take_logs();
    }

  private:
    void want(const Place& place, const std::string& iss) {
        auto& log = wanted_[place.log];
        log.indices.insert(place.index);
        log.issuers.insert(iss);
    }

    void want_history() {
        for (const auto& item : lineage_.items) {
            for (const auto& link : item.links) {
                want(link.place, link.iss);
                issuers_.insert(link.iss);
            }
            for (const auto& one : item.unreadable) want(one.place, one.iss);
        }
    }

    // Recalls of and authorisations for what the lineage is made of. A recall by another than the
    // manufacturer is taken along too: what it weighs is for the reader's policy.
    void want_facts() {
        std::vector<ItemFacts> facts;
        for (const auto& item : lineage_.items)
            for (const auto& link : item.links)
                if (!link.body.event.facts.mpn.empty()) facts.push_back(link.body.event.facts);
        for (const auto& name : directory_->trusted_orgs()) {
            const auto* org = directory_->org(name);
            if (org == nullptr) continue;
            for (const auto& part : facts) {
                for (const auto& recall : org->recalls)
                    if (recall_hits(recall.what, part.mpn, part.lot, part.date_code))
                        want(recall.place, name);
                for (const auto& source : org->authorised)
                    if (issuers_.contains(source.what.org) &&
                        (source.what.mpns.empty() || matches_any(source.what.mpns, part.mpn)))
                        want(source.place, name);
            }
        }
    }

    // That a log which vouches for the item was caught misbehaving must not be left out.
    void want_evidence() {
        std::set<std::string> origins;
        for (const auto& [id, unused] : wanted_)
            if (const auto info = logs_.find(id); info != logs_.end())
                origins.insert(info->second.origin);
        for (const auto& evidence : directory_->evidence())
            if (origins.contains(evidence.what.origin)) want(evidence.place, evidence.by);
    }

    // Takes log after log; the cosignatures of one may ask for another, for its owner's genesis.
    Result<std::vector<BundleLog>> take_logs() {
        std::map<LogId, BundleLog> taken;
        std::size_t entries = 0;
        for (;;) {
            const auto next = std::find_if(wanted_.begin(), wanted_.end(), [&](const auto& one) {
                return !taken.contains(one.first);
            });
            if (next == wanted_.end()) break;
            auto log = take_log(next->first, next->second);
            if (!log) return log.error();
            entries += log->entries.size();
            if (entries > kMaxBundleEntries || taken.size() >= kMaxBundleLogs ||
                bytes_ > kMaxBundleSize / 2)
                return Error{ErrorKind::too_large,
                             "the history rests on more statements than a bundle may hold (" +
                                 std::to_string(kMaxBundleEntries) + " of " +
                                 counted(kMaxBundleLogs, "log") + ", 128 MiB)"};
            taken.emplace(next->first, std::move(*log));
        }
        std::vector<BundleLog> out;
        out.reserve(taken.size());
        for (auto& [id, log] : taken) out.push_back(std::move(log));
        return out;
    }

    Result<BundleLog> take_log(LogId id, const Wanted& wanted) {
        const auto info = logs_.find(id);
        const auto head = store_.head(id);
        if (info == logs_.end() || !head)
            return Error{ErrorKind::not_found, "log " + std::to_string(id) + " is not stored here"};
        const auto& origin = info->second.origin;
        // The keys' whole story, also what came after the history: that one was revoked as lost is
        // not left out for the sake of a checkpoint with more cosignatures.
        auto indices = wanted.indices;
        for (const auto& iss : wanted.issuers)
            if (const auto* org = directory_->org_in(id, iss))
                for (const auto index : org->key_statements)
                    if (index < head->checkpoint.size) indices.insert(index);
        const auto last = *indices.rbegin();
        if (last >= head->checkpoint.size)
            return Error{ErrorKind::unavailable,
                         origin + ": entry " + std::to_string(last) +
                             " is not yet under a checkpoint that we have; try again later"};
        const auto note = cosigned_checkpoint(store_, info->second, *head, last + 1, policy_);
        const auto parsed = parse_note(note).value();
        const auto checkpoint = parse_checkpoint(parsed.text).value();
        want_mirrors(parsed);

        const auto subtree = store_.subtree(id);
        if (tree_root(checkpoint.size, subtree) != checkpoint.root)
            throw EnvironmentError(origin +
                                   ": the stored tree does not have the root of its checkpoint; "
                                   "run reelproof ledger check");
        BundleLog out{origin, note, {}};
        for (const auto index : indices) {
            auto statement = store_.entry(id, index);
            if (!statement)
                return within(origin + " entry " + std::to_string(index), statement.error());
            bytes_ += statement->size();
            out.entries.push_back(
                {index, std::move(*statement), inclusion_proof(index, checkpoint.size, subtree)});
        }
        return out;
    }

    // The genesis of each mirror that cosigned, from its own log: it names the key.
    void want_mirrors(const Note& note) {
        for (const auto& name : directory_->trusted_orgs()) {
            const auto* org = directory_->org(name);
            if (org == nullptr || org->guest || !org->genesis.mirror_key) continue;
            const auto& key = *org->genesis.mirror_key;
            const bool signed_by_it = std::any_of(
                note.signatures.begin(), note.signatures.end(), [&](const auto& signature) {
                    return signature.name == key.name && signature.key_id == key.key_id;
                });
            if (signed_by_it && store_.head(org->log)) wanted_[org->log];
        }
    }

    const Store& store_;
    const std::shared_ptr<const Directory> directory_;
    const Lineage& lineage_;
    const std::optional<TlogPolicy>& policy_;
    std::map<LogId, LogInfo> logs_;
    std::map<LogId, Wanted> wanted_;
    std::set<std::string> issuers_;
    std::size_t bytes_ = 0;  // of all statements taken
};

}  // namespace

Result<Bundle> build_bundle(const Store& store, const Lineage& lineage,
                            const std::optional<TlogPolicy>& policy, std::string_view made_by,
                            UnixSeconds now) {
    if (lineage.items.empty() || lineage.items.front().links.empty())
        return Error{ErrorKind::not_found,
                     "nothing is recorded of this item: there is no history "
                     "to prove"};
    if (lineage.items.size() > kMaxBundleItems)
        return Error{ErrorKind::too_large, "the item has more ancestors than a bundle may hold"};
    auto logs = Gathering(store, lineage, policy).gather();
    if (!logs) return logs.error();
    Bundle out;
    out.made_by = made_by;
    out.made_at = now;
    for (const auto& item : lineage.items) out.items.push_back(item.key);
    out.logs = std::move(*logs);
    return out;
}

}  // namespace reelproof::ledger
