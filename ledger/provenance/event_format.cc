#include <boost/json.hpp>

#include "ledger/provenance/event_form.h"

namespace reelproof::ledger {

namespace json = boost::json;

namespace {

json::object facts_json(const Event& event) {
    json::object out;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    add("rp:manufacturer", event.facts.manufacturer);
    add("rp:manufacturerPartNumber", event.facts.mpn);
    add("rp:lotCode", event.facts.lot);
    add("rp:dateCode", event.facts.date_code);
    add("rp:dateCodeKind", event.facts.date_code_kind);
    add("rp:countryOfOrigin", event.facts.country);
    add("rp:moistureSensitivityLevel", event.facts.msl);
    add("rp:serial", event.facts.serial);
    add("rp:customerPartNumber", event.facts.customer_pn);
    if (event.quantity) out["rp:quantity"] = *event.quantity;
    return out;
}

json::array party(std::string_view member, const std::string& org) {
    json::object one;
    one["type"] = "owning_party";
    one[member] = org_uri(org);
    return {std::move(one)};
}

json::array quantity_list(const Event& event) {
    json::object one;
    one["epcClass"] = lot_uri(host_of_uri(event.item), event.facts.mpn, event.facts.lot);
    if (event.quantity) one["quantity"] = *event.quantity;
    return {std::move(one)};
}

json::array work_order(const Event& event) {
    json::object one;
    one["type"] = "prodorder";
    one["bizTransaction"] = uri_beside(event.item, kWorkOrderPath, event.work_order);
    return {std::move(one)};
}

json::object event_json(const Event& event) {
    const auto* form = form_of(event.kind);
    if (form == nullptr) throw std::logic_error("an event of this kind is never written");
    json::object out;
    out["type"] = form->type;
    auto time = to_iso8601(event.time);
    time.insert(time.size() - 1, ".000");
    out["eventTime"] = time;
    out["eventTimeZoneOffset"] = "+00:00";
    if (form->type == "ObjectEvent") {
        if (form->lot)
            out["quantityList"] = quantity_list(event);
        else
            out["epcList"] = json::array{event.item};
    } else if (form->type == "AggregationEvent") {
        out["parentID"] = event.item;
        out["childQuantityList"] = quantity_list(event);
    } else if (form->type == "AssociationEvent") {
        out["parentID"] = uri_beside(event.item, kFeederPath, event.feeder);
        out["childEPCs"] = json::array{event.item};
    } else {
        out["inputQuantityList"] = quantity_list(event);
        // EPCIS wants outputs, or the name of a transformation that goes on: the reel's being used.
        if (event.outputs.empty())
            out["transformationID"] = event.item;
        else
            out["outputEPCList"] = json::value_from(event.outputs);
    }
    if (!form->action.empty()) out["action"] = form->action;
    out["bizStep"] = form->biz_step;
    if (!form->disposition.empty()) out["disposition"] = form->disposition;
    if (event.kind == EventKind::quarantine)
        out["persistentDisposition"] = {{"set", json::array{"non_conformant"}}};
    if (event.kind == EventKind::release)
        out["persistentDisposition"] = {{"unset", json::array{"non_conformant"}}};
    if (!event.work_order.empty()) out["bizTransactionList"] = work_order(event);
    if (!event.from.empty()) out["sourceList"] = party("source", event.from);
    if (!event.to.empty()) out["destinationList"] = party("destination", event.to);
    if (event.kind == EventKind::commission) out["ilmd"] = facts_json(event);
    if (event.kind == EventKind::consume) out["rp:consumedFrom"] = event.item;
    if (event.kind == EventKind::split && !event.outputs.empty())
        out["rp:splitInto"] = json::value_from(event.outputs);
    if (event.kind == EventKind::receive && event.quantity) out["rp:quantity"] = *event.quantity;
    if (!event.reason.empty()) out["rp:reason"] = event.reason;
    if (event.marking) out["rp:marking"] = json::parse(format_marking(*event.marking));
    if (event.successor) out["rp:successor"] = to_hex(*event.successor);
    return out;
}

json::array keys_json(const std::vector<ItemKey>& keys) {
    json::array out;
    for (const auto& key : keys) out.emplace_back(to_hex(key.expose()));
    return out;
}

}  // namespace

std::string format_body(const SealedBody& body) {
    json::object out;
    json::array prev;
    for (const auto& hash : body.prev) prev.emplace_back(to_hex(hash));
    out["prev"] = std::move(prev);
    if (!body.parents.empty()) out["parents"] = keys_json(body.parents);
    if (!body.children.empty()) out["children"] = keys_json(body.children);
    std::string text = "{\"event\":";
    text += body.told.empty() ? json::serialize(event_json(body.event)) : body.told;
    auto rest = json::serialize(out);
    text.append(",").append(rest, 1);
    wipe(rest.data(), rest.size());
    return text;
}

}  // namespace reelproof::ledger
