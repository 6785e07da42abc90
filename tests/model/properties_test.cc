// What docs/MODEL.md claims: Spin explores the model to its end, and refutes it for each mistake.
#include <iostream>

#include <catch2/catch.hpp>

#include "tests/model/spin_support.h"

namespace reelproof::model {

namespace {

void holds(const std::string& options) {
    const Explored explored = explore(options);
    std::cerr << "model " << options << ": " << explored.states << " states\n";
    CHECK(explored.violated == "");
}

}  // namespace

TEST_CASE("the properties hold in every run within the bounds", "[model]") {
    if (!can_run_spin()) return;
    holds("-DMIRRORS=1");
    holds("-DMIRRORS=2 -DONE_RESTORE");
    holds("-DEVIL");
}

TEST_CASE("the properties hold in every run within larger bounds", "[.slow]") {
    if (!can_run_spin()) return;
    holds("-DMIRRORS=2");
    holds("-DMIRRORS=1 -DSTATEMENTS=3");
}

TEST_CASE("each mistake breaks the property that it should", "[model]") {
    if (!can_run_spin()) return;
    struct Mistake {
        const char* options;
        const char* breaks;
    };
    const auto mistake = GENERATE(values<Mistake>({
        {"-DMIRRORS=1 -DANSWER_BEFORE_COMMIT", "acknowledged_entry_lost"},
        {"-DMIRRORS=1 -DANCHOR_AFTER_ANSWER", "acknowledged_entry_lost"},
        {"-DMIRRORS=1 -DNO_ANCHOR_CHECK", "acknowledged_entry_lost"},
        {"-DMIRRORS=1 -DNO_ASKING", "acknowledged_entry_lost"},
        {"-DMIRRORS=1 -DPUBLISH_BEFORE_COMMIT", "two_roots_signed"},
        {"-DMIRRORS=1 -DANCHOR_AFTER_PUBLISH", "two_roots_signed"},
        {"-DMIRRORS=1 -DANCHOR_BEFORE_COMMIT", "crash_alone_refused"},
        {"-DMIRRORS=1 -DCOSIGN_BEFORE_PERSIST", "cosigned_unserved"},
        {"-DMIRRORS=1 -DGROWTH_IS_A_FORK", "false_alarm"},
        {"-DEVIL -DNO_ROOT_CHECK", "cosigned_unserved"},
        {"-DEVIL -DNO_COMPARING", "cosigned_unserved"},
        {"-DEVIL -DEXCHANGE_OF_EQUAL_SIZES", "fork_without_evidence"},
    }));
    CAPTURE(mistake.options);
    CHECK(explore_soon(mistake.options).violated == mistake.breaks);
}

}  // namespace reelproof::model
