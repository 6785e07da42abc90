#include "node/replication/incidents.h"

#include <algorithm>

#include "ledger/base/sha256.h"
#include "ledger/format/cbor.h"

namespace reelproof::node {
namespace {

// Rows of Table::evidence, beside the evidence against frozen logs, whose key is the origin alone.
// Value: CBOR [1, kind, since, over, until, text, first, second, bytes]. Persistent format: a
// change gets another number in front, and rows with a number that is not known are passed over.
constexpr std::string_view kPrefix = "incident/";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMembers = 9;

std::string rows_of(const std::string& origin) {
    return std::string(kPrefix) + origin + "/";
}

std::string row_of(const std::string& origin, const Incident& incident) {
    std::string row = rows_of(origin) + std::to_string(static_cast<int>(incident.kind));
    if (incident.kind != IncidentKind::suspect) return row;
    const ledger::Hash name = ledger::sha256(ledger::as_bytes(incident.second));
    return row + "/" + ledger::to_hex(ledger::ByteView(name).first(8));
}

ledger::Bytes write_incident(const Incident& incident) {
    ledger::CborWriter out;
    out.array(kMembers);
    out.uint(kVersion);
    out.uint(static_cast<std::uint64_t>(incident.kind));
    out.integer(incident.since);
    out.integer(incident.over);
    out.integer(incident.until);
    // Byte strings: words of others are in them, and need not be UTF-8.
    for (const auto* text : {&incident.text, &incident.first, &incident.second, &incident.bytes})
        out.bytes(ledger::as_bytes(*text));
    return out.take();
}

// Nothing for what a later version wrote.
ledger::Result<std::optional<Incident>> read_incident(ledger::ByteView row) {
    constexpr std::string_view kWhat = "incident";
    ledger::CborReader reader(row);
    auto count = reader.array(kWhat, kMembers);
    if (!count) return count.error();
    auto version = reader.uint(kWhat);
    if (!version) return version.error();
    if (*version != kVersion) return std::optional<Incident>();
    auto kind = reader.uint(kWhat);
    if (!kind) return kind.error();
    Incident out;
    out.kind = static_cast<IncidentKind>(*kind);
    for (auto* time : {&out.since, &out.over, &out.until}) {
        auto value = reader.integer(kWhat);
        if (!value) return value.error();
        *time = *value;
    }
    for (auto* text : {&out.text, &out.first, &out.second, &out.bytes}) {
        auto value = reader.bytes(kWhat);
        if (!value) return value.error();
        *text = ledger::as_text(*value);
    }
    if (auto all = reader.finish(kWhat); !all) return all.error();
    return std::optional(std::move(out));
}

}  // namespace

Incidents::Incidents(const ReplicatorDeps& deps) : deps_(deps) {
    deps_.store.scan(ledger::Table::evidence, [&](ledger::ByteView key, ledger::ByteView value) {
        if (!ledger::as_text(key).starts_with(kPrefix)) return true;
        auto incident = read_incident(value);
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
    const std::string row = row_of(origin, incident);
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
    const std::string prefix = rows_of(origin) + std::to_string(static_cast<int>(kind));
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
    const std::string prefix = rows_of(origin);
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
                                            write_incident(incident));
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
