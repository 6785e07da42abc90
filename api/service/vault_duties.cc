#include "api/service/vault_duties.h"

#include <algorithm>
#include <chrono>

#include "ledger/base/counted.h"
#include "ledger/base/csv.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kDay = 24 * 3600;
// What ends is told so long before.
constexpr ledger::UnixSeconds kAhead = 60 * kDay;
// A quarter's review is to be signed so long after its end.
constexpr ledger::UnixSeconds kForReview = 30 * kDay;
constexpr std::chrono::seconds kEach{60};
constexpr std::size_t kMostAlarms = 10;

}  // namespace

VaultDuties::VaultDuties(VaultDutiesDeps deps) : deps_(std::move(deps)) {
    thread_ = std::thread([this] { run(); });
}

VaultDuties::~VaultDuties() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void VaultDuties::run() {
    std::string told;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        try {
            look();
            told.clear();
        } catch (const ledger::EnvironmentError& trouble) {
            if (told != trouble.what()) deps_.trouble(told = trouble.what());
        }
        lock.lock();
        wake_.wait_for(lock, kEach, [&] { return stopping_; });
    }
}

void VaultDuties::look() {
    deps_.exits.look();
    deps_.watch.look();
    for (const auto& document : deps_.vault.shred_due())
        deps_.did("shred", "document " + document.name);
    std::vector<std::string> alarms;
    std::size_t more = 0;
    for (const auto& duty : list()) {
        if (!duty.alarm) continue;
        if (alarms.size() == kMostAlarms)
            ++more;
        else
            alarms.push_back(duty.about + ": " + duty.text);
    }
    if (more > 0)
        alarms.push_back(ledger::counted(more, "more duty") +
                         " overdue: `reelproof vault duties` shows all");
    const std::lock_guard lock(mutex_);
    alarms_ = std::move(alarms);
}

std::vector<std::string> VaultDuties::alarms() const {
    const std::lock_guard lock(mutex_);
    return alarms_;
}

std::vector<VaultDuty> VaultDuties::list() const {
    const auto now = deps_.clock();
    std::vector<VaultDuty> out;
    add_refused(out);
    add_incidents(out, now);
    add_reviews(out, now);
    add_exits(out, now);
    add_agreements(out, now);
    add_certificates(out, now);
    add_retentions(out, now);
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.due < b.due; });
    return out;
}

void VaultDuties::add_refused(std::vector<VaultDuty>& out) const {
    for (const auto& one : deps_.sharing.refused_by_partners())
        out.push_back({"refused", one.org,
                       "its node refused what was signed for it: " + one.text +
                           " (settle it with the partner, then: reelproof vault refused send " +
                           one.id + ")",
                       one.at, false});
}

