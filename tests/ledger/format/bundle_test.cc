#include "ledger/format/bundle.h"

#include "ledger/format/cbor.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

Bundle example() {
    Bundle bundle;
    bundle.made_by = "brückner-bauteile.example";
    bundle.made_at = 1763640000;
    bundle.items = {ItemKey(Bytes(32, 1)), ItemKey(Bytes(32, 2))};
    bundle.logs = {{"acme-ems.example/ledger",
                    "note\n",
                    {{0, Bytes{1, 2, 3}, {Hash{}, Hash{}}}, {7, Bytes(300, 9), {Hash{}}}}},
                   {"a.b/ledger", "other note\n", {}}};
    return bundle;
}

}  // namespace

TEST_CASE("a bundle goes out and comes back, and is deterministic CBOR that shows what it is",
          "[format]") {
    const Bundle bundle = example();
    const Bytes bytes = encode_bundle(bundle);
    CHECK(check_cbor(bytes, "bundle"));
    CHECK(as_text(ByteView(bytes).subspan(3, 19)) == "reelproof-bundle/v1");
    auto parsed = parse_bundle_file(bytes);
    REQUIRE(why(parsed) == "");
    CHECK(parsed->made_by == bundle.made_by);
    CHECK(parsed->made_at == bundle.made_at);
    REQUIRE(parsed->items.size() == 2);
    CHECK(parsed->items[1] == bundle.items[1]);
    REQUIRE(parsed->logs.size() == 2);
    CHECK(parsed->logs[0].checkpoint == "note\n");
    REQUIRE(parsed->logs[0].entries.size() == 2);
    CHECK(parsed->logs[0].entries[1].index == 7);
    CHECK(parsed->logs[0].entries[1].statement == Bytes(300, 9));
    CHECK(parsed->logs[0].entries[0].path.size() == 2);
    CHECK(encode_bundle(*parsed) == bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        REQUIRE_FALSE(parse_bundle_file(ByteView(bytes).first(size)));
}

TEST_CASE("bundles that break their layout or limits are refused by name", "[format]") {
    auto reason = [](const Bundle& bundle) {
        return why(parse_bundle_file(encode_bundle(bundle)));
    };
    Bundle bundle = example();
    bundle.logs[0].entries[1].index = 0;
    CHECK(reason(bundle) ==
          "acme-ems.example/ledger: entries are not in ascending order of their index");
    bundle = example();
    bundle.logs[0].entries[0].statement.clear();
    CHECK(reason(bundle) ==
          "acme-ems.example/ledger: statement of the entry is 0 bytes, not 1 to 65535");
    bundle = example();
    bundle.logs[0].entries[0].path.resize(64);
    CHECK(reason(bundle) ==
          "acme-ems.example/ledger: path of the entry has 64 elements, more than 63");
    bundle = example();
    bundle.made_by.clear();
    CHECK(reason(bundle) == "maker of the bundle is empty");
    bundle = example();
    bundle.made_at = -1;
    CHECK(reason(bundle) == "time of the bundle is a negative integer, not an unsigned integer");
    bundle = example();
    bundle.logs.resize(kMaxBundleLogs + 1);
    CHECK_THROWS_AS(encode_bundle(bundle), std::length_error);
    Bytes bytes = encode_bundle(example());
    bytes[3] = 'x';
    CHECK(why(parse_bundle_file(bytes)) ==
          "not a provenance bundle of version 1: its magic is not reelproof-bundle/v1");
    CHECK(why(parse_bundle_file(as_bytes("%PDF-1.7"))) ==
          "bundle is a negative integer, not a map");
    // A list that claims more entries than a bundle may have, or than there are bytes.
    CHECK(why(parse_bundle_file(unhex("a500737265656c70726f6f662d62756e646c652f7631"  // magic
                                      "01616102000380048183616161619a7fffffff"))) ==
          "entries of the log has 2147483647 elements, more than 100000");
}
