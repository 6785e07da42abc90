// Real nodes are runs of the model: what they had on their disks, step by step, through crashes at
// every moment of a commit and restored backups, is replayed in it.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/model/recorder_support.h"

namespace reelproof::model {

namespace {

using ledger::FaultPoint;
using Trace = std::vector<Event>;

void check_replays(const Trace& trace) {
    if (replays(trace)) return;
    const std::size_t good = replays_up_to(trace);
    FAIL("the model can't do step " << good << ", " << to_string(trace.at(good)) << ", of\n"
                                    << to_string(trace));
}

Trace::iterator find(Trace& trace, int step, int who = 0) {
    const auto found = std::find_if(trace.begin(), trace.end(), [&](const Event& event) {
        return event.step == step && event.who == who;
    });
    REQUIRE(found != trace.end());
    return found;
}

bool saw(Trace trace, int step, int who = 0) {
    return std::any_of(trace.begin(), trace.end(),
                       [&](const Event& event) { return event.step == step && event.who == who; });
}

}  // namespace

TEST_CASE("nodes that die at every moment of a commit are runs of the model", "[model]") {
    if (!can_run_spin()) return;
    Recorder nodes;
    nodes.start_mirror(0, Death{FaultPoint::after_commit, PERSIST});
    nodes.start_mirror(1, Death{FaultPoint::before_commit});
    int statement = 2;
    for (const auto at :
         {FaultPoint::before_commit, FaultPoint::after_commit, FaultPoint::before_anchor,
          FaultPoint::after_anchor, FaultPoint::before_publish, FaultPoint::before_answer}) {
        nodes.start_log();
        if (statement == 2) {
            nodes.await_mirror_death(0);
            nodes.await_mirror_death(1);
            nodes.start_mirror(0, Death{FaultPoint::after_commit, COSIGN});
            nodes.start_mirror(1);
            nodes.await_mirror_death(0);
            nodes.start_mirror(0);
        }
        nodes.await(COSIGN, 1, nodes.log_size());
        nodes.submit_and_die(statement++, at);
    }
    nodes.start_log();
    nodes.await(COSIGN, 0, nodes.log_size());
    nodes.await(COSIGN, 1, nodes.log_size());
    nodes.kill_log();
    CHECK(nodes.log_size() == 7);
    check_replays(nodes.trace());
}

TEST_CASE("a restored log, its refusal and its fork are runs of the model", "[model]") {
    if (!can_run_spin()) return;
    Recorder nodes;
    nodes.start_mirror(0);
    nodes.start_mirror(1);
    nodes.start_log();
    nodes.submit(2);
    nodes.kill_log();
    nodes.back_up();
    nodes.start_log();
    nodes.submit(3);
    nodes.submit(4);
    nodes.await(COSIGN, 0, 4);
    nodes.await(COSIGN, 1, 4);
    nodes.kill_log();
    nodes.restore_store();
    nodes.start_log();
    nodes.await_refusal();
    nodes.restore_both();
    nodes.start_log(true);
    nodes.submit(5);
    nodes.submit(6);
    nodes.find_mirrors();
    nodes.await(FREEZE, 0, 4);
    nodes.await(FREEZE, 1, 4);
    nodes.kill_log();
    const Trace good = nodes.trace();
    REQUIRE(saw(good, REFUSE));
    check_replays(good);

    // What must not be a run: a trace that shows a node doing something else.
    const auto is_refused = [&](const char* what, const auto& change) {
        INFO(what);
        Trace bad = good;
        change(bad);
        CHECK_FALSE(replays(bad));
    };
    is_refused("an answer before its commit", [&](Trace& trace) {
        const auto commit = find(trace, COMMIT);
        std::rotate(commit, find(trace, ANSWER, 2), find(trace, ANSWER, 2) + 1);
    });
    is_refused("published before anchored",
               [&](Trace& trace) { std::iter_swap(find(trace, ANCHOR), find(trace, PUBLISH)); });
    is_refused("no commit", [&](Trace& trace) { trace.erase(find(trace, COMMIT)); });
    is_refused("cosigned before stored", [&](Trace& trace) {
        std::iter_swap(find(trace, PERSIST, 1), find(trace, COSIGN, 1));
    });
    is_refused("more cosigned than stored", [&](Trace& trace) { ++find(trace, COSIGN)->size; });
    is_refused("started on a restored store beside its anchor", [&](Trace& trace) {
        *find(trace, REFUSE) = {START, 0, 2};
    });
    is_refused("frozen though the log had done nothing", [&](Trace& trace) {
        trace.insert(find(trace, BACKUP), Event{FREEZE, 0, find(trace, PERSIST)->size});
    });
}

TEST_CASE("a log that hears late of its lost past is a run of the model", "[model]") {
    if (!can_run_spin()) return;
    Recorder nodes;
    nodes.start_mirror(0);
    nodes.start_mirror(1);
    nodes.start_log();
    nodes.back_up();
    nodes.submit(2);
    nodes.submit(3);
    nodes.await(COSIGN, 0, 3);
    nodes.await(COSIGN, 1, 3);
    nodes.kill_log();
    nodes.restore_both();
    nodes.start_log();
    nodes.await_contradiction();
    nodes.kill_log();
    nodes.start_log();
    nodes.await_refusal();
    check_replays(nodes.trace());
}

}  // namespace reelproof::model
