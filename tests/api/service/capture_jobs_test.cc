// How many accounts of captures are kept, of whom, and how much of each.
#include "api/service/capture_jobs.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::tests::kNow;

struct Kept {
    Kept() { node.open_with_genesis(); }
    [[nodiscard]] JsonRows rows() { return {*node.store, *node.sequencer, ledger::Table::work}; }

    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org{"ems.example"};
    ledger::tests::TestNode node{folder.path(), org};
};

CaptureJob job_of(const std::string& by, ledger::UnixSeconds created = kNow) {
    CaptureJob job;
    job.by = by;
    job.created = created;
    job.behaviour = "proceed";
    return job;
}

std::vector<std::string> ids(const std::vector<CaptureJob>& jobs) {
    std::vector<std::string> out;
    for (const auto& job : jobs) out.push_back(job.id);
    return out;
}

}  // namespace

TEST_CASE("a flood of captures drives out nobody else's jobs", "[epcis]") {
    Kept kept;
    auto rows = kept.rows();
    CaptureJobs jobs(rows, 10);
    std::vector<std::string> calm;
    for (int i = 0; i < 3; ++i) calm.push_back(jobs.add(job_of("token calm")).value().id);
    std::string newest;
    for (int i = 0; i < 20; ++i) newest = jobs.add(job_of("token busy")).value().id;
    CHECK(jobs.count("token busy") == 7);
    CHECK(jobs.find(newest, "token busy"));
    for (const auto& id : calm) CHECK(jobs.find(id, "token calm"));
    CHECK(jobs.add(job_of("token third")));
    CHECK(jobs.count("token busy") == 6);
    const CaptureJobs again(rows, 10);
    CHECK(again.count("token busy") == 6);
    CHECK(again.count("token calm") == 3);
}

TEST_CASE("a clock that was set back makes no new job the oldest", "[epcis]") {
    Kept kept;
    auto rows = kept.rows();
    std::vector<std::string> made;
    {
        CaptureJobs jobs(rows, 3);
        for (int i = 0; i < 3; ++i) made.push_back(jobs.add(job_of("token a")).value().id);
    }
    CaptureJobs jobs(rows, 3);
    for (int i = 0; i < 2; ++i)
        made.push_back(jobs.add(job_of("token a", kNow - 86400)).value().id);
    CHECK(ids(jobs.list("token a", 0, 10)) == std::vector<std::string>{made[4], made[3], made[2]});
    CHECK(jobs.find(made[4], "token a")->created == kNow - 86400);
    CHECK(ids(jobs.list("token a", 1, 2)) == std::vector<std::string>{made[3]});
    CHECK(jobs.list("token b", 0, 10).empty());
}

TEST_CASE("of a job's errors as much is kept as fits", "[epcis]") {
    Kept kept;
    auto rows = kept.rows();
    CaptureJobs jobs(rows);
    const auto with = [&](std::size_t errors, std::size_t bytes) {
        auto job = job_of("token a");
        for (std::size_t i = 0; i < errors; ++i)
            job.errors.emplace_back(json::object{{"detail", std::string(bytes, 'x')}});
        return jobs.add(std::move(job)).value().errors.size();
    };
    CHECK(with(3, 100) == 3);
    CHECK(with(150, 100) == CaptureJobs::kMostErrors);
    CHECK(with(100, 4096) == 3);
    CHECK(with(2, 100000) == 1);
    // What an earlier version kept of them counts no more.
    json::array many;
    for (int i = 0; i < 100; ++i)
        many.emplace_back(json::object{{"detail", std::string(4096, 'x')}});
    REQUIRE(rows.put("capture/000000000001-00", {{"by", "token b"},
                                                 {"created", 1},
                                                 {"finished", 1},
                                                 {"success", 0},
                                                 {"behaviour", "proceed"},
                                                 {"errors", many}}));
    CHECK(CaptureJobs(rows).list("token b", 0, 1).front().errors.size() == 3);
}

TEST_CASE("a job whose node was stopped is found interrupted, one that ended as it ended",
          "[epcis]") {
    Kept kept;
    auto rows = kept.rows();
    std::string cut, ended;
    {
        CaptureJobs jobs(rows);
        cut = jobs.add(job_of("token a")).value().id;
        CHECK(jobs.find(cut, "token a")->running());
        auto job = jobs.add(job_of("token a")).value();
        ended = job.id;
        job.finished = kNow + 1;
        job.success = true;
        jobs.finish(job);
        CHECK_FALSE(jobs.find(ended, "token a")->running());
    }
    const CaptureJobs again(rows);
    CHECK(again.find(cut, "token a")->interrupted);
    CHECK_FALSE(again.find(cut, "token a")->running());
    CHECK_FALSE(again.find(ended, "token a")->interrupted);
    CHECK(again.find(ended, "token a")->success);
}

TEST_CASE("a job that gave way while it ran does not come back", "[epcis]") {
    Kept kept;
    auto rows = kept.rows();
    CaptureJobs jobs(rows, 1);
    auto first = jobs.add(job_of("token a")).value();
    const auto second = jobs.add(job_of("token a")).value();
    first.finished = kNow;
    jobs.finish(first);
    CHECK(jobs.count("token a") == 1);
    CHECK(CaptureJobs(rows, 1).find(second.id, "token a"));
}

}  // namespace reelproof::api
