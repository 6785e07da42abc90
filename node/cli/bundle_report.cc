#include "node/cli/bundle_report.h"

#include <algorithm>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/format/evidence.h"
#include "node/cli/arguments.h"
#include "node/cli/history_report.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Bundle;
using ledger::BundleReport;

namespace {

bool is_trusted(const BundleReport& report, std::string_view name) {
    return std::any_of(report.orgs.begin(), report.orgs.end(),
                       [&](const auto& org) { return org.trusted && org.name == name; });
}

std::vector<std::string> names_of(const BundleReport& report) {
    std::vector<std::string> out;
    for (const auto& org : report.orgs) out.push_back(org.name);
    return out;
}

// Evidence that a log of this bundle was caught misbehaving, checked under that log's own key.
struct Misbehaviour {
    std::string origin, by, reason;
};
std::vector<Misbehaviour> misbehaviour_of(const BundleReport& report) {
    std::vector<Misbehaviour> out;
    for (const auto& evidence : report.directory->evidence())
        for (const auto& log : report.logs) {
            if (log.origin != evidence.what.origin) continue;
            const auto* org = report.directory->org(log.org);
            if (org != nullptr && org->genesis.log_key &&
                ledger::verify_evidence(evidence.what, *org->genesis.log_key))
                out.push_back({log.origin, evidence.by, evidence.what.reason});
        }
    return out;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : ", ") + printable(text);
    return out;
}

std::string orgs_text(const BundleReport& report, bool roots_given) {
    std::string out = "\nOrganisations, each with the thumbprint of its root key\n";
    for (const auto& org : report.orgs) {
        out += "  " + printable(org.name) + "\n    " + org.root;
        if (roots_given) out += org.trusted ? "  trusted" : "  NOT among the trusted roots";
        out += "\n";
    }
    if (!roots_given)
        out +=
            "  No trusted roots were given (--trust), so this shows only that the bundle holds\n"
            "  together, not who made it. Compare each thumbprint above by hand with the one that\n"
            "  this partner gave you itself.\n";
    return out;
}

// An item's history with what the bundle shows of each event's copies: who cosigned its log, and
// whether that is a quorum (null without a policy).
json::object item_json(const BundleReport& report, std::size_t which, const api::LogNames& names,
                       const std::optional<Quorums>& quorums) {
    const auto& item = report.lineage.items[which];
    auto out = history_json(item, report.states[which], names);
    auto& events = out.at("events").as_array();
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto log = item.links[i].place.log;
        json::object replicated{{"on", json::value_from(report.logs[log].cosigned_by)}};
        replicated["quorum"] = nullptr;
        if (quorums) replicated["quorum"] = quorums->at(log).empty();
        auto& event = events[i].as_object();
        event["mirrors"] = report.logs[log].cosigned_by.size();
        event["replicated"] = std::move(replicated);
    }
    return out;
}

std::string logs_text(const BundleReport& report, const std::optional<Quorums>& quorums) {
    std::string out = "\nLogs\n";
    for (std::size_t i = 0; i < report.logs.size(); ++i) {
        const auto& log = report.logs[i];
        out += "  " + printable(log.origin) + ": " + ledger::counted(log.size, "entry") + ", " +
               std::to_string(log.entries) + " of them proved here\n    root " +
               ledger::to_hex(log.root) + "\n    ";
        out += log.cosigned_by.empty()
                   ? "cosigned by none of the other organisations in this bundle\n"
                   : "cosigned by " + joined(log.cosigned_by) + "\n";
        if (quorums && !quorums->at(i).empty()) out += "    ! " + printable(quorums->at(i)) + "\n";
    }
    for (const auto& one : misbehaviour_of(report))
        out += "  ! " + printable(one.by) + " proved that " + printable(one.origin) +
               " contradicted itself" + (one.reason.empty() ? "" : ": " + printable(one.reason)) +
               "\n";
    return out;
}

std::string recalls_text(const BundleReport& report) {
    std::string out;
    for (const auto& hit : recalls_of(report.lineage, *report.directory, names_of(report))) {
        out += "  ! item " + hit.item + " is hit by a recall of " + printable(hit.by) + " of " +
               ledger::to_iso8601(hit.recall.iat).substr(0, 10);
        if (!hit.by_manufacturer) out += " (which the history does not name as manufacturer)";
        if (!hit.recall.what.reason.empty()) out += ": " + printable(hit.recall.what.reason);
        out += "\n";
    }
    return out.empty() ? "\nRecalls in this bundle: none\n" : "\nRecalls\n" + out;
}

