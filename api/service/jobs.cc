#include "api/service/jobs.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "vision/label/agreement.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Finding;
using ledger::Result;
using ledger::Severity;

constexpr std::string_view kRow = "job/";
constexpr std::size_t kMostJobs = 1000, kMostParts = 50, kLongestText = 100;

json::object written(const Job& job) {
    json::array slots;
    for (const auto& slot : job.slots) {
        json::object one{{"position", slot.position},
                         {"customer_pn", slot.customer_pn},
                         {"mpns", json::value_from(slot.mpns)},
                         {"quantity", slot.quantity}};
        if (slot.loaded)
            one["loaded"] = json::object{{"item", slot.loaded->item},
                                         {"mpn", slot.loaded->mpn},
                                         {"lot", slot.loaded->lot},
                                         {"at", slot.loaded->at},
                                         {"by", slot.loaded->by}};
        slots.emplace_back(std::move(one));
    }
    json::object out{
        {"product", job.product}, {"made", job.made}, {"by", job.by}, {"slots", slots}};
    if (job.bom.empty()) return out;
    out["bom"] = json::object{{"bom", job.bom},
                              {"revision", static_cast<std::int64_t>(job.revision)},
                              {"name", job.revision_name},
                              {"lot", job.lot},
                              {"serial", job.serial}};
    return out;
}

Job read(std::string_view name, const json::object& row) {
    Job job{
        std::string(name), text_in(row, "product"), number_in(row, "made"), text_in(row, "by"), {}};
    for (const auto& one : objects_in(row, "slots")) {
        Slot slot{text_in(one, "position"), text_in(one, "customer_pn"), texts_in(one, "mpns"),
                  number_in(one, "quantity")};
        if (const auto* loaded = one.if_contains("loaded");
            loaded != nullptr && loaded->is_object()) {
            const auto& on = loaded->get_object();
            slot.loaded = Slot::Loaded{text_in(on, "item"), text_in(on, "mpn"), text_in(on, "lot"),
                                       number_in(on, "at"), text_in(on, "by")};
        }
        job.slots.push_back(std::move(slot));
    }
    if (const auto* by = row.if_contains("bom"); by != nullptr && by->is_object()) {
        const auto& bom = by->get_object();
        job.bom = text_in(bom, "bom");
        job.revision = static_cast<std::uint64_t>(number_in(bom, "revision"));
        job.revision_name = text_in(bom, "name");
        job.lot = text_in(bom, "lot");
        job.serial = text_in(bom, "serial");
    }
    return job;
}

Result<void> check_text(const std::string& where, std::string_view text, bool required) {
    if (required && text.empty()) return ledger::malformed(where + " is missing");
    if (text.size() > kLongestText) return ledger::malformed(where + " has more than 100 bytes");
    if (!ledger::is_utf8(ledger::as_bytes(text)) || ledger::has_control_characters(text))
        return ledger::malformed(where + " holds a control character or is not UTF-8");
    return {};
}

Result<void> check_slot(const std::string& where, const Slot& slot) {
    if (auto fine = check_text(where + "position", slot.position, true); !fine) return fine;
    if (auto fine = check_text(where + "customer_pn", slot.customer_pn, false); !fine) return fine;
    if (slot.mpns.size() > kMostParts)
        return ledger::malformed(where + "mpns has more than 50 part numbers");
    for (const auto& mpn : slot.mpns) {
        if (auto fine = check_text(where + "mpns", mpn, true); !fine) return fine;
        if (mpn.find('*') != std::string::npos)
            return ledger::malformed(where +
                                     "mpns: * stands for no part here: name each part number that "
                                     "is approved");
    }
    if (slot.mpns.empty() && slot.customer_pn.empty())
        return ledger::malformed(where +
                                 "mpns and customer_pn are both missing: no part would fit");
    if (slot.quantity < 0) return ledger::malformed(where + "quantity is negative");
    return {};
}

