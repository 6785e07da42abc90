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
        if (*incident) rows_[std::string(ledger::as_text(key))] = {std::move(**incident), true};
        return true;
    });
}

void Incidents::raise(const std::string& origin, Incident incident) {
    incident.bytes.resize(std::min(incident.bytes.size(), kMaxIncidentBytes));
    incident.since = std::max<ledger::UnixSeconds>(deps_.clock(), 1);
    incident.over = 0;
    const std::string row = incident_row(origin, incident);
    std::vector<std::string> dropped;
    {
        const std::lock_guard lock(mutex_);
        const auto known = rows_.find(row);
        if (known != rows_.end() && lasts(known->second.incident)) {
            if (known->second.durable) return;
            incident = known->second.incident;
        } else if (incident.kind == IncidentKind::suspect) {
            const std::string prefix = row.substr(0, row.rfind('/') + 1);
            std::size_t lasting = 0;
            for (auto one = rows_.lower_bound(prefix);
                 one != rows_.end() && one->first.starts_with(prefix); ++one)
                if (lasts(one->second.incident))
                    ++lasting;
                else
                    dropped.push_back(one->first);
            if (lasting >= kMaxSuspects) return;
            // Records make room: as many stay as may last.
            dropped.resize(dropped.size() - std::min(dropped.size(), kMaxSuspects));
            for (const auto& old : dropped) rows_.erase(old);
        }
        rows_[row] = {incident, false};
    }
    write(row, incident, dropped);
}

void Incidents::settle(const std::string& origin, IncidentKind kind, const std::string& second) {
    const std::string prefix = incident_rows(origin) + std::to_string(static_cast<int>(kind));
    std::vector<std::pair<std::string, Incident>> over;
    {
        const std::lock_guard lock(mutex_);
        for (auto one = rows_.lower_bound(prefix);
             one != rows_.end() && one->first.starts_with(prefix); ++one) {
            Incident& incident = one->second.incident;
            if (incident.kind != kind || incident.over != 0) continue;
            if (!second.empty() && incident.second != second) continue;
            incident.over = std::max<ledger::UnixSeconds>(deps_.clock(), incident.since);
            one->second.durable = false;
            over.emplace_back(one->first, incident);
        }
    }
    for (const auto& [row, incident] : over) {
        write(row, incident);
        if (deps_.log) deps_.log(api::LogLevel::info, origin + ": it is over: " + incident.text);
    }
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

// If we die before it is durable, the alarm is raised, or found to be over, anew: what showed it
// goes on or does not.
void Incidents::write(const std::string& row, const Incident& incident,
                      const std::vector<std::string>& dropped) {
    const auto written = deps_.sequencer
                             .write([&](ledger::WriteTransaction& writes) {
                                 writes.put(ledger::Table::evidence, ledger::as_bytes(row),
                                            ledger::write_incident(incident));
                                 for (const auto& old : dropped)
                                     writes.remove(ledger::Table::evidence, ledger::as_bytes(old));
                             })
                             .get();
    const std::lock_guard lock(mutex_);
    const auto kept = rows_.find(row);
    if (written && kept != rows_.end() && kept->second.incident.over == incident.over)
        kept->second.durable = true;
}

}  // namespace reelproof::node
