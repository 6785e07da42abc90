// A node that lost its past, or was set back to an older one, and how it gets it back from others.
#include "node/replication/recovery.h"

#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>

#include "api/routes/transparency.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/provenance/compose.h"
#include "ledger/store/anchor.h"
#include "ledger/store/check.h"
#include "node/cli/ledger_export.h"
#include "node/keyring.h"
#include "node/replication/own_mirrors.h"
#include "tests/node/cli_support.h"
#include "tests/node/node_process.h"
#include "tests/node/service_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;
using Catch::Matchers::Contains;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

void copy_folder(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
}

// A copy is served once it is cosigned, which is after it is stored.
bool serves(TestNode& mirror, const TestNode& maker, std::uint64_t size) {
    return eventually([&] {
        const auto row =
            mirror.store().get(ledger::Table::mirrors, ledger::as_bytes(maker.origin()));
        const auto note =
            row ? std::optional(ledger::parse_note(ledger::as_text(*row))) : std::nullopt;
        return note && *note && ledger::parse_checkpoint((*note)->text).value().size == size;
    });
}

// maker.example with copies of its log at two partners.
struct Network {
    Network() { introduce(); }
    void introduce() {
        maker.replicate({ems.as_partner(), oem.as_partner()});
        for (TestNode* mirror : {&ems, &oem}) mirror->replicate({maker.as_partner()});
    }
    void write(int count) {
        maker.write("story" + std::to_string(maker.size()), count);
        REQUIRE(mirrored(maker.size()));
    }
    bool mirrored(std::uint64_t size) {
        return serves(ems, maker, size) && serves(oem, maker, size);
    }
    [[nodiscard]] RecoveryOptions options() const {
        RecoveryOptions out{.store = {.folder = maker.folder() / "store",
                                      .anchor = {},  // in the folder
                                      .map_size = std::uint64_t{1} << 28},
                            .org = maker.org(),
                            .origin = maker.origin(),
                            .roots = trusted_roots(),
                            .log_key = maker.keys().log.verifier(),
                            .certificate_pem = maker.tls().certificate_pem,
                            .private_key_pem = maker.tls().private_key_pem,
                            .from = {},
                            .partners = {ems.as_partner(), oem.as_partner()}};
        return out;
    }
    // Sets the maker's store back to when it held `kept` stories and an observation, after `lost`
    // more. Gives the checkpoint from before.
    ledger::Checkpoint roll_back(int kept, int lost) {
        const TempFolder folder;
        write(kept);
        REQUIRE(maker.sequencer()
                    .write([](ledger::WriteTransaction& transaction) {
                        transaction.put(ledger::Table::observations, ledger::as_bytes("a"),
                                        ledger::as_bytes("b"));
                    })
                    .get());
        maker.stop();
        maker.save_store(folder.path() / "old");
        maker.start();
        introduce();
        write(lost);
        const auto head = maker.store().head(ledger::kOwnLog)->checkpoint;
        maker.stop();
        maker.restore_store(folder.path() / "old");
        return head;
    }
    // All that a node needs to go on, and no false alarm.
    void goes_on(std::uint64_t size) {
        maker.start();
        REQUIRE(maker.size() == size);
        CHECK(ledger::check_store(maker.store(), trusted_roots()).ok());
        introduce();
        write(3);
        CHECK(maker.sequencer().refusing().empty());
        for (TestNode* mirror : {&ems, &oem}) {
            CHECK(mirror->status_of(maker).frozen.empty());
            CHECK(eventually([&] { return maker.status_of(*mirror).cosigned == size + 3; }));
        }
    }

    TestNode maker{"maker.example"}, ems{"ems.example"}, oem{"oem.example"};
};

