#include "api/service/vault_reviews.h"

#include <algorithm>
#include <chrono>
#include <set>

#include <boost/json.hpp>

#include "api/service/access_watch.h"
#include "api/service/given_text.h"
#include "api/service/vault_errors.h"
#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::string_view kRaci = "vault.raci/", kRaciReview = "vault.raci-review/",
                           kReview = "vault.review/";
constexpr ledger::UnixSeconds kYear = 365LL * 24 * 3600;
constexpr std::size_t kMostRows = 100, kLongest = 500, kMostReaders = 10'000;
constexpr std::size_t kMostEntries = 2'000'000;
constexpr std::size_t kMostDocuments = 100'000;  // that are told apart for one reader

json::array rows_of(const ProjectRaci& raci) {
    json::array rows;
    for (const auto& row : raci.rows)
        rows.emplace_back(json::object{{"task", row.task},
                                       {"responsible", row.responsible},
                                       {"accountable", row.accountable},
                                       {"consulted", row.consulted},
                                       {"informed", row.informed}});
    return rows;
}

json::object of_raci(const ProjectRaci& raci) {
    return {{"rows", rows_of(raci)},
            {"set", raci.set},
            {"set_by", raci.set_by},
            {"reviewed", raci.reviewed},
            {"reviewed_by", raci.reviewed_by}};
}

ProjectRaci to_raci(const ledger::VaultId& project, const json::object& row) {
    ProjectRaci out{.project = project,
                    .set = number_in(row, "set"),
                    .reviewed = number_in(row, "reviewed"),
                    .set_by = text_in(row, "set_by"),
                    .reviewed_by = text_in(row, "reviewed_by")};
    for (const auto& one : objects_in(row, "rows"))
        out.rows.push_back({text_in(one, "task"), text_in(one, "responsible"),
                            text_in(one, "accountable"), text_in(one, "consulted"),
                            text_in(one, "informed")});
    return out;
}

// Keys sort as numbers do.
std::string review_key(const RaciReview& review) {
    auto time = std::to_string(review.signed_at);
    time.insert(0, time.size() < 12 ? 12 - time.size() : 0, '0');
    return std::string(kRaciReview) + ledger::vault_id_text(review.project) + "/" + time;
}

std::string raci_key(const ledger::VaultId& project) {
    return std::string(kRaci) + ledger::vault_id_text(project);
}

ledger::UnixSeconds first_of(int year, int quarter) {
    using namespace std::chrono;
    const year_month_day day{std::chrono::year(year + quarter / 4),
                             month(static_cast<unsigned>(quarter % 4 * 3 + 1)),
                             std::chrono::day(1)};
    return sys_days(day).time_since_epoch().count() * ledger::UnixSeconds{24 * 3600};
}

Quarter make_quarter(int year, int quarter) {
    return {std::to_string(year) + "-Q" + std::to_string(quarter + 1), first_of(year, quarter),
            first_of(year, quarter + 1)};
}

}  // namespace

ledger::UnixSeconds ProjectRaci::due() const {
    return std::max(set, reviewed) + kYear;
}