// However it is punctuated.
bool same(const std::string& field, std::string_view a, std::string_view b) {
    return !a.empty() && !b.empty() &&
           vision::agree(field, {{field, std::string(a)}}, {{field, std::string(b)}});
}

bool approved(const Slot& slot, std::string_view mpn, std::string_view customer_pn) {
    if (slot.mpns.empty()) return same("customer_pn", slot.customer_pn, customer_pn);
    return std::any_of(slot.mpns.begin(), slot.mpns.end(),
                       [&](const std::string& one) { return same("mpn", one, mpn); });
}

std::string listed(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out.append(out.empty() ? "" : ", ").append(text);
    return out;
}

}  // namespace

const Slot* Job::slot(std::string_view position) const {
    const auto found = std::find_if(slots.begin(), slots.end(),
                                    [&](const Slot& one) { return one.position == position; });
    return found == slots.end() ? nullptr : &*found;
}

Jobs::Jobs(JsonRows& rows, ledger::Clock clock) : rows_(rows), clock_(std::move(clock)) {
    rows_.each(kRow, [this](std::string_view name, const json::object& row) {
        jobs_.emplace(name, read(name, row));
    });
}

std::vector<Job> Jobs::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Job> out;
    for (const auto& [name, job] : jobs_) out.push_back(job);
    return out;
}

std::optional<Job> Jobs::find(std::string_view job) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(job);
    if (found == jobs_.end()) return std::nullopt;
    return found->second;
}

Result<Job> Jobs::add(Job job) {
    if (auto fine = check_text("job", job.job, true); !fine) return fine.error();
    if (job.job.find('/') != std::string::npos) return ledger::malformed("job holds a slash");
    for (const auto& [name, text] :
         {std::pair{"product", &job.product}, {"lot", &job.lot}, {"serial", &job.serial}})
        if (auto fine = check_text(name, *text, false); !fine) return fine.error();
    if (job.slots.empty() || job.slots.size() > kMostSlots)
        return ledger::malformed("slots must be 1 to 1,000");
    std::set<std::string_view> positions;
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        const auto where = "slots[" + std::to_string(i) + "].";
        if (auto fine = check_slot(where, job.slots[i]); !fine) return fine.error();
        if (!positions.insert(job.slots[i].position).second)
            return ledger::malformed(where + "position " + job.slots[i].position +
                                     " is there twice");
        job.slots[i].loaded.reset();
    }
    job.made = clock_();
    const std::lock_guard changing(changing_);
    if (find(job.job))
        return ledger::Error{ledger::ErrorKind::conflict,
                             "there is a job " + job.job + " already: remove it first"};
    if (list().size() >= kMostJobs)
        return ledger::Error{
            ledger::ErrorKind::too_large,
            "there are 1,000 jobs, and no more can be: remove those that are done"};
    if (auto done = rows_.put(std::string(kRow) + job.job, written(job)); !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    jobs_.insert_or_assign(job.job, job);
    return job;
}

Result<void> Jobs::remove(std::string_view job) {
    const std::lock_guard changing(changing_);
    const auto now = find(job);
    if (!now)
        return ledger::Error{ledger::ErrorKind::not_found, "there is no job " + std::string(job)};
    const auto loaded = static_cast<std::size_t>(
        std::count_if(now->slots.begin(), now->slots.end(),
                      [](const Slot& slot) { return slot.loaded.has_value(); }));
    if (loaded > 0)
        return ledger::Error{ledger::ErrorKind::conflict,
                             ledger::counted(loaded, "slot") + " of job " + now->job +
                                 (loaded == 1 ? " holds a reel" : " hold reels") +
                                 ": unload first"};
    if (auto done = rows_.remove(std::string(kRow) + std::string(job)); !done) return done;
    const std::lock_guard lock(mutex_);
    jobs_.erase(std::string(job));
    return {};
}

