#include "api/service/happenings.h"

#include <boost/json.hpp>

#include "api/service/item_index.h"
#include "api/service/trace_codes.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostNamed = 50;  // items of one event

using Audience = Live::Message::Audience;

void publish(Live& live, std::string kind, const json::object& data, Audience audience) {
    live.publish({std::move(kind), json::serialize(data), audience});
}

bool watched(const ServiceContext& context) {
    return context.live != nullptr && context.live->watched();
}

void tell_event(const ServiceContext& context, std::string_view what, const json::array& items,
                const Recorded& recorded) {
    if (!watched(context) || recorded.repeated || recorded.places.empty()) return;
    publish(*context.live, "event",
            {{"items", items},
             {"what", what},
             {"org", context.org},
             {"index", recorded.places.front().index}},
            Audience::events);
}

}  // namespace

void tell_verdict(const ServiceContext& context, const Inspection& inspection,
                  const VerdictPlace& where) {
    if (context.index != nullptr) context.index->saw(inspection, where.place);
    if (context.traces != nullptr) remember_traces(*context.traces, inspection);
    if (!watched(context)) return;
    json::array rules;
    for (const auto& finding : inspection.verdict.findings)
        if (finding.severity != ledger::Severity::minor) rules.emplace_back(finding.rule);
    json::object data{{"item", inspection.item.id},
                      {"verdict", to_string(inspection.verdict.decision)},
                      {"rules", std::move(rules)},
                      {"place", where.place}};
    if (!where.job.empty()) data["job"] = where.job;
    if (!where.position.empty()) data["position"] = where.position;
    publish(*context.live, "verdict", data,
            where.place == "line" ? Audience::line_verdicts : Audience::verdicts);
}

void tell_looked_at(const ServiceContext& context, const Identified& item) {
    if (context.index != nullptr) context.index->changed(item);
}

void tell_recorded(const ServiceContext& context, ledger::EventKind kind,
                   const std::vector<const Identified*>& items, const Recorded& recorded) {
    // A retry may be one of a request after which the node was cut off.
    if (context.index != nullptr)
        for (const auto* item : items) context.index->changed(*item);
    json::array named;
    for (const auto* item : items)
        if (named.size() < kMostNamed) named.emplace_back(item->id);
    tell_event(context, to_string(kind), named, recorded);
}

void tell_shipped(const ServiceContext& context, const ShipOrder& order,
                  const std::vector<Identified>& items, const Recorded& recorded) {
    // A retry may be one of a request after which the node was cut off.
    if (context.index == nullptr || recorded.places.empty()) return;
    Shipment shipment{recorded.places.front().index, context.clock(), order, {}};
    for (const auto& item : items) shipment.items.push_back(item.id);
    context.index->shipped(std::move(shipment));
}

void tell_published(const ServiceContext& context, std::string_view what,
                    const Recorded& recorded) {
    tell_event(context, what, {}, recorded);
}

void tell_slot(const ServiceContext& context, const std::string& job, const std::string& position,
               const std::optional<Slot::Loaded>& loaded) {
    if (!watched(context)) return;
    json::object data{{"job", job}, {"position", position}, {"loaded", nullptr}};
    if (loaded)
        data["loaded"] = json::object{{"item", loaded->item},
                                      {"mpn", loaded->mpn},
                                      {"lot", loaded->lot},
                                      {"at", ledger::to_iso8601(loaded->at)},
                                      {"by", loaded->by}};
    publish(*context.live, "line", data, Audience::line);
}

void tell_log(Live& live, const ledger::Store& store, ledger::LogId log) {
    if (!live.watched()) return;
    const auto head = store.head(log);
    for (const auto& info : store.logs())
        if (info.id == log && head)
            publish(live, "log",
                    {{"org", info.org}, {"origin", info.origin}, {"size", head->checkpoint.size}},
                    Audience::logs);
}

}  // namespace reelproof::api
