// C2SP tlog-witness and tlog-mirror at the door of a node: each line of their status tables, and
// clients that lie.
#include "ledger/format/submission.h"

#include <algorithm>
#include <future>
#include <thread>

#include <catch2/catch.hpp>

#include "api/http/client.h"
#include "api/http/gzip.h"
#include "api/routes/transparency.h"
#include "ledger/format/merkle.h"
#include "ledger/format/subtree_proof.h"
#include "node/replication/intake.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

struct Answer {
    int status = 0;
    std::string type, body;
};

// A log that nobody can reach hands itself to a mirror, by hand.
struct Delivery {
    explicit Delivery(int entries) : maker("maker.example"), ems("ems.example") {
        maker.write("a", entries - 1);
        ems.replicate({maker.as_caller()});
    }

    Answer post(const std::string& path, std::string_view body, bool with_certificate = true,
                const api::Headers& headers = {},
                std::string_view content_type = "application/octet-stream") {
        api::ClientOptions options;
        options.origin = ems.url();
        options.pinned_spki = {ems.tls().spki};
        if (with_certificate) {
            options.certificate_pem = maker.tls().certificate_pem;
            options.private_key_pem = maker.tls().private_key_pem;
        }
        api::HttpClient client(options);
        auto response = client.post(path, body, content_type, headers);
        // No assertion: some tests call this on threads of their own.
        if (!response) return {0, {}, response.error().text};
        return {response->status, response->content_type, std::string(response->body_view())};
    }
    Answer introduce() {
        return post("/mirror/genesis", ledger::as_text(maker.store().entry(0, 0).value()));
    }

    // The tree of the first `size` entries, as its log signs it.
    [[nodiscard]] std::string note(std::uint64_t size) const {
        const std::string text =
            ledger::format_checkpoint({maker.origin(), size, ledger::tree_root(size, tree())});
        return ledger::format_note(text, {maker.keys().log.sign(text)});
    }
    [[nodiscard]] ledger::SubtreeHash tree() const {
        return const_cast<TestNode&>(maker).store().subtree(ledger::kOwnLog);
    }
    Answer add_checkpoint(std::uint64_t from, std::uint64_t to, bool with_certificate = true) {
        ledger::CheckpointSubmission submission{from, {}, note(to)};
        if (from > 0 && from <= to) submission.proof = ledger::consistency_proof(from, to, tree());
        return add_checkpoint(submission, with_certificate);
    }
    Answer add_checkpoint(const ledger::CheckpointSubmission& submission,
                          bool with_certificate = true) {
        return post("/mirror/add-checkpoint", ledger::format_checkpoint_submission(submission),
                    with_certificate);
    }

    // The first `packages` of [start, end).
    ledger::Bytes upload(std::uint64_t start, std::uint64_t end, int packages = 1000,
                         const ledger::Bytes& ticket = {}) {
        ledger::Bytes body = ledger::format_upload_head({maker.origin(), start, end, ticket});
        for (std::uint64_t at = start; at < end && packages-- > 0;) {
            const std::uint64_t bundle = at / 256 * 256;
            std::vector<ledger::Bytes> entries;
            do entries.push_back(maker.store().entry(ledger::kOwnLog, at++).value());
            while (at < end && at % 256 != 0);
            ledger::append_package(body, entries, ledger::subtree_proof(bundle, at, end, tree()));
        }
        return body;
    }
    Answer add_entries(const ledger::Bytes& body, bool with_certificate = true) {
        return post("/mirror/add-entries", ledger::as_text(body), with_certificate);
    }
    static ledger::MirrorInfo info_in(const Answer& answer) {
        CHECK(answer.type == "text/x.tlog.mirror-info");
        return ledger::parse_mirror_info(answer.body).value();
    }
    [[nodiscard]] bool is_cosigned(const Answer& answer, std::uint64_t size,
                                   const ledger::NoteVerifier& key) const {
        const auto signed_note = ledger::parse_note(note(size) + answer.body);
        return signed_note && ledger::verify_note(*signed_note, key).has_value();
    }

    TestNode maker, ems;
};

}  // namespace

