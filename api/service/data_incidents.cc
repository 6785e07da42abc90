#include "api/service/data_incidents.h"

#include <algorithm>
#include <array>
#include <set>

#include <boost/json.hpp>

#include "api/service/given_text.h"
#include "api/service/vault_errors.h"
#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::string_view kIncident = "vault.incident/";
constexpr ledger::UnixSeconds kHour = 3600, kDay = 24 * kHour;
constexpr std::size_t kLongestText = 4000, kMostActs = 1000, kMostLines = 200;
constexpr std::size_t kMostOfPartner = 100;
// That the node opens of one reader within a day.
constexpr std::size_t kMostOfReader = 5;
constexpr std::array<std::string_view, 4> kKinds{"leak", "access", "loss", "other"};
// NIS2 (EU 2022/2555) article 23 (4): an early warning within 24 hours, a notification within 72;
// GDPR article 33: 72 hours.
struct LawClock {
    std::string_view name, text;
    ledger::UnixSeconds hours;
};
constexpr std::array<LawClock, 2> kLaw{
    {{"early-warning", "an early warning to the authority, where the law asks for one", 24},
     {"notification", "a notification to the authority, where the law asks for one", 72}}};

json::object of_incident(const DataIncident& incident) {
    json::array acts;
    for (const auto& one : incident.acts)
        acts.emplace_back(json::object{{"at", one.at},
                                       {"by", one.by},
                                       {"what", one.what},
                                       {"text", one.text},
                                       {"sent", one.sent}});
    return {{"kind", incident.kind},       {"partner", incident.partner},
            {"project", incident.project}, {"text", incident.text},
            {"by", incident.by},           {"drill", incident.drill ? 1 : 0},
            {"known", incident.known},     {"opened", incident.opened},
            {"acts", std::move(acts)},     {"frozen", json::value_from(incident.frozen)},
            {"closed", incident.closed}};
}

DataIncident to_incident(std::string_view id, const json::object& row) {
    DataIncident out{.id = std::string(id),
                     .kind = text_in(row, "kind"),
                     .partner = text_in(row, "partner"),
                     .project = text_in(row, "project"),
                     .text = text_in(row, "text"),
                     .by = text_in(row, "by"),
                     .drill = number_in(row, "drill") != 0,
                     .known = number_in(row, "known"),
                     .opened = number_in(row, "opened"),
                     .frozen = texts_in(row, "frozen"),
                     .closed = number_in(row, "closed")};
    for (const auto& one : objects_in(row, "acts"))
        // Rows of before say nothing of what was sent.
        out.acts.push_back({number_in(one, "at"), text_in(one, "by"), text_in(one, "what"),
                            text_in(one, "text"),
                            one.contains("sent") ? text_in(one, "sent") : std::string()});
    return out;
}

Result<void> check_text(const std::string& text, std::string_view name) {
    return check_given(text, name, true, kLongestText, Lines::many);
}

Error no_incident() {
    return nothing("there is no such incident: `reelproof vault incident list` shows them");
}

// The words with each {name} filled in.
Result<std::string> filled(const std::string& words,
                           const std::map<std::string, std::string>& with) {
    std::string out;
    for (std::size_t at = 0; at < words.size();) {
        const auto open = words.find('{', at);
        out += words.substr(at, open - at);
        if (open == std::string::npos) break;
        const auto end = words.find('}', open);
        const auto name = end == std::string::npos ? words.substr(open + 1, 20)
                                                   : words.substr(open + 1, end - open - 1);
        const auto found = with.find(name);
        if (end == std::string::npos || found == with.end())
            return ledger::malformed("template: {" + name +
                                     "} is none of {incident} {known} {org} {partner} {project} "
                                     "{text}");
        out += found->second;
        at = end + 1;
    }
    return out;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::string line;
    for (const char c : text + "\n") {
        if (c == '\r') continue;
        if (c != '\n') {
            line += c;
        } else if (!line.empty()) {
            out.push_back(std::move(line));
            line.clear();
        }
    }
    return out;
}

}  // namespace

DataIncidents::DataIncidents(VaultSharing& sharing, Vault& vault, JsonRows& rows, std::string org,
                             ledger::Clock clock)
    : sharing_(sharing),
      vault_(vault),
      rows_(rows),
      org_(std::move(org)),
      clock_(std::move(clock)) {
    rows_.each(kIncident, [&](std::string_view id, const json::object& row) {
        incidents_.keep(std::string(id), to_incident(id, row));
    });
    sharing_.take_with<ledger::IncidentNotice>(
        [this](const std::string& from, const ledger::SignedObject& object) {
            return take(from, object);
        });
}

