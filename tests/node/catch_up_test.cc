// A node that was away for long, and how it comes back.
#include <fstream>

#include <catch2/catch.hpp>
#include <signal.h>

#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "node/keyring.h"
#include "tests/node/cli_support.h"
#include "tests/node/node_process.h"
#include "tests/node/service_support.h"
#include "tests/paths.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

constexpr ledger::UnixSeconds kDay = 24L * 3600;

ledger::Clock on_day(int day) {
    return [day] { return ledger::system_now() + day * kDay; };
}

// Statements about items that nobody here knows, into the log of a node that is stopped.
void write_others(const ServiceNode& node, int count) {
    auto store = ledger::Store::open(node.config.store).value();
    const auto keys = load_keyring(node.config.keys).value();
    ledger::SequencerOptions options;
    options.origin = node.config.origin;
    options.org = node.org();
    options.trusted_roots = node.config.trusted_roots();
    options.clock = node.clock;
    auto sequencer = ledger::Sequencer::start(*store, options, keys.log_signer(node.org())).value();
    ledger::StatementHeader header;
    header.content_type = ledger::wire::kSealedContentType;
    header.iss = node.org();
    header.sub = ledger::wire::kSealedSubject;
    header.iat = node.clock();
    std::vector<std::future<ledger::Result<ledger::Placement>>> pending;
    for (int i = 0; i < count; ++i) {
        ledger::Tag tag;
        ledger::fill_random(tag);
        ledger::Bytes sealed(ledger::wire::kNonceSize + 128 + ledger::wire::kMacSize);
        ledger::fill_random(sealed);
        const std::vector<ledger::Bytes> envelopes{
            ledger::encode_envelope(tag, sealed, std::nullopt)};
        pending.push_back(
            sequencer->submit(ledger::sign_statement(keys.statement, header,
                                                     ledger::encode_sealed_payload(envelopes, {}))
                                  .value()));
    }
    for (auto& one : pending) REQUIRE(one.get());
}

ledger::Checkpoint head_of(const ServiceNode& node, const std::string& origin) {
    ledger::StoreOptions options = node.config.store;
    options.read_only = true;
    const auto store = ledger::Store::open(options).value();
    const auto info = store->log_by_origin(origin);
    REQUIRE(info);
    return store->head(info->id)->checkpoint;
}

}  // namespace

TEST_CASE("a node that was away for a week catches up by itself, though it is killed at it",
          "[catch-up]") {
    if (!have_program()) return;
    ServiceNode maker("maker.example"), ems("ems.example", &maker);
    maker.partner(ems);
    ems.partner(maker);
    for (const ServiceNode* node : {&maker, &ems}) node->policy("version = \"1\"\n");
    std::ofstream(ems.config.file, std::ios::app)
        << "\n[[partner]]\norg = \"maker.example\"\nroot = \"" << maker.root() << "\"\nurl = \""
        << maker.config.url << "\"\n";
    const WorkFolder work;
    const std::string reel = issued().text;
    const auto check = [&] { return ems.post("/v1/check", with_label(reel)).text; };

    maker.start();
    ems.start();
    REQUIRE(ems.has_log_of(maker));
    REQUIRE(maker.has_log_of(ems));
    maker.record("commission", with_labels({reel}));
    maker.record("ship", with(with_labels({reel}), "to", ems.org()));
    REQUIRE(ems.has_log_of(maker));
    CHECK_THAT(check(), !Contains("ledger.stale") && !Contains("recall.lot"));
    ems.stop();
    maker.stop();
    const ledger::Checkpoint before = head_of(ems, maker.config.origin);

    // The maker goes on to write, day by day, and recalls the reel's lot in the middle of it.
    for (int day = 1; day < 7; ++day) {
        maker.clock = on_day(day);
        write_others(maker, 2000);
        if (day != 3) continue;
        maker.start();
        maker.record("recall", {{"mpn", "NL52840-QIAA-R"}, {"lots", boost::json::array{"7AB123"}}});
        maker.stop();
    }
    ems.clock = maker.clock = on_day(7);
    ems.start();
    CHECK_THAT(check(), Contains("ledger.stale") && !Contains("recall.lot"));
    ems.stop();

    maker.start();
    const fs::path data = ems.config.store.folder / "log" / "data.mdb";
    std::uintmax_t bytes = fs::file_size(data);
    const std::map<std::string, std::string> a_week_on{
        {"LD_PRELOAD", (reelproof::tests::build_dir() / "tests/libclock_offset.so").string()},
        {"REELPROOF_CLOCK_OFFSET", std::to_string(7 * kDay)},
        {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
    // Twice in the middle: something came, and nothing of it is shown.
    for (int i = 0; i < 2; ++i) {
        {
            Process node({"node", "run", "--config", ems.config.file.string()},
                         work.path() / "errors", a_week_on);
            REQUIRE(eventually([&] { return fs::file_size(data) > bytes + (1U << 20); }));
            node.signal(SIGKILL);
            node.wait();
        }
        bytes = fs::file_size(data);
        CHECK(head_of(ems, maker.config.origin) == before);
    }
    ems.start();
    REQUIRE(ems.has_log_of(maker));
    CHECK(eventually([&] { return check().find("ledger.stale") == std::string::npos; }));
    CHECK_THAT(check(), Contains("recall.lot"));
    CHECK_THAT(ems.get("/v1/health").text, !Contains("frozen\":\"its"));
    ems.stop();
    maker.stop();
    const ledger::Checkpoint end = head_of(ems, maker.config.origin);
    CHECK(end.size > before.size + 12'000);
    CHECK(end == head_of(maker, maker.config.origin));
    CHECK(work.run({"ledger", "check", "--config", ems.config.file.string()}).code == 0);
}