TEST_CASE("a log is known once its genesis was handed in", "[submission]") {
    Delivery d(5);
    CHECK(d.add_checkpoint(0, 5).status == 404);
    CHECK(d.add_entries(d.upload(0, 5)).status == 403);  // not known, so no partner's certificate
    CHECK(d.post("/mirror/genesis", "nonsense").status == 400);
    CHECK(
        d.post("/mirror/genesis", ledger::as_text(d.ems.store().entry(ledger::kOwnLog, 0).value()))
            .status == 404);
    CHECK(d.post("/mirror/genesis",
                 ledger::as_text(d.maker.store().entry(ledger::kOwnLog, 1).value()))
              .status == 403);
    CHECK(d.introduce().status == 204);
    CHECK(d.introduce().status == 204);
    CHECK(d.add_checkpoint(0, 5).status == 200);
}

TEST_CASE("add-checkpoint answers by the table of tlog-witness", "[submission]") {
    Delivery d(20);
    REQUIRE(d.introduce().status == 204);
    const auto witness = d.ems.keys().witness.verifier();

    const Answer first = d.add_checkpoint(0, 7, false);
    CHECK(first.status == 200);
    CHECK(d.is_cosigned(first, 7, witness));
    CHECK_FALSE(d.is_cosigned(first, 7, d.ems.keys().mirror.verifier()));

    SECTION("200: again, and further") {
        CHECK(d.is_cosigned(d.add_checkpoint(7, 7), 7, witness));
        CHECK(d.is_cosigned(d.add_checkpoint(7, 20), 20, witness));
    }
    SECTION("400: what is no submission, and an old size over that of the checkpoint") {
        CHECK(d.post("/mirror/add-checkpoint", "").status == 400);
        CHECK(d.post("/mirror/add-checkpoint", "old 7\n\nno checkpoint").status == 400);
        CHECK(d.post("/mirror/add-checkpoint", "old 7\n").status == 400);
        CHECK(d.add_checkpoint(9, 8).status == 400);
    }
    SECTION("403: signed by nobody whom we trust") {
        ledger::CheckpointSubmission forged{7, {}, d.note(20)};
        const std::string text = ledger::parse_note(forged.note)->text;
        forged.note = ledger::format_note(text, {d.ems.keys().log.sign(text)});
        CHECK(d.add_checkpoint(forged).status == 403);
        // One good line and one bad by the same key.
        const std::string other = d.note(8);
        const std::string line = other.substr(other.rfind("\n\n") + 2);
        forged.note = d.note(20) + line;
        CHECK(d.add_checkpoint(forged).status == 403);
    }
    SECTION("404: a log that is not ours to witness") {
        const std::string text =
            "stranger.example/ledger\n7\n" + ledger::to_base64(ledger::empty_root()) + "\n";
        CHECK(d.add_checkpoint({0, {}, ledger::format_note(text, {d.maker.keys().log.sign(text)})})
                  .status == 404);
    }
    SECTION("409: another size than the last, which is told") {
        for (const std::uint64_t from : {0u, 6u, 8u}) {
            const Answer answer = d.add_checkpoint(from, 20);
            CHECK(answer.status == 409);
            CHECK(answer.type == "text/x.tlog.size");
            CHECK(answer.body == "7\n");
        }
        CHECK(d.add_checkpoint(7, 20).status == 200);
        // A replay of what was once taken.
        CHECK(d.add_checkpoint(0, 7).body == "20\n");
    }
    SECTION("422: a proof that does not hold") {
        ledger::CheckpointSubmission wrong{7, ledger::consistency_proof(7, 20, d.tree()),
                                           d.note(20)};
        wrong.proof[0][3] ^= 1;
        CHECK(d.add_checkpoint(wrong).status == 422);
        wrong.proof.clear();
        CHECK(d.add_checkpoint(wrong).status == 422);
        CHECK(d.add_checkpoint({7, {ledger::empty_root()}, d.note(7)}).status == 422);
    }
    // Nothing of what was refused has stayed.
    CHECK(d.ems.status_of(d.maker).frozen.empty());
}

TEST_CASE("a first checkpoint with a proof, or an empty tree with a root, is 422", "[submission]") {
    Delivery d(3);
    REQUIRE(d.introduce().status == 204);
    CHECK(d.add_checkpoint({0, {ledger::empty_root()}, d.note(3)}).status == 422);
    const std::string text =
        d.maker.origin() + "\n0\n" + ledger::to_base64(ledger::tree_root(3, d.tree())) + "\n";
    CHECK(d.add_checkpoint({0, {}, ledger::format_note(text, {d.maker.keys().log.sign(text)})})
              .status == 422);
    CHECK(d.add_checkpoint(0, 3).status == 200);
}