std::vector<DataIncident> DataIncidents::incidents() const {
    auto out = incidents_.all();
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.opened > b.opened; });
    return out;
}

Result<std::vector<VaultShare>> DataIncidents::shares_of(const DataIncident& incident) const {
    if (incident.partner.empty() && incident.project.empty())
        return Error{ErrorKind::conflict,
                     "name a partner or project: this incident is about none, so it says nothing "
                     "of which shares are meant; open one that does (reelproof vault incident "
                     "open --partner ORG, --project NAME)"};
    std::vector<VaultShare> out;
    for (auto& share : sharing_.shares()) {
        if (share.owner != org_ || share.ended != 0) continue;
        if (!incident.partner.empty() && share.terms.recipient != incident.partner) continue;
        if (!incident.project.empty() && share.terms.project != incident.project) continue;
        out.push_back(std::move(share));
    }
    return out;
}

std::vector<std::string> DataIncidents::affected(const DataIncident& incident) const {
    if (incident.kind == "notice") return {};
    std::set<std::string> out;
    if (!incident.partner.empty()) out.insert(incident.partner);
    if (!incident.project.empty())
        for (const auto& share : sharing_.shares())
            if (share.owner == org_ && share.terms.project == incident.project &&
                share.terms.recipient != org_)
                out.insert(share.terms.recipient);
    return {out.begin(), out.end()};
}

std::vector<IncidentClock> DataIncidents::clocks(const DataIncident& incident) const {
    std::vector<IncidentClock> out;
    if (incident.kind == "notice") return out;
    const auto is_done = [&](const std::string& name) {
        return std::any_of(incident.acts.begin(), incident.acts.end(),
                           [&](const IncidentAct& one) { return one.what == name; });
    };
    const auto agreements = sharing_.agreements();
    for (const auto& partner : affected(incident)) {
        // The soonest of what was agreed; an agreement that is over binds as long as they hold
        // what came under it.
        const VaultAgreement* soonest = nullptr;
        for (const auto& one : agreements)
            if (one.terms.is_between(org_, partner) && one.terms.breach_notice_hours > 0 &&
                one.signed_by_us != 0 && one.signed_by_them != 0 &&
                (soonest == nullptr ||
                 one.terms.breach_notice_hours < soonest->terms.breach_notice_hours))
                soonest = &one;
        if (soonest == nullptr) continue;
        const auto hours = std::min(soonest->terms.breach_notice_hours, ledger::kMostNoticeHours);
        IncidentClock notice{
            "notice " + partner,
            "a notice to " + partner + " within " + ledger::counted(hours, "hour") +
                ", by the agreement " + soonest->terms.scope,
            incident.known + static_cast<ledger::UnixSeconds>(hours) * kHour, false};
        // Signed is not told: one of its notices has to have got there, or a person says so.
        std::optional<std::string> open;
        for (const auto& act : incident.acts) {
            if (act.what != notice.name || notice.done) continue;
            const auto sent = ledger::array_from_hex<32>(act.sent, "sent");
            open = sent ? sharing_.undelivered(partner, *sent) : std::nullopt;
            notice.done = !open;
        }
        if (open && !notice.done) notice.text += ": " + *open;
        out.push_back(std::move(notice));
    }
    for (const auto& one : kLaw)
        out.push_back({std::string(one.name), std::string(one.text),
                       incident.known + one.hours * kHour, is_done(std::string(one.name))});
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.due < b.due; });
    return out;
}

Result<DataIncident> DataIncidents::save(DataIncident incident, const std::string& to,
                                         const std::vector<Bytes>& statements) {
    const auto key = std::string(kIncident) + incident.id;
    if (auto done = sharing_.send({key, of_incident(incident)}, to, statements); !done)
        return done.error();
    incidents_.keep(incident.id, incident);
    return incident;
}

// What ends something goes on behind the limit: each clock stops once, and what is frozen is thawed
// once, since nothing more is frozen then.
Result<void> DataIncidents::may_act(const DataIncident& incident, const std::string& what) const {
    if (incident.acts.size() < kMostActs || what == "closed") return {};
    if (what == "thaw" && !incident.frozen.empty()) return {};
    for (const auto& one : clocks(incident))
        if (one.name == what && !one.done) return {};
    return Error{ErrorKind::too_large,
                 "more was done than one incident keeps (" + ledger::counted(kMostActs, "act") +
                     "): thaw it, stop its clocks, close it, and open another"};
}