bool says(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a partner that answers late still stops a rolled-back node from signing", "[recovery]") {
    TestNode maker("maker.example"), ems("ems.example");
    const TempFolder folder;
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(serves(ems, maker, 1));
    maker.stop();
    maker.save_store(folder.path() / "old");
    maker.start();
    maker.replicate({ems.as_partner()});
    maker.write("new", 4);
    REQUIRE(serves(ems, maker, 5));
    maker.stop();
    maker.restore_store(folder.path() / "old");  // with its anchor
    maker.start();
    CHECK(maker.sequencer().refusing().empty());  // nobody was asked yet
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return !maker.sequencer().refusing().empty(); }));
    CHECK_THAT(maker.sequencer().refusing(),
               Contains("holds 5 entries of our log, signed by our key, we have 1") &&
                   Contains("reelproof ledger recover"));
    CHECK_THROWS_WITH(maker.write("forked", 1), Contains("would fork our log"));
    CHECK(maker.size() == 1);
    CHECK(eventually([&] { return says(maker.status_of(ems).alarm, "rolled back"); }));
    // The next start knows it without asking anybody.
    maker.stop();
    ems.stop();
    CHECK_THROWS_WITH(maker.start(), Contains("had signed 5") && Contains("ledger recover"));
}

TEST_CASE("a node asks its mirrors before it signs anything", "[recovery]") {
    Pair pair;
    const TempFolder folder;
    const fs::path store = pair.maker.config.store.folder, anchor = pair.maker.config.store.anchor;
    pair.maker.stop();
    copy_folder(store, folder.path() / "store");
    fs::copy_file(anchor, folder.path() / "anchor");
    pair.maker.start();
    pair.ship({issued().text});
    const std::uint64_t size = pair.maker.size();
    pair.maker.stop();
    copy_folder(folder.path() / "store", store);
    fs::copy_file(folder.path() / "anchor", anchor, fs::copy_options::overwrite_existing);

    const auto started = Runtime::start(pair.maker.config);
    REQUIRE_FALSE(started);
    CHECK(started.error().kind == ledger::ErrorKind::refused);
    CHECK_THAT(started.error().message,
               Contains("ems.example: its mirror holds " + std::to_string(size)) &&
                   Contains("reelproof ledger recover --config") &&
                   Contains("--from " + pair.ems.config.url));
    // Nothing was signed, and nothing will be where the mirror is away.
    pair.ems.stop();
    const auto again = Runtime::start(pair.maker.config);
    REQUIRE_FALSE(again);
    CHECK_THAT(again.error().message, Contains("rolled back"));
    CHECK((*ledger::Anchor(anchor).read())->checkpoint.size == size);
}

TEST_CASE("a mirror that can't be reached does not keep a node from starting", "[recovery]") {
    Pair pair;
    pair.maker.stop();
    pair.ems.stop();
    pair.maker.start();
    pair.maker.record("commission", with_labels({issued().text}));
}

TEST_CASE("who is asked for our log is asked at once, and within the time", "[recovery]") {
    Network net;
    net.write(2);
    const auto at = [](const TestNode& node, const std::string& url) {
        return MirrorAddress{url, node.org(), node.as_partner().root};
    };
    const OwnMirrors question{.nodes = {at(net.ems, net.ems.url()),
                                        {"https://127.0.0.1:1", {}, {}},
                                        at(net.oem, net.oem.url())},
                              .origin = net.maker.origin(),
                              .log_key = net.maker.keys().log.verifier(),
                              .certificate_pem = net.maker.tls().certificate_pem,
                              .private_key_pem = net.maker.tls().private_key_pem};
    const auto answers = ask_mirrors(question);
    REQUIRE(answers.size() == 3);
    for (const std::size_t i : {0, 2}) {
        REQUIRE(answers[i].head);
        CHECK(answers[i].head->checkpoint.size == 3);
        CHECK(answers[i].proven);
    }
    CHECK(answers[1].head.error().kind == ledger::ErrorKind::unavailable);
    // One that does not answer at all is given up.
    std::atomic<bool> let_go = false;
    net.oem.lie([&](const api::Request&) -> std::optional<api::Response> {
        for (int i = 0; i < 2000 && !let_go; ++i) std::this_thread::sleep_for(5ms);
        return std::nullopt;
    });
    OwnMirrors hasty = question;
    hasty.patience = 300ms;
    const auto some = ask_mirrors(hasty);
    let_go = true;
    CHECK(some[0].head);
    CHECK(some[2].head.error().kind == ledger::ErrorKind::unavailable);
    net.oem.lie({});
}

