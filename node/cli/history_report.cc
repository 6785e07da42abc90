#include "node/cli/history_report.h"

#include <set>

#include "ledger/base/counted.h"
#include "ledger/directory/matching.h"
#include "node/cli/arguments.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::EventKind;
using ledger::History;
using ledger::ItemState;
using ledger::Link;

namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

// What happened, after the date and the organisation.
std::string link_text(const Link& link) {
    const auto& event = link.body.event;
    std::string out = padded(std::string(ledger::to_string(event.kind)), 10);
    if (event.quantity) out += " " + std::to_string(*event.quantity);
    const auto add = [&](std::string_view word, const std::string& value) {
        if (!value.empty()) out.append(" ").append(word).append(" ").append(printable(value));
    };
    if (!event.facts.mpn.empty()) add(event.quantity ? "of" : "", event.facts.mpn);
    add("customer's part", event.facts.customer_pn);
    add("by", event.facts.manufacturer);
    add("lot", event.facts.lot);
    add("date code", event.facts.date_code);
    add("serial", event.facts.serial);
    if (event.kind == EventKind::receive) add("from", event.from);
    if (event.kind == EventKind::ship || event.to != link.iss) add("to", event.to);
    add("on feeder", event.feeder);
    add("for work order", event.work_order);
    if (!event.outputs.empty())
        out += " into " + std::to_string(event.outputs.size()) +
               (event.outputs.size() == 1 ? " board" : " boards");
    add("because:", event.reason);
    return out;
}

std::string state_text(const ItemState& state) {
    std::string out = "now: " + std::string(ledger::to_string(state.status));
    if (!state.ended_by) {
        if (!state.in_transit_to.empty())
            out += ", on the way to " + printable(state.in_transit_to);
        else if (!state.holder.empty())
            out += ", held by " + printable(state.holder);
        if (const auto left = state.remaining())
            out += ", " + ledger::counted(*left, "part") + " left";
    }
    for (const auto& [org, link] : state.quarantined) out += ", blocked by " + printable(org);
    return out;
}

}  // namespace

json::object history_json(const History& history, const ItemState& state,
                          const api::LogNames& logs) {
    auto out = api::history_json(history, state, logs);
    json::array missing, unreadable, contradictions;
    for (const auto& link : history.links)
        for (const auto& hash : link.unknown) missing.emplace_back("envelope " + hash);
    for (const auto& skipped : history.skipped) missing.emplace_back(skipped.name());
    for (const auto& one : history.unreadable)
        unreadable.push_back(json::object{{"org", one.iss}, {"n", one.n}, {"reason", one.reason}});
    for (const auto& one : state.contradictions) contradictions.emplace_back(one.text);
    out["missing"] = std::move(missing);
    out["unreadable"] = std::move(unreadable);
    out["contradictions"] = std::move(contradictions);
    return out;
}

std::string history_text(const History& history, const ItemState& state) {
    std::size_t width = 0;
    for (const auto& link : history.links) width = std::max(width, link.iss.size());
    std::string out;
    const auto line = [&](const std::string& text) { out += "  " + text + "\n"; };
    for (const auto& link : history.links) {
        line(ledger::to_iso8601(link.body.event.time) + "  " + padded(printable(link.iss), width) +
             "  " + link_text(link));
        if (!link.unknown.empty())
            line("! it follows " + std::to_string(link.unknown.size()) +
                 " event(s) that nobody showed");
    }
    for (const auto& skipped : history.skipped) line("! missing: " + printable(skipped.name()));
    for (const auto& one : history.unreadable)
        line("! unreadable: " + printable(one.iss) + " n=" + std::to_string(one.n) + ": " +
             printable(one.reason));
    for (const auto& one : state.contradictions) line("! contradiction: " + printable(one.text));
    line(state_text(state));
    return out;
}

std::vector<RecallHit> recalls_of(const ledger::Lineage& lineage,
                                  const ledger::Directory& directory,
                                  const std::vector<std::string>& orgs) {
    std::vector<RecallHit> out;
    std::set<ledger::Place> told;
    for (const auto& item : lineage.items)
        for (const auto& link : item.links) {
            const auto& facts = link.body.event.facts;
            if (facts.mpn.empty()) continue;
            for (const auto& by : orgs)
                for (auto& recall : directory.recalls(by, facts.mpn, facts.lot, facts.date_code)) {
                    if (!told.insert(recall.place).second) continue;
                    out.push_back({ledger::public_item_id(item.key), by,
                                   ledger::equal_text(by, facts.manufacturer), std::move(recall)});
                }
        }
    return out;
}

}  // namespace reelproof::node
