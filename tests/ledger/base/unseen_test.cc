#include "ledger/base/unseen.h"

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

TEST_CASE("what nobody sees in a name is named by its code", "[base]") {
    CHECK(unseen_character("at\u200blas") == "U+200B");
    CHECK(unseen_character("atlas\u00a0") == "U+00A0");
    CHECK(unseen_character("\ufeffatlas") == "U+FEFF");
    CHECK(unseen_character("atl\u00adas") == "U+00AD");
    CHECK(unseen_character("atlas\U000e0041") == "U+E0041");
    for (const auto* seen :
         {"atlas rev C", "Müller", "电路板", "плата", "لوحة", "板\U0001f4a1", ""})
        CHECK_FALSE(unseen_character(seen));
}
