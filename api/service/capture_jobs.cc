#include "api/service/capture_jobs.h"

#include <boost/json.hpp>

#include "ledger/base/secret.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kRow = "capture/";

// A time first, so that they ascend; then what nobody guesses.
std::string new_id(ledger::UnixSeconds created) {
    auto digits = std::to_string(created);
    digits.insert(0, digits.size() < 12 ? 12 - digits.size() : 0, '0');
    std::array<std::uint8_t, 8> random{};
    ledger::fill_random(random);
    return digits + "-" + ledger::to_hex(random);
}

}  // namespace

CaptureJobs::CaptureJobs(JsonRows& rows) : rows_(rows) {
    rows_.each(kRow, [this](std::string_view id, const json::object& row) {
        CaptureJob job{std::string(id),
                       text_in(row, "by"),
                       number_in(row, "created"),
                       number_in(row, "finished"),
                       number_in(row, "success") != 0,
                       text_in(row, "behaviour"),
                       {}};
        for (auto& error : objects_in(row, "errors")) job.errors.emplace_back(std::move(error));
        jobs_.emplace(job.id, std::move(job));
    });
}

ledger::Result<CaptureJob> CaptureJobs::add(CaptureJob job) {
    const std::lock_guard changing(changing_);
    job.id = new_id(job.created);
    std::vector<JsonRows::Change> changes;
    changes.push_back({std::string(kRow) + job.id,
                       {{"by", job.by},
                        {"created", job.created},
                        {"finished", job.finished},
                        {"success", job.success ? 1 : 0},
                        {"behaviour", job.behaviour},
                        {"errors", job.errors}}});
    std::string oldest;
    {
        const std::lock_guard lock(mutex_);
        if (jobs_.size() >= kMost) oldest = jobs_.begin()->first;
    }
    if (!oldest.empty()) changes.push_back({std::string(kRow) + oldest, {}});
    if (auto done = rows_.write(std::move(changes)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    if (!oldest.empty()) jobs_.erase(oldest);
    jobs_.emplace(job.id, job);
    return job;
}

std::optional<CaptureJob> CaptureJobs::find(std::string_view id, std::string_view by) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || found->second.by != by) return std::nullopt;
    return found->second;
}

std::vector<CaptureJob> CaptureJobs::list(std::string_view by) const {
    const std::lock_guard lock(mutex_);
    std::vector<CaptureJob> out;
    for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job)
        if (job->second.by == by) out.push_back(job->second);
    return out;
}

}  // namespace reelproof::api