TEST_CASE("two roots for one size: 422, and the log is frozen with the evidence", "[submission]") {
    Delivery d(9);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 9).status == 200);
    const bool mirrored = GENERATE(false, true);
    CAPTURE(mirrored);
    if (mirrored) REQUIRE(d.add_entries(d.upload(0, 9)).status == 200);
    const std::string text =
        d.maker.origin() + "\n9\n" + ledger::to_base64(ledger::empty_root()) + "\n";
    const std::string fork = ledger::format_note(text, {d.maker.keys().log.sign(text)});
    CHECK(d.add_checkpoint({9, {}, fork}).status == 422);
    CHECK(eventually([&] { return !d.ems.status_of(d.maker).frozen.empty(); }));
    CHECK_FALSE(d.ems.status_of(d.maker).alarm.empty());
    CHECK(eventually([&] { return d.ems.evidence_published() == 1; }));
    CHECK(d.add_checkpoint(9, 9).status == 403);
    CHECK(d.add_entries(d.upload(9, 9)).status == 403);
}

TEST_CASE("an older tree that the log signed otherwise freezes it too", "[submission]") {
    Delivery d(9);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 9).status == 200);
    REQUIRE(d.add_entries(d.upload(0, 9)).status == 200);
    const std::string text =
        d.maker.origin() + "\n4\n" + ledger::to_base64(ledger::empty_root()) + "\n";
    const std::string fork = ledger::format_note(text, {d.maker.keys().log.sign(text)});
    CHECK(d.add_checkpoint({4, {}, fork}, false).status == 409);
    CHECK(eventually([&] { return d.ems.evidence_published() == 1; }));
}

TEST_CASE("of two submissions at once one is told the size of the other", "[submission]") {
    Delivery d(20);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 5).status == 200);
    std::atomic<int> taken = 0, told = 0;
    std::vector<std::thread> clients;
    for (const std::uint64_t to : {10u, 20u})
        clients.emplace_back([&, to] {
            const Answer answer = d.add_checkpoint(5, to);
            if (answer.status == 200) ++taken;
            if (answer.status == 409 && (answer.body == "10\n" || answer.body == "20\n")) ++told;
        });
    for (auto& client : clients) client.join();
    CHECK(taken == 1);
    CHECK(told == 1);
}

TEST_CASE("a witness that was restarted before its answer arrived goes on", "[submission]") {
    Delivery d(9);
    REQUIRE(d.introduce().status == 204);
    d.add_checkpoint(0, 5);
    d.ems.stop();
    d.ems.start();
    d.ems.replicate({d.maker.as_caller()});
    CHECK(d.add_checkpoint(0, 5).body == "5\n");
    CHECK(d.add_checkpoint(5, 9).status == 200);
}

TEST_CASE("others can't have a log witnessed all the time", "[submission]") {
    Delivery d(3);
    std::atomic<int> seconds = 0;
    d.ems.steady_clock = [&] {
        return std::chrono::steady_clock::time_point(std::chrono::seconds(seconds));
    };
    d.ems.replicate({d.maker.as_caller()});
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 3).status == 200);
    for (int i = 0; i < 20; ++i) CHECK(d.add_checkpoint(3, 3, false).status == 200);
    CHECK(d.add_checkpoint(3, 3, false).status == 429);
    CHECK(d.add_checkpoint(3, 3).status == 200);  // its own node can
    ++seconds;
    for (int i = 0; i < 5; ++i) CHECK(d.add_checkpoint(3, 3, false).status == 200);
    CHECK(d.add_checkpoint(3, 3, false).status == 429);
    d.ems.stop_replicating();
}

