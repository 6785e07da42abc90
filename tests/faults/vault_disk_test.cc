// The power goes in the middle of what the vault does: what is said to be destroyed can't be read,
// what is listed can, and two nodes never stand divided about a change.
#include <catch2/catch.hpp>

#include "tests/faults/power_cut.h"
#include "tests/faults/vault_works.h"

using namespace reelproof::faults;

TEST_CASE("power that goes while a document is shredded leaves it destroyed or whole", "[vault]") {
    cut_power_everywhere(Shredding(), {0, 1, 2});
}

TEST_CASE("power that goes in an upload leaves nothing that is listed and can't be read",
          "[vault]") {
    cut_power_everywhere(Upload(), {0, 2});
}

TEST_CASE("power that goes while a change is approved leaves both sides of one mind", "[vault]") {
    cut_power_everywhere(Approval(), {0}, {"maker", "ems"}, 1);
}

TEST_CASE("power that goes in the vault, with many outcomes", "[.slow]") {
    const std::vector<std::uint32_t> seeds{0, 1, 2, 3, 4, 5, 6, 7};
    cut_power_everywhere(Shredding(), seeds);
    cut_power_everywhere(Upload(), seeds);
    cut_power_everywhere(Approval(), seeds, {"maker", "ems"});
}
