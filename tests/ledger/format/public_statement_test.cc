#include "ledger/format/public_statement.h"

#include "ledger/format/wire.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

PublicKey key_of(std::uint8_t byte) {
    return SecretKey::parse(Bytes(32, byte)).value().public_key();
}

NoteSigner log_signer() {
    return NoteSigner("acme-ems.example/ledger", wire::kNoteEd25519, Secret<32>(Bytes(32, 1)));
}

template <class T>
T round_trip(const T& statement) {
    const std::string json = format_public(statement);
    auto parsed = parse_public(json);
    INFO(json);
    REQUIRE(why(parsed) == "");
    REQUIRE(std::holds_alternative<T>(*parsed));
    CHECK(format_public(*parsed) == json);
    return std::get<T>(*parsed);
}

OrgGenesis full_genesis() {
    NoteSigner mirror("acme-ems.example/mirror", wire::kNoteCosignatureV1,
                      Secret<32>(Bytes(32, 2)));
    OrgGenesis genesis{"acme-ems.example", key_of(3), {}, {}, {}, {}, {}, {}, {}, {}};
    genesis.origin = "acme-ems.example/ledger";
    genesis.url = "https://ledger.acme-ems.example";
    genesis.log_key = log_signer().verifier();
    genesis.mirror_key = mirror.verifier();
    genesis.receipt_key = key_of(4);
    genesis.tls_spki = Hash{1};
    genesis.sealing_key = SealingKey::generate().public_key;
    genesis.keys.push_back({key_of(5), "node", {"*"}, std::nullopt, std::nullopt});
    genesis.keys.push_back({key_of(6), "station", {"sealed", "recall"}, 10, 20});
    return genesis;
}

std::string reason(const std::string& json) {
    return why(parse_public(json));
}

}  // namespace

TEST_CASE("public statements go out and come back", "[format]") {
    auto genesis = round_trip(full_genesis());
    CHECK(genesis.org == "acme-ems.example");
    CHECK(genesis.root == key_of(3));
    CHECK(genesis.log_key == full_genesis().log_key);
    CHECK(genesis.receipt_key == key_of(4));
    REQUIRE(genesis.keys.size() == 2);
    CHECK(genesis.keys[1].may == std::vector<std::string>{"sealed", "recall"});
    CHECK(genesis.keys[1].not_after == UnixSeconds{20});

    auto guest = round_trip(OrgGenesis{"guest.example", key_of(3), {}, {}, {}, {}, {}, {}, {}, {}});
    CHECK_FALSE(guest.log_key);
    CHECK(guest.origin.empty());

    auto grant = round_trip(KeyGrant{key_of(7), "person", {"recall"}, std::nullopt, 99});
    CHECK(grant.key == key_of(7));
    CHECK_FALSE(grant.not_before);
    auto tls = round_trip(TlsGrant{Hash{7}, "https://new.example:8443"});
    CHECK(tls.spki == Hash{7});
    CHECK(round_trip(SealingGrant{{9}}).key == SealingPublicKey{9});
    CHECK(round_trip(KeyRevoke{key_of(7), "lost"}).reason == "lost");
    CHECK(round_trip(KeyRevoke{key_of(7), ""}).key == key_of(7));
    auto source = round_trip(SourceAuthorise{"dist.example", {"LM358*"}, 1, std::nullopt});
    CHECK(source.mpns == std::vector<std::string>{"LM358*"});
    auto recall = round_trip(Recall{"LM358DR", {"L1", "L2"}, {"2431"}, "die crack"});
    CHECK(recall.lots.size() == 2);
    CHECK(round_trip(Recall{"", {"L1"}, {}, ""}).mpn.empty());
    auto admit = round_trip(GuestAdmit{"guest.example", to_hex(Hash{9}), {"sealed"}, 99});
    CHECK(admit.root == to_hex(Hash{9}));
    CHECK(admit.may == std::vector<std::string>{"sealed"});
    CHECK(admit.not_after == UnixSeconds{99});
    CHECK(round_trip(GuestDismiss{"guest.example", "left"}).reason == "left");
    CHECK(round_trip(OtherPublic{"partner.offboard"}).type == "partner.offboard");
    LogEvidence evidence{"o/ledger", "first\n", "second\n", 5, Hash{1}, {Hash{2}, Hash{3}}, "fork"};
    CHECK(round_trip(evidence).proof == evidence.proof);
    CHECK(round_trip(evidence).first == "first\n");
    CHECK(thumbprint(key_of(3)) == to_hex(key_of(3).kid()));
}

TEST_CASE("the JSON has the members of the document, in its order", "[format]") {
    const std::string key = to_hex(key_of(7).compressed());
    CHECK(format_public(KeyGrant{key_of(7), "node", {"sealed"}, 1, 2}) ==
          R"({"type":"key.grant","key":")" + key +
              R"(","role":"node","may":["sealed"],"not_before":1,"not_after":2})");
    CHECK(format_public(SealingGrant{{0xab}}) ==
          R"({"type":"key.grant","kind":"sealing","sealing_key":"ab)" + std::string(62, '0') +
              R"("})");
    CHECK(format_public(Recall{"M", {"L"}, {}, "r"}) ==
          R"({"type":"recall","mpn":"M","lots":["L"],"date_codes":[],"reason":"r"})");
}

