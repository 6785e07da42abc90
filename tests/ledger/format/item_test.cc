#include "ledger/format/item.h"

#include "ledger/format/describe.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

TEST_CASE("seeds and legacy identities give the item keys and ids of the vectors",
          "[format][vectors]") {
    for (const auto& vector : load_vectors("items.json")) {
        ItemKey key;
        if (text_of(vector, "kind") == "issued") {
            ItemSeed seed(bytes_of(vector, "seed"));
            CHECK(issued_serial(seed) == text_of(vector, "serial"));
            CHECK(seed_of_25s("UN123456789" + text_of(vector, "serial")).value() == seed);
            key = issued_item_key(seed);
        } else {
            const auto& fields = vector.at("fields");
            std::optional<std::string> serial;
            if (fields.as_object().contains("serial")) serial = text_of(fields, "serial");
            auto identity = legacy_identity(text_of(fields, "mpn"), text_of(fields, "lot"), serial);
            REQUIRE(why(identity) == "");
            CHECK(*identity == text_of(vector, "identity"));
            key = legacy_item_key(*identity, NetworkSalt(bytes_of(vector, "network_salt")));
        }
        CHECK(to_hex(key.expose()) == text_of(vector, "item_key"));
        CHECK(public_item_id(key) == text_of(vector, "id"));
        auto described = describe_item(key);
        CHECK(described.at("item_key") == vector.at("item_key"));
        CHECK(described.at("id") == vector.at("id"));
    }
}

TEST_CASE("an issued serial is found only at the end of a 25S value, as we print it", "[format]") {
    const ItemSeed seed(Bytes(16, 0xa5));
    const std::string serial = issued_serial(seed);
    CHECK(seed_of_25s(serial).value() == seed);
    CHECK(seed_of_25s("LEACME" + serial).value() == seed);
    CHECK_FALSE(seed_of_25s("LEACME" + serial + "0"));
    CHECK_FALSE(seed_of_25s(serial.substr(1)));
    CHECK_FALSE(seed_of_25s("rp" + serial.substr(2)));
    CHECK_FALSE(seed_of_25s(""));
    CHECK_FALSE(seed_of_25s("RP8ZZZZZZZZZZZZZZZZZZZZZZZZZ"));  // over 128 bits
    CHECK_FALSE(seed_of_25s("RP0000000000000000000000000U"));
    CHECK_FALSE(seed_of_25s("RP0000000000000000000000000O"));  // a look-alike
    CHECK_FALSE(seed_of_25s("RP0h8m00eh355ztxa94kxnrezpca"));
}

TEST_CASE("legacy identities: spaces, case, and what can't be one", "[format]") {
    CHECK(*legacy_identity("\tlm358 \r\n dr ", " a  b ", std::nullopt) == "P:LM358 DR|L:A B");
    CHECK(*legacy_identity("a", "b", "") == "P:A|L:B");
    CHECK(*legacy_identity("a", "b", "  ") == "P:A|L:B");
    CHECK(*legacy_identity("a", "b", " c ") == "P:A|L:B|S:C");
    CHECK(why(legacy_identity(" ", "b", std::nullopt)) == "a legacy label's identity needs an mpn");
    CHECK(why(legacy_identity("a", "", std::nullopt)) == "a legacy label's identity needs a lot");
    CHECK(why(legacy_identity("a", "b|S:c", std::nullopt)) ==
          "lot has a '|', which separates the parts of an identity");
    CHECK(why(legacy_identity("a\xff", "b", std::nullopt)) == "mpn is not UTF-8");
    CHECK(why(legacy_identity("a", "b", "\x1d")) == "serial has a control character");
}
