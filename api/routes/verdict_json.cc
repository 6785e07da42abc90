#include "api/routes/verdict_json.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json.h"
#include "api/service/sealed_fields.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// Rules about the place that a reel is offered for, not about the reel.
bool is_of_place(const ledger::Finding& finding) {
    return finding.rule.starts_with("slot.");
}

// The reel is good, and whether it may be used here is for people to say.
bool is_of_approval(const ledger::Finding& finding) {
    return finding.rule.starts_with("approval.");
}

// Rules whose words are about the label itself, or that everybody may know.
bool is_of_label(const ledger::Finding& finding) {
    constexpr std::array<std::string_view, 4> kFamilies{"label.", "identity.", "date.", "recall."};
    // What was seen of the parts just now; of what others recorded, who they are.
    if (finding.rule.starts_with("marking.") && finding.rule != "marking.trace")
        return finding.evidence.empty();
    return std::any_of(kFamilies.begin(), kFamilies.end(),
                       [&](std::string_view family) { return finding.rule.starts_with(family); });
}

bool sees_events(const Request& request) {
    return caller_may(request, kTraceAccess) || caller_may(request, kReceiveAccess) ||
           caller_may(request, kLineAccess);
}

void keep_to_the_label(json::object& out, const ServiceContext& context,
                       const ledger::Findings& findings) {
    out.erase("proof");
    out.erase("sources");
    out.erase("shipment");
    auto& state = out.at("state").as_object();
    for (const auto* name : {"holder", "in_transit_to"})
        if (const auto* org = state.if_contains(name);
            org != nullptr && org->as_string() != context.org)
            state.erase(name);
    state.erase("blocked_by");
    auto& told = out.at("findings").as_array();
    for (std::size_t i = 0; i < told.size(); ++i) {
        auto& finding = told[i].as_object();
        finding["evidence"] = json::array();
        if (!is_of_label(findings[i]))
            finding["text"] = "the reason is not shown to you: ask quality";
    }
}

// Of what is on its way to us: the shipment, with the numbers of the order that its sender sealed
// for us. Prices are no matter of goods-in.
json::object shipment_json(const ServiceContext& context, const Inspection& inspection) {
    if (inspection.states.front().in_transit_to != context.org) return {};
    const auto& links = inspection.lineage.items.front().links;
    const auto last = std::find_if(links.rbegin(), links.rend(), [&](const ledger::Link& link) {
        return link.body.event.kind == ledger::EventKind::ship && link.body.event.to == context.org;
    });
    if (last == links.rend()) return {};
    auto out = sealed_for_us(context, *last);
    out.erase("price");
    out["from"] = last->iss;
    out["at"] = ledger::to_iso8601(last->body.event.time);
    return out;
}

}  // namespace

std::string_view next_step(const ledger::Findings& findings) {
    std::string_view next = "use";
    for (const auto& finding : findings) {
        if (finding.severity == ledger::Severity::minor) continue;
        if (is_of_place(finding)) {
            if (next == "use") next = "put-back";
        } else if (finding.severity == ledger::Severity::critical && !is_of_approval(finding)) {
            return "quarantine";
        } else {
            next = "ask";
        }
    }
    return next;
}

json::object verdict_json(const ServiceContext& context, const Request& request,
                          const Inspection& inspection) {
    auto out = json_of(inspection, log_names(context.store), context);
    out["next"] = next_step(inspection.verdict.findings);
    if (auto shipment = shipment_json(context, inspection); !shipment.empty())
        out["shipment"] = std::move(shipment);
    if (!sees_events(request)) keep_to_the_label(out, context, inspection.verdict.findings);
    return out;
}

}  // namespace reelproof::api
