#include <algorithm>

#include <catch2/catch.hpp>

#include "ledger/store/state.h"
#include "node/replication/cosigned_note.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

bool asks_for_entries(const std::string& path) {
    return path.starts_with("/log/tile/entries/");
}

void introduce(TestNode& a, TestNode& b) {
    a.replicate({b.as_partner()});
    b.replicate({a.as_partner()});
}

}  // namespace

TEST_CASE("two nodes copy each other's logs and cosign them", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 5);
    introduce(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 6 && maker.copy_of(ems) == 1; }));
    maker.write("b", 300);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 306; }));

    const auto log = ems.store().log_by_origin(maker.origin());
    CHECK(log->org == maker.org());
    CHECK(ems.store().head(log->id)->checkpoint == maker.store().head(ledger::kOwnLog)->checkpoint);
    for (std::uint64_t i : {0, 1, 255, 256, 305})
        CHECK(ems.store().entry(log->id, i).value() ==
              maker.store().entry(ledger::kOwnLog, i).value());

    // The cosignature comes back to the log that was copied.
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 306; }));
    const auto head = maker.store().head(ledger::kOwnLog);
    const std::string text = ledger::parse_note(head->note)->text;
    const auto lines = maker.store().cosignatures(ledger::kOwnLog, text);
    REQUIRE(lines.size() == 1);
    const auto note = ledger::parse_note(head->note + lines[0]).value();
    CHECK(ledger::verify_note(note, ems.keys().mirror.verifier()));

    REQUIRE(eventually([&] { return ems.status_of(maker).last_checked != 0; }));
    const auto status = ems.status_of(maker);
    CHECK(status.origin == maker.origin());
    CHECK(status.size == 306);
    CHECK(status.stored == 306);
    CHECK(status.frozen.empty());
    CHECK(status.alarm.empty());
    CHECK(eventually([&] { return ems.status_of(maker).error.empty(); }));
}

TEST_CASE("three nodes mirror each other, and each log gathers two cosignatures", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example"), oem("oem.example");
    maker.replicate({ems.as_partner(), oem.as_partner()});
    ems.replicate({maker.as_partner(), oem.as_partner()});
    oem.replicate({maker.as_partner(), ems.as_partner()});
    for (TestNode* node : {&maker, &ems, &oem}) node->write(node->org(), 3);
    for (TestNode* node : {&maker, &ems, &oem}) {
        INFO(node->org());
        CHECK(eventually([&] {
            const auto head = node->store().head(ledger::kOwnLog);
            const auto text = ledger::parse_note(head->note)->text;
            return node->store().cosignatures(ledger::kOwnLog, text).size() == 2;
        }));
    }
}

TEST_CASE("a node that was away catches up, and asks only for what it lacks", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 299);
    introduce(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 300; }));
    ems.stop();
    maker.write("b", 400);
    maker.take_requests();
    ems.start();
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 700; }));
    const auto asked = maker.take_requests();
    // The genesis was kept, and the first bundle is full and stored.
    CHECK(std::count(asked.begin(), asked.end(), "/.well-known/reelproof/genesis") == 0);
    CHECK(std::count(asked.begin(), asked.end(), "/log/tile/entries/000") == 0);
    CHECK(std::count(asked.begin(), asked.end(), "/log/tile/entries/001") == 1);
    CHECK(std::count(asked.begin(), asked.end(), "/log/tile/entries/002.p/188") == 1);
}

TEST_CASE("a catch-up that broke off goes on where it was, even after a restart", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 1099);
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path == "/log/tile/entries/003") return api::Response::text(500, "no");
        return std::nullopt;
    });
    ems.part_entries = 200;
    introduce(maker, ems);
    REQUIRE(eventually([&] { return ems.status_of(maker).stored == 768; }));
    // Nothing of it is shown before the signed root is reached.
    CHECK(ems.copy_of(maker) == 0);
    REQUIRE(eventually([&] { return !ems.status_of(maker).error.empty(); }));
    CHECK(ems.status_of(maker).alarm.empty());
    CHECK_FALSE(ems.store().get(ledger::Table::mirrors, ledger::as_bytes(maker.origin())));

    ems.stop();
    maker.lie({});
    maker.write("b", 3);
    maker.take_requests();
    ems.start();
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1103; }));
    for (const std::string& path : maker.take_requests()) {
        INFO(path);
        CHECK((!asks_for_entries(path) || path >= "/log/tile/entries/003"));
    }
}

