// A supplier without a node, from its terminal to a real node: key, admission, shipments, receipts.
#include <filesystem>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/format/receipt.h"
#include "tests/node/cli_site.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

struct Supplying {
    Supplying() {
        ems.start();
        const auto made = work.run({"key", "new", "--org", "small.example", "--out", key,
                                    "--host-root", ems.root(), "--json"});
        INFO(made.err);
        REQUIRE(made.code == 0);
        root = made.json().at("root").as_string();
    }
    [[nodiscard]] Ran admit() const {
        return ems.run({"guest", "admit", "--org", "small.example", "--root", root});
    }
    // A file with this label's text, as a scanner reads it.
    [[nodiscard]] std::string label(const Label& of) const {
        return "@" + work.file(of.item + ".txt", ledger::as_bytes(of.text));
    }
    [[nodiscard]] Ran ship(std::vector<std::string> more) const {
        more.insert(more.begin(), {"ship", "--key", key, "--to", ems.url(), "--json"});
        return work.run(more);
    }

    WorkFolder work;
    Site ems{work, "ems"};
    std::string key = (work.path() / "small.key").string();
    std::string root;
};

}  // namespace

TEST_CASE("a supplier without a node ships with a receipt", "[cli][scrapi]") {
    if (!have_program()) return;
    Supplying s;
    const auto reel = issued();
    const auto label = s.label(reel);
    // Not admitted yet: told so, and the statement that it signed is kept.
    const auto early = s.ship({"--new", "--po", "4711", label});
    CHECK(early.code == 1);
    CHECK_THAT(early.err, Contains("small.example is not admitted to this log"));
    CHECK(s.ems.size() == 1);

    const auto past = s.ems.run(
        {"guest", "admit", "--org", "small.example", "--root", s.root, "--until", "2020-12-31"});
    CHECK(past.code == 2);
    CHECK_THAT(past.err, Contains("is the year right?"));
    REQUIRE(s.admit().code == 0);
    for (const auto& root : {s.root, s.ems.root()}) {
        const auto taken = s.ems.run({"guest", "admit", "--org", "other.example", "--root", root});
        CHECK(taken.code != 0);
        CHECK_THAT(taken.err, Contains("each organisation has its own"));
    }
    const auto out = (s.work.path() / "shipment.cose").string();
    const auto shipped = s.ship({"--new", "--po", "4711", "--out", out, label});
    INFO(shipped.err);
    REQUIRE(shipped.code == 0);
    CHECK(shipped.json().at("index").to_number<int>() == 3);
    CHECK(shipped.json().at("signed_before").as_bool());
    CHECK(shipped.json().at("items").as_array().at(0).as_string() == reel.item);
    // The file proves itself, to anybody.
    const auto receipt_key = std::string(shipped.json().at("key").as_string());
    CHECK(s.work.run({"proof", "verify", out, "--key", receipt_key}).code == 0);
    CHECK(s.work
              .run({"proof", "verify", out, "--key",
                    ledger::to_hex(ledger::SecretKey::generate().public_key().compressed())})
              .code == 1);

    // Again, as after a cut-off: the same statement, the same entry, nothing new.
    const auto again = s.ship({"--new", "--po", "4711", "--out", out, label});
    INFO(again.err);
    REQUIRE(again.code == 0);
    CHECK(again.json().at("leaf") == shipped.json().at("leaf"));
    CHECK(again.json().at("index") == shipped.json().at("index"));
    CHECK(s.ems.size() == 4);

    // At the node's goods-in it is what the supplier recorded, its order for the node's eyes alone.
    const auto received = s.ems.run({"receive", label});
    INFO(received.out << received.err);
    CHECK(received.code == 0);
    CHECK(received.json().at("verdict").as_string() == "ACCEPT");
    const auto proof = received.json().at("proof").as_array();
    CHECK(proof.at(0).at("org").as_string() == "small.example");
    CHECK(proof.at(1).at("what").as_string() == "ship");

    // What is not new was shipped before; what is shipped once more is another shipment.
    const auto not_new = s.ship({"--new", "--po", "4712", label});
    CHECK(not_new.code == 1);
    CHECK_THAT(not_new.err, Contains("is not new"));
    // What lies in the place of its file is somebody's.
    const auto taken = s.work.file("taken", ledger::as_bytes("mine"));
    CHECK(s.ship({"--new", "--out", taken, s.label(issued())}).code == 2);

    REQUIRE(s.ems.run({"guest", "dismiss", "--org", "small.example", "--reason", "left"}).code ==
            0);
    const auto late = s.ship({"--new", s.label(issued())});
    CHECK(late.code == 1);
    CHECK_THAT(late.err, Contains("no longer admitted"));
    const auto guests = s.ems.run({"guest", "list"}).json().at("guests").as_array();
    REQUIRE(guests.size() == 1);
    CHECK(guests.at(0).as_object().contains("dismissed_at"));
}

TEST_CASE("a large shipment is several statements, each with its receipt", "[cli][scrapi]") {
    if (!have_program()) return;
    Supplying s;
    REQUIRE(s.admit().code == 0);
    std::string text;
    for (int i = 0; i < 30; ++i) text += issued().text + "\n";
    const auto labels = "@" + s.work.file("labels.txt", ledger::as_bytes(text));
    const auto out = (s.work.path() / "lorry.cose").string();
    const auto shipped =
        s.work.run({"ship", "--key", s.key, "--to", s.ems.url(), "--new", "--out", out, labels});
    INFO(shipped.err);
    REQUIRE(shipped.code == 0);
    CHECK_THAT(shipped.out, Contains("24 items to ems.example"));
    CHECK_THAT(shipped.out, Contains("6 items to ems.example"));
    CHECK(fs::exists(out));
    CHECK(fs::exists(s.work.path() / "lorry-2.cose"));
    // Genesis of both, the admission, two statements.
    CHECK(s.ems.size() == 5);
}

TEST_CASE("a supplier's command says what is missing, and trusts no node but the one it named",
          "[cli][scrapi]") {
    if (!have_program()) return;
    Supplying s;
    const auto label = s.label(issued());
    // Another root: whoever answers there is not the node that was meant.
    const auto stranger = s.ship({"--root", std::string(64, 'a'), label});
    CHECK(stranger.code == 1);
    CHECK_THAT(stranger.err, Contains("does not prove to be the node"));
    CHECK(s.work.run({"ship", "--key", s.key, "--to", "ems.example", label}).code == 2);
    CHECK(s.ship({}).code == 2);
    CHECK(s.ship({"--image", "x.jpg"}).code == 2);
    CHECK(s.work.run({"ship", "--root", s.root, "--to", "x", label}).code == 2);
    CHECK(s.work.run({"key", "new", "--org", "small.example", "--out", s.key}).code == 2);
    CHECK(s.work
              .run({"key", "new", "--org", "Not A Name", "--out",
                    (s.work.path() / "other.key").string()})
              .code == 2);
    // Secrets are the owner's.
    const auto owner = fs::perms::owner_read | fs::perms::owner_write;
    CHECK(fs::status(s.key).permissions() == owner);
    CHECK(fs::status(s.key + ".root").permissions() == owner);
    fs::permissions(s.key, fs::perms::others_read, fs::perm_options::add);
    const auto open = s.ship({label});
    CHECK(open.code == 2);
    CHECK_THAT(open.err, Contains("others can read"));
}

}  // namespace reelproof::node::tests
