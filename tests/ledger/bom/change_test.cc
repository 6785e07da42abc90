#include "ledger/bom/change.h"

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

namespace {

constexpr UnixSeconds kDay = 86400;
constexpr UnixSeconds kMarch = 1'803'859'200;  // 2027-03-01

ChangeState change(std::uint64_t from, std::uint64_t to, EffectFrom effect,
                   const std::string& value, bool by_partner = true) {
    ChangeState out;
    out.terms.from = from;
    out.terms.to = to;
    out.terms.effect = effect;
    out.terms.effect_value = value;
    out.approved_by_owner = 1;
    out.approved_by_partner = by_partner ? 1 : 0;
    return out;
}
std::uint64_t number(const std::vector<ChangeState>& changes, const BuiltBoards& boards) {
    return revision_in_effect(1, changes, boards).number;
}

}  // namespace

TEST_CASE("a change counts once both have signed, and an emergency until its day", "[bom]") {
    auto one = change(1, 2, EffectFrom::date, "2027-03-01", false);
    CHECK(standing_of(one, kMarch) == ChangeStanding::proposed);
    CHECK(number({one}, {kMarch, "", ""}) == 1);
    one.terms.approve_by = kMarch + kDay;
    CHECK(standing_of(one, kMarch) == ChangeStanding::emergency);
    CHECK(number({one}, {kMarch, "", ""}) == 2);
    CHECK(standing_of(one, kMarch + kDay + 1) == ChangeStanding::lapsed);
    CHECK(number({one}, {kMarch + kDay + 1, "", ""}) == 1);
    one.approved_by_partner = kMarch;
    CHECK(standing_of(one, kMarch + kDay + 1) == ChangeStanding::approved);
    one.rejected = kMarch;
    CHECK(standing_of(one, kMarch) == ChangeStanding::rejected);
    one.rejected = 0;
    one.approved_by_owner = 0;
    CHECK(standing_of(one, kMarch) == ChangeStanding::proposed);
}

TEST_CASE("changes take effect by date, lot and serial number, one after the other", "[bom]") {
    const auto by_date = change(1, 2, EffectFrom::date, "2027-03-01");
    CHECK(number({by_date}, {kMarch - 1, "", ""}) == 1);
    CHECK(number({by_date}, {kMarch, "", ""}) == 2);
    const auto by_serial = change(2, 3, EffectFrom::serial, "SN-100");
    CHECK(number({by_serial, by_date}, {kMarch, "", "SN-99"}) == 2);
    CHECK(number({by_serial, by_date}, {kMarch, "", "SN-100"}) == 3);
    CHECK(number({by_serial, by_date}, {kMarch - 1, "", "SN-100"}) == 1);
    const std::vector<ChangeState> both{by_serial, by_date};
    const auto unknown = revision_in_effect(1, both, {kMarch, "", ""});
    CHECK(unknown.number == 2);
    REQUIRE(unknown.undecided != nullptr);
    CHECK(unknown.undecided->terms.to == 3);
    const auto by_lot = change(1, 2, EffectFrom::lot, "L7");
    CHECK(number({by_lot}, {0, "L6", ""}) == 1);
    CHECK(number({by_lot}, {0, "L10", ""}) == 2);
    // Nobody walks in circles, whatever was signed.
    CHECK(number({by_date, change(2, 1, EffectFrom::date, "2027-03-01")}, {kMarch, "", ""}) == 2);
}

TEST_CASE("of two changes from one revision the one that both signed counts", "[bom]") {
    const auto both = change(1, 2, EffectFrom::date, "2027-03-01");
    auto alone = change(1, 3, EffectFrom::date, "2027-03-01", false);
    alone.terms.approve_by = kMarch + kDay;
    CHECK(number({both}, {kMarch, "", ""}) == 2);
    CHECK(number({both, alone}, {kMarch, "", ""}) == 2);
    CHECK(number({alone, both}, {kMarch, "", ""}) == 2);
    CHECK(number({alone}, {kMarch, "", ""}) == 3);
}

TEST_CASE("what a change takes effect from is a day, a lot or a serial number", "[bom]") {
    CHECK(check_effect(EffectFrom::date, "2027-03-01").has_value());
    for (const auto* day : {"2027-02-30", "2027-03", "soon", ""})
        CHECK_FALSE(check_effect(EffectFrom::date, day).has_value());
    CHECK(check_effect(EffectFrom::lot, "L7").has_value());
    CHECK_FALSE(check_effect(EffectFrom::serial, "").has_value());
}