TEST_CASE("submissions that wait for the store hold few workers, and what is stale none",
          "[submission]") {
    Delivery d(20);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 5).status == 200);

    // The thread that all of them wait for is busy.
    std::promise<void> go_on;
    const std::shared_future<void> busy_until(go_on.get_future());
    ledger::WitnessRequest request{
        {d.maker.origin(), 7, ledger::tree_root(7, d.tree())}, 5, {}, {}};
    request.proof = ledger::consistency_proof(5, 7, d.tree());
    const std::string note = d.note(7);
    request.cosign = [busy_until, note](ledger::UnixSeconds) {
        busy_until.wait();
        return note;
    };
    auto witnessing = d.ems.sequencer().witness(std::move(request));

    ledger::CheckpointSubmission submission{5, ledger::consistency_proof(5, 9, d.tree()),
                                            d.note(9)};
    const auto submit = [&](bool by_own_node) {
        api::Peer peer;
        if (by_own_node) peer.certificate_spki = d.maker.tls().spki;
        return std::async(std::launch::async, [&d, submission, peer] {
            return d.ems.replicator()
                .intake()
                .add_checkpoint(ledger::format_checkpoint_submission(submission), peer)
                .status;
        });
    };
    std::vector<std::future<int>> waiting;
    for (const auto& [by_own_node, at_once] : {std::pair(false, 1), std::pair(true, 2)}) {
        std::vector<std::future<int>> calls;
        for (int i = 0; i < 5; ++i) calls.push_back(submit(by_own_node));
        const auto still_waiting = [](const std::future<int>& call) {
            return call.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
        };
        CHECK(eventually([&, most = at_once] {
            return std::count_if(calls.begin(), calls.end(), still_waiting) == most;
        }));
        for (auto& call : calls)
            if (still_waiting(call))
                waiting.push_back(std::move(call));
            else
                CHECK(call.get() == 503);
    }
    // This one could never be taken, whoever is first.
    submission.old_size = 4;
    for (int i = 0; i < 5; ++i) CHECK(submit(false).get() == 409);

    go_on.set_value();
    REQUIRE(witnessing.get());
    for (auto& call : waiting) CHECK(call.get() == 409);
    CHECK(d.add_checkpoint(7, 20).status == 200);
}

TEST_CASE("a node that signs nothing witnesses and mirrors nothing", "[submission]") {
    Delivery d(9);
    REQUIRE(d.introduce().status == 204);
    d.ems.clock_back = 24 * 3600;
    CHECK(d.add_checkpoint(0, 9).status == 503);
    d.ems.clock_back = 0;
    CHECK(d.add_checkpoint(0, 9).status == 200);
    d.ems.clock_back = 24 * 3600;
    CHECK(d.add_entries(d.upload(0, 9)).status == 503);
    CHECK(d.ems.copy_of(d.maker) == 0);
    d.ems.clock_back = 0;
    CHECK(d.add_entries(d.upload(0, 9)).status == 200);
}

TEST_CASE("the newest witnessed checkpoint is served to partners", "[submission]") {
    Delivery d(9);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 9).status == 200);
    api::ClientOptions options;
    options.origin = d.ems.url();
    options.certificate_pem = d.maker.tls().certificate_pem;
    options.private_key_pem = d.maker.tls().private_key_pem;
    api::HttpClient client(options);
    const std::string path = "/witness/" + api::mirror_name(d.maker.origin()) + "/checkpoint";
    const auto served = client.get(path);
    REQUIRE(served.has_value());
    REQUIRE(served->status == 200);
    const auto note = ledger::parse_note(served->body_view());
    REQUIRE(note);
    CHECK(ledger::verify_note(*note, d.maker.keys().log.verifier()));
    CHECK(ledger::verify_note(*note, d.ems.keys().witness.verifier()));
    CHECK(client.get("/witness/" + std::string(64, '0') + "/checkpoint")->status == 404);
}