TEST_CASE("only a partner itself can say that it holds nothing of our log", "[recovery]") {
    Network net;
    net.write(2);
    TestNode stranger("acme.example");
    const auto say_nothing = [](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/mirror/")) return std::nullopt;
        return api::Response::text(404, "nothing here");
    };
    SECTION("somebody else answers in its place") {
        stranger.lie(say_nothing);
    }
    SECTION("and shows its genesis") {
        const auto genesis = net.ems.store().entry(ledger::kOwnLog, 0).value();
        stranger.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (request.path != "/.well-known/reelproof/genesis") return say_nothing(request);
            return api::Response::bytes(200, "application/octet-stream",
                                        std::string(ledger::as_text(genesis)));
        });
    }
    SECTION("and an old checkpoint of ours") {
        const auto note = net.oem.store()
                              .get(ledger::Table::mirrors, ledger::as_bytes(net.maker.origin()))
                              .value();
        net.write(1);
        stranger.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (!request.path.ends_with("/checkpoint")) return std::nullopt;
            return api::Response::bytes(200, "text/plain", std::string(ledger::as_text(note)));
        });
    }
    net.maker.stop();
    net.maker.forget();
    auto options = net.options();
    options.partners[0].url = stranger.url();
    const auto done = recover_log(options);
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == ledger::ErrorKind::unavailable);
    CHECK_THAT(done.error().message, Contains("ems.example (" + stranger.url()) &&
                                         Contains("does not prove to be ems.example") &&
                                         Contains("--without ems.example"));
    // It itself is believed, and need not have anything.
    TestNode empty("csp.example");
    empty.lie(say_nothing);
    options.partners = {empty.as_partner(), net.oem.as_partner()};
    const auto whole = recover_log(options);
    REQUIRE(whole);
    CHECK(whole->not_asked.empty());
}

TEST_CASE("a partner that moved is asked for our log where it is now", "[recovery]") {
    Network net;
    net.write(2);
    REQUIRE(eventually([&] { return net.maker.copy_of(net.ems) == net.ems.size(); }));
    net.maker.stop();
    fs::remove(net.maker.folder() / "store" / "anchor");
    auto options = net.options();
    options.partners = {net.ems.as_partner()};
    options.partners[0].url = "https://127.0.0.1:1";
    const auto done = recover_log(options);
    REQUIRE(done);
    CHECK(done->from == net.ems.url());
    CHECK(done->not_asked.empty());
}

TEST_CASE("a log that was rolled back is recovered, and what the store had is kept", "[recovery]") {
    Network net;
    const auto head = net.roll_back(300, 700);
    auto options = net.options();
    if (GENERATE(false, true)) options.store.folder += "/";
    const auto done = recover_log(options);
    REQUIRE(done);
    CHECK(done->checkpoint == head);
    CHECK(done->taken_over == 301);
    CHECK(done->fetched == 700);
    CHECK(done->not_taken_over.empty());
    CHECK(done->complaints.empty());
    CHECK(fs::exists(done->old_store / "log" / "data.mdb"));
    CHECK_FALSE(fs::exists(net.maker.folder() / "store.recovering"));
    net.goes_on(1001);
    CHECK(net.maker.store().get(ledger::Table::observations, ledger::as_bytes("a")));
}

