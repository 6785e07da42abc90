#include "api/routes/json.h"

#include <algorithm>
#include <cmath>

#include <boost/json.hpp>

#include "api/service/sealed_fields.h"
#include "api/service/typed_fields.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

void add(json::object& out, std::string_view name, const std::string& value) {
    if (!value.empty()) out[name] = value;
}

std::string log_name(const LogNames& logs, ledger::LogId id) {
    const auto found = logs.find(id);
    return found == logs.end() ? std::string() : found->second;
}

json::object finding_json(const ledger::Finding& finding, const LogNames& logs) {
    json::array evidence;
    for (const auto& one : finding.evidence) {
        json::object place;
        place["org"] = one.iss;
        place["what"] = one.what;
        place["log"] = log_name(logs, one.place.log);
        place["index"] = one.place.index;
        add(place, "envelope", one.envelope);
        evidence.emplace_back(std::move(place));
    }
    json::object out{{"rule", finding.rule},
                     {"severity", ledger::to_string(finding.severity)},
                     {"text", finding.text},
                     {"evidence", std::move(evidence)}};
    json::array region;
    for (const auto& [x, y] : finding.region) region.emplace_back(json::array{x, y});
    if (!region.empty()) out["position"] = std::move(region);
    return out;
}

// Who keeps the entry at that place, as two members.
void add_kept(json::object& out, const ledger::Keepers& keepers, const std::string& origin,
              std::uint64_t index) {
    const auto kept = keepers.of(origin, index);
    out["mirrors"] = kept.by.size();
    out["replicated"] = kept_json(kept);
}

json::object event_json(const ledger::Link& link, const LogNames& logs) {
    const auto& event = link.body.event;
    json::object out;
    out["time"] = ledger::to_iso8601(event.time);
    out["org"] = link.iss;
    out["what"] = ledger::to_string(event.kind);
    add(out, "from", event.from);
    add(out, "to", event.to);
    if (event.quantity) out["quantity"] = *event.quantity;
    if (event.kind == ledger::EventKind::commission)
        out["fields"] = facts_json(event.facts, event.quantity);
    add(out, "feeder", event.feeder);
    add(out, "work_order", event.work_order);
    if (!event.outputs.empty()) out["outputs"] = json::value_from(event.outputs);
    add(out, "reason", event.reason);
    if (event.marking) out["marking"] = json::parse(ledger::format_marking(*event.marking));
    out["log"] = log_name(logs, link.place.log);
    out["index"] = link.place.index;
    out["envelope"] = ledger::to_hex(link.hash);
    json::array prev;
    for (const auto& hash : link.body.prev) prev.emplace_back(ledger::to_hex(hash));
    out["prev"] = std::move(prev);
    return out;
}

// Of events in others' words, which no kind of ours fits: what happened, as they say it.
void add_told(json::array& events, const ledger::History& item, const ServiceContext& context) {
    const auto is_other = [](const ledger::Link& link) {
        return link.body.event.kind == ledger::EventKind::other;
    };
    if (std::none_of(item.links.begin(), item.links.end(), is_other)) return;
    const auto told = ledger::collect(item.key, ledger::trusted_issuers(context.store.directory()),
                                      finder(context.store), ledger::LinkText::kept);
    for (std::size_t i = 0; i < item.links.size(); ++i) {
        if (!is_other(item.links[i])) continue;
        const auto same = std::find_if(told.links.begin(), told.links.end(), [&](const auto& link) {
            return link.hash == item.links[i].hash;
        });
        if (same == told.links.end()) continue;
        boost::system::error_code wrong;
        const auto event = json::parse(same->text, wrong);
        if (wrong || !event.is_object()) continue;
        for (const auto& [member, name] : {std::pair<const char*, const char*>{"bizStep", "step"},
                                           {"disposition", "disposition"}})
            if (const auto* value = event.get_object().if_contains(member);
                value != nullptr && value->is_string())
                events[i].as_object()[name] = value->get_string();
    }
}

}  // namespace

LogNames log_names(const ledger::Store& store) {
    LogNames names;
    for (const auto& log : store.logs()) names.emplace(log.id, log.origin);
    return names;
}

json::object state_json(const ledger::ItemState& state) {
    json::object out;
    out["status"] = ledger::to_string(state.status);
    add(out, "holder", state.holder);
    add(out, "in_transit_to", state.in_transit_to);
    if (state.initial_quantity) out["quantity"] = *state.initial_quantity;
    if (const auto left = state.remaining()) out["remaining"] = *left;
    add(out, "feeder", state.feeder);
    json::array blocked;
    for (const auto& [org, link] : state.quarantined) blocked.emplace_back(org);
    if (!blocked.empty()) out["blocked_by"] = std::move(blocked);
    return out;
}

