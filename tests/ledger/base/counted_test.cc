#include "ledger/base/counted.h"

#include <catch2/catch.hpp>

using reelproof::ledger::counted;

TEST_CASE("a number has its noun as people say it", "[base]") {
    CHECK(counted(1, "entry") == "1 entry");
    CHECK(counted(2, "entry") == "2 entries");
    CHECK(counted(0, "day") == "0 days");
    CHECK(counted(2, "decoy") == "2 decoys");
    CHECK(counted(3, "byte") == "3 bytes");
    CHECK(counted("2,000", "key") == "2,000 keys");
}
