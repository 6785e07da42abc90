// Any bytes as a .reelproof file: no crash, one way of writing it, and nothing verifies that was
// not signed by the keys that the target itself has made.
#include <cstdlib>

#include "ledger/format/statement.h"
#include "ledger/provenance/bundle_verify.h"
#include "tests/fuzz/seeds.h"
#include "tests/ledger/provenance/bundle_support.h"

using namespace reelproof::ledger;
using reelproof::ledger::tests::BundleOrgKeys;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const BundleOrgKeys& maker() {
    static const BundleOrgKeys keys("maker.example");
    return keys;
}

const Bundle& good() {
    static const Bundle bundle = [] {
        const ItemKey item = issued_item_key(ItemSeed());
        const auto event = [&](std::uint64_t n, EventKind kind) {
            return reelproof::ledger::tests::draft(item, n, kind, maker().name,
                                                   reelproof::ledger::tests::kBundleTime);
        };
        auto made = event(0, EventKind::commission);
        made.body.event.facts = {.manufacturer = maker().name,
                                 .mpn = "NL52840",
                                 .lot = "7AB123",
                                 .date_code = "2617",
                                 .date_code_kind = "yyww",
                                 .country = "CN",
                                 .msl = "3",
                                 .serial = ""};
        made.body.event.quantity = 3000;
        Bundle out;
        out.made_by = maker().name;
        out.made_at = reelproof::ledger::tests::kBundleTime;
        out.items = {item};
        out.logs = {reelproof::ledger::tests::forge_log(
            maker(), {maker().genesis_statement(), maker().sealed({made}),
                      maker().sealed({event(1, EventKind::scrap)})})};
        return out;
    }();
    return bundle;
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    require(verify_bundle(good(), {}).has_value());
    return {std::string(as_text(encode_bundle(good())))};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bundle = parse_bundle_file({data, size});
    if (!bundle) {
        require(!bundle.error().message.empty());
        return 0;
    }
    require(equal(encode_bundle(*bundle), ByteView(data, size)));
    static const auto roots = reelproof::ledger::tests::roots_of({&maker()});
    const auto report = verify_bundle(*bundle, roots);
    if (!report) {
        require(!report.error().message.empty());
        return 0;
    }
    // Who made the file and when, and what was left out of it, nobody signs. What is there is
    // what the maker has signed.
    for (const BundleLog& log : bundle->logs) {
        require(log.origin == maker().origin());
        for (const BundleEntry& entry : log.entries) {
            const auto statement = parse_statement(entry.statement);
            require(statement && (verify_statement(*statement, maker().root.public_key()) ||
                                  verify_statement(*statement, maker().node.public_key())));
        }
    }
    return 0;
}
