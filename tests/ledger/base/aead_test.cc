#include "ledger/base/aead.h"

#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

TEST_CASE("what is sealed opens under the same key and aad alone", "[base]") {
    const auto key = Secret<32>::random();
    const auto plain = as_bytes("lot 7AB123");
    const Bytes sealed = aead_seal(key, as_bytes("table"), plain);
    CHECK(sealed.size() == 24 + plain.size() + 16);
    CHECK(equal(aead_open(key, as_bytes("table"), sealed, "it").value(), plain));
    CHECK(sealed != aead_seal(key, as_bytes("table"), plain));

    const auto refused = [&](const Secret<32>& with, std::string_view aad, ByteView bytes) {
        const auto opened = aead_open(with, as_bytes(aad), bytes, "it");
        return !opened && opened.error().kind == ErrorKind::invalid &&
               opened.error().message.starts_with("it ");
    };
    CHECK(refused(Secret<32>::random(), "table", sealed));
    CHECK(refused(key, "tables", sealed));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        Bytes changed = sealed;
        changed[at] ^= 1;
        CHECK(refused(key, "table", changed));
        CHECK(refused(key, "table", ByteView(sealed).first(at)));
    }
}

TEST_CASE("keys of one secret for different uses differ", "[base]") {
    const auto secret = Secret<32>::random();
    const auto key = derive_key(secret.expose(), "salt", "rows");
    CHECK(key == derive_key(secret.expose(), "salt", "rows"));
    CHECK_FALSE(key == derive_key(secret.expose(), "salt", "names"));
    CHECK_FALSE(key == derive_key(secret.expose(), "pepper", "rows"));
}