Result<DataIncident> DataIncidents::act(
    const std::string& id, const std::string& what,
    const std::function<Result<void>(DataIncident&, std::vector<Bytes>&)>& change,
    const std::string& deliver_to) {
    const std::lock_guard changing(changing_);
    auto known = incident(id);
    if (!known) return no_incident();
    if (known->closed != 0)
        return Error{ErrorKind::conflict,
                     "it was closed on " + ledger::to_iso8601(known->closed) + ": open another"};
    std::vector<Bytes> statements;
    if (auto done = may_act(*known, what); !done) return done.error();
    if (auto done = change(*known, statements); !done) return done.error();
    return save(std::move(*known), deliver_to, statements);
}

Result<DataIncident> DataIncidents::open(DataIncident incident) {
    if (std::find(kKinds.begin(), kKinds.end(), incident.kind) == kKinds.end())
        return ledger::malformed("kind must be leak, access, loss or other");
    if (auto fine = check_text(incident.text, "text"); !fine) return fine.error();
    if (!incident.partner.empty() && !sharing_.knows(incident.partner))
        return nothing("there is no partner " + incident.partner);
    if (!incident.project.empty() && !vault_.project_named(incident.project))
        return nothing("there is no project " + incident.project);
    const auto now = clock_();
    if (incident.known > now) return ledger::malformed("known is in the future");
    incident.id = ledger::vault_id_text(ledger::new_vault_id());
    incident.opened = now;
    if (incident.known == 0) incident.known = now;
    incident.acts.push_back({now, incident.by, "opened", incident.text});
    const std::lock_guard changing(changing_);
    return save(std::move(incident), {}, {});
}

void DataIncidents::suspect(const std::string& kind, const std::string& who,
                            const std::string& text) {
    constexpr std::string_view kPartner = "partner ";
    const auto now = clock_();
    std::size_t of_reader = 0;
    for (const auto& one : incidents()) {
        if (one.by != "node" || now - one.opened >= kDay) continue;
        if (one.text == text) return;
        if (one.text.starts_with(who + " ")) ++of_reader;
    }
    if (of_reader >= kMostOfReader) return;
    DataIncident incident;
    incident.kind = kind;
    if (who.starts_with(kPartner))
        if (auto org = who.substr(kPartner.size()); sharing_.knows(org))
            incident.partner = std::move(org);
    incident.text = text;
    incident.by = "node";
    (void)open(std::move(incident));
}

Result<DataIncident> DataIncidents::freeze(const std::string& id, const std::string& by) {
    return act(id, "freeze", [&](DataIncident& incident, std::vector<Bytes>&) -> Result<void> {
        const auto shares = shares_of(incident);
        if (!shares) return shares.error();
        std::size_t count = 0;
        for (const auto& share : *shares) {
            const auto& held = incident.frozen;
            if (std::find(held.begin(), held.end(), share.name) != held.end()) continue;
            if (auto done = sharing_.freeze_share(share.name, "incident " + id); !done)
                return done.error();
            incident.frozen.push_back(share.name);
            ++count;
        }
        incident.acts.push_back({clock_(), by, "freeze", ledger::counted(count, "share")});
        return {};
    });
}

Result<void> DataIncidents::thaw_shares(DataIncident& incident) {
    std::set<std::string> held;
    for (const auto& other : incidents_.all())
        if (other.id != incident.id && other.closed == 0)
            held.insert(other.frozen.begin(), other.frozen.end());
    for (const auto& share : incident.frozen)
        if (!held.contains(share))
            if (auto done = sharing_.thaw_share(share); !done) return done.error();
    incident.frozen.clear();
    return {};
}

Result<DataIncident> DataIncidents::thaw(const std::string& id, const std::string& by) {
    return act(id, "thaw", [&](DataIncident& incident, std::vector<Bytes>&) -> Result<void> {
        const auto count = incident.frozen.size();
        if (auto done = thaw_shares(incident); !done) return done;
        incident.acts.push_back({clock_(), by, "thaw", ledger::counted(count, "share")});
        return {};
    });
}

Result<DataIncident> DataIncidents::revoke(const std::string& id, const std::string& by) {
    return act(id, "revoke", [&](DataIncident& incident, std::vector<Bytes>&) -> Result<void> {
        const auto shares = shares_of(incident);
        if (!shares) return shares.error();
        // Its partners would be told.
        if (!incident.drill)
            for (const auto& share : *shares)
                if (auto done = sharing_.end_share(share.name, "revoked: incident " + id); !done)
                    return done.error();
        incident.acts.push_back({clock_(), by, "revoke",
                                 ledger::counted(shares->size(), "share") +
                                     (incident.drill ? ", not done: a drill" : "")});
        return {};
    });
}