TEST_CASE("what a public statement lacks or has wrong is named", "[format]") {
    const std::string key = to_hex(key_of(7).compressed());
    const std::string vkey = log_signer().verifier().vkey();
    auto genesis = [&](const std::string& more) {
        return R"({"type":"org.genesis","org":"a.b","root":")" + key + "\"" + more + "}";
    };
    // As in the vectors: a statement by its form, but nothing to act on.
    CHECK(reason(R"({"type":"org.genesis","org":"a.b"})") == "member \"root\" is missing");
    CHECK(reason(R"({"type":"org.genesis"})") == "member \"org\" is missing");
    CHECK(reason(genesis("")) == "");
    CHECK(reason(genesis(R"(,"later":{"members":["are","ignored"]})")) == "");
    CHECK(reason(genesis(R"(,"origin":"a.b/ledger")")) ==
          "member \"log_key\" is missing: origin and log_key come together");
    CHECK(reason(genesis(R"(,"origin":"a.b/ledger","log_key":")" + vkey + "\"")) ==
          "member \"log_key\" has another name than origin");
    CHECK(reason(genesis(R"(,"mirror_key":")" + vkey + "\"")) ==
          "member \"mirror_key\" is a note key of type 1, not 4");
    CHECK(reason(genesis(R"(,"url":"http://a.b")")) == "member \"url\" is not an https URL");
    CHECK(reason(genesis(R"(,"url":7)")) == "member \"url\" is not a text");
    CHECK(reason(genesis(R"(,"tls_spki":"00")")) == "member \"tls_spki\" is 1 byte, not 32");
    CHECK(reason(genesis(R"(,"keys":{})")) == "member \"keys\" is not a list");
    CHECK(reason(genesis(R"(,"keys":[7])")) == "member \"keys[0]\" is not an object");
    CHECK(reason(genesis(R"(,"keys":[{"key":"00"}])")) ==
          "member \"keys[0].key\" is 1 byte, not 33");
    CHECK(reason(genesis(R"(,"keys":[{"key":")" + key + R"(","role":"node"}])")) ==
          "member \"keys[0].may\" is missing");

    auto grant = [&](const std::string& more) {
        return R"({"type":"key.grant","key":")" + key + R"(","role":"node","may":["sealed"])" +
               more + "}";
    };
    CHECK(reason(grant("")) == "");
    CHECK(reason(grant(R"(,"not_before":null)")) ==
          "member \"not_before\" is not a time in whole seconds since 1970");
    CHECK(reason(grant(R"(,"not_after":1.5)")) ==
          "member \"not_after\" is not a time in whole seconds since 1970");
    CHECK(reason(grant(R"(,"not_before":2,"not_after":1)")) ==
          "member \"not_after\" is before not_before");
    CHECK(reason(grant(R"(,"kind":"pgp")")) ==
          "member \"kind\" is \"pgp\", not \"tls\" or \"sealing\"");
    CHECK(reason(grant(R"(,"kind":"tls")")) == "member \"tls_spki\" is missing");
    CHECK(reason(grant(R"(,"kind":"sealing")")) == "member \"sealing_key\" is missing");
    CHECK(reason(grant(R"(,"kind":"sealing","sealing_key":"00")")) ==
          "member \"sealing_key\" is 1 byte, not 32");
    CHECK(reason(R"({"type":"key.revoke","key":"02zz"})") ==
          "member \"key\" is not hex at character 3");
    CHECK(reason(R"({"type":"source.authorise","org":""})") == "member \"org\" is empty");
    CHECK(reason(R"({"type":"source.authorise","org":"a","mpns":["x",7]})") ==
          "member \"mpns[1]\" is not a text");
    CHECK(reason(R"({"type":"recall"})") == "recall names neither mpn nor lots nor date_codes");
    CHECK(reason(R"({"type":"recall","mpn":"a\nb"})") == "member \"mpn\" has a control character");
    std::string lots = R"("x")";
    for (int i = 1; i < 1000; ++i) lots += R"(,"x")";
    CHECK(reason(R"({"type":"recall","lots":[)" + lots + "]}") == "");
    CHECK(reason(R"({"type":"recall","lots":[)" + lots + R"(,"x"]})") ==
          "member \"lots\" has more than 1000 elements");
    CHECK(reason(R"({"type":"log.evidence","origin":"o","first":"","second":"","size":-1})") ==
          "member \"size\" is not a whole number from 0");
    CHECK(reason(R"({"type":"recall","mpn":"a","mpn":"b"})") ==
          "payload has the member \"mpn\" twice");
    CHECK(reason("[]") == "payload is not a JSON object");
}
