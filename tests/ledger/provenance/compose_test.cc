#include "ledger/provenance/compose.h"

#include "ledger/format/envelope.h"
#include "tests/ledger/format/vectors_support.h"
#include "tests/ledger/provenance/event_samples_support.h"
#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kIss = "northline.example";

EnvelopeDraft draft_of(const Reel& reel, std::uint64_t n = 0) {
    EnvelopeDraft draft;
    draft.key = reel.key;
    draft.n = n;
    draft.body.event = commissioning(reel);
    draft.body.event.time = kStart;
    draft.body.event.item = item_uri(kIss, reel.id());
    return draft;
}

}  // namespace

TEST_CASE("a sealed statement is signed, and each envelope opens under its key and number") {
    const auto key = SecretKey::generate();
    const Reel one, two;
    auto second = draft_of(two, 7);
    second.body.prev = {Hash{1}};
    second.body.parents = {one.key};
    const auto bytes = compose_sealed(key, kIss, kStart, {draft_of(one), second});
    REQUIRE(bytes);
    const auto statement = parse_statement(*bytes);
    REQUIRE(statement);
    CHECK(verify_statement(*statement, key.public_key()));
    CHECK(statement->sealed());
    CHECK(statement->header.iss == kIss);
    CHECK(statement->header.sub == "sealed");
    CHECK(statement->header.iat == kStart);

    const auto payload = parse_sealed_payload(statement->payload);
    REQUIRE(payload);
    REQUIRE(payload->envelopes.size() == 2);
    ItemCipher cipher(two.key);
    CHECK(payload->envelopes[1].tag == cipher.tag(kIss, 7));
    const auto text = cipher.open(kIss, 7, payload->envelopes[1]);
    REQUIRE(text);
    const auto body = parse_body(*text);
    REQUIRE(body);
    CHECK(same_body(*body, second.body));
    CHECK_FALSE(cipher.open(kIss, 6, payload->envelopes[1]));
    CHECK_FALSE(ItemCipher(one.key).open(kIss, 7, payload->envelopes[1]));
}

TEST_CASE("a statement takes 1 to 256 events") {
    const auto key = SecretKey::generate();
    const Reel reel;
    CHECK(why(compose_sealed(key, kIss, kStart, {})) == "a statement takes 1 to 256 events, not 0");
    std::vector<EnvelopeDraft> drafts;
    for (std::uint64_t n = 0; n < 257; ++n) drafts.push_back(draft_of(reel, n));
    for (auto& draft : drafts) draft.body.event = happening(EventKind::deplete);
    CHECK(why(compose_sealed(key, kIss, kStart, drafts)) ==
          "a statement takes 1 to 256 events, not 257");
}

TEST_CASE("events that together are too large for a statement are refused") {
    const auto key = SecretKey::generate();
    const Reel reel;
    std::vector<EnvelopeDraft> drafts;
    for (std::uint64_t n = 0; n < 200; ++n) drafts.push_back(draft_of(reel, n));
    const auto result = compose_sealed(key, kIss, kStart, drafts);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::too_large);
    drafts.resize(40);
    CHECK(compose_sealed(key, kIss, kStart, drafts));
}

TEST_CASE("an event in somebody's words is sealed as it is, if it can be read again") {
    const auto key = SecretKey::generate();
    const Reel reel;
    const auto told = [&](const std::string& epc) {
        auto draft = draft_of(reel);
        draft.body.told = R"({"type":"ObjectEvent","eventTime":"2026-03-02T08:00:00.5+01:00",)"
                          R"("action":"OBSERVE","bizStep":"shipping","ex:colour":["red"],)"
                          R"("epcList":[")" +
                          epc + R"("],"destinationList":[]})";
        return draft;
    };
    const auto foreign = told("urn:epc:id:sgtin:4012345.011111.1");
    CHECK(compose_sealed(key, kIss, kStart, {foreign}));
    const auto text = format_body(foreign.body);
    CHECK(text.starts_with("{\"event\":" + foreign.body.told + ",\"prev\":["));
    // About something else than an item or a lot it changes nothing, and need not be one of ours.
    CHECK(parse_body(text).value().event.kind == EventKind::other);
    CHECK(why(compose_sealed(key, kIss, kStart, {told(item_uri(kIss, reel.id()))})) ==
          "event: destinationList names no organisation");
}

