#include "api/service/capture_jobs.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "ledger/base/secret.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kRow = "capture/";

std::string id_of(std::uint64_t number) {
    auto digits = std::to_string(number);
    digits.insert(0, digits.size() < 12 ? 12 - digits.size() : 0, '0');
    std::array<std::uint8_t, 8> random{};
    ledger::fill_random(random);
    return digits + "-" + ledger::to_hex(random);  // nobody guesses it
}

std::uint64_t number_of(std::string_view id) {
    std::uint64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    return number;
}

// A job is kept in memory, and a document can be wrong in many and long ways.
void shorten(json::array& errors) {
    std::size_t bytes = 0, kept = 0;
    while (kept < std::min(errors.size(), CaptureJobs::kMostErrors)) {
        bytes += json::serialize(errors[kept]).size();
        if (kept > 0 && bytes > CaptureJobs::kMostErrorBytes) break;
        ++kept;
    }
    errors.erase(errors.begin() + static_cast<std::ptrdiff_t>(kept), errors.end());
    errors.shrink_to_fit();
}

JsonRows::Change row_of(const CaptureJob& job) {
    return {std::string(kRow) + job.id,
            {{"by", job.by},
             {"created", job.created},
             {"finished", job.finished},
             {"success", job.success ? 1 : 0},
             {"behaviour", job.behaviour},
             {"errors", job.errors}}};
}

}  // namespace

CaptureJobs::CaptureJobs(JsonRows& rows, std::size_t most) : rows_(rows), most_(most) {
    rows_.each(kRow, [this](std::string_view id, const json::object& row) {
        CaptureJob job{std::string(id),
                       text_in(row, "by"),
                       number_in(row, "created"),
                       number_in(row, "finished"),
                       number_in(row, "success") != 0,
                       text_in(row, "behaviour"),
                       {}};
        for (auto& error : objects_in(row, "errors")) job.errors.emplace_back(std::move(error));
        shorten(job.errors);
        job.interrupted = job.finished == 0;
        jobs_.emplace(job.id, std::move(job));
    });
}

// It begins with the time, or, where the clock was set back, goes on from the newest.
std::string CaptureJobs::next_id(ledger::UnixSeconds created) const {
    const std::lock_guard lock(mutex_);
    const auto after = jobs_.empty() ? 0 : number_of(jobs_.rbegin()->first) + 1;
    return id_of(std::max(static_cast<std::uint64_t>(created), after));
}

// Which job makes room for one more of `by`; empty where there is room.
std::string CaptureJobs::to_give_way(const std::string& by) const {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() < most_) return {};
    std::map<std::string_view, std::size_t> having{{by, 1}};
    std::size_t most = 1;
    for (const auto& [id, job] : jobs_) most = std::max(most, ++having[job.by]);
    for (const auto& [id, job] : jobs_)
        if (having[job.by] == most) return id;
    return {};
}

ledger::Result<CaptureJob> CaptureJobs::add(CaptureJob job) {
    const std::lock_guard changing(changing_);
    shorten(job.errors);
    job.id = next_id(job.created);
    std::vector<JsonRows::Change> changes;
    changes.push_back(row_of(job));
    const auto old = to_give_way(job.by);
    if (!old.empty()) changes.push_back({std::string(kRow) + old, {}});
    if (auto done = rows_.write(std::move(changes)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    jobs_.erase(old);
    jobs_.emplace(job.id, job);
    return job;
}

void CaptureJobs::finish(CaptureJob job) {
    const std::lock_guard changing(changing_);
    shorten(job.errors);
    {
        const std::lock_guard lock(mutex_);
        const auto known = jobs_.find(job.id);
        if (known == jobs_.end()) return;  // it gave way meanwhile
        known->second = job;
    }
    std::vector<JsonRows::Change> changes;
    changes.push_back(row_of(job));
    (void)rows_.write(std::move(changes));
}

std::optional<CaptureJob> CaptureJobs::find(std::string_view id, std::string_view by) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || found->second.by != by) return std::nullopt;
    return found->second;
}

std::size_t CaptureJobs::count(std::string_view by) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        jobs_.begin(), jobs_.end(), [&](const auto& job) { return job.second.by == by; }));
}

std::vector<CaptureJob> CaptureJobs::list(std::string_view by, std::size_t from,
                                          std::size_t to) const {
    const std::lock_guard lock(mutex_);
    std::vector<CaptureJob> out;
    std::size_t at = 0;
    for (auto job = jobs_.rbegin(); job != jobs_.rend() && at < to; ++job)
        if (job->second.by == by && at++ >= from) out.push_back(job->second);
    return out;
}

}  // namespace reelproof::api