Result<DataIncident> DataIncidents::notify(const std::string& id, const std::string& by,
                                           const std::string& partner, const std::string& words) {
    if (auto fine = check_text(words, "template"); !fine) return fine.error();
    if (!sharing_.knows(partner)) return nothing("there is no partner " + partner);
    return act(
        id, "notice " + partner,
        [&](DataIncident& incident, std::vector<Bytes>& statements) -> Result<void> {
            const auto text = filled(words, {{"incident", incident.id},
                                             {"known", ledger::to_iso8601(incident.known)},
                                             {"org", org_},
                                             {"partner", partner},
                                             {"project", incident.project},
                                             {"text", incident.text}});
            if (!text) return text.error();
            ledger::IncidentNotice notice{incident.id, incident.known, lines_of(*text)};
            if (notice.lines.empty() || notice.lines.size() > kMostLines)
                return ledger::malformed("template must have 1 to " +
                                         ledger::counted(kMostLines, "line"));
            auto object = sharing_.sign_object(notice);
            if (!object) return object.error();
            if (!incident.drill) statements.push_back(object->statement);
            incident.acts.push_back(
                {clock_(), by, "notice " + partner,
                 (incident.drill ? "not sent, a drill: "
                                 : "signed, SHA-256 " + ledger::to_hex(object->commitment) + ": ") +
                     *text,
                 incident.drill ? std::string() : ledger::to_hex(object->commitment)});
            return {};
        },
        partner);
}

Result<DataIncident> DataIncidents::note(const std::string& id, const std::string& by,
                                         const std::string& clock, const std::string& text) {
    if (auto fine = check_text(text, "text"); !fine) return fine.error();
    return act(id, clock.empty() ? "note" : clock,
               [&](DataIncident& incident, std::vector<Bytes>&) -> Result<void> {
                   const auto all = clocks(incident);
                   if (!clock.empty() && std::none_of(all.begin(), all.end(), [&](const auto& one) {
                           return one.name == clock;
                       }))
                       return nothing("the incident has no clock " + clock);
                   incident.acts.push_back({clock_(), by, clock.empty() ? "note" : clock, text});
                   return {};
               });
}

Result<DataIncident> DataIncidents::close(const std::string& id, const std::string& by,
                                          const std::string& outcome) {
    if (auto fine = check_text(outcome, "outcome"); !fine) return fine.error();
    return act(id, "closed", [&](DataIncident& incident, std::vector<Bytes>&) -> Result<void> {
        for (const auto& one : clocks(incident))
            if (!one.done)
                return Error{ErrorKind::conflict, "the clock " + one.name +
                                                      " runs: do it, or note why it is none "
                                                      "of this incident's duties"};
        if (auto done = thaw_shares(incident); !done) return done;
        incident.closed = clock_();
        incident.acts.push_back({incident.closed, by, "closed", outcome});
        return {};
    });
}

Result<void> DataIncidents::take(const std::string& org, const ledger::SignedObject& object) {
    const auto& notice = std::get<ledger::IncidentNotice>(object.object);
    const std::lock_guard changing(changing_);
    // Ids of theirs are not ours to trust: what it said stands under the hash of the statement.
    const auto id = ledger::to_hex(object.commitment).substr(0, 32);
    if (incident(id)) return {};
    const auto all = incidents();
    if (std::count_if(all.begin(), all.end(), [&](const auto& one) {
            return one.kind == "notice" && one.partner == org;
        }) >= static_cast<std::ptrdiff_t>(kMostOfPartner))
        return Error{ErrorKind::too_large, "more notices than we keep of one partner"};
    DataIncident incident{.id = id,
                          .kind = "notice",
                          .partner = org,
                          .project = {},
                          .text = {},
                          .by = org,
                          .known = notice.known,
                          .opened = clock_()};
    for (const auto& line : notice.lines)
        incident.text.append(incident.text.empty() ? "" : "\n").append(line);
    incident.acts.push_back(
        {incident.opened, org, "told", "signed, SHA-256 " + ledger::to_hex(object.commitment)});
    if (auto done = save(std::move(incident), {}, {}); !done) return done.error();
    return {};
}

}  // namespace reelproof::api