TEST_CASE("a partner that is down is waited for", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    introduce(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    REQUIRE(eventually([&] { return ems.status_of(maker).error.empty(); }));
    maker.stop();
    REQUIRE(eventually([&] { return !ems.status_of(maker).error.empty(); }));
    CHECK(ems.status_of(maker).alarm.empty());
    maker.start();
    maker.write("a", 2);
    maker.replicate({ems.as_partner()});
    CHECK(eventually([&] { return ems.copy_of(maker) == 3; }));
    CHECK(eventually([&] { return ems.status_of(maker).error.empty(); }));
}

TEST_CASE("where a partial tile has been removed the full one serves", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 9);
    std::atomic<bool> grown{false};
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != "/log/tile/entries/000.p/10") return std::nullopt;
        // The log grows between the checkpoint and the tile, and its partial tiles go.
        if (!grown.exchange(true)) maker.write("b", 300);
        return api::Response::text(404, "gone");
    });
    introduce(maker, ems);
    CHECK(eventually([&] { return ems.copy_of(maker) == 310; }));
}

TEST_CASE("a root key that is not the configured one is refused", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    auto partner = maker.as_partner();
    partner.root = Keys("somebody.else").root_thumbprint();
    ems.replicate({partner});
    REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
    CHECK(ems.status_of(maker).alarm.find("root key") != std::string::npos);
    CHECK(ems.copy_of(maker) == 0);
    CHECK_FALSE(
        ems.store().get(ledger::Table::settings, ledger::as_bytes("genesis/" + maker.org())));
    CHECK_FALSE(ems.replicator().org_of_certificate(maker.tls().spki));
}

TEST_CASE("a server with another key than the genesis names is refused", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    SECTION("at the first contact") {
        maker.stop();
        maker.change_tls_key();
        maker.start();
        maker.replicate({ems.as_partner()});
        ems.replicate({maker.as_partner()});
    }
    SECTION("later") {
        introduce(maker, ems);
        REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
        maker.stop();
        maker.change_tls_key();
        maker.start();
        maker.replicate({ems.as_partner()});
    }
    const auto held = ems.copy_of(maker);
    maker.write("a", 2);
    maker.take_requests();
    REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
    some_rounds();
    CHECK(ems.copy_of(maker) == held);
    CHECK_FALSE(ems.replicator().org_of_certificate(maker.tls().spki));
    const auto asked = maker.take_requests();
    CHECK(std::count(asked.begin(), asked.end(), "/log/checkpoint") == 0);
}

TEST_CASE("a partner is met though it has another TLS key than in its genesis", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.stop();
    maker.change_tls_key();
    maker.start();
    maker.grant_tls_key();
    SECTION("when its root key granted the new one") {
        introduce(maker, ems);
        CHECK(eventually([&] { return ems.copy_of(maker) == 2 && maker.copy_of(ems) == 1; }));
        CHECK(ems.replicator().org_of_certificate(maker.tls().spki) == maker.org());
        CHECK(ems.status_of(maker).alarm.empty());
    }
    SECTION("and not on a grant that another's root key signed") {
        TestNode other("oem.example");
        other.grant_tls_key();
        const auto foreign = other.store().entry(ledger::kOwnLog, 1).value();
        maker.lie([=](const api::Request& request) -> std::optional<api::Response> {
            if (request.path != "/.well-known/reelproof/tls") return std::nullopt;
            return api::Response::bytes(200, "application/cose",
                                        std::string(ledger::as_text(foreign)));
        });
        introduce(maker, ems);
        CHECK(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
        some_rounds();
        CHECK(ems.copy_of(maker) == 0);
        const auto asked = maker.take_requests();
        CHECK(std::count(asked.begin(), asked.end(), "/log/checkpoint") == 0);
    }
}

TEST_CASE("what a proxy answers in the place of a TLS grant keeps nobody apart", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != "/.well-known/reelproof/tls") return std::nullopt;
        return api::Response::text(200, "<html>welcome</html>");
    });
    introduce(maker, ems);
    CHECK(eventually([&] { return ems.copy_of(maker) == 1; }));
}

