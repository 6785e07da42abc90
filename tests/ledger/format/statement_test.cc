#include "ledger/format/statement.h"

#include <map>
#include <set>

#include "ledger/format/cbor.h"
#include "ledger/format/envelope.h"
#include "ledger/format/wire.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

SecretKey test_key() {
    return SecretKey::parse(unhex(std::string(62, '0') + "11")).value();
}

Bytes signed_public(std::string_view sub, std::string_view json) {
    StatementHeader header;
    header.content_type = wire::kPublicContentType;
    header.iss = "acme-ems.example";
    header.sub = sub;
    header.iat = 1763640000;
    return sign_statement(test_key(), header, as_bytes(json)).value();
}

// Why it is refused: by its form, or else under this key.
std::string refusal(ByteView statement, const PublicKey& key) {
    auto parsed = parse_statement(statement);
    if (!parsed) return parsed.error().message;
    return why(verify_statement(*parsed, key));
}

}  // namespace

TEST_CASE("every statement of the vectors is made, parsed and verified byte for byte",
          "[format][vectors]") {
    for (const auto& vector : load_vectors("statements.json")) {
        INFO(text_of(vector, "iss") << " " << text_of(vector, "sub"));
        auto key = SecretKey::parse(bytes_of(vector, "secret_key")).value();
        CHECK(to_hex(key.public_key().compressed()) == text_of(vector, "public_key"));
        StatementHeader header;
        header.content_type = text_of(vector, "content_type");
        header.iss = text_of(vector, "iss");
        header.sub = text_of(vector, "sub");
        header.iat = static_cast<UnixSeconds>(number_of(vector, "iat"));
        Bytes payload = bytes_of(vector, "payload");
        auto made = sign_statement(key, header, payload);
        REQUIRE(why(made) == "");
        CHECK(to_hex(*made) == text_of(vector, "statement"));

        auto parsed = parse_statement(*made);
        REQUIRE(why(parsed) == "");
        CHECK(parsed->header.iss == header.iss);
        CHECK(parsed->header.sub == header.sub);
        CHECK(parsed->header.iat == header.iat);
        CHECK(parsed->header.content_type == header.content_type);
        CHECK(parsed->header.kid == key.public_key().kid());
        CHECK(to_hex(parsed->protected_header) == text_of(vector, "protected"));
        CHECK(to_hex(parsed->signature) == text_of(vector, "signature"));
        CHECK(equal(parsed->payload, payload));
        CHECK(to_hex(signature_structure(parsed->protected_header, parsed->payload)) ==
              text_of(vector, "sig_structure"));
        CHECK(to_hex(leaf_hash(*made)) == text_of(vector, "leaf_hash"));
        CHECK(why(verify_statement(*parsed, key.public_key())) == "");
    }
}

