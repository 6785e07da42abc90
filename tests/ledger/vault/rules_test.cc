#include "ledger/vault/rules.h"

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

namespace {

constexpr UnixSeconds kNow = 1'800'000'000, kDay = 86400;

Share share_for(std::string recipient, ShareMode mode = ShareMode::download) {
    Share out;
    out.id = std::string(32, 'a');
    out.recipient = std::move(recipient);
    out.project = "atlas";
    out.purpose = "pilot run";
    out.mode = mode;
    out.end = kNow + kDay;
    out.agreement = std::string(32, 'b');
    return out;
}

AgreementState in_force() {
    AgreementState out;
    out.terms.drafter = "oem.example";
    out.terms.partner = "ems.example";
    out.terms.scope = "NDA";
    out.terms.start = kNow - kDay;
    out.terms.end = kNow + kDay;
    out.signed_by_drafter = out.signed_by_partner = true;
    return out;
}

std::string rule(const VaultVerdict& verdict) {
    if (verdict) CHECK(!verdict->reason.empty());
    return verdict ? std::string(verdict->rule) : "";
}

std::string shared(const Share& share, Classification classification,
                   const AgreementState* agreement, UnixSeconds now = kNow) {
    return rule(share_refusal(share, "oem.example", classification, agreement, now));
}

}  // namespace

TEST_CASE("a classification says how it may be handled", "[vault]") {
    const auto share = share_for("ems.example"), view = share_for("ems.example", ShareMode::view);
    const auto own = share_for("oem.example");
    const auto agreement = in_force();
    auto bare = share;
    bare.agreement.clear();
    CHECK(shared(bare, Classification::open, nullptr).empty());
    CHECK(shared(share, Classification::internal, &agreement) == "classification.internal");
    CHECK(shared(own, Classification::internal, nullptr).empty());
    CHECK(shared(share, Classification::confidential, &agreement).empty());
    CHECK(shared(bare, Classification::confidential, nullptr) == "agreement.missing");
    CHECK(shared(share, Classification::restricted, &agreement) == "classification.view-only");
    CHECK(shared(view, Classification::restricted, &agreement).empty());
    CHECK(shared(view, Classification::restricted, nullptr) == "agreement.missing");
    // What names an agreement rests on it, whatever its classification.
    CHECK(shared(share, Classification::open, nullptr) == "agreement.missing");
    CHECK(shared(share, Classification::open, &agreement, kNow + 2 * kDay) == "share.expired");
}

TEST_CASE("an agreement counts while both have signed it and nobody has ended it", "[vault]") {
    const auto share = share_for("ems.example");
    const auto with = [&](void (*change)(AgreementState&), UnixSeconds now = kNow) {
        auto agreement = in_force();
        change(agreement);
        CHECK(agreement.in_force(now) == !agreement_refusal(&agreement, agreement.terms.drafter,
                                                            agreement.terms.partner, now));
        return shared(share, Classification::confidential, &agreement, now);
    };
    CHECK(with([](AgreementState&) {}).empty());
    CHECK(with([](AgreementState& a) { a.signed_by_partner = false; }) == "agreement.unsigned");
    CHECK(with([](AgreementState& a) { a.signed_by_drafter = false; }) == "agreement.unsigned");
    CHECK(with([](AgreementState& a) { a.ended = kNow - 1; }) == "agreement.ended");
    CHECK(with([](AgreementState& a) { a.terms.start = kNow + 1; }) == "agreement.not-yet");
    CHECK(with([](AgreementState& a) { a.terms.end = kNow - 1; }) == "agreement.expired");
    CHECK(with([](AgreementState& a) { a.terms.partner = "other.example"; }) == "agreement.other");
    CHECK(with([](AgreementState& a) { a.terms.roles = {"quality"}; }) == "agreement.role");
    // Whoever drafted it.
    CHECK(with([](AgreementState& a) { std::swap(a.terms.drafter, a.terms.partner); }).empty());
}