json::object facts_json(const ledger::ItemFacts& facts,
                        const std::optional<std::int64_t>& quantity) {
    json::object out;
    add(out, "manufacturer", facts.manufacturer);
    add(out, "mpn", facts.mpn);
    add(out, "lot", facts.lot);
    add(out, "date_code", facts.date_code);
    add(out, "date_code_kind", facts.date_code_kind);
    add(out, "country", facts.country);
    add(out, "msl", facts.msl);
    add(out, "serial", facts.serial);
    add(out, "customer_pn", facts.customer_pn);
    if (quantity) out["quantity"] = *quantity;
    return out;
}

json::object kept_json(const ledger::Kept& kept) {
    return {{"on", json::value_from(kept.by)}, {"of", kept.of}, {"quorum", kept.quorum}};
}

json::object json_of(const Inspection& inspection, const LogNames& logs,
                     const ServiceContext& context) {
    json::object out;
    out["verdict"] = ledger::to_string(inspection.verdict.decision);
    out["item"] = inspection.item.id;
    if (inspection.item.lot_level) out["lot_level"] = true;
    const auto filled = filled_in(inspection.item);
    out["fields"] = facts_json(filled.label, filled.quantity);
    json::array findings;
    for (const auto& finding : inspection.verdict.findings)
        findings.emplace_back(finding_json(finding, logs));
    out["findings"] = std::move(findings);
    out["state"] = state_json(inspection.states.front());
    // The proof of what is known: each event by the hash of its envelope and its place in a log.
    json::array proof;
    for (const auto& link : inspection.lineage.items.front().links) {
        const auto log = log_name(logs, link.place.log);
        json::object event{{"org", link.iss},
                           {"what", ledger::to_string(link.body.event.kind)},
                           {"time", ledger::to_iso8601(link.body.event.time)},
                           {"log", log},
                           {"index", link.place.index},
                           {"envelope", ledger::to_hex(link.hash)}};
        add_kept(event, context.keepers, log, link.place.index);
        proof.emplace_back(std::move(event));
    }
    out["proof"] = std::move(proof);
    json::array sources;
    for (const auto& [org, state] : inspection.sources) {
        json::object source{{"org", org},
                            {"origin", state.origin},
                            {"size", state.size},
                            {"age_seconds", state.age}};
        add(source, "frozen", state.frozen);
        add(source, "alarm", state.alarm);
        sources.emplace_back(std::move(source));
    }
    out["sources"] = std::move(sources);
    out["policy"] = context.policy.version;
    out["ms"] = short_number(inspection.ms);
    return out;
}

json::object json_of(const Recorded& recorded, const ServiceContext& context) {
    json::array statements;
    for (const auto& place : recorded.places)
        statements.emplace_back(json::object{
            {"log", context.origin},
            {"index", place.index},
            {"size", place.size},
            {"replicated", kept_json(context.keepers.of(context.origin, place.index))}});
    json::object out{{"items", json::value_from(recorded.items)},
                     {"statements", std::move(statements)},
                     {"repeated", recorded.repeated}};
    if (!recorded.warnings.empty()) out["warnings"] = json::value_from(recorded.warnings);
    return out;
}

json::object history_json(const ledger::History& history, const ledger::ItemState& state,
                          const LogNames& logs) {
    json::object out;
    out["item"] = ledger::public_item_id(history.key);
    if (const auto* commission = history.commission()) {
        out["uri"] = commission->body.event.item;
        out["fields"] = facts_json(commission->body.event.facts, commission->body.event.quantity);
    }
    out["state"] = state_json(state);
    json::array events;
    for (const auto& link : history.links) events.emplace_back(event_json(link, logs));
    out["events"] = std::move(events);
    json::array parents;
    for (const auto& link : history.links)
        for (const auto& parent : link.body.parents)
            parents.emplace_back(ledger::public_item_id(parent));
    if (!parents.empty()) out["made_of"] = std::move(parents);
    return out;
}

json::object trace_json(const Inspection& inspection, const LogNames& logs,
                        const ServiceContext& context) {
    const auto history = [&](std::size_t which) {
        const auto& item = inspection.lineage.items[which];
        auto told = history_json(item, inspection.states[which], logs);
        auto& events = told.at("events").as_array();
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto& link = item.links[i];
            auto& event = events[i].as_object();
            if (auto sealed = sealed_for_us(context, link); !sealed.empty())
                event["sealed"] = std::move(sealed);
            add_kept(event, context.keepers, log_name(logs, link.place.log), link.place.index);
        }
        add_told(events, item, context);
        return told;
    };
    auto out = history(0);
    out["verdict"] = ledger::to_string(inspection.verdict.decision);
    add(out, "maker", inspection.manufacturer);
    json::array ancestors;
    for (std::size_t i = 1; i < inspection.lineage.items.size(); ++i)
        ancestors.emplace_back(history(i));
    out["ancestors"] = std::move(ancestors);
    if (inspection.lineage.truncated) out["truncated"] = true;
    json::array findings;
    for (const auto& finding : inspection.verdict.findings)
        findings.emplace_back(finding_json(finding, logs));
    out["findings"] = std::move(findings);
    return out;
}

double short_number(double value) {
    return std::round(value * 1000) / 1000;
}

}  // namespace reelproof::api