TEST_CASE("every rejected statement of the vectors is refused with its own reason",
          "[format][vectors]") {
    const std::map<std::string, std::string> kReasons = {
        {"high-S signature", "signature has a high s: only the low one of the two twins is valid"},
        {"one bit of the signature flipped", "signature does not hold"},
        {"one bit of the payload flipped", "payload is not JSON: syntax error"},
        {"trailing byte", "statement is followed by 1 byte too many"},
        {"last byte cut off", "signature claims 64 bytes, with 63 left"},
        {"empty input", "statement is empty"},
        {"no tag", "statement is an array, not a tagged value"},
        {"wrong tag", "statement has the tag 17, not 18 (COSE_Sign1)"},
        {"unprotected map not empty", "unprotected header is not empty"},
        {"alg ES256 instead of ES256K", "alg is -7, not -47 (ES256K)"},
        {"content type missing", "protected header: content type is missing"},
        {"unknown content type",
         "content type is neither application/vnd.reelproof.sealed+cbor nor "
         "application/vnd.reelproof.public+json"},
        {"kid of another key",
         "kid 1bb520a489186b71a312eaa819184dbd2aa4b4e266d3a3ed05cfb7de2fbecbf0 names another key "
         "than dc238500cb659b895d1f8eaf7be3150313eeee3b02f231eca6e2778667bb3328"},
        {"kid of 31 bytes", "kid is 31 bytes, not 32"},
        {"CWT claims missing", "protected header: CWT claims is missing"},
        {"iss missing", "CWT claims: iss is missing"},
        {"iss empty", "iss is empty"},
        {"unknown extra protected header", "protected header has the unknown parameter 99"},
        {"protected header map not in canonical order",
         "protected header has its keys in an order that is not canonical"},
        {"alg in non-shortest form", "alg is not in its shortest form"},
        {"indefinite-length array", "COSE_Sign1 is of indefinite length"},
        {"duplicate key in protected header", "protected header has the same key twice"},
        {"payload length claims 2^60 bytes",
         "payload claims 1152921504606846976 bytes, with 0 left"},
        {"signature of 63 bytes", "signature is 63 bytes, not 64"},
        {"payload of a public statement is not a JSON object", "payload is not a JSON object"},
        {"payload of a public statement is not UTF-8", "payload is not UTF-8"},
        {"type in the payload differs from sub",
         "payload has the type \"org.genesis\", but sub is \"recall\""},
        {"sealed statement with no envelope", "sealed payload has no envelope"},
        {"sealed statement whose payload is a bare array of envelopes",
         "sealed payload has 1 element, not [envelopes, groups]"},
        {"envelope that names a group that is not there",
         "envelope 0 names group 0, but the payload has 0 groups"},
        {"box of 79 bytes", "group 0: box is 79 bytes, not 80"},
        {"257 envelopes", "list of envelopes has 257 elements, more than 256"},
        {"sealed statement with a tag of 15 bytes", "envelope 0: tag is 15 bytes, not 16"},
        {"longer than 65,535 bytes", "statement is 66213 bytes, more than 65535"},
    };
    std::map<std::string, std::string> seen;  // reason -> why
    for (const auto& vector : load_vectors("statements-rejected.json")) {
        const std::string reason_wanted = text_of(vector, "why");
        auto key = PublicKey::parse(bytes_of(vector, "public_key")).value();
        std::string reason = refusal(bytes_of(vector, "statement"), key);
        INFO(reason_wanted << " -> " << reason);
        REQUIRE(reason != "");
        CHECK(seen.emplace(reason, reason_wanted).second);
        auto expected = kReasons.find(reason_wanted);
        if (expected == kReasons.end())
            WARN("a vector this test does not know: " << reason_wanted << " -> " << reason);
        else
            CHECK(reason == expected->second);
    }
}

TEST_CASE("a statement cut off at any byte is refused, and so is one with any bit flipped",
          "[format]") {
    std::vector<Bytes> statements = {
        signed_public("recall", R"({"type":"recall","mpn":"LM358DR","lots":["L1"]})")};
    for (const auto& vector : load_vectors("statements.json"))
        if (text_of(vector, "statement").size() < 2000)
            statements.push_back(bytes_of(vector, "statement"));
    for (const Bytes& statement : statements) {
        auto parsed = parse_statement(statement);
        REQUIRE(parsed);
        for (std::size_t size = 0; size < statement.size(); ++size)
            REQUIRE_FALSE(parse_statement(ByteView(statement).first(size)));
    }
    const Bytes& statement = statements.front();
    const PublicKey key = test_key().public_key();
    for (std::size_t bit = 0; bit < statement.size() * 8; ++bit) {
        Bytes flipped = statement;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        INFO("bit " << bit);
        REQUIRE(refusal(flipped, key) != "");
    }
}