TEST_CASE("a log whose store is lost or damaged is recovered from nothing", "[recovery]") {
    Network net;
    net.write(270);
    net.maker.stop();
    const fs::path store = net.maker.folder() / "store";
    SECTION("lost") {
        net.maker.forget();
    }
    SECTION("damaged") {
        std::fstream file(store / "log" / "data.mdb",
                          std::ios::in | std::ios::out | std::ios::binary);
        const auto bytes = ledger::read_file(store / "log" / "data.mdb", 1 << 28).value();
        const auto at = ledger::as_text(bytes).find("story1-17\"");
        REQUIRE(at != std::string_view::npos);
        file.seekp(static_cast<std::streamoff>(at));
        file.put('S');
    }
    SECTION("not to be used") {
        auto options = net.options();
        options.fresh = true;
        const auto done = recover_log(options);
        REQUIRE(done);
        CHECK(done->taken_over == 0);
    }
    if (const auto done = recover_log(net.options()); done && done->taken_over == 0) {
        CHECK(done->fetched == 271);
        CHECK_FALSE(done->not_taken_over.empty());
        CHECK(fs::status(store).permissions() == fs::perms::owner_all);
    }
    net.goes_on(271);
}

TEST_CASE("a lying mirror can't get anything into a recovered log", "[recovery]") {
    Network net;
    net.write(600);
    net.maker.stop();
    net.maker.forget();
    const std::string prefix = "/mirror/" + api::mirror_name(net.maker.origin());
    const auto bundle_of_ems = [&](int index) {
        const auto log = *net.ems.store().log_by_origin(net.maker.origin());
        ledger::TileId id{.level = 0, .entries = true, .index = std::uint64_t(index), .width = 256};
        return net.ems.store().tile(log.id, id).value();
    };
    SECTION("a flipped bit") {
        auto bundle = bundle_of_ems(1);
        bundle[bundle.size() / 2] ^= 1;
        net.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (request.path != prefix + "/tile/entries/001") return std::nullopt;
            return api::Response::bytes(200, "application/octet-stream",
                                        std::string(ledger::as_text(bundle)));
        });
    }
    SECTION("entries of ours at another place") {
        // Each is signed by us: only the root tells.
        const auto bundle = bundle_of_ems(1);
        const auto rows = ledger::parse_bundle(bundle, 256).value();
        ledger::Bytes other;
        for (std::size_t i = rows.size(); i-- > 0;) ledger::append_to_bundle(other, rows[i]);
        net.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (request.path != prefix + "/tile/entries/001") return std::nullopt;
            return api::Response::bytes(200, "application/octet-stream",
                                        std::string(ledger::as_text(other)));
        });
    }
    SECTION("nothing at all") {
        net.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (request.path != prefix + "/tile/entries/001") return std::nullopt;
            return api::Response::text(500, "no");
        });
    }
    auto alone = net.options();
    alone.partners.pop_back();
    const auto refused = recover_log(alone);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Contains("nobody gave all 601 entries"));
    CHECK_FALSE(fs::exists(net.maker.folder() / "store"));

    const auto done = recover_log(net.options());  // with the honest one
    REQUIRE(done);
    CHECK(done->from == net.oem.url());
    REQUIRE(done->complaints.size() == 1);
    CHECK_THAT(done->complaints[0], Contains(net.ems.url()));
    net.ems.lie({});
    net.goes_on(601);
}

