// Each call that writes to the disk fails, or is the last before the power goes: whatever was
// answered is there, what was served is served unchanged, the store is sound and goes on.
#include "tests/faults/disk.h"

#include <cerrno>
#include <iostream>

#include <catch2/catch.hpp>

#include "tests/faults/ingest.h"

using namespace reelproof;
using namespace reelproof::faults;

namespace {

// How many steps were answered when so many calls had been made.
struct Timeline {
    std::vector<std::size_t> answered_after;
    std::vector<Seen> seen;  // by the number of steps that were answered
    [[nodiscard]] std::size_t answered(std::size_t calls) const {
        std::size_t out = 0;
        for (const auto after : answered_after) out += after <= calls ? 1 : 0;
        return out;
    }
};

void cut_power_everywhere(const Ingest& ingest, const std::vector<std::uint32_t>& seeds) {
    const ledger::tests::TempFolder folder;
    const auto live = folder.path() / "live", image = folder.path() / "image";
    ingest.restore(live);
    const Disk disk(live);
    Timeline timeline;
    timeline.seen.push_back(ingest.past_seen());
    const auto all = ingest.run_seen(live, [&](const ledger::Store& store) {
        timeline.answered_after.push_back(disk.calls());
        timeline.seen.push_back(timeline.seen.back());
        REQUIRE(timeline.seen.back().look(store) == "");
    });
    REQUIRE(all == ingest.steps());
    const std::size_t calls = disk.calls();
    REQUIRE(calls > 10);
    for (std::size_t call = 0; call <= calls; ++call)
        for (const auto seed : seeds) {
            disk.after_power_cut(call, seed, image);
            INFO("power cut in call " << call << " of " << calls << ", seed " << seed);
            const auto answered = timeline.answered(call);
            CHECK(ingest.look(image, answered, timeline.seen[answered]) == "");
        }
}

// Gives how many calls there were.
std::size_t fail_one(const Ingest& ingest, const Failure& failure) {
    const ledger::tests::TempFolder folder;
    const auto live = folder.path() / "live", image = folder.path() / "image";
    ingest.restore(live);
    std::size_t answered = 0, calls = 0;
    Seen seen = ingest.past_seen();
    {
        const ledger::tests::RecordFatal fatal;
        const Disk disk(live, failure);
        answered = ingest.run_seen(
            live, [&](const ledger::Store& store) { CHECK(seen.look(store) == ""); });
        calls = disk.calls();
        // A second fault: then the power goes, and with it all that was not synced.
        disk.after_power_cut(calls, 0, image);
    }
    INFO("call " << failure.call << " fails " << (failure.persisted ? "after" : "before")
                 << " it is done" << (failure.for_ever ? ", and all after it" : "") << ", errno "
                 << failure.error);
    CHECK(ingest.look(live, answered, seen) == "");
    CHECK(ingest.look(image, answered, seen) == "");
    return calls;
}

}  // namespace

TEST_CASE("what was served once is seen when it changes or goes", "[disk]") {
    const ledger::tests::TempFolder folder;
    const auto live = folder.path() / "live";
    const Ingest ingest;
    ingest.restore(live);
    Seen seen = ingest.past_seen();
    CHECK(seen.full_tiles() == 0);
    REQUIRE(ingest.run_seen(live, [&](const ledger::Store& store) {
        CHECK(seen.look(store) == "");
    }) == ingest.steps());
    CHECK(seen.full_tiles() == 2);
    CHECK(ingest.look(live, ingest.steps(), seen) == "");
    ingest.restore(live);
    CHECK(ingest.look(live, 0, seen).find("was seen with 257 entries") != std::string::npos);
    const Ingest other;
    other.restore(live);
    CHECK(other.look(live, 0, ingest.past_seen()).find("entry 0 of the log") != std::string::npos);
}

TEST_CASE("power that goes at any moment takes nothing that was answered", "[disk]") {
    cut_power_everywhere(Ingest(), {0, 2});
}

TEST_CASE("power that goes while a store is made leaves one that can be used", "[disk]") {
    cut_power_everywhere(Ingest(true), {0});
}

TEST_CASE("a call that fails loses nothing that was answered", "[disk]") {
    const Ingest ingest;
    const std::size_t calls = fail_one(ingest, {});
    for (std::size_t call = 0; call < calls; ++call)
        fail_one(ingest, {call, EIO, call % 2 == 1, false});
}

TEST_CASE("power that goes at any moment, with many outcomes, takes nothing", "[.slow]") {
    std::vector<std::uint32_t> seeds;
    for (std::uint32_t seed = 0; seed < 10; ++seed) seeds.push_back(seed);
    cut_power_everywhere(Ingest(), seeds);
    cut_power_everywhere(Ingest(true), seeds);
}

TEST_CASE("calls that fail in every way lose nothing that was answered", "[.slow]") {
    for (const bool empty : {false, true}) {
        const Ingest ingest(empty);
        const std::size_t calls = fail_one(ingest, {});
        for (const int error : {EIO, ENOSPC})
            for (const bool persisted : {false, true})
                for (const bool for_ever : {false, true}) {
                    for (std::size_t call = 0; call < calls; ++call)
                        fail_one(ingest, {call, error, persisted, for_ever});
                }
    }
}