TEST_CASE("parts that leave a carton in their own packages are not split off") {
    const std::string carton = R"({"event":{"type":"AggregationEvent",)"
                               R"("eventTime":"2026-03-02T08:00:00Z","action":"DELETE",)"
                               R"("bizStep":"unpacking","parentID":"https://a.example/i/1")";
    CHECK(parse_body(carton + R"(,"childEPCs":["https://a.example/i/2"]},"prev":[]})")
              .value()
              .event.kind == EventKind::other);
    CHECK_FALSE(parse_body(carton + R"(,"childQuantityList":[]},"prev":[]})"));
}

TEST_CASE("an event that nobody could read again is never signed") {
    const auto key = SecretKey::generate();
    const Reel reel;
    auto nowhere = draft_of(reel);
    nowhere.body.event = shipping_to("");
    CHECK(why(compose_sealed(key, kIss, kStart, {nowhere})) ==
          "event: destinationList names no organisation");
    auto noisy = draft_of(reel);
    noisy.body.event.facts.lot = "A\x1d";
    CHECK(why(compose_sealed(key, kIss, kStart, {noisy})) ==
          "event: ilmd rp:lotCode has a control character");
    auto negative = draft_of(reel);
    negative.body.event.quantity = -1;
    CHECK_FALSE(compose_sealed(key, kIss, kStart, {negative}));
    auto endless = draft_of(reel);
    endless.body.event.time = std::numeric_limits<UnixSeconds>::max();
    CHECK_FALSE(compose_sealed(key, kIss, kStart, {endless}));
    auto huge = draft_of(reel);
    huge.body.event.reason = std::string(kMaxBodySize, 'x');
    CHECK(why(compose_sealed(key, kIss, kStart, {huge})) == "the event is over 48 KiB");
}

TEST_CASE("the partner part is read by the named partners alone") {
    const auto key = SecretKey::generate();
    const auto partner = SealingKey::generate(), stranger = SealingKey::generate();
    const Reel with, without;
    auto draft = draft_of(with);
    draft.partner_json = R"({"po":"4711"})";
    const auto bytes =
        compose_sealed(key, kIss, kStart, {draft, draft_of(without)}, {partner.public_key});
    REQUIRE(bytes);
    const auto statement = parse_statement(*bytes);
    REQUIRE(statement);
    const auto payload = parse_sealed_payload(statement->payload);
    REQUIRE(payload);
    const auto opened = open_partner(*payload, payload->envelopes[0], partner);
    REQUIRE(opened);
    CHECK(*opened == draft.partner_json);
    CHECK_FALSE(open_partner(*payload, payload->envelopes[0], stranger));
    CHECK_FALSE(payload->envelopes[1].partner);

    CHECK(why(compose_sealed(key, kIss, kStart, {draft})) ==
          "an event has a partner part, but no partner is named to read it");
    const std::vector<std::array<std::uint8_t, 32>> many(65, partner.public_key);
    CHECK_FALSE(compose_sealed(key, kIss, kStart, {draft}, many));
}

TEST_CASE("a public statement carries its payload as it stands") {
    const auto key = SecretKey::generate();
    const std::string payload = R"({"type":"partner.offboard","org":"x.example"})";
    const auto bytes = compose_public(key, kIss, kStart, "partner.offboard", payload);
    REQUIRE(bytes);
    const auto statement = parse_statement(*bytes);
    REQUIRE(statement);
    CHECK(verify_statement(*statement, key.public_key()));
    CHECK(as_text(statement->payload) == payload);
    CHECK_FALSE(compose_public(key, kIss, kStart, "recall", payload));
    CHECK_FALSE(compose_public(key, kIss, kStart, "partner.offboard", "{"));
}

}  // namespace reelproof::ledger::tests