TEST_CASE("a lying mirror can't make a recovery forget what the old store had", "[recovery]") {
    Network net;
    net.roll_back(300, 300);
    const std::string prefix = "/mirror/" + api::mirror_name(net.maker.origin());
    SECTION("with hashes of its own") {
        net.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (!request.path.starts_with(prefix + "/tile/0/")) return std::nullopt;
            return api::Response::bytes(200, "application/octet-stream",
                                        std::string(std::size_t{256} * 32, 'x'));
        });
    }
    SECTION("with our entries in another order") {
        const auto log = *net.ems.store().log_by_origin(net.maker.origin());
        const auto bundle =
            net.ems.store()
                .tile(log.id, {.level = 0, .entries = true, .index = 2, .width = 601 - 512})
                .value();
        const auto rows = ledger::parse_bundle(bundle, 601 - 512).value();
        ledger::Bytes other;
        for (std::size_t i = rows.size(); i-- > 0;) ledger::append_to_bundle(other, rows[i]);
        net.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (request.path != prefix + "/tile/entries/002.p/89") return std::nullopt;
            return api::Response::bytes(200, "application/octet-stream",
                                        std::string(ledger::as_text(other)));
        });
    }
    const auto done = recover_log(net.options());
    REQUIRE(done);
    CHECK(done->taken_over == 301);
    CHECK(done->not_taken_over.empty());
    net.ems.lie({});
    net.goes_on(601);
    CHECK(net.maker.store().get(ledger::Table::observations, ledger::as_bytes("a")));
}

TEST_CASE("a try that was cut off is not gone on with over another store", "[recovery]") {
    Network net;
    const TempFolder folder;
    net.write(300);
    net.maker.stop();
    net.maker.save_store(folder.path() / "old");
    net.maker.start();
    net.introduce();
    net.write(300);
    net.maker.stop();
    net.maker.save_store(folder.path() / "good");
    net.maker.restore_store(folder.path() / "old");
    const std::string prefix = "/mirror/" + api::mirror_name(net.maker.origin());
    for (TestNode* mirror : {&net.ems, &net.oem})
        mirror->lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (!request.path.starts_with(prefix + "/tile/entries/")) return std::nullopt;
            return api::Response::text(500, "no");
        });
    auto options = net.options();
    options.fresh = GENERATE(false, true);
    REQUIRE_FALSE(recover_log(options));
    REQUIRE(fs::exists(net.maker.folder() / "store.recovering"));
    for (TestNode* mirror : {&net.ems, &net.oem}) mirror->lie({});
    net.maker.restore_store(folder.path() / "good");
    net.maker.start();

    SECTION("what the other one has is taken over") {
        net.introduce();
        net.write(5);
        REQUIRE(net.maker.sequencer()
                    .write([](ledger::WriteTransaction& transaction) {
                        transaction.put(ledger::Table::observations, ledger::as_bytes("late"),
                                        ledger::as_bytes("b"));
                    })
                    .get());
        net.maker.stop();
        const auto done = recover_log(net.options());
        REQUIRE(done);
        CHECK(done->taken_over == 606);
        net.maker.start();
        CHECK(net.maker.store().get(ledger::Table::observations, ledger::as_bytes("late")));
    }
    SECTION("what was signed in it is not forgotten") {
        net.maker.write("alone", 2);
        net.maker.stop();
        fs::remove(net.maker.folder() / "store" / "anchor");
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK_THAT(done.error().message,
                   Contains("holds 603 entries of our log, the longest copy only 601"));
    }
}

TEST_CASE("a store that is encrypted is recovered under its data key", "[recovery]") {
    Network net;
    net.write(20);
    net.maker.stop();
    auto options = net.options();
    options.store.data_key = ledger::Secret<32>::random();
    if (GENERATE(true, false)) {
        REQUIRE(ledger::Store::open(options.store));  // the old one is encrypted too
    } else {
        net.maker.forget();
    }
    const auto done = recover_log(options);
    REQUIRE(done);
    CHECK(done->checkpoint.size == 21);
    {
        const auto store = ledger::Store::open(options.store);
        REQUIRE(store);
        CHECK((*store)->encrypted());
        CHECK((*store)->stats().version == ledger::kStoreVersion);
    }
    // Not with another one: what is encrypted would be left behind.
    options.store.data_key = ledger::Secret<32>::random();
    const auto other = recover_log(options);
    REQUIRE_FALSE(other);
    CHECK_THAT(other.error().message, Contains("another data key") && Contains("--fresh"));
}

