// What lies on the disks of two nodes after a reel's life: nothing that says what was bought, by
// whom, or that opens its history.
#include <algorithm>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/store/check.h"
#include "node/data_key.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace {

using ledger::Bytes;
using ledger::ByteView;

// The forms in which bytes may stand in a file.
std::vector<Bytes> forms(ByteView bytes) {
    std::vector<Bytes> out{ledger::to_bytes(bytes)};
    auto hex = ledger::to_hex(bytes);
    out.push_back(ledger::to_bytes(ledger::as_bytes(hex)));
    std::transform(hex.begin(), hex.end(), hex.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    out.push_back(ledger::to_bytes(ledger::as_bytes(hex)));
    // Base64 inside a longer text depends on where it begins: what its neighbours share is left
    // out.
    for (std::size_t before = 0; before < 3; ++before) {
        Bytes shifted(before);
        shifted.insert(shifted.end(), bytes.begin(), bytes.end());
        const auto text = ledger::to_base64(shifted);
        const std::size_t from = before == 0 ? 0 : before + 1;
        const std::size_t to = shifted.size() / 3 * 4;
        if (to > from + 6)
            out.push_back(
                ledger::to_bytes(ledger::as_bytes(std::string_view(text).substr(from, to - from))));
    }
    return out;
}

// Every file under a folder with its content.
std::vector<std::pair<std::filesystem::path, Bytes>> files_in(const std::filesystem::path& folder) {
    std::vector<std::pair<std::filesystem::path, Bytes>> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            out.emplace_back(entry.path(),
                             ledger::read_file(entry.path(), std::size_t{1} << 30).value());
    return out;
}

bool holds(const Bytes& content, ByteView what) {
    return std::search(content.begin(), content.end(), what.begin(), what.end()) != content.end();
}

}  // namespace

TEST_CASE("the files of a store tell nothing of a reel's life", "[service][encryption]") {
    Pair pair;
    const auto reel = issued(), part = issued({.quantity = 100}), pcb = board();
    const auto legacy = makers_label({.lot = "7AB999", .serial = "SN-4711-0815"});
    pair.maker.record("commission", with_labels({reel.text}));
    pair.maker.record("commission", with_labels({legacy}));
    auto shipment = with(with_labels({reel.text}), "to", pair.ems.org());
    shipment["po"] = "PO-4500778899";
    shipment["so"] = "SO-3300112233";
    shipment["invoice"] = "INV-2026-55501";
    shipment["packing_list"] = "PL-90210-77";
    REQUIRE(pair.maker.post("/v1/ship", shipment, "order PO-4500778899 of Kundenwerk").status ==
            201);
    REQUIRE(pair.in_step());
    const std::string reason = "released by Maria Muster, goods-in Aachen";
    auto received = with(with_label(reel.text), "release_reason", reason);
    REQUIRE(pair.ems.post("/v1/receive", received, "receipt of Kundenwerk").status == 201);
    pair.ems.record("quarantine", with(with_label(reel.text), "reason", reason));
    pair.ems.record("release", with(with_label(reel.text), "reason", reason));
    CHECK(pair.ems.post("/v1/check", with(with_label(reel.text), "place", "line")).status == 200);
    auto split = with(with_label(reel.text), "new_symbols", part.text);
    split["quantity"] = 100;
    pair.ems.record("split", split);
    auto load = with(with_label(part.text), "feeder", "FEEDER-AX-7731");
    load["work_order"] = "WO-KUNDENWERK-12";
    pair.ems.record("load", load);
    auto use = with(with_label(part.text), "boards", std::vector{pcb.text});
    use["quantity"] = 4;
    use["work_order"] = "WO-KUNDENWERK-12";
    pair.ems.record("consume", use);
    CHECK(pair.ems.post("/v1/trace", with_label(pcb.text)).status == 200);

    // The index of items holds their keys; part data is nobody else's business.
    const auto imported =
        pair.ems.send(api::Method::post, "/v1/parts", "mpn,reorder_point\nKST-CTRL-04,5\n",
                      "text/csv", {{"Authorization", "Bearer " + pair.ems.all_scopes()}});
    REQUIRE(imported.status == 200);
    for (const auto* node : {&pair.maker, &pair.ems})
        CHECK(eventually([&] {
            return !node->post("/v1/search", {{"text", "NL52840-QIAA-R"}})
                        .body.at("items")
                        .as_array()
                        .empty();
        }));

    // The retry is known from its record, which lies encrypted in the store.
    pair.ems.stop();
    pair.ems.start();
    CHECK(pair.ems.post("/v1/receive", received, "receipt of Kundenwerk").status < 300);
    pair.ems.stop();
    pair.maker.stop();

    std::vector<Bytes> secrets;
    const auto add = [&](ByteView bytes) {
        for (auto& form : forms(bytes)) secrets.push_back(std::move(form));
    };
    for (const std::string text :
         {"NL52840-QIAA-R", "7AB123", "7AB999", "SN-4711-0815", "PO-4500778899", "SO-3300112233",
          "INV-2026-55501", "PL-90210-77", "Kundenwerk", "Maria Muster", "Aachen", "FEEDER-AX-7731",
          "WO-KUNDENWERK-12", "KST-CTRL-04"})
        add(ledger::as_bytes(text));
    for (const auto* label : {&reel, &part, &pcb}) {
        add(ledger::as_bytes(label->serial));
        const auto seed = ledger::seed_of_25s(label->serial).value();
        add(seed.expose());
        add(ledger::issued_item_key(seed).expose());
    }
    const auto salt = load_salt(pair.ems.config.salt_file).value();
    add(salt.expose());
    const std::string identity =
        ledger::legacy_identity("NL52840-QIAA-R", "7AB999", "SN-4711-0815").value();
    add(ledger::legacy_item_key(identity, salt).expose());

    for (const auto* node : {&pair.maker, &pair.ems}) {
        const auto key = load_data_key(node->config.keys).value().value();
        auto options = node->config.store;
        {
            options.data_key = key;
            const auto store = ledger::Store::open(options).value();
            ledger::backup_store(*store, options.folder / "backup");
        }
        auto files = files_in(options.folder);
        files.emplace_back(options.anchor, ledger::read_file(options.anchor, 1 << 20).value());
        CHECK(files.size() > 6);
        bool found = false;
        for (const auto& [path, content] : files) {
            CAPTURE(path);
            for (const auto& secret : secrets) {
                CAPTURE(std::string(secret.begin(), secret.end()));
                CHECK_FALSE(holds(content, secret));
            }
            CHECK_FALSE(holds(content, key.expose()));
            found = found || holds(content, ledger::as_bytes("ems.example/ledger"));
        }
        CHECK(found);  // what is public is found by the same search
    }
}

}  // namespace reelproof::node::tests