TEST_CASE("add-entries answers by the table of tlog-mirror", "[submission]") {
    Delivery d(600);
    REQUIRE(d.introduce().status == 204);
    const auto mirror = d.ems.keys().mirror.verifier();

    SECTION("422: no checkpoint yet") {
        for (const auto& body : {d.upload(0, 600), d.upload(0, 0), d.upload(600, 600),
                                 d.upload(0, 600, 1, ledger::Bytes(100, 7))}) {
            const Answer answer = d.add_entries(body);
            CHECK(answer.status == 422);
            CHECK(answer.type == "application/problem+json");
        }
        CHECK(d.add_entries(ledger::format_upload_head({"stranger.example/ledger", 0, 600, {}}))
                  .status == 404);
    }
    REQUIRE(d.add_checkpoint(0, 600).status == 200);
    SECTION("200: all at once, and again") {
        const Answer answer = d.add_entries(d.upload(0, 600));
        CHECK(answer.status == 200);
        CHECK(d.is_cosigned(answer, 600, mirror));
        CHECK(d.ems.copy_of(d.maker) == 600);
        CHECK(d.add_entries(d.upload(0, 600)).status == 200);
        CHECK(d.add_entries(d.upload(300, 600)).status == 200);
        CHECK(d.is_cosigned(d.add_entries(d.upload(600, 600)), 600, mirror));
    }
    SECTION("202: a part, and then the rest") {
        const Answer part = d.add_entries(d.upload(0, 600, 1));
        REQUIRE(part.status == 202);
        const auto info = Delivery::info_in(part);
        CHECK(info.pending == 600);
        CHECK(info.next == 256);
        CHECK(d.ems.copy_of(d.maker) == 0);
        CHECK(d.add_entries(d.upload(info.next, 600, 1000, info.ticket)).status == 200);
        CHECK(d.ems.copy_of(d.maker) == 600);
    }
    SECTION("202: broken off within the second package") {
        auto body = d.upload(0, 600, 2);
        body.resize(body.size() - 1);
        const Answer part = d.add_entries(body);
        REQUIRE(part.status == 202);
        CHECK(Delivery::info_in(part).next == 256);
    }
    SECTION("400: not one whole package") {
        auto body = d.upload(0, 600, 1);
        body.resize(body.size() - 1);
        CHECK(d.add_entries(body).status == 400);
        CHECK(d.add_entries(d.upload(0, 600, 0)).status == 400);
        CHECK(d.add_entries({}).status == 400);
        CHECK(d.add_entries(ledger::format_upload_head({d.maker.origin(), 5, 4, {}})).status ==
              400);
    }
    SECTION("404: another log") {
        CHECK(d.add_entries(ledger::format_upload_head({"stranger.example/ledger", 0, 600, {}}))
                  .status == 404);
    }
    SECTION("409: a question, an unknown size, too far ahead, a false ticket") {
        for (const auto& body : {d.upload(0, 0), d.upload(0, 599), d.upload(256, 600),
                                 d.upload(0, 599, 1000, ledger::Bytes(100, 7))}) {
            const Answer answer = d.add_entries(body);
            REQUIRE(answer.status == 409);
            const auto info = Delivery::info_in(answer);
            CHECK(info.pending == 600);
            CHECK(info.next == 0);
        }
    }
    SECTION("422: entries or proofs that are not of this tree") {
        auto entry = d.upload(0, 600);
        entry[1000] ^= 1;
        CHECK(d.add_entries(entry).status == 422);
        auto proof = d.upload(0, 600, 1);
        proof.back() ^= 1;
        CHECK(d.add_entries(proof).status == 422);
        CHECK(d.ems.copy_of(d.maker) == 0);
        CHECK(d.ems.sequencer().mirror_stored(d.maker.origin()) == 0);
        // What came before it in the same request stays.
        auto second = d.upload(0, 600, 2);
        second.back() ^= 1;
        CHECK(d.add_entries(second).status == 422);
        CHECK(d.ems.sequencer().mirror_stored(d.maker.origin()) == 256);
        CHECK(d.add_entries(d.upload(256, 600)).status == 200);
    }
    SECTION("403: nobody's certificate") {
        CHECK(d.add_entries(d.upload(0, 600), false).status == 403);
    }
}

TEST_CASE("an upload goes on to the checkpoint of its ticket when a newer one came",
          "[submission]") {
    Delivery d(600);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 400).status == 200);
    const auto info = Delivery::info_in(d.add_entries(d.upload(0, 400, 1)));
    REQUIRE(d.add_checkpoint(400, 600).status == 200);
    const Answer older = d.add_entries(d.upload(256, 400, 1000, info.ticket));
    CHECK(older.status == 200);
    CHECK(d.is_cosigned(older, 400, d.ems.keys().mirror.verifier()));
    CHECK(d.ems.copy_of(d.maker) == 400);
    // From within a bundle.
    CHECK(d.add_entries(d.upload(400, 600)).status == 200);
    CHECK(d.ems.copy_of(d.maker) == 600);
    // It may not go back.
    const Answer back = d.add_entries(d.upload(256, 400, 1000, info.ticket));
    CHECK(back.status == 409);
    CHECK(Delivery::info_in(back).next == 600);
}

