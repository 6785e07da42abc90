#include "api/routes/shipments.h"

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/known.h"
#include "api/routes/problems.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostItems = 2000;  // of one page: each costs a look into all ledgers

// What became of an item at the organisation that it was shipped to.
struct AtReceiver {
    std::string_view state = "under-way";
    ledger::UnixSeconds at = 0;
    std::string reason;
};

// By the events of the receiver that come after our shipment; what others write of it does not
// count here.
AtReceiver at_receiver(const ledger::History& history, const Shipment& shipment,
                       const std::string& org) {
    using ledger::EventKind;
    AtReceiver out;
    bool sent = false, blocked = false;
    std::string_view before = "received";
    for (const auto& link : history.links) {
        const auto& event = link.body.event;
        if (link.iss == org && event.kind == EventKind::ship && event.to == shipment.order.to &&
            link.place.log == ledger::kOwnLog && link.place.index >= shipment.index) {
            if (sent) break;  // a later shipment of the same item
            sent = true;
            out.at = event.time;
            continue;
        }
        if (!sent || link.iss != shipment.order.to) continue;
        const auto now = [&](std::string_view state) { out = {state, event.time, event.reason}; };
        switch (event.kind) {
            case EventKind::receive:
                now("received");
                break;
            case EventKind::quarantine:
                if (!blocked) before = out.state;
                blocked = true;
                now("held");
                break;
            case EventKind::release:
                if (blocked) now(before);
                blocked = false;
                break;
            case EventKind::scrap:
                // What is left of a reel after its use is no refusal.
                if (out.state != "used") now("rejected");
                break;
            case EventKind::ship:
                now(event.to == org ? "rejected" : "passed-on");
                break;
            case EventKind::load:
            case EventKind::consume:
            case EventKind::split:
            case EventKind::relabel:
            case EventKind::deplete:
                now("used");
                break;
            default:
                break;
        }
    }
    return out;
}

json::object item_json(const KnownItem& item, const AtReceiver& there) {
    json::object out{{"item", item.id},
                     {"fields", facts_json(item.facts, item.quantity)},
                     {"state", there.state}};
    if (there.at != 0) out["at"] = ledger::to_iso8601(there.at);
    if (!there.reason.empty()) out["reason"] = there.reason;
    return out;
}

json::object shipment_json(const ShipmentRoutes& routes, const Shipment& shipment) {
    const auto& order = shipment.order;
    json::object out{
        {"shipment", shipment.index}, {"at", ledger::to_iso8601(shipment.at)}, {"to", order.to}};
    for (const auto& [name, text] : {std::pair<const char*, const std::string*>{"po", &order.po},
                                     {"so", &order.so},
                                     {"invoice", &order.invoice},
                                     {"packing_list", &order.packing_list},
                                     {"price", &order.price}})
        if (!text->empty()) out[name] = *text;
    std::map<std::string_view, std::int64_t> states;
    json::array items;
    const auto issuers = ledger::trusted_issuers(routes.context.store.directory());
    for (const auto& id : shipment.items) {
        const auto item = routes.index.find(id);
        if (!item) continue;
        const auto there =
            at_receiver(ledger::collect(item->key, issuers, finder(routes.context.store)), shipment,
                        routes.context.org);
        ++states[there.state];
        items.emplace_back(item_json(*item, there));
    }
    json::object counts;
    for (const auto& [state, times] : states) counts[state] = times;
    out["states"] = std::move(counts);
    out["items"] = std::move(items);
    return out;
}

// A supplier is one of several that ship from here, and sees nothing of the others' business.
bool sees_all(const Request& request) {
    return caller_may(request, kReceiveAccess) || caller_may(request, kTraceAccess);
}

Response list(ShipmentRoutes& routes, const Request& request) {
    if (!routes.index.kept()) return no_index();
    const bool all = sees_all(request);
    const auto caller = described_caller(request);
    const auto page = page_asked(request);
    if (!page) return problem_of(page.error());
    json::array shipments;
    std::optional<std::uint64_t> next;
    std::size_t items = 0;
    std::uint64_t last = 0;
    routes.index.shipments(
        page->after.empty() ? std::nullopt : whole_number(page->after),
        [&](std::uint64_t number, const Shipment& shipment) {
            if (!all && shipment.order.by != caller) return true;
            if (shipments.size() >= page->limit ||
                (!shipments.empty() && items + shipment.items.size() > kMostItems)) {
                next = last;
                return false;
            }
            items += shipment.items.size();
            last = number;
            shipments.emplace_back(shipment_json(routes, shipment));
            return true;
        });
    json::object out{{"shipments", std::move(shipments)}};
    if (next) out["next"] = std::to_string(*next);
    return Response::json(200, json_text(out));
}

}  // namespace

void add_shipment_routes(Router& router, ShipmentRoutes& routes) {
    router.add(Method::get, "/v1/shipments", std::string(kShipAccess),
               [&routes](const Request& request) { return list(routes, request); });
}

}  // namespace reelproof::api