TEST_CASE("a key is released to the recipient of a live share, for what it covers", "[vault]") {
    auto share = share_for("ems.example");
    const auto agreement = in_force();
    const Requested what{"atlas", "d1", Classification::confidential};
    const auto asked = [&](const std::string& asker, UnixSeconds ended = 0,
                           const AgreementState* rests_on = nullptr, UnixSeconds now = kNow) {
        return rule(release_refusal(share, "oem.example", ended, asker, what,
                                    rests_on == nullptr ? &agreement : rests_on, now));
    };
    CHECK(asked("ems.example").empty());
    CHECK(asked("other.example") == "share.other");
    CHECK(asked("ems.example", kNow - 5) == "share.ended");
    CHECK(asked("ems.example", 0, nullptr, share.end + 1) == "share.expired");
    auto ended = in_force();
    ended.ended = kNow;
    CHECK(asked("ems.example", 0, &ended) == "agreement.ended");
    share.project = "borealis";
    CHECK(asked("ems.example") == "share.other-document");
    share.document = "d1";
    CHECK(asked("ems.example").empty());
    share.document = "d2";
    share.project = "atlas";
    CHECK(asked("ems.example") == "share.other-document");
}

TEST_CASE("a share may name the role or the person who reads", "[vault]") {
    auto share = share_for("ems.example");
    const auto reads = [&](const std::string& person, const std::vector<std::string>& roles,
                           UnixSeconds ended = 0) {
        return rule(reader_refusal(share, person, roles, ended, kNow));
    };
    CHECK(reads("anna", {}).empty());
    share.role = "quality";
    CHECK(reads("anna", {"line"}) == "share.role");
    CHECK(reads("anna", {"line", "quality"}).empty());
    share.person = "berta";
    CHECK(reads("anna", {"quality"}) == "share.person");
    CHECK(reads("berta", {"quality"}).empty());
    CHECK(reads("berta", {"quality"}, kNow - 1) == "share.ended");
}

TEST_CASE("what is passed on is for no more people than the share it stands on", "[vault]") {
    auto held = share_for("ems.example"), passed = share_for("sub.example");
    CHECK(rule(narrowing_refusal(passed, held)).empty());
    passed.role = "line";
    CHECK(rule(narrowing_refusal(passed, held)).empty());
    held.role = "quality";
    CHECK(rule(narrowing_refusal(passed, held)) == "subtier.widens");
    passed.role = "quality";
    CHECK(rule(narrowing_refusal(passed, held)).empty());
    held.person = passed.person = "anna";
    CHECK(rule(narrowing_refusal(passed, held)) == "share.person");
}

TEST_CASE("what is passed on shows no column that the share it stands on does not", "[vault]") {
    auto held = share_for("ems.example"), passed = share_for("sub.example");
    const auto refused = [&](std::vector<std::string> columns) {
        passed.columns = std::move(columns);
        return rule(narrowing_refusal(passed, held));
    };
    held.columns = {};
    CHECK(refused({}).empty());
    CHECK(refused({"mpn"}).empty());
    held.columns = {"designators", "mpn"};
    CHECK(refused({"designators", "mpn"}).empty());
    CHECK(refused({"mpn", "designators"}).empty());
    CHECK(refused({"mpn"}).empty());
    CHECK(refused({}) == "subtier.widens");
    CHECK(refused({"mpn", "price"}) == "subtier.widens");
    CHECK(narrowing_refusal(passed, held)->reason.find("the column price") != std::string::npos);
    // As the owner signed them: whoever passes on spells them so.
    CHECK(refused({"MPN"}) == "subtier.widens");
}

TEST_CASE("an agreement's numbers are bounded", "[vault]") {
    Agreement terms;
    terms.retention_days = kMostRetentionDays;
    terms.breach_notice_hours = kMostNoticeHours;
    CHECK(check_agreement(terms).has_value());
    ++terms.retention_days;
    CHECK(check_agreement(terms).error().message.find("retention_days") == 0);
    terms.retention_days = 0;
    terms.breach_notice_hours = ~std::uint64_t{0};
    CHECK(check_agreement(terms).error().message.find("breach_notice_hours") == 0);
}