TEST_CASE("a partner that changed its TLS key while we were away is found again", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    introduce(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    ems.stop_replicating();
    maker.stop();
    maker.change_tls_key();
    maker.start();
    SECTION("by the grant that its root key signed") {
        maker.grant_tls_key();
        ems.replicate({maker.as_partner()});
        maker.replicate({ems.as_partner()});
        CHECK(eventually([&] { return ems.copy_of(maker) == 2; }));
        CHECK(eventually([&] { return ems.status_of(maker).alarm.empty(); }));
    }
    SECTION("and not without one") {
        maker.take_requests();
        ems.replicate({maker.as_partner()});
        maker.replicate({ems.as_partner()});
        CHECK(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
        some_rounds();
        const auto asked = maker.take_requests();
        CHECK(std::count(asked.begin(), asked.end(), "/log/checkpoint") == 0);
    }
}

TEST_CASE("a node without room for partners' logs still looks at its copies", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    introduce(maker, ems);
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 1; }));
    ems.stop_replicating();
    const TempFolder aside;
    maker.stop();
    maker.save_store(aside.path() / "old");
    maker.start();
    maker.write("a", 3);
    introduce(maker, ems);
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 4; }));
    ems.stop_replicating();
    ems.write("b", 3);
    maker.stop();
    maker.restore_store(aside.path() / "old");
    maker.mirror_share = 0;
    maker.start();
    introduce(maker, ems);
    CHECK(eventually([&] {
        return maker.status_of(ems).alarm.find("our store was rolled back") != std::string::npos;
    }));
    CHECK(maker.status_of(ems).error.find("nothing is taken of partners' logs") !=
          std::string::npos);
    // Nothing is downloaded only to be thrown away.
    ems.take_requests();
    some_rounds();
    const auto asked = ems.take_requests();
    CHECK(std::none_of(asked.begin(), asked.end(), asks_for_entries));
}

TEST_CASE("a log that grows all the time keeps the cosignatures of its older checkpoints",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    // It serves an old copy, as one does when the log is always ahead of it.
    std::optional<ledger::Bytes> old;
    ems.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/mirror/")) return std::nullopt;
        return api::Response::text(404, "not yet");
    });
    maker.write("a", 5);
    introduce(maker, ems);
    REQUIRE(eventually([&] {
        old = ems.store().get(ledger::Table::mirrors, ledger::as_bytes(maker.origin()));
        return old && ledger::as_text(*old).find("\n6\n") != std::string_view::npos;
    }));
    maker.write("b", 3);
    ems.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/mirror/")) return std::nullopt;
        return api::Response::text(200, std::string(ledger::as_text(*old)));
    });
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 6; }));
    const auto kept = maker.store().cosigned_checkpoints(6);
    REQUIRE(!kept.empty());
    CHECK(kept.front().checkpoint.size == 6);
    CHECK(kept.front().cosignatures.size() == 1);
    // And it is still known after a restart, before the partner has answered.
    maker.stop();
    ems.stop();
    maker.start();
    maker.replicate({ems.as_partner()});
    CHECK(maker.status_of(ems).cosigned == 6);
}

TEST_CASE("a cosignature that was kept without our own signature is kept again with it",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    introduce(maker, ems);
    REQUIRE(eventually([&] { return !maker.store().cosigned_checkpoints(0).empty(); }));
    maker.stop_replicating();
    auto& state = maker.store().state();
    {
        // As an early version wrote them.
        ledger::lmdb::Writer writer(state.log);
        for (const auto& one : maker.store().cosigned_checkpoints(0))
            writer.remove(
                state.tables.cosigs,
                ledger::schema::cosig_key(ledger::kOwnLog, one.checkpoint.size, one.text, {}));
        writer.commit();
    }
    REQUIRE(maker.store().cosigned_checkpoints(0).empty());
    maker.replicate({ems.as_partner()});
    CHECK(eventually([&] { return !maker.store().cosigned_checkpoints(0).empty(); }));
}

TEST_CASE("being turned away by a partner that has not met us is no fault until it lasts",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    bool admits = false;
    SECTION("it meets us") {
        admits = true;
    }
    SECTION("it never does") {}
    std::mutex mutex;
    std::vector<std::pair<api::LogLevel, std::string>> said;
    std::atomic<int> turned_away{0};
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/log/") || (admits && turned_away >= 2)) return std::nullopt;
        ++turned_away;
        return api::Response::text(403, "who are you?");
    });
    ems.log = [&](api::LogLevel level, const std::string& text) {
        const std::lock_guard lock(mutex);
        said.emplace_back(level, text);
    };
    const auto count = [&](api::LogLevel level, std::string_view words) {
        const std::lock_guard lock(mutex);
        return std::count_if(said.begin(), said.end(), [&](const auto& one) {
            return one.first == level && one.second.find(words) != std::string::npos;
        });
    };
    introduce(maker, ems);
    if (admits) {
        REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
        CHECK(count(api::LogLevel::warning, "") == 0);
    } else {
        REQUIRE(
            eventually([&] { return count(api::LogLevel::warning, "does not admit us") == 1; }));
        CHECK(turned_away >= 6);
    }
    CHECK(count(api::LogLevel::info, "not met yet") == 1);
    ems.stop_replicating();
    maker.lie({});
}