Result<Quarter> parse_quarter(std::string_view name) {
    const auto digits = [](std::string_view text) {
        return text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (name.size() != 7 || !digits(name.substr(0, 4)) || name.substr(4, 2) != "-Q" ||
        name[6] < '1' || name[6] > '4' || name < "1970")
        return ledger::malformed("quarter must be like 2026-Q3");
    return make_quarter(std::stoi(std::string(name.substr(0, 4))), name[6] - '1');
}

Quarter quarter_of(ledger::UnixSeconds time) {
    using namespace std::chrono;
    const year_month_day day{floor<days>(sys_seconds(seconds(time)))};
    return make_quarter(int(day.year()), (static_cast<int>(unsigned(day.month())) - 1) / 3);
}

VaultReviews::VaultReviews(
    const Vault& vault, const AuditLog& audit, JsonRows& rows, ledger::Clock clock,
    std::function<Result<void>(std::string_view, const std::string&)> publish)
    : vault_(vault),
      audit_(audit),
      rows_(rows),
      clock_(std::move(clock)),
      publish_(std::move(publish)) {
    rows_.each(kRaci, [&](std::string_view id, const json::object& row) {
        if (const auto project = ledger::parse_vault_id(id, "project"))
            racis_.emplace(*project, to_raci(*project, row));
    });
    rows_.each(kRaciReview, [&](std::string_view key, const json::object& row) {
        const auto project = ledger::parse_vault_id(key.substr(0, key.find('/')), "project");
        if (!project) return;
        RaciReview review{.project = *project,
                          .by = text_in(row, "by"),
                          .remark = text_in(row, "remark"),
                          .signed_at = number_in(row, "signed"),
                          .report = text_in(row, "report")};
        review.digest = ledger::sha256(ledger::as_bytes(review.report));
        raci_reviews_.emplace(*project, std::move(review));
    });
    rows_.each(kReview, [&](std::string_view quarter, const json::object& row) {
        AccessReview review{.quarter = std::string(quarter),
                            .by = text_in(row, "by"),
                            .remark = text_in(row, "remark"),
                            .signed_at = number_in(row, "signed"),
                            .report = text_in(row, "report")};
        review.digest = ledger::sha256(ledger::as_bytes(review.report));
        reviews_.emplace(quarter, std::move(review));
    });
}

std::vector<ProjectRaci> VaultReviews::racis() const {
    const std::lock_guard lock(mutex_);
    std::vector<ProjectRaci> out;
    for (const auto& [id, raci] : racis_) out.push_back(raci);
    return out;
}

std::optional<ProjectRaci> VaultReviews::raci(const ledger::VaultId& project) const {
    const std::lock_guard lock(mutex_);
    const auto found = racis_.find(project);
    return found == racis_.end() ? std::nullopt : std::optional(found->second);
}

Result<ProjectRaci> VaultReviews::set_raci(const ledger::VaultId& project,
                                           std::vector<RaciRow> rows, const std::string& by) {
    if (!vault_.project(project)) return nothing("there is no such project");
    if (rows.empty() || rows.size() > kMostRows)
        return ledger::malformed("rows must be 1 to " + std::to_string(kMostRows));
    std::set<std::string> tasks;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        const auto at = "rows[" + std::to_string(i) + "].";
        for (const auto& [name, text] :
             {std::pair("task", &row.task), std::pair("responsible", &row.responsible),
              std::pair("accountable", &row.accountable), std::pair("consulted", &row.consulted),
              std::pair("informed", &row.informed)})
            if (auto fine = check_given(*text, at + name, text == &row.task, kLongest); !fine)
                return fine.error();
        if (row.responsible.empty())
            return ledger::malformed(at + "responsible is missing: somebody does it");
        // Two who answer for it are none.
        if (row.accountable.empty() || row.accountable.find(',') != std::string::npos)
            return ledger::malformed(at + "accountable must be one person or role");
        if (!tasks.insert(row.task).second)
            return ledger::malformed(at + "task stands there twice");
    }
    const std::lock_guard changing(changing_);
    ProjectRaci raci{.project = project, .rows = std::move(rows), .set = clock_(), .set_by = by};
    if (auto done = rows_.put(raci_key(project), of_raci(raci)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    racis_.insert_or_assign(project, raci);
    return raci;
}

Result<std::string> VaultReviews::prepare_raci(const ledger::VaultId& project) const {
    const auto raci = this->raci(project);
    const auto of = vault_.project(project);
    if (!raci || !of) return nothing("the project has no RACI table");
    return json::serialize(json::object{{"project", ledger::vault_id_text(project)},
                                        {"name", of->name},
                                        {"steward", of->steward},
                                        {"set", raci->set},
                                        {"set_by", raci->set_by},
                                        {"rows", rows_of(*raci)},
                                        {"last_signed", raci->reviewed}});
}

Result<RaciReview> VaultReviews::sign_raci(const ledger::VaultId& project,
                                           const ledger::Hash& digest, const std::string& by,
                                           const std::string& remark) {
    if (auto fine = check_given(remark, "remark", true, kLongest); !fine) return fine.error();
    const std::lock_guard changing(changing_);
    auto report = prepare_raci(project);
    if (!report) return report.error();
    if (ledger::sha256(ledger::as_bytes(*report)) != digest)
        return Error{ErrorKind::conflict,
                     "the table is another by now than the one that was looked through, or was "
                     "signed meanwhile: look at it again"};
    auto raci = this->raci(project);
    // Each has a row of its own, also where the clock was set back.
    const auto now = std::max(clock_(), raci->reviewed + 1);
    const RaciReview review{project, by, remark, now, std::move(*report), digest};
    if (auto done = publish_("review.sign", ledger::format_commitment("review.sign", digest));
        !done)
        return done.error();
    raci->reviewed = now;
    raci->reviewed_by = by;
    std::vector<JsonRows::Change> changes;
    changes.push_back({raci_key(project), of_raci(*raci)});
    changes.push_back(
        {review_key(review),
         {{"by", by}, {"remark", remark}, {"signed", now}, {"report", review.report}}});
    if (auto done = rows_.write(std::move(changes)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    racis_.insert_or_assign(project, *raci);
    raci_reviews_.emplace(project, review);
    return review;
}

std::vector<RaciReview> VaultReviews::raci_reviews(const ledger::VaultId& project) const {
    const std::lock_guard lock(mutex_);
    std::vector<RaciReview> out;
    const auto [first, last] = raci_reviews_.equal_range(project);
    for (auto one = first; one != last; ++one) out.push_back(one->second);
    std::reverse(out.begin(), out.end());
    return out;
}

AccessReport VaultReviews::prepare(const Quarter& quarter) const {
    AccessReport out{.quarter = quarter, .readers = {}};
    std::map<std::string, std::set<std::string>> documents;
    AuditQuery query;
    query.from = quarter.from;
    query.to = quarter.to;
    const auto more = audit_.search(
        query, {}, kMostEntries,
        [&](const AuditEntry& entry, std::string_view, const ledger::Hash&) {
            if (!is_of_vault(entry.what)) return true;
            if (out.readers.size() >= kMostReaders && !out.readers.contains(entry.who)) {
                out.whole = false;
                return true;
            }
            auto& sum = out.readers[entry.who];
            ++sum.requests;
            if (entry.status >= 400 && entry.status < 500) ++sum.refusals;
            if (entry.status < 400 && reads_document(entry.what)) {
                ++sum.readings;
                if (auto& seen = documents[entry.who]; seen.size() < kMostDocuments)
                    seen.insert(entry.about);
            }
            if (sum.first == 0 || entry.time < sum.first) sum.first = entry.time;
            sum.last = std::max(sum.last, entry.time);
            return true;
        });
    for (const auto& [who, seen] : documents) out.readers[who].documents = seen.size();
    // Who was not looked at lies before the quarter, unless there is more of it.
    if (more) {
        AuditQuery rest = query;
        (void)audit_.search(rest, more, 1,
                            [&](const AuditEntry&, std::string_view, const ledger::Hash&) {
                                out.whole = false;
                                return false;
                            });
    }
    return out;
}

std::string format_access_report(const AccessReport& report) {
    json::array readers;
    for (const auto& [who, sum] : report.readers)
        readers.emplace_back(json::object{{"who", who},
                                          {"requests", sum.requests},
                                          {"readings", sum.readings},
                                          {"documents", sum.documents},
                                          {"refusals", sum.refusals},
                                          {"first", sum.first},
                                          {"last", sum.last}});
    return json::serialize(json::object{{"quarter", report.quarter.name},
                                        {"from", report.quarter.from},
                                        {"to", report.quarter.to},
                                        {"whole", report.whole},
                                        {"readers", std::move(readers)}});
}

std::vector<AccessReview> VaultReviews::reviews() const {
    const std::lock_guard lock(mutex_);
    std::vector<AccessReview> out;
    for (const auto& [name, review] : reviews_) out.push_back(review);
    return out;
}

std::vector<Quarter> VaultReviews::open() const {
    const auto now = clock_();
    ledger::UnixSeconds first = now;
    for (const auto& project : vault_.projects()) first = std::min(first, project.made);
    std::vector<Quarter> out;
    for (auto quarter = quarter_of(first); quarter.to <= now; quarter = quarter_of(quarter.to)) {
        const std::lock_guard lock(mutex_);
        if (!reviews_.contains(quarter.name)) out.push_back(quarter);
    }
    return out;
}

Result<AccessReview> VaultReviews::sign(const Quarter& quarter, const std::string& by,
                                        const std::string& remark) {
    if (auto fine = check_given(remark, "remark", true, kLongest); !fine) return fine.error();
    const auto now = clock_();
    if (quarter.to > now)
        return Error{ErrorKind::conflict, "the quarter is not over: sign it from " +
                                              ledger::to_iso8601(quarter.to) + " on"};
    AccessReview review{.quarter = quarter.name,
                        .by = by,
                        .remark = remark,
                        .signed_at = now,
                        .report = format_access_report(prepare(quarter))};
    review.digest = ledger::sha256(ledger::as_bytes(review.report));
    const std::lock_guard changing(changing_);
    for (const auto& one : reviews())
        if (one.quarter == quarter.name)
            return Error{ErrorKind::conflict,
                         "it was signed by " + one.by + " on " + ledger::to_iso8601(one.signed_at)};
    if (auto done =
            publish_("review.sign", ledger::format_commitment("review.sign", review.digest));
        !done)
        return done.error();
    json::object row{{"by", by}, {"remark", remark}, {"signed", now}, {"report", review.report}};
    if (auto done = rows_.put(std::string(kReview) + quarter.name, std::move(row)); !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    reviews_.emplace(quarter.name, review);
    return review;
}

}  // namespace reelproof::api
