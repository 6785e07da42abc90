#include "ledger/format/envelope.h"

#include "ledger/format/describe.h"
#include "ledger/format/statement.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

ItemKey item_of(const boost::json::value& vector) {
    return ItemKey(bytes_of(vector, "item_key"));
}

}  // namespace

TEST_CASE("tags and body keys agree with the vectors", "[format][vectors]") {
    for (const auto& vector : load_vectors("tags.json")) {
        ItemCipher cipher(item_of(vector));
        auto n = number_of(vector, "n");
        CHECK(to_hex(cipher.tag(text_of(vector, "iss"), n)) == text_of(vector, "tag"));
        CHECK(to_hex(cipher.body_key(text_of(vector, "iss"), n).expose()) ==
              text_of(vector, "body_key"));
    }
}

TEST_CASE("sealed bodies and envelopes agree with the vectors and open again",
          "[format][vectors]") {
    for (const auto& vector : load_vectors("envelopes.json")) {
        const ItemKey key = item_of(vector);
        ItemCipher cipher(key);
        const std::string iss = text_of(vector, "iss");
        const auto n = number_of(vector, "n");
        auto nonce = array_from_hex<24>(text_of(vector, "nonce"), "nonce").value();
        Bytes envelope = encode_envelope(
            cipher.tag(iss, n), cipher.seal(iss, n, text_of(vector, "body"), nonce), std::nullopt);
        CHECK(to_hex(envelope) == text_of(vector, "envelope"));
        CHECK(to_hex(envelope_hash(envelope)) == text_of(vector, "hash"));
        auto parsed = parse_envelope(envelope);
        REQUIRE(why(parsed) == "");
        CHECK(cipher.open(iss, n, *parsed).value() == text_of(vector, "body"));
        CHECK_FALSE(cipher.open(iss, n + 1, *parsed));
        CHECK_FALSE(cipher.open(iss + "x", n, *parsed));
        CHECK_FALSE(ItemCipher(ItemKey::random()).open(iss, n, *parsed));
        auto described = describe_envelope(key, iss, n, envelope);
        REQUIRE(described);
        CHECK(described->at("hash") == vector.at("hash"));
        CHECK(described->at("body") == vector.at("body"));
        CHECK(described->at("tag").as_string() == to_hex(parsed->tag));
    }
}

TEST_CASE("the partner compartment of the vectors opens with the recipient's key",
          "[format][vectors]") {
    auto statements = load_vectors("statements.json");
    for (const auto& vector : load_vectors("partner.json")) {
        auto key = SealingKey::from_secret(Secret<32>(bytes_of(vector, "sealing_secret_key")));
        CHECK(to_hex(key.public_key) == text_of(vector, "sealing_public_key"));
        int opened = 0;
        for (const auto& candidate : statements) {
            if (candidate.at("leaf_hash") != vector.at("leaf_hash")) continue;
            Bytes bytes = bytes_of(candidate, "statement");
            auto statement = parse_statement(bytes).value();
            auto payload = parse_sealed_payload(statement.payload).value();
            for (const EnvelopeView& envelope : payload.envelopes) {
                if (!envelope.partner) continue;
                CHECK(open_partner(payload, envelope, key).value() ==
                      text_of(vector, "partner_json"));
                ++opened;
            }
        }
        CHECK(opened == 1);
    }
}

TEST_CASE("any changed byte of an envelope keeps it shut", "[format]") {
    ItemCipher cipher(ItemKey::random());
    Bytes envelope =
        encode_envelope(cipher.tag("a.b", 3), cipher.seal("a.b", 3, "{\"x\":1}"), std::nullopt);
    REQUIRE(cipher.open("a.b", 3, parse_envelope(envelope).value()));
    for (std::size_t i = 0; i < envelope.size(); ++i) {
        Bytes changed = envelope;
        changed[i] ^= 0x10;
        auto parsed = parse_envelope(changed);
        if (parsed) REQUIRE_FALSE(cipher.open("a.b", 3, *parsed));
        REQUIRE_FALSE(parse_envelope(ByteView(envelope).first(i)));
    }
}

TEST_CASE("bodies of every length up to three blocks come back", "[format]") {
    ItemCipher cipher(ItemKey::random());
    for (std::size_t size = 0; size <= 384; ++size) {
        std::string body(size, '\x80');
        Bytes sealed = cipher.seal("a.b", size, body);
        REQUIRE(sealed.size() == 40 + (size / 128 + 1) * 128);
        Bytes envelope = encode_envelope(cipher.tag("a.b", size), sealed, std::nullopt);
        REQUIRE(cipher.open("a.b", size, parse_envelope(envelope).value()).value() == body);
    }
}