TEST_CASE("signing refuses what would not parse", "[format]") {
    StatementHeader header;
    header.content_type = wire::kPublicContentType;
    header.iss = "acme-ems.example";
    header.sub = "recall";
    header.iat = 1;
    auto refused = [&](std::string_view payload) {
        return why(sign_statement(test_key(), header, as_bytes(payload)));
    };
    CHECK(refused(R"({"type":"recall"})") == "");
    CHECK(refused(R"({"type":"recall","type":"recall"})") ==
          "payload has the member \"type\" twice");
    CHECK(refused(R"({"type":"recall","a":{"x":1,"y":2,"\u0078":3}})") ==
          "payload has the member \"x\" twice");
    CHECK(refused(R"({"type":"recall",})") == "payload is not JSON: syntax error");
    CHECK(refused(R"({"type":"recall"} {})") == "payload is not JSON: extra data");
    CHECK(refused(R"({"type":7})") == "payload has no text \"type\"");
    CHECK(refused(R"({"type":["recall"]})") == "payload has no text \"type\"");
    CHECK(refused(R"({"a":{"type":"recall"}})") == "payload has no text \"type\"");
    CHECK(refused(R"({"type":{"type":"recall"}})") == "payload has no text \"type\"");
    CHECK(refused(R"({"type":"recall","a":NaN})") == "payload is not JSON: syntax error");
    CHECK(refused("") == "payload is not JSON: incomplete JSON");
    CHECK(refused(R"({"type":"recall","a":")" + std::string(70000, 'x') + "\"}") ==
          "statement is 70209 bytes, more than 65535");
    // 31 arrays within the object are 32 levels.
    CHECK(refused(R"({"type":"recall","a":)" + std::string(31, '[') + std::string(31, ']') + "}") ==
          "");
    CHECK(refused(R"({"type":"recall","a":)" + std::string(32, '[') + std::string(32, ']') + "}") ==
          "payload is not JSON: too deep");

    header.iss = "acme\nems";
    CHECK(refused(R"({"type":"recall"})") == "iss has a control character");
    header.iss = std::string(256, 'a');
    CHECK(refused(R"({"type":"recall"})") == "iss is 256 bytes, more than 255");
    header.iss = std::string(255, 'a');
    CHECK(refused(R"({"type":"recall"})") == "");
    header.iss = "\xff";
    CHECK(refused(R"({"type":"recall"})") == "iss is not UTF-8");
    header.iss = "a.b";
    header.iat = -1;
    CHECK(refused(R"({"type":"recall"})") == "iat is before 1970");
    header.iat = 253402300800;
    CHECK(refused(R"({"type":"recall"})") == "iat is after the year 9999");
    header.iat = 1;
    header.sub = "sealed";
    CHECK(refused(R"({"type":"sealed"})") == "sub of a public statement is \"sealed\"");
    header.content_type = wire::kSealedContentType;
    header.sub = "recall";
    CHECK(refused("") == "sub of a sealed statement is \"recall\", not \"sealed\"");
}

TEST_CASE("a sealed statement of 256 envelopes and 16 groups of 64 boxes is the largest",
          "[format]") {
    ItemCipher cipher{ItemKey::random()};
    const Tag tag = cipher.tag("a.b", 0);
    const Bytes envelope = encode_envelope(tag, cipher.seal("a.b", 0, "{}"), std::nullopt);
    auto key = SealingKey::generate();
    auto small = RecipientGroup::make({key.public_key}).value();
    auto payload = [&](std::size_t envelopes, std::size_t groups) {
        return encode_sealed_payload(std::vector<Bytes>(envelopes, envelope),
                                     std::vector<RecipientGroup>(groups, small));
    };
    CHECK(why(check_sealed_payload(payload(256, 16))) == "");
    CHECK(parse_sealed_payload(payload(256, 16))->envelopes.size() == 256);
    CHECK(why(check_sealed_payload(payload(257, 0))) ==
          "list of envelopes has 257 elements, more than 256");
    CHECK(why(check_sealed_payload(payload(1, 17))) ==
          "list of groups has 17 elements, more than 16");
    CHECK(why(check_sealed_payload(payload(0, 0))) == "sealed payload has no envelope");
}
