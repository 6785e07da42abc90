#include "node/replication/incidents.h"

#include <algorithm>

namespace reelproof::node {

using ledger::incident_row;
using ledger::incident_rows;

Incidents::Incidents(const ReplicatorDeps& deps) : deps_(deps) {
    deps_.store.scan(ledger::Table::evidence, [&](ledger::ByteView key, ledger::ByteView value) {
        if (!ledger::as_text(key).starts_with(ledger::kIncidents)) return true;
        auto incident = ledger::read_incident(value);
        if (!incident)
            throw ledger::EnvironmentError("the store is damaged: a row of the table evidence: " +
                                           incident.error().message);
        if (*incident) rows_[std::string(ledger::as_text(key))] = {std::move(**incident), 0, true};
        return true;
    });
}

void Incidents::raise(const std::string& origin, Incident incident) {
    incident.bytes.resize(std::min(incident.bytes.size(), kMaxIncidentBytes));
    incident.since = std::max<ledger::UnixSeconds>(deps_.clock(), 1);
    incident.over = 0;
    const std::string row = incident_row(origin, incident);
    std::vector<std::string> changed{row};
    {
        const std::lock_guard lock(mutex_);
        const auto known = rows_.find(row);
        const bool stands = known != rows_.end() && lasts(known->second.incident);
        if (stands && known->second.durable) return;
        if (!stands && incident.kind == IncidentKind::suspect) {
            const std::string prefix = row.substr(0, row.rfind('/') + 1);
            std::size_t lasting = 0;
            std::vector<std::string> records;
            for (auto one = rows_.lower_bound(prefix);
                 one != rows_.end() && one->first.starts_with(prefix); ++one)
                if (lasts(one->second.incident))
                    ++lasting;
                else if (one != known)
                    records.push_back(one->first);
            if (lasting >= kMaxSuspects) return;
            // Records make room: as many stay as may last.
            records.resize(records.size() - std::min(records.size(), kMaxSuspects));
            for (const auto& old : records) rows_.erase(old);
            changed.insert(changed.end(), records.begin(), records.end());
        }
        if (!stands) rows_[row] = {std::move(incident), ++changes_, false};
    }
    write(changed);
}

void Incidents::settle(const std::string& origin, IncidentKind kind, const std::string& second) {
    const std::string prefix = incident_rows(origin) + std::to_string(static_cast<int>(kind));
    std::vector<std::string> changed;
    std::vector<std::string> over;
    {
        const std::lock_guard lock(mutex_);
        for (auto one = rows_.lower_bound(prefix);
             one != rows_.end() && one->first.starts_with(prefix); ++one) {
            Incident& incident = one->second.incident;
            if (incident.kind != kind || incident.over != 0) continue;
            if (!second.empty() && incident.second != second) continue;
            incident.over = std::max<ledger::UnixSeconds>(deps_.clock(), incident.since);
            one->second.change = ++changes_;
            one->second.durable = false;
            changed.push_back(one->first);
            over.push_back(incident.text);
        }
    }
    if (changed.empty()) return;
    write(changed);
    for (const auto& text : over)
        if (deps_.log) deps_.log(api::LogLevel::info, origin + ": it is over: " + text);
}

void Incidents::settle_served(const std::string& origin) {
    for (const auto kind : {IncidentKind::checkpoint, IncidentKind::rollback,
                            IncidentKind::contents, IncidentKind::statement})
        settle(origin, kind);
}

bool Incidents::lasts(const Incident& incident) const {
    return incident.over == 0 && (incident.until == 0 || incident.until > deps_.clock());
}

std::vector<Incident> Incidents::all(const std::string& origin) const {
    const std::string prefix = incident_rows(origin);
    std::vector<Incident> out;
    const std::lock_guard lock(mutex_);
    for (auto one = rows_.lower_bound(prefix); one != rows_.end() && one->first.starts_with(prefix);
         ++one)
        out.push_back(one->second.incident);
    return out;
}

std::vector<Incident> Incidents::lasting(const std::string& origin) const {
    auto out = all(origin);
    std::erase_if(out, [&](const Incident& one) { return !lasts(one); });
    return out;
}

// Several threads may be here at once, and which of them is written first says nothing: each writes
// the rows as they stand by then. If we die before it is durable, the alarm is raised, or found to
// be over, anew: what showed it goes on or does not.
void Incidents::write(const std::vector<std::string>& rows) {
    std::map<std::string, std::uint64_t> put;  // owner: the sequencer thread, until it is done
    const auto written = deps_.sequencer
                             .write([&](ledger::WriteTransaction& writes) {
                                 const std::lock_guard lock(mutex_);
                                 for (const auto& row : rows) {
                                     const auto key = ledger::as_bytes(row);
                                     const auto kept = rows_.find(row);
                                     if (kept == rows_.end()) {
                                         writes.remove(ledger::Table::evidence, key);
                                         continue;
                                     }
                                     writes.put(ledger::Table::evidence, key,
                                                ledger::write_incident(kept->second.incident));
                                     put[row] = kept->second.change;
                                 }
                             })
                             .get();
    if (!written) return;
    const std::lock_guard lock(mutex_);
    for (const auto& [row, change] : put)
        if (const auto kept = rows_.find(row); kept != rows_.end() && kept->second.change == change)
            kept->second.durable = true;
}

}  // namespace reelproof::node
