#include "api/people/audit_check.h"

#include <catch2/catch.hpp>

#include "api/people/audit_row.h"
#include "ledger/provenance/compose.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api {
namespace {

// A store with an audit log of `count` entries.
struct Audited {
    ledger::tests::TempFolder folder;
    ledger::tests::TestOrg org{"ems.example"};
    ledger::tests::TestNode node{folder.path(), org};
    std::vector<ledger::Hash> hashes;

    explicit Audited(int count) {
        node.open_with_genesis();
        {
            AuditLog log(*node.store, *node.sequencer, [] { return ledger::tests::kNow; });
            for (int i = 0; i < count; ++i) {
                AuditEntry entry;
                entry.who = "person anna";
                entry.about = "item " + std::to_string(i);
                REQUIRE(log.append(entry));
            }
        }
        const AuditLog log(*node.store, *node.sequencer, [] { return ledger::tests::kNow; });
        log.read(0, [&](const AuditEntry& entry, std::string_view) {
            hashes.push_back(entry.hash);
            return true;
        });
        REQUIRE(hashes.size() == static_cast<std::size_t>(count));
    }
    void publish(const ledger::Hash& head) {
        node.must_submit(ledger::compose_public(
                             org.node, org.name, ledger::tests::kNow, "audit.head",
                             R"({"type":"audit.head","head":")" + ledger::to_hex(head) + "\"}")
                             .value());
    }
    void write(std::uint64_t number, const std::optional<ledger::Bytes>& value) {
        REQUIRE(node.sequencer
                    ->write([&](ledger::WriteTransaction& writing) {
                        if (value)
                            writing.put(ledger::Table::audit, audit_key(number), *value);
                        else
                            writing.remove(ledger::Table::audit, audit_key(number));
                    })
                    .get());
    }
    [[nodiscard]] ledger::Bytes row(std::uint64_t number) const {
        return node.store->get(ledger::Table::audit, audit_key(number)).value();
    }
    [[nodiscard]] std::string wrong() const {
        const auto checked = check_audit(*node.store);
        return checked.wrong.empty() ? "" : checked.wrong.front();
    }
};

bool says(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("an audit log that nobody touched holds, up to the heads in the ledger", "[audit]") {
    Audited audited(20);
    CHECK(check_audit(*audited.node.store).covered == 0);
    audited.publish(audited.hashes[3]);
    audited.publish(audited.hashes[11]);
    const auto checked = check_audit(*audited.node.store);
    CHECK(checked.wrong.empty());
    CHECK(checked.entries == 20);
    CHECK(checked.heads == 2);
    CHECK(checked.covered == 12);
}

TEST_CASE("each way to change the audit log shows", "[audit]") {
    Audited audited(20);
    audited.publish(audited.hashes[11]);
    SECTION("a text is another") {
        auto row = audited.row(7);
        row[row.size() - 2] ^= 1;  // the last digit of its status
        audited.write(7, row);
        CHECK(says(audited.wrong(), "entry 7 does not have the hash"));
    }
    SECTION("an entry is taken out") {
        audited.write(7, std::nullopt);
        CHECK(says(audited.wrong(), "entry 7 is missing"));
    }
    SECTION("the first entries are taken out") {
        audited.write(0, std::nullopt);
        CHECK(says(audited.wrong(), "entry 0 is missing"));
    }
    SECTION("a row is no entry") {
        audited.write(7, ledger::Bytes(40, 'x'));
        CHECK(says(audited.wrong(), "not of its form"));
    }
    SECTION("all is chained anew from a change on") {
        auto before = audited.hashes[6];
        for (std::uint64_t number = 7; number < 20; ++number) {
            AuditEntry entry;
            entry.who = "person berta";
            const auto text = audit_text(entry, number);
            before = audit_chained(before, text);
            audited.write(number, audit_value(before, text));
        }
        CHECK(says(audited.wrong(), "its head " + ledger::to_hex(audited.hashes[11])));
    }
    SECTION("the newest are cut off, under a head") {
        for (std::uint64_t number = 11; number < 20; ++number) audited.write(number, std::nullopt);
        CHECK(says(audited.wrong(), "of our log holds, is not in it"));
    }
}

}  // namespace reelproof::api
