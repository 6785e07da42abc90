// What the node opens by itself.
#include "api/service/data_incidents.h"

#include <catch2/catch.hpp>

#include "tests/api/service/lone_vault.h"

namespace reelproof::api {

TEST_CASE("whoever is noticed again and again opens a few incidents a day", "[vault]") {
    tests::LoneVault lone;
    DataIncidents incidents(*lone.sharing, *lone.vault, *lone.rows, lone.org.name, lone.clock);
    const auto notice = [&](const std::string& who) {
        for (int place = 0; place < 40; ++place)
            incidents.suspect("access", who,
                              who + " read a document from place " + std::to_string(place));
        return incidents.incidents().size();
    };
    CHECK(notice("person anna") == 5);
    CHECK(notice("person anna") == 5);
    // It is of him alone, whose name begins another's.
    CHECK(notice("person ann") == 10);
    lone.now += 24 * 3600;
    CHECK(notice("person anna") == 15);
    // A partner whose ledger is not known here is none.
    CHECK(notice("partner x.example") == 20);
    CHECK(incidents.incidents().front().partner.empty());
}

}  // namespace reelproof::api
