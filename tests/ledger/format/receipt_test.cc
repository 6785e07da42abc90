#include "ledger/format/receipt.h"

#include "ledger/format/describe.h"
#include "ledger/format/merkle.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

struct SmallLog {
    SecretKey key = SecretKey::parse(Bytes(32, 5)).value();
    std::vector<Bytes> statements;

    SmallLog() {
        for (int i = 0; i < 5; ++i) {
            StatementHeader header;
            header.content_type = wire::kPublicContentType;
            header.iss = "acme-ems.example";
            header.sub = "recall";
            header.iat = 1763640000 + i;
            statements.push_back(
                sign_statement(key, header, as_bytes(R"({"type":"recall","mpn":"X"})")).value());
        }
    }
    [[nodiscard]] SubtreeHash subtree() const {
        return [this](int level, std::uint64_t index) { return hash(level, index); };
    }
    [[nodiscard]] Hash hash(int level, std::uint64_t index) const {
        if (level == 0) return leaf_hash(statements[index]);
        return node_hash(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
    }
    [[nodiscard]] Bytes receipt(std::uint64_t index) const {
        return sign_receipt(key, "acme-ems.example/ledger", "recall", 5, index,
                            inclusion_proof(index, 5, subtree()), tree_root(5, subtree()))
            .value();
    }
};

}  // namespace

TEST_CASE("receipts and transparent statements of the vectors", "[format][vectors]") {
    for (const auto& vector : load_vectors("receipts.json")) {
        Bytes statement = bytes_of(vector, "statement");
        Bytes bytes = bytes_of(vector, "receipt");
        auto key = PublicKey::parse(bytes_of(vector, "log_public_key")).value();
        auto receipt = parse_receipt(bytes);
        REQUIRE(why(receipt) == "");
        CHECK(receipt->origin == text_of(vector, "origin"));
        CHECK(receipt->size == number_of(vector, "size"));
        CHECK(receipt->index == number_of(vector, "index"));
        auto root = verify_receipt(*receipt, key, statement);
        REQUIRE(why(root) == "");
        CHECK(*root == hash_of(vector, "root"));

        Bytes transparent = make_transparent(statement, {bytes}).value();
        CHECK(to_hex(transparent) == text_of(vector, "transparent_statement"));
        auto taken_apart = parse_transparent(transparent);
        REQUIRE(why(taken_apart) == "");
        CHECK(taken_apart->statement == statement);
        CHECK(taken_apart->receipts == std::vector<Bytes>{bytes});

        auto described = describe_receipt(bytes, statement, key);
        REQUIRE(described);
        for (const char* name : {"origin", "root"}) CHECK(described->at(name) == vector.at(name));
        CHECK(described->at("sub").as_string() == receipt->sub);
        CHECK(described->at("size").to_number<std::uint64_t>() == receipt->size);
        CHECK(described->at("index").to_number<std::uint64_t>() == receipt->index);
        auto statement_described = describe_statement(statement);
        REQUIRE(statement_described);
        CHECK(statement_described->at("sub").as_string() == receipt->sub);
    }
}

TEST_CASE("a receipt of our own holds for its statement under its key only", "[format]") {
    const SmallLog log;
    for (std::uint64_t index = 0; index < 5; ++index) {
        Bytes bytes = log.receipt(index);
        auto receipt = parse_receipt(bytes).value();
        const Bytes& statement = log.statements[index];
        CHECK(verify_receipt(receipt, log.key.public_key(), statement).value() ==
              tree_root(5, log.subtree()));
        CHECK(why(verify_receipt(receipt, log.key.public_key(), log.statements[(index + 1) % 5])) ==
              "receipt signature does not hold over the root that the statement leads to");
        auto foreign = verify_receipt(receipt, SecretKey::generate().public_key(), statement);
        REQUIRE_FALSE(foreign);
        CHECK(foreign.error().kind == ErrorKind::untrusted);
    }
}

TEST_CASE("no bit of a receipt can change, and none of its bytes be missing", "[format]") {
    const SmallLog log;
    const Bytes bytes = log.receipt(2);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        REQUIRE_FALSE(parse_receipt(ByteView(bytes).first(size)));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        Bytes changed = bytes;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        auto receipt = parse_receipt(changed);
        INFO("bit " << bit);
        if (!receipt) continue;
        // RFC 9942 signs the root alone: another size is bound only as far as it asks for a path of
        // another shape (docs/FORMATS.md).
        const bool same_shape = receipt->size != 5 && receipt->index == 2;
        if (verify_receipt(*receipt, log.key.public_key(), log.statements[2])) REQUIRE(same_shape);
    }
}

TEST_CASE("receipts that can't be are not signed", "[format]") {
    const SmallLog log;
    auto path = inclusion_proof(2, 5, log.subtree());
    auto sign = [&](std::string_view origin, std::uint64_t size, std::uint64_t index,
                    const std::vector<Hash>& hashes) {
        return why(sign_receipt(log.key, origin, "recall", size, index, hashes, Hash{}));
    };
    CHECK(sign("o", 1, 0, {}) == "inclusion path is empty");
    CHECK(sign("o", 5, 5, path) == "leaf index 5 is outside a tree of size 5");
    CHECK(sign("", 5, 2, path) == "receipt iss is empty");
    CHECK(sign("o", 5, 2, std::vector<Hash>(64)) == "inclusion path has 64 elements, more than 63");
}

TEST_CASE("a transparent statement holds its statement and 1 to 16 receipts", "[format]") {
    const SmallLog log;
    const Bytes receipt = log.receipt(1);
    auto reason = [&](const std::vector<Bytes>& receipts) {
        return why(make_transparent(log.statements[1], receipts));
    };
    CHECK(reason(std::vector<Bytes>(16, receipt)) == "");
    CHECK(reason(std::vector<Bytes>(17, receipt)) == "17 receipts, more than 16");
    CHECK(reason({}) == "a transparent statement needs a receipt");
    CHECK(reason({Bytes{0x00}}) == "receipt is an unsigned integer, not a tagged value");
    Bytes whole = make_transparent(log.statements[1], {receipt}).value();
    for (std::size_t size = 0; size < whole.size(); ++size)
        REQUIRE_FALSE(parse_transparent(ByteView(whole).first(size)));
    CHECK(why(parse_transparent(log.statements[1])) ==
          "unprotected header does not hold the receipts and only them");
    CHECK_FALSE(parse_statement(whole));
}