TEST_CASE("a partner compartment of 64 boxes opens for each of them and nobody else", "[format]") {
    std::vector<SealingKey> keys;
    std::vector<std::array<std::uint8_t, 32>> recipients;
    for (int i = 0; i < 64; ++i) {
        keys.push_back(SealingKey::generate());
        recipients.push_back(keys.back().public_key);
    }
    ItemCipher cipher(ItemKey::random());
    auto other = RecipientGroup::make({SealingKey::generate().public_key}).value();
    auto group = RecipientGroup::make(recipients).value();
    const Tag tag = cipher.tag("a.b", 0);
    const std::string json = R"({"po":"4500012345","price":"0.12"})";
    Bytes ciphertext = group.seal(tag, json);
    const Bytes sealed = cipher.seal("a.b", 0, "{}");
    Bytes with = encode_envelope(tag, sealed, PartnerView{1, ciphertext});
    Bytes without = encode_envelope(tag, sealed, std::nullopt);
    Bytes bytes = encode_sealed_payload({with, without}, {other, group});
    auto payload = parse_sealed_payload(bytes);
    REQUIRE(why(payload) == "");
    REQUIRE(payload->groups.size() == 2);
    REQUIRE(payload->groups[1].size() == 64);
    for (const SealingKey& key : keys)
        CHECK(open_partner(*payload, payload->envelopes[0], key).value() == json);
    auto foreign = open_partner(*payload, payload->envelopes[0], SealingKey::generate());
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().kind == ErrorKind::not_found);
    auto none = open_partner(*payload, payload->envelopes[1], keys[0]);
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == ErrorKind::not_found);
    // Moved to another envelope, the compartment does not open: its key and its data hold the tag.
    EnvelopeView moved = payload->envelopes[0];
    moved.tag[0] ^= 1;
    auto shut = open_partner(*payload, moved, keys[0]);
    REQUIRE_FALSE(shut);
    CHECK(shut.error().kind == ErrorKind::invalid);
}

TEST_CASE("a recipient group has 1 to 64 usable recipients", "[format]") {
    CHECK(why(RecipientGroup::make({})) == "a recipient group needs at least one recipient");
    auto key = SealingKey::generate().public_key;
    CHECK(why(RecipientGroup::make(std::vector(65, key))) ==
          "a recipient group of 65, more than 64");
    CHECK_FALSE(RecipientGroup::make({std::array<std::uint8_t, 32>{}}));
}

TEST_CASE("envelopes and payloads that break their layout are refused by name", "[format]") {
    ItemCipher cipher(ItemKey::random());
    const Tag tag = cipher.tag("a.b", 0);
    const Bytes sealed = cipher.seal("a.b", 0, "{}");
    const ByteView view(sealed);
    auto reason = [](ByteView bytes) { return why(parse_envelope(bytes)); };
    CHECK(reason(encode_envelope(tag, view.first(167), std::nullopt)) ==
          "sealed body is 167 bytes, not 40 and a multiple of 128");
    CHECK(reason(encode_envelope(tag, view.first(40), std::nullopt)) ==
          "sealed body is 40 bytes, not 40 and a multiple of 128");
    CHECK(reason(encode_envelope(tag, sealed, PartnerView{0, view.first(100)})) ==
          "partner ciphertext is 100 bytes, not 40 and a multiple of 128");
    CHECK(reason(encode_envelope(tag, sealed, PartnerView{16, view})) ==
          "partner group is 16, but there are at most 16 groups");
    CHECK(reason(unhex("8340")) == "envelope claims 3 elements, with 1 byte left");
    CHECK(reason(unhex("824040")) == "envelope has 2 elements, not [tag, sealed, partner]");
    Bytes envelope = encode_envelope(tag, sealed, PartnerView{2, view});
    auto group = RecipientGroup::make({SealingKey::generate().public_key}).value();
    CHECK(why(parse_sealed_payload(encode_sealed_payload({envelope}, {group, group}))) ==
          "envelope 0 names group 2, but the payload has 2 groups");
    CHECK(why(parse_sealed_payload(encode_sealed_payload({envelope}, {group, group, group}))) ==
          "");
    CHECK(why(parse_sealed_payload(unhex("828180808000"))).find("envelope 0: ") == 0);
    CHECK(why(check_sealed_payload(unhex("8201"))) != "");
}
