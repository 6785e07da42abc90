#include "ledger/vault/objects.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "tests/ledger/store/store_support.h"

using namespace reelproof::ledger;
using reelproof::ledger::tests::TestOrg;

namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

Agreement some_agreement() {
    Agreement out;
    out.id = std::string(32, 'a');
    out.drafter = "oem.example";
    out.partner = "ems.example";
    out.scope = "NDA 2027-04";
    out.systems = {"PLM"};
    out.roles = {"quality", "line"};
    out.retention_days = 90;
    out.breach_notice_hours = 24;
    out.sub_tiers = true;
    out.start = kNow;
    out.end = kNow + 86400;
    return out;
}

Directory directory_of(const TestOrg& org) {
    const std::map<std::string, std::string> roots{org.trust()};
    Directory out(roots);
    out.add_log(kOwnLog, org.name);
    const auto genesis = org.genesis();
    const auto statement = parse_statement(genesis);
    REQUIRE(out.apply({kOwnLog, 0}, *statement).has_value());
    return out;
}

}  // namespace

TEST_CASE("objects of the vault come back as they were written", "[vault]") {
    const auto agreement =
        std::get<Agreement>(parse_vault_object(format_vault_object(some_agreement())).value());
    CHECK(agreement.scope == "NDA 2027-04");
    CHECK(agreement.roles == std::vector<std::string>{"quality", "line"});
    CHECK((agreement.sub_tiers && !agreement.audit_right));
    CHECK(agreement.end == kNow + 86400);

    Share share;
    share.id = std::string(32, 'b');
    share.recipient = "ems.example";
    share.project = "atlas";
    share.purpose = "pilot";
    share.columns = {"MPN", "Qty"};
    share.mode = ShareMode::download;
    share.end = kNow;
    const auto same = std::get<Share>(parse_vault_object(format_vault_object(share)).value());
    CHECK(same.columns == share.columns);
    CHECK((same.mode == ShareMode::download && same.document.empty() && same.agreement.empty()));

    KeyRelease release;
    release.share = share.id;
    release.document = std::string(32, 'c');
    release.name = "board.zip";
    release.version = 3;
    release.classification = Classification::open;
    release.size = 7;
    release.body[0] = 9;
    const auto read =
        std::get<KeyRelease>(parse_vault_object(format_vault_object(release)).value());
    CHECK((read.version == 3 && read.size == 7 && read.body == release.body));
    CHECK(read.classification == Classification::open);
    // No two are alike: what is committed to can't be guessed.
    CHECK(format_vault_object(release) != format_vault_object(release));
}

TEST_CASE("an object of another form is refused by its member", "[vault]") {
    const auto good = format_vault_object(some_agreement());
    const auto error = [&](std::string_view from, std::string_view to) {
        auto bad = good;
        bad.replace(bad.find(from), from.size(), to);
        return parse_vault_object(bad).error().message;
    };
    using Catch::Matchers::Contains;
    CHECK_THAT(error("\"yes\"", "\"maybe\""), Contains("sub_tiers"));
    CHECK_THAT(error("\"retention_days\":90", "\"retention_days\":-1"), Contains("retention_days"));
    CHECK_THAT(error("aaaaaaaa", "AAAAAAAA"), Contains("id"));
    CHECK_THAT(error("vault.agreement", "vault.treaty"), Contains("vault.treaty"));
    CHECK_THAT(error("\"salt\"", "\"sugar\""), Contains("salt"));
    CHECK(parse_vault_object("{}").has_error());
    CHECK(parse_vault_object("").has_error());
}

TEST_CASE("an object counts when its issuer's log grants the key that signed it", "[vault]") {
    const TestOrg org{"oem.example"}, other{"ems.example"};
    const auto directory = directory_of(org);
    const auto payload = format_vault_object(some_agreement());
    const auto made = sign_vault_object(org.node, org.name, kNow, payload).value();
    const auto opened = open_signed_object(made.statement, directory).value();
    CHECK((opened.iss == org.name && opened.iat == kNow));
    CHECK(as_text(opened.payload) == payload);
    CHECK(opened.commitment == sha256(made.statement));
    for (std::size_t at = 0; at < made.statement.size(); at += 5) {
        auto bad = made.statement;
        bad[at] ^= 1;
        CHECK(open_signed_object(bad, directory).has_error());
    }
    const auto forged = sign_vault_object(other.node, org.name, kNow, payload).value();
    CHECK(open_signed_object(forged.statement, directory).error().kind == ErrorKind::untrusted);
    const auto unknown = sign_vault_object(other.node, other.name, kNow, payload).value();
    CHECK(open_signed_object(unknown.statement, directory).error().kind == ErrorKind::unavailable);
}

TEST_CASE("revisions, changes and approvals come back as they were written", "[vault][bom]") {
    const BomRelease revision{.bom = std::string(32, 'a'),
                              .name = "main",
                              .project = "atlas",
                              .number = 2,
                              .revision = "B",
                              .document = std::string(32, 'd'),
                              .version = 7,
                              .content = sha256(as_bytes("table")),
                              .lines = 5000};
    const auto same =
        std::get<BomRelease>(parse_vault_object(format_vault_object(revision)).value());
    CHECK(same.revision == "B");
    CHECK(same.version == 7);
    CHECK(same.content == revision.content);

    EngineeringChange change{.id = std::string(32, 'c'),
                             .number = "ECO-12",
                             .bom = revision.bom,
                             .owner = "oem.example",
                             .partner = "ems.example",
                             .from = 1,
                             .to = 2,
                             .reason = "C3 is obsolete",
                             .effect = EffectFrom::serial,
                             .effect_value = "SN-100"};
    const auto back =
        std::get<EngineeringChange>(parse_vault_object(format_vault_object(change)).value());
    CHECK(back.effect == EffectFrom::serial);
    CHECK(back.effect_value == "SN-100");
    CHECK(back.approve_by == 0);
    change.approve_by = kNow;
    CHECK(std::get<EngineeringChange>(parse_vault_object(format_vault_object(change)).value())
              .approve_by == kNow);

    const ChangeApproval no{change.id, sha256(as_bytes("payload")), false, "person anna", "late"};
    const auto answer =
        std::get<ChangeApproval>(parse_vault_object(format_vault_object(no)).value());
    CHECK_FALSE(answer.approved);
    CHECK(answer.payload == no.payload);
    CHECK(answer.reason == "late");

    change.effect_value.clear();
    CHECK_FALSE(parse_vault_object(format_vault_object(change)).has_value());
    auto text = format_vault_object(revision);
    text.replace(text.find("\"lines\":5000"), 12, "\"lines\":\"many\"");
    CHECK_FALSE(parse_vault_object(text).has_value());
}