TEST_CASE("an upload up to what is held already is taken, whatever is waited for", "[submission]") {
    Delivery d(600);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 400).status == 200);
    REQUIRE(d.add_entries(d.upload(0, 400)).status == 200);
    REQUIRE(d.add_checkpoint(400, 600).status == 200);
    const auto mirror = d.ems.keys().mirror.verifier();
    // No ticket: a client that knows the mirror's checkpoint only.
    for (const auto& body :
         {d.upload(0, 400), d.upload(256, 400), d.upload(300, 400), d.upload(400, 400)}) {
        const Answer answer = d.add_entries(body);
        CHECK(answer.status == 200);
        CHECK(d.is_cosigned(answer, 400, mirror));
    }
    const Answer part = d.add_entries(d.upload(0, 400, 1));
    REQUIRE(part.status == 202);
    CHECK(Delivery::info_in(part).pending == 400);
    CHECK(Delivery::info_in(part).next == 400);
    auto wrong = d.upload(256, 400);
    wrong[wrong.size() - 1] ^= 1;
    CHECK(d.add_entries(wrong).status == 422);
    // Also when a part of what comes after it is there.
    REQUIRE(d.add_entries(d.upload(400, 600, 1)).status == 202);
    CHECK(d.is_cosigned(d.add_entries(d.upload(400, 400)), 400, mirror));
    // What it was before that nobody remembers.
    CHECK(d.add_entries(d.upload(256, 399)).status == 409);
    CHECK(d.add_entries(d.upload(512, 600)).status == 200);
    CHECK(d.add_entries(d.upload(400, 400)).status == 409);
    CHECK(d.ems.copy_of(d.maker) == 600);
}

TEST_CASE("an upload that does not say it is one is 415", "[submission]") {
    Delivery d(9);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 9).status == 200);
    const auto body = d.upload(0, 9);
    const auto post = [&](std::string_view type) {
        return d.post("/mirror/add-entries", ledger::as_text(body), true, {}, type).status;
    };
    for (const auto* type : {"", "text/plain", "application/json", "application/octet",
                             "application/octet-streams", "multipart/form-data; boundary=x"})
        CHECK(post(type) == 415);
    CHECK(d.ems.copy_of(d.maker) == 0);
    CHECK(post("Application/Octet-Stream; charset=binary") == 200);
}

TEST_CASE("a client that sends far more than is taken of one request comes to the end all the same",
          "[submission]") {
    Delivery d(1);
    d.maker.write_large(1'300, 30'000);
    const std::uint64_t size = d.maker.size();
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, size).status == 200);
    const bool packed = GENERATE(false, true);
    CAPTURE(packed);
    std::uint64_t next = 0;
    ledger::Bytes ticket;
    int requests = 0;
    Answer answer;
    do {
        // As C2SP has it: up to 32 packages, however large they are.
        const auto body = d.upload(next, size, 32, ticket);
        if (next == 0) CHECK(body.size() > 2 * api::kMaxUpload);
        answer = packed ? d.post("/mirror/add-entries", api::gzip(ledger::as_text(body)), true,
                                 {{"Content-Encoding", "gzip"}})
                        : d.add_entries(body);
        ++requests;
        CAPTURE(requests, answer.status, answer.body.substr(0, 200));
        if (answer.status == 200) break;
        REQUIRE(answer.status == 202);
        const auto info = Delivery::info_in(answer);
        CHECK(info.pending == size);
        // Two whole packages are in what is read of each.
        CHECK(info.next == next + 2 * 256);
        next = info.next;
        ticket = info.ticket;
    } while (requests < 10);
    CHECK(requests == 3);
    CHECK(d.is_cosigned(answer, size, d.ems.keys().mirror.verifier()));
    CHECK(d.ems.copy_of(d.maker) == size);
}

TEST_CASE("an upload is taken with gzip", "[submission]") {
    Delivery d(300);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 300).status == 200);
    const auto body = d.upload(0, 300);
    const auto packed = api::gzip(ledger::as_text(body));
    CHECK(d.post("/mirror/add-entries", packed.substr(0, packed.size() / 2), true,
                 {{"Content-Encoding", "gzip"}})
              .status == 400);
    CHECK(d.post("/mirror/add-entries", packed, true, {{"Content-Encoding", "br"}}).status == 415);
    CHECK(d.post("/mirror/add-entries", packed, true, {{"Content-Encoding", "gzip"}}).status ==
          200);
}

TEST_CASE("several uploads at once end in one whole copy", "[submission]") {
    Delivery d(1000);
    REQUIRE(d.introduce().status == 204);
    REQUIRE(d.add_checkpoint(0, 1000).status == 200);
    const auto body = d.upload(0, 1000);
    std::atomic<int> good = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            if (d.add_entries(body).status == 200) ++good;
        });
    for (auto& client : clients) client.join();
    CHECK(good == 4);
    CHECK(d.ems.copy_of(d.maker) == 1000);
}