TEST_CASE("an old TLS key of a partner counts no more, once its log tells of the new one",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    const auto before = maker.tls().spki;
    introduce(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    CHECK(ems.replicator().org_of_certificate(before) == maker.org());
    maker.stop();
    maker.change_tls_key();
    maker.start();
    maker.grant_tls_key();
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 2; }));
    CHECK(ems.replicator().org_of_certificate(maker.tls().spki) == maker.org());
    CHECK_FALSE(ems.replicator().org_of_certificate(before));  // granted months ago
}

TEST_CASE("a partner's certificate is known by its genesis, before its log and after a restart",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path.starts_with("/log/")) return api::Response::text(503, "later");
        return std::nullopt;
    });
    introduce(maker, ems);
    REQUIRE(eventually(
        [&] { return ems.replicator().org_of_certificate(maker.tls().spki) == maker.org(); }));
    CHECK(ems.copy_of(maker) == 0);
    maker.stop();
    ems.stop();
    ems.start();
    ems.replicate({maker.as_partner()});
    CHECK(ems.replicator().org_of_certificate(maker.tls().spki) == maker.org());
    CHECK_FALSE(ems.replicator().org_of_certificate(ledger::Hash{}));
}

TEST_CASE("the time of a cosignature never goes back", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    std::atomic<ledger::UnixSeconds> now{2'000'000'000};
    ems.clock = [&] { return now.load(); };
    const auto cosigned_at = [&]() -> ledger::UnixSeconds {
        const auto row = ems.store().get(ledger::Table::mirrors, ledger::as_bytes(maker.origin()));
        if (!row) return -1;
        return read_cosigned_note(*row, ems.keys().mirror.verifier()).time.value_or(-2);
    };
    const auto cosigned_text = [&] {
        const auto row = ems.store().get(ledger::Table::mirrors, ledger::as_bytes(maker.origin()));
        return row ? read_cosigned_note(*row, ems.keys().mirror.verifier()).text : "";
    };
    introduce(maker, ems);
    REQUIRE(eventually([&] { return cosigned_at() == 2'000'000'000; }));
    const std::string first = cosigned_text();
    now = 1'763'640'000;  // years ago, but not before what the log says of itself
    ems.replicate({maker.as_partner()});
    maker.write("a", 1);
    REQUIRE(eventually([&] { return cosigned_text() != first; }));
    CHECK(cosigned_at() == 2'000'000'000);
}

TEST_CASE("what was stored but not cosigned before a crash is cosigned after it", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 3);
    introduce(maker, ems);
    const std::string origin = maker.origin();
    const auto row = [&] {
        return ems.store().get(ledger::Table::mirrors, ledger::as_bytes(origin));
    };
    REQUIRE(eventually([&] { return row().has_value(); }));
    ems.stop_replicating();
    ems.sequencer()
        .write([&](ledger::WriteTransaction& writes) {
            writes.remove(ledger::Table::mirrors, ledger::as_bytes(origin));
        })
        .get()
        .value();
    ems.stop();
    ems.start();
    REQUIRE_FALSE(row());
    ems.replicate({maker.as_partner()});
    CHECK(eventually([&] { return row().has_value(); }));
}

TEST_CASE("a configuration that can't be right starts nothing", "[replication]") {
    TestNode ems("ems.example");
    const auto root = Keys("maker.example").root_thumbprint();
    const auto refusal = [&](std::vector<PartnerConfig> partners) -> std::string {
        try {
            ems.replicate(std::move(partners));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    };
    CHECK(refusal({{"ems.example", root, "https://127.0.0.1:1"}}).find("our own") !=
          std::string::npos);
    CHECK(refusal({{"maker.example", root, "https://127.0.0.1:1"},
                   {"maker.example", root, "https://127.0.0.1:1"}})
              .find("twice") != std::string::npos);
    CHECK(refusal({{"maker.example", "abc", "https://127.0.0.1:1"}}).find("thumbprint") !=
          std::string::npos);
    CHECK(refusal({{"maker.example", root, "http://127.0.0.1:1"}}).find("https") !=
          std::string::npos);
    std::vector<PartnerConfig> crowd;
    for (int i = 0; i < 65; ++i)
        crowd.push_back({"org-" + std::to_string(i), root, "https://127.0.0.1:1"});
    CHECK(refusal(crowd).find("more than 64") != std::string::npos);
    crowd.pop_back();
    CHECK(refusal(crowd).empty());
}

TEST_CASE("stopping does not wait for a server that does not answer", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    std::atomic<bool> asked{false}, release{false};
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != "/log/checkpoint") return std::nullopt;
        asked = true;
        for (int i = 0; i < 1000 && !release; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return std::nullopt;
    });
    introduce(maker, ems);
    REQUIRE(eventually([&] { return asked.load(); }));
    // The call would last 30 seconds; the server is released only after the stop.
    ems.stop_replicating();
    CHECK_FALSE(release.load());
    release = true;
}
