// Exports of the audit log: in parts that fit into memory, each entry with the hash before it.
#include "api/routes/audit.h"

#include <sstream>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/http/target.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// The log as it is after `entries`, and its route.
struct Exporting {
    explicit Exporting(const std::vector<AuditEntry>& entries) {
        node.open_with_genesis();
        {
            AuditLog writing(*node.store, *node.sequencer, [] { return ledger::tests::kNow; });
            for (const auto& entry : entries) REQUIRE(writing.append(entry));
        }
        log.emplace(*node.store, *node.sequencer, [] { return ledger::tests::kNow; });
        add_audit_routes(router, *log, org.name);
        router.set_authoriser([](Request&, std::string_view) { return std::nullopt; });
    }

    [[nodiscard]] Response get(const std::string& query) const {
        Request request;
        REQUIRE(!parse_target("/v1/audit?" + query, request));
        auto response = router.handle(request);
        REQUIRE(response.status == 200);
        return response;
    }

    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org{"ems.example"};
    ledger::tests::TestNode node{folder.path(), org};
    std::optional<AuditLog> log;
    Router router;
};

AuditEntry entry_of(const std::string& who, const std::string& about) {
    AuditEntry entry;
    entry.who = who;
    entry.about = about;
    return entry;
}

}  // namespace

TEST_CASE("an export ends where it would be too large to answer, and says where it goes on",
          "[audit]") {
    const std::size_t size = 1UL << 20;
    const Exporting exporting(
        std::vector<AuditEntry>(40, entry_of("person anna", std::string(size, 'x'))));
    for (const auto* format : {"csv", "syslog"}) {
        const std::string form = "format=" + std::string(format);
        const auto first = exporting.get(form);
        CHECK(first.body_view().size() < 34 * size);
        CHECK(first.headers.get("Reelproof-Next") == "8");
        const auto rest = exporting.get(form + "&before=8");
        CHECK(rest.body_view().size() > 8 * size);
        CHECK(!rest.headers.has("Reelproof-Next"));
    }
}

TEST_CASE("a filtered export has of each entry the hash before it", "[audit]") {
    std::vector<AuditEntry> entries;
    for (int i = 0; i < 12; ++i)
        entries.push_back(entry_of(i % 3 == 0 ? "person anna" : "person ben", "item"));
    const Exporting exporting(entries);
    std::vector<std::string> hashes;
    exporting.log->read(0, [&](const AuditEntry& entry, std::string_view) {
        hashes.push_back(ledger::to_hex(entry.hash));
        return true;
    });
    std::istringstream lines(std::string(exporting.get("format=jsonl&who=anna").body_view()));
    std::vector<std::int64_t> numbers;
    for (std::string line; std::getline(lines, line);) {
        const auto entry = json::parse(line);
        const auto number = entry.at("number").as_int64();
        numbers.push_back(number);
        CHECK(std::string(entry.at("previous").as_string()) ==
              (number == 0 ? std::string(64, '0') : hashes[static_cast<std::size_t>(number) - 1]));
    }
    CHECK(numbers == std::vector<std::int64_t>{9, 6, 3, 0});
}

TEST_CASE("a search ends after so many entries, or when told to, and goes on there", "[audit]") {
    const Exporting exporting(std::vector<AuditEntry>(10, entry_of("person anna", "item")));
    std::vector<std::uint64_t> seen;
    std::size_t enough = 100;
    const auto search = [&](std::optional<std::uint64_t> before, std::size_t most) {
        return exporting.log->search(
            {}, before, most, [&](const AuditEntry& entry, std::string_view, const ledger::Hash&) {
                seen.push_back(entry.number);
                return seen.size() < enough;
            });
    };
    CHECK(search({}, 4) == 6U);
    CHECK(seen == std::vector<std::uint64_t>{9, 8, 7, 6});
    CHECK(search(6, 100) == std::nullopt);
    CHECK(seen.size() == 10);
    seen.clear();
    enough = 3;
    CHECK(search({}, 100) == 7U);
    CHECK(seen == std::vector<std::uint64_t>{9, 8, 7});
    CHECK(search(0, 100) == std::nullopt);
}

}  // namespace reelproof::api