json::array recalls_json(const BundleReport& report) {
    json::array out;
    for (const auto& hit : recalls_of(report.lineage, *report.directory, names_of(report)))
        out.push_back(json::object{{"item", hit.item},
                                   {"by", hit.by},
                                   {"by_manufacturer", hit.by_manufacturer},
                                   {"time", ledger::to_iso8601(hit.recall.iat)},
                                   {"reason", hit.recall.what.reason},
                                   {"origin", report.logs[hit.recall.place.log].origin},
                                   {"index", hit.recall.place.index}});
    return out;
}

}  // namespace

Quorums quorums_of(const Bundle& bundle, const BundleReport& report,
                   const ledger::TlogPolicy& policy) {
    Quorums out(report.logs.size());
    for (const auto& item : report.lineage.items)
        for (const auto& link : item.links) {
            auto& missing = out[link.place.log];
            if (!missing.empty()) continue;
            const auto note = ledger::parse_note(bundle.logs[link.place.log].checkpoint).value();
            if (const auto good = policy.verify(note); !good) missing = good.error().message;
        }
    return out;
}

std::vector<std::string> untrusted_sources(const BundleReport& report) {
    std::set<std::string> out;
    for (const auto& item : report.lineage.items)
        for (const auto& link : item.links)
            for (const auto& name : {link.iss, report.logs[link.place.log].org})
                if (!is_trusted(report, name)) out.insert(name);
    return {out.begin(), out.end()};
}

json::object bundle_json(const Bundle& bundle, const BundleReport& report, bool roots_given,
                         const std::optional<Quorums>& quorums) {
    api::LogNames names;
    for (std::size_t i = 0; i < report.logs.size(); ++i)
        names.emplace(static_cast<ledger::LogId>(i), report.logs[i].origin);
    json::array orgs, logs, ancestors, evidence;
    for (const auto& org : report.orgs)
        orgs.push_back(
            json::object{{"name", org.name}, {"root", org.root}, {"trusted", org.trusted}});
    for (const auto& log : report.logs)
        logs.push_back(json::object{
            {"origin", log.origin},
            {"org", log.org},
            {"size", log.size},
            {"root", ledger::to_hex(log.root)},
            {"entries", log.entries},
            {"cosigned_by", json::array(log.cosigned_by.begin(), log.cosigned_by.end())}});
    for (std::size_t i = 1; i < report.lineage.items.size(); ++i)
        ancestors.push_back(item_json(report, i, names, quorums));
    for (const auto& one : misbehaviour_of(report))
        evidence.push_back(
            json::object{{"origin", one.origin}, {"by", one.by}, {"reason", one.reason}});
    json::object out{{"kind", "bundle"}, {"verified", true}};
    out["trusted"] = nullptr;
    if (roots_given) out["trusted"] = untrusted_sources(report).empty();
    out["item"] = ledger::public_item_id(report.lineage.items.front().key);
    out["made_by"] = bundle.made_by;
    out["made_at"] = ledger::to_iso8601(bundle.made_at);
    out["orgs"] = std::move(orgs);
    out["logs"] = std::move(logs);
    out["history"] = item_json(report, 0, names, quorums);
    out["ancestors"] = std::move(ancestors);
    out["ancestors_truncated"] = report.lineage.truncated;
    out["recalls"] = recalls_json(report);
    out["evidence"] = std::move(evidence);
    return out;
}

std::string bundle_text(const Bundle& bundle, const BundleReport& report, bool roots_given,
                        const std::optional<Quorums>& quorums) {
    const auto& items = report.lineage.items;
    std::string out =
        "Item " + ledger::public_item_id(items.front().key) +
        "\nEvery signature, key right, inclusion proof and checkpoint in this bundle holds.\n"
        "It says that it was made by " +
        printable(bundle.made_by) + " at " + ledger::to_iso8601(bundle.made_at) +
        " (nothing signs this). A bundle proves what is in it, not that nothing was left out.\n";
    out += orgs_text(report, roots_given);
    out += logs_text(report, quorums);
    out += "\nHistory, oldest first\n" + history_text(items.front(), report.states.front());
    for (std::size_t i = 1; i < items.size(); ++i)
        out += "\nAncestor " + ledger::public_item_id(items[i].key) + "\n" +
               history_text(items[i], report.states[i]);
    if (report.lineage.truncated) out += "\n! there are more ancestors than are followed here\n";
    out += recalls_text(report);
    out.pop_back();  // print() ends the last line
    return out;
}

}  // namespace reelproof::node