Result<Job> Jobs::changed(std::string_view job, std::string_view position, const Allowed& allowed,
                          std::optional<Slot::Loaded> loaded) const {
    auto out = find(job);
    if (!out)
        return ledger::Error{ledger::ErrorKind::not_found, "there is no job " + std::string(job)};
    const auto slot = std::find_if(out->slots.begin(), out->slots.end(),
                                   [&](const Slot& one) { return one.position == position; });
    if (slot == out->slots.end())
        return ledger::Error{ledger::ErrorKind::not_found,
                             "job " + out->job + " has no position " + std::string(position)};
    if (auto fine = allowed(*slot); !fine) return fine.error();
    slot->loaded = std::move(loaded);
    return std::move(*out);
}

Result<Recorded> Jobs::set_loaded(std::string_view job, std::string_view position,
                                  const Allowed& allowed, std::optional<Slot::Loaded> loaded,
                                  const Record& record) {
    const std::lock_guard changing(changing_);
    auto next = changed(job, position, allowed, std::move(loaded));
    if (!next) return next.error();
    const JsonRows::Change row{std::string(kRow) + next->job, written(*next)};
    auto recorded = record([&](ledger::WriteTransaction& writing) { rows_.put(writing, row); });
    if (!recorded || recorded->repeated) return recorded;
    const std::lock_guard lock(mutex_);
    jobs_.insert_or_assign(next->job, std::move(*next));
    return recorded;
}

Result<void> Jobs::empty(std::string_view job, std::string_view position, const Allowed& allowed) {
    const std::lock_guard changing(changing_);
    auto next = changed(job, position, allowed, std::nullopt);
    if (!next) return next.error();
    if (auto done = rows_.put(std::string(kRow) + next->job, written(*next)); !done) return done;
    const std::lock_guard lock(mutex_);
    jobs_.insert_or_assign(next->job, std::move(*next));
    return {};
}

std::vector<std::string> positions_for(const Job& job, std::string_view mpn,
                                       std::string_view customer_pn) {
    std::vector<std::string> out;
    for (const auto& slot : job.slots)
        if (approved(slot, mpn, customer_pn)) out.push_back(slot.position);
    return out;
}

ledger::Findings slot_findings(const Job& job, const Slot& slot, std::string_view mpn,
                               std::string_view customer_pn) {
    if (approved(slot, mpn, customer_pn)) return {};
    const std::string part(mpn.empty() ? customer_pn : mpn);
    if (part.empty())
        return {{"slot.wrong-part",
                 Severity::critical,
                 "neither the label nor the ledger says which part this is",
                 {}}};
    const auto elsewhere = positions_for(job, mpn, customer_pn);
    const auto wanted = slot.mpns.empty() ? slot.customer_pn : listed(slot.mpns);
    if (!elsewhere.empty())
        return {{"slot.wrong-part",
                 Severity::critical,
                 part + " belongs on " + listed(elsewhere) + ", and " + slot.position + " takes " +
                     wanted + ": put it where it belongs",
                 {}}};
    if (same("customer_pn", slot.customer_pn, customer_pn))
        return {{"approval.avl",
                 Severity::critical,
                 part + " is not approved for " + slot.customer_pn + ": approved are " + wanted +
                     "; ask quality",
                 {}}};
    return {{"slot.not-in-setup",
             Severity::critical,
             part + " is in no slot of job " + job.job + ", and " + slot.position + " takes " +
                 wanted + ": take it back to the store",
             {}}};
}

void add_findings(ledger::Verdict& verdict, ledger::Findings more, const ledger::Policy& policy) {
    for (auto& finding : more) {
        const auto set = policy.severities.find(finding.rule);
        if (set != policy.severities.end()) finding.severity = set->second;
        if (finding.severity == Severity::critical)
            verdict.decision = ledger::Decision::reject;
        else if (finding.severity == Severity::major &&
                 verdict.decision == ledger::Decision::accept)
            verdict.decision = ledger::Decision::hold;
        verdict.findings.push_back(std::move(finding));
    }
    std::stable_sort(verdict.findings.begin(), verdict.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
}

}  // namespace reelproof::api