TEST_CASE("a log is never recovered shorter than it was, nor from two histories", "[recovery]") {
    Network net;
    const TempFolder folder;
    net.write(5);
    net.oem.stop_replicating();
    net.maker.write("later", 4);
    REQUIRE(serves(net.ems, net.maker, 10));
    net.maker.stop();

    SECTION("shorter than the anchor") {
        const auto anchor = *ledger::read_file(net.maker.folder() / "store" / "anchor", 1 << 20);
        net.maker.forget();
        fs::create_directories(net.maker.folder() / "store");
        ledger::write_file_durably(net.maker.folder() / "store" / "anchor", anchor);
        net.ems.stop();
        net.oem.replicate({net.maker.as_partner()});
        const auto done = recover_log(net.options());
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == ledger::ErrorKind::conflict);
        CHECK_THAT(done.error().message,
                   Contains("had come to 10 entries") && Contains("the longest copy has 6"));
    }
    SECTION("a mirror that was named does not answer") {
        auto options = net.options();
        options.from = {net.ems.url(), "https://127.0.0.1:1"};
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == ledger::ErrorKind::unavailable);
        CHECK_THAT(done.error().message, Contains("https://127.0.0.1:1"));
    }
    SECTION("a mirror is longer than the one that was named") {
        net.maker.forget();
        net.oem.replicate({net.maker.as_partner()});
        auto options = net.options();
        options.from = {net.oem.url()};
        const auto done = recover_log(options);
        REQUIRE(done);
        CHECK(done->checkpoint.size == 10);
        CHECK(done->from == net.ems.url());
    }
    SECTION("two histories") {
        net.ems.stop_replicating();
        net.maker.forget();
        net.maker.start();
        net.maker.write("other", 12);
        TestNode& maker = net.maker;
        const auto forked = folder.path() / "forked";
        REQUIRE(export_tiles(maker.store(), *maker.store().log_by_origin(maker.origin()),
                             forked.string(), [](std::uint64_t, std::uint64_t) {}));
        maker.stop();
        maker.forget();
        net.ems.replicate({maker.as_partner()});
        auto options = net.options();
        options.from = {forked.string()};
        options.without = {"ems.example", "oem.example"};
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == ledger::ErrorKind::conflict);
        CHECK_THAT(done.error().message, Contains("another history"));
    }
    SECTION("a partner that may hold more does not answer") {
        net.maker.forget();
        net.oem.replicate({net.maker.as_partner()});
        net.ems.stop();
        auto options = net.options();
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == ledger::ErrorKind::unavailable);
        CHECK_THAT(done.error().message,
                   Contains("ems.example") && Contains("--without ems.example"));
        CHECK_FALSE(fs::exists(net.maker.folder() / "store"));
        options.without = {"oem.example"};
        CHECK_FALSE(recover_log(options));
        options.without = {"ems.example"};
        const auto without = recover_log(options);
        REQUIRE(without);
        CHECK(without->checkpoint.size == 6);
        REQUIRE(without->not_asked.size() == 1);
        CHECK_THAT(without->not_asked[0], Contains("ems.example"));
    }
    SECTION("a partner that can't be reached at all may hold more") {
        net.oem.replicate({net.maker.as_partner()});
        auto options = net.options();
        options.partners[0].url.clear();
        options.partners[0].pull = false;
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK_THAT(done.error().message, Contains("had come to 10 entries"));
        fs::remove(net.maker.folder() / "store" / "anchor");
        const auto unanchored = recover_log(options);
        REQUIRE_FALSE(unanchored);
        CHECK_THAT(unanchored.error().message, Contains("ems.example (has no URL)") &&
                                                   Contains("--from ems.example=FOLDER") &&
                                                   Contains("--without ems.example"));
        TestNode& ems = net.ems;
        const auto exported = (folder.path() / "exported").string();
        REQUIRE(export_tiles(ems.store(), *ems.store().log_by_origin(net.maker.origin()), exported,
                             [](std::uint64_t, std::uint64_t) {}));
        options.from = {"ems.example=" + exported};
        const auto named = recover_log(options);
        REQUIRE(named);
        CHECK(named->checkpoint.size == 10);
        CHECK(named->not_asked.empty());
    }
    SECTION("the store holds more than every copy, and its anchor is gone") {
        net.oem.replicate({net.maker.as_partner()});
        net.ems.stop();
        fs::remove(net.maker.folder() / "store" / "anchor");
        auto options = net.options();
        options.partners = {net.oem.as_partner()};
        options.fresh = GENERATE(false, true);
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == ledger::ErrorKind::conflict);
        CHECK_THAT(done.error().message,
                   Contains("holds 10 entries of our log, the longest copy only 6") &&
                       Contains("start the node on it") && Contains("anchor --accept") &&
                       !Contains("--fresh"));
        CHECK_FALSE(fs::exists(net.maker.folder() / "store.recovering"));
    }
    SECTION("the store holds another history than the copies") {
        net.oem.replicate({net.maker.as_partner()});
        net.ems.stop_replicating();
        net.maker.forget();
        net.maker.start();
        net.maker.write("other", 2);
        net.maker.stop();
        net.ems.replicate({net.maker.as_partner()});
        auto options = net.options();
        options.fresh = GENERATE(false, true);
        if (options.fresh) fs::remove(net.maker.folder() / "store" / "anchor");
        const auto done = recover_log(options);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == ledger::ErrorKind::conflict);
        CHECK_THAT(done.error().message,
                   Contains("holds another history of our log") && !Contains("--fresh"));
    }
}