void VaultDuties::add_incidents(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const {
    for (const auto& incident : deps_.incidents.incidents()) {
        if (incident.closed != 0) continue;
        const auto about = incident.partner.empty() ? "incident" : incident.partner;
        // What a machine saw, or a partner told, and nobody has looked at.
        if ((incident.by == "node" || incident.kind == "notice") && incident.acts.size() == 1) {
            out.push_back({"incident", about,
                           (incident.kind == "notice" ? "it tells of an incident: " : "") +
                               ledger::csv_beginning(incident.text, 200) +
                               " (reelproof vault incident show " + incident.id + ")",
                           incident.opened, true});
            continue;
        }
        for (const auto& one : deps_.incidents.clocks(incident))
            if (!one.done)
                out.push_back({"incident", about,
                               std::string(incident.drill ? "drill, " : "") + "clock " + one.name +
                                   ": " + one.text + " (incident " + incident.id + ")",
                               one.due, one.due < now && !incident.drill});
    }
}

void VaultDuties::add_reviews(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const {
    for (const auto& quarter : deps_.reviews.open()) {
        const auto due = quarter.to + kForReview;
        out.push_back({"review", "access log " + quarter.name,
                       "who read what is to be looked through and signed: reelproof vault review "
                       "show " +
                           quarter.name,
                       due, due < now});
    }
    for (const auto& raci : deps_.reviews.racis()) {
        if (raci.due() >= now + kAhead) continue;
        const auto project = deps_.vault.project(raci.project);
        out.push_back({"review", project ? project->name : "project",
                       "who answers for what in the project is to be looked through again and "
                       "signed: reelproof vault raci show " +
                           (project ? project->name : std::string()),
                       raci.due(), raci.due() < now});
    }
}

void VaultDuties::add_exits(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const {
    for (const auto& exit : deps_.exits.exits()) {
        if (exit.closed != 0) continue;
        bool open = false;
        for (const auto& step : deps_.exits.steps(exit)) {
            if (step.done) continue;
            open = true;
            out.push_back({"exit", exit.partner,
                           (exit.ours ? "its exit, step " : "it ended the collaboration, step ") +
                               std::string(step.name) + ": " + step.text +
                               (exit.ours ? std::string()
                                          : " (reelproof vault exit destroy " + exit.name + ")"),
                           exit.until, exit.until < now});
        }
        if (!open)
            out.push_back(
                {"exit", exit.partner,
                 "all steps are done: close it (reelproof vault exit close " + exit.name + ")",
                 exit.until, false});
    }
}

void VaultDuties::add_agreements(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const {
    const auto exits = deps_.exits.exits();
    const auto readings = deps_.sharing.readings();
    const auto shares = deps_.sharing.shares();
    for (const auto& one : deps_.sharing.agreements()) {
        const auto& terms = one.terms;
        const auto& partner = one.other(deps_.org);
        const auto scope = "the agreement " + terms.id + " (" + terms.scope + ")";
        if (one.ended == 0 && one.ours.empty() && terms.end >= now) {
            out.push_back(
                {"signature", partner,
                 scope + " waits for our signature: reelproof vault agreement sign " + one.name,
                 terms.end, false});
            continue;
        }
        if (one.ended == 0 && terms.end >= now && terms.end < now + kAhead)
            out.push_back({"agreement", partner,
                           scope + " ends: no key is released under it from then on", terms.end,
                           false});
        // An exit has a clock of its own.
        if (std::any_of(exits.begin(), exits.end(),
                        [&](const auto& exit) { return exit.ours && exit.partner == partner; }))
            continue;
        const auto over = one.ended != 0 ? one.ended : terms.end;
        if (over >= now || terms.retention_days == 0) continue;
        const auto left = std::count_if(readings.begin(), readings.end(), [&](const auto& reading) {
            return reading.partner == partner && reading.release && reading.destroyed == 0 &&
                   std::any_of(shares.begin(), shares.end(), [&](const auto& share) {
                       return share.terms.id == reading.share && share.terms.recipient == partner &&
                              share.owner == deps_.org && share.terms.agreement == terms.id;
                   });
        });
        if (left == 0) continue;
        const auto days = std::min(terms.retention_days, ledger::kMostRetentionDays);
        const auto due = over + static_cast<ledger::UnixSeconds>(days) * kDay;
        if (due < now + kAhead)
            out.push_back({"destruction", partner,
                           "has not confirmed the destruction of " +
                               ledger::counted(static_cast<std::uint64_t>(left), "file") +
                               " that it got under " + scope,
                           due, due < now});
    }
}

void VaultDuties::add_certificates(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const {
    const auto all = deps_.papers.certificates();
    for (const auto& one : all) {
        if (one.withdrawn != 0 || one.until >= now + kAhead) continue;
        // One that goes on after it is there already.
        if (std::any_of(all.begin(), all.end(), [&](const auto& other) {
                return other.partner == one.partner && other.standard == one.standard &&
                       other.withdrawn == 0 && other.until > one.until;
            }))
            continue;
        out.push_back({"certificate", one.partner,
                       one.standard + " number " + one.number +
                           (one.until < now ? " has ended" : " ends") +
                           ": ask for the next one, and check it",
                       one.until, false});
    }
    // What is shared now and must not be released any more.
    for (const auto& share : deps_.sharing.shares()) {
        if (share.owner != deps_.org || share.terms.recipient == deps_.org || share.ended != 0 ||
            share.terms.end < now)
            continue;
        const auto project = deps_.vault.project_named(share.terms.project);
        if (!project) continue;
        if (const auto no = deps_.papers.refusal(share.terms.recipient, project->classification))
            out.push_back({"certificate", share.terms.recipient,
                           "the share " + share.name + " of " + share.terms.project +
                               " releases nothing: " + no->reason,
                           now, true});
    }
}

void VaultDuties::add_retentions(std::vector<VaultDuty>& out, ledger::UnixSeconds now) const {
    for (const auto& document : deps_.vault.documents()) {
        if (!document.shred_at_end || !document.readable() || document.retain_until >= now + kAhead)
            continue;
        const auto hold = deps_.vault.held_by(document);
        out.push_back({"retention", document.name,
                       hold.since != 0
                           ? "its retention ends, but a legal hold keeps it: " + hold.why
                           : "its retention ends, and the node destroys its keys",
                       document.retain_until, false});
    }
}

}  // namespace reelproof::api