TEST_CASE("a recovery that is killed again and again comes to its end", "[recovery]") {
    if (!have_program()) return;
    Pair pair;
    const WorkFolder work;
    ServiceNode& maker = pair.maker;
    maker.stop();
    std::ofstream(maker.config.file, std::ios::app)
        << "\n[[partner]]\norg = \"ems.example\"\nroot = \"" << pair.ems.root() << "\"\nurl = \""
        << pair.ems.config.url << "\"\n";
    {
        auto store = ledger::Store::open(maker.config.store).value();
        const auto keys = load_keyring(maker.config.keys).value();
        ledger::SequencerOptions options;
        options.origin = maker.config.origin;
        options.org = maker.org();
        options.trusted_roots = maker.config.trusted_roots();
        auto sequencer =
            ledger::Sequencer::start(*store, options, keys.log_signer(maker.org())).value();
        std::vector<std::future<ledger::Result<ledger::Placement>>> pending;
        for (int i = 0; i < 9000; ++i)
            pending.push_back(sequencer->submit(
                ledger::compose_public(
                    keys.statement, maker.org(), ledger::system_now(), "destruction.confirm",
                    R"({"type":"destruction.confirm","what":")" + std::to_string(i) + R"("})")
                    .value()));
        for (auto& one : pending) REQUIRE(one.get());
    }
    maker.start();
    REQUIRE(pair.ems.has_log_of(maker));
    const std::uint64_t size = maker.size();
    maker.stop();
    fs::remove_all(maker.config.store.folder);

    const std::vector<std::string> command{"ledger", "recover", "--config",
                                           maker.config.file.string(), "--json"};
    const fs::path staging = maker.config.store.folder.string() + ".recovering";
    // Each time it has come further than before.
    std::uintmax_t largest = 0;
    for (int i = 0; i < 6; ++i) {
        Process process(command, work.path() / "errors");
        std::uintmax_t bytes = largest;
        eventually([&] {
            std::error_code none;
            const auto now = fs::file_size(staging / "log" / "data.mdb", none);
            if (!none) bytes = now;
            return bytes > largest || fs::exists(maker.config.store.folder);
        });
        std::this_thread::sleep_for(i * 15ms);
        process.signal(SIGKILL);
        process.wait();
        largest = std::max(largest, bytes);
    }
    CHECK(largest > 100'000);
    const auto ran = work.run(command);
    CAPTURE(ran.out, ran.err);
    REQUIRE(ran.code == 0);
    CHECK(ran.json().at("size").to_number<std::uint64_t>() == size);
    CHECK_FALSE(fs::exists(staging));
    CHECK(work.run({"ledger", "check", "--config", maker.config.file.string()}).code == 0);
    maker.start();
    REQUIRE(pair.in_step());
    pair.ship({issued().text});
    CHECK(pair.ems.get("/v1/health").text.find("frozen\":\"its") == std::string::npos);
}

TEST_CASE("a backup is restored where nothing is lost, and said to be behind where it is",
          "[recovery]") {
    if (!have_program()) return;
    Pair pair;
    const WorkFolder work;
    ServiceNode& maker = pair.maker;
    const std::string config = maker.config.file.string();
    std::ofstream(maker.config.file, std::ios::app)
        << "\n[[partner]]\norg = \"ems.example\"\nroot = \"" << pair.ems.root() << "\"\nurl = \""
        << pair.ems.config.url << "\"\n";
    const std::string backup = (work.path() / "backup").string();
    REQUIRE(work.run({"ledger", "backup", "--config", config, backup}).code == 0);
    CHECK_THAT(work.run({"ledger", "restore", "--config", config, backup}).err,
               Contains("in use by"));
    pair.ship({issued().text});
    const std::uint64_t size = maker.size();
    maker.stop();

    const auto ahead = work.run({"ledger", "restore", "--config", config, backup});
    CHECK(ahead.code == 1);
    CHECK_THAT(ahead.err, Contains("would be rolled back"));

    fs::remove_all(maker.config.store.folder);
    const auto restored = work.run({"ledger", "restore", "--config", config, backup, "--json"});
    CAPTURE(restored.out, restored.err);
    REQUIRE(restored.code == 0);
    CHECK(restored.json().at("anchored_size").to_number<std::uint64_t>() == size);
    // Behind its anchor: it has to be recovered first. Without one, the mirrors are asked.
    const bool anchored = GENERATE(true, false);
    if (!anchored) {
        fs::remove(maker.config.store.anchor);
        REQUIRE(work.run({"ledger", "anchor", "--accept", "--yes", "--config", config}).code == 0);
    }
    const auto started = Runtime::start(maker.config);
    REQUIRE_FALSE(started);
    CHECK_THAT(started.error().message, Contains("rolled back"));
    REQUIRE(work.run({"ledger", "recover", "--config", config}).code == 0);
    maker.start();
    CHECK(maker.size() == size);
    REQUIRE(pair.in_step());
    CHECK(maker.post("/v1/commission", with_labels({issued().text}), "order 1").status == 201);

    const auto stranger = work.run({"ledger", "restore", "--config", config, "/nowhere"});
    CHECK(stranger.code != 0);

    // What is encrypted is checked with its key, or said to be left out.
    maker.stop();
    const auto checked = work.run({"ledger", "check", "--config", config, "--json"});
    CHECK(checked.code == 0);
    const auto rows = checked.json().at("rows").to_number<int>();
    CHECK(rows > 0);
    CHECK(checked.json().at("rows_skipped") == boost::json::value(0));
    const auto keyless =
        work.run({"ledger", "check", "--store", maker.config.store.folder.string()});
    CHECK(keyless.code == 0);
    CHECK_THAT(keyless.out, Contains("Not checked: " + ledger::counted(rows, "encrypted row")));

    // The backup is encrypted: without its key the node could not read what it restored.
    fs::rename(maker.config.keys / "data.key", work.path() / "data.key");
    fs::remove_all(maker.config.store.folder);
    const auto locked = work.run({"ledger", "restore", "--config", config, backup});
    CHECK(locked.code != 0);
    CHECK_THAT(locked.err, Contains("is encrypted, and its data key is missing"));
    CHECK_FALSE(fs::exists(maker.config.store.folder));
}
