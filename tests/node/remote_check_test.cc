// `ledger check` of logs that others serve.
#include "node/replication/remote_check.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "api/http/gzip.h"
#include "ledger/base/file.h"
#include "node/cli/ledger_export.h"
#include "tests/node/cli_support.h"
#include "tests/node/service_support.h"
#include "tests/shared_data.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

constexpr const char* kTesseraKey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

std::string findings(const RemoteCheck& checked) {
    std::string out;
    for (const auto& one : checked.report.findings)
        out += one.kind + " x" + std::to_string(one.count) + ": " + one.detail + "\n";
    return out;
}

RemoteCheck check_folder(const fs::path& folder,
                         const std::optional<ledger::NoteVerifier>& key = {}) {
    FolderSource files(folder);
    RemoteLog log(files, "");
    return check_remote_log(log, key, {}, {}).value();
}

// Serves the files of a folder over HTTPS.
class FileServer {
  public:
    explicit FileServer(const fs::path& folder) {
        const auto identity =
            api::make_tls_identity({.organisation = "files.example", .hosts = {"127.0.0.1"}});
        api::Router router;
        router.add(api::Method::get, "/{path...}", std::string(api::kPublicAccess),
                   [folder](const api::Request& request) {
                       FolderSource files(folder);
                       const auto body = files.get(request.path, 1 << 24);
                       if (!body) return api::Response::text(404, "no");
                       auto out = api::Response::bytes(200, "application/octet-stream", *body);
                       // Sunlight keeps its bundles as it sends them, whatever it is asked.
                       if (body->starts_with("\x1f\x8b"))
                           out.headers.set("Content-Encoding", "gzip");
                       return out;
                   });
        router.set_authoriser(
            [](api::Request&, std::string_view) { return std::optional<api::Response>(); });
        api::ServerOptions options;
        options.listen = {{.address = "127.0.0.1", .port = 0}};
        options.certificate_pem = identity->certificate_pem;
        options.private_key_pem = identity->private_key_pem;
        server_ = std::make_unique<api::HttpServer>(std::move(options), std::move(router));
        url_ = "https://127.0.0.1:" + std::to_string(server_->start().value().front());
    }
    [[nodiscard]] const std::string& url() const { return url_; }

  private:
    std::unique_ptr<api::HttpServer> server_;
    std::string url_;
};

void flip(const fs::path& file, std::streamoff at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(at);
    const int byte = stream.get();
    stream.seekp(at);
    stream.put(static_cast<char>(byte ^ 1));
}

}  // namespace

TEST_CASE("a served log is checked from its entries alone", "[remote-check]") {
    TestNode maker("maker.example");
    maker.write("a", 700);
    const TempFolder folder;
    const fs::path log = folder.path() / "log";
    REQUIRE(export_tiles(maker.store(), *maker.store().log_by_origin(maker.origin()), log,
                         [](std::uint64_t, std::uint64_t) {}));
    const auto good = check_folder(log);
    CAPTURE(findings(good));
    CHECK(good.report.ok());
    CHECK(good.origin == maker.origin());
    CHECK(good.size == 701);
    CHECK(good.report.entries == 701);
    CHECK(good.report.tiles == 4);
    CHECK(good.statements);
    CHECK(good.signature_known);
    CHECK_FALSE(check_folder(log, Keys("ems.example").log.verifier()).report.ok());

    SECTION("a flipped bit in an entry") {
        flip(log / "tile" / "entries" / "001", 40'000);
        const auto bad = check_folder(log);
        CAPTURE(findings(bad));
        CHECK_THAT(findings(bad), Contains("tile x2: tile/0/001 is not what its entries hash to") &&
                                      Contains("root x1") && Contains("entry "));
    }
    SECTION("a flipped bit in a tile") {
        flip(log / "tile" / "0" / "000", 100);
        CHECK(findings(check_folder(log)) ==
              "tile x1: tile/0/000 is not what its entries hash to\n");
    }
    SECTION("a flipped bit in a partial tile of a higher level") {
        flip(log / "tile" / "1" / "000.p" / "2", 33);
        CHECK(findings(check_folder(log)) ==
              "tile x1: tile/1/000.p/2 is not what its entries hash to\n");
    }
    SECTION("a bundle that is cut off") {
        fs::resize_file(log / "tile" / "entries" / "001", 9'000);
        CHECK_THAT(findings(check_folder(log)), Contains("entries x1: bundle 1"));
    }
    SECTION("a tile that is missing") {
        fs::remove(log / "tile" / "0" / "001");
        CHECK_THAT(findings(check_folder(log)), Contains("tile x1: tile/0/001: "));
    }
    SECTION("a flipped bit in the checkpoint's signature") {
        auto note = std::string(ledger::as_text(*ledger::read_file(log / "checkpoint", 4096)));
        const auto at = note.size() - 10;
        note[at] = note[at] == 'A' ? 'B' : 'A';
        ledger::write_file_durably(log / "checkpoint", ledger::as_bytes(note));
        CHECK_THAT(findings(check_folder(log)), Contains("checkpoint x1"));
    }
}

TEST_CASE("logs of other makers are checked as trees", "[remote-check]") {
    const auto tessera = reelproof::tests::shared_data("conformance/tessera-testdata/log");
    const auto sunlight = reelproof::tests::shared_data(
        "conformance/sunlight-testdata/witness/mirror/"
        "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706");
    if (!tessera || !sunlight || !have_program()) return;
    const WorkFolder work;
    {
        const FileServer server(*tessera);
        const auto ran =
            work.run({"ledger", "check", server.url(), "--vkey", kTesseraKey, "--json"});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == 0);
        CHECK(ran.json().at("size") == boost::json::value(15));
        CHECK(ran.json().at("statements") == boost::json::value(false));
        CHECK(ran.json().at("signature_checked") == boost::json::value(true));
        const auto other = work.run({"ledger", "check", server.url(), "--vkey",
                                     Keys("maker.example").log.verifier().vkey()});
        CHECK(other.code == 1);
        CHECK_THAT(other.out, Contains("checkpoint: 1 bad"));
    }
    {
        // Its bundles are a placeholder's text: said so, and no tree is made up.
        const FileServer server(*sunlight);
        const auto ran = work.run({"ledger", "check", server.url() + "/"});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == 1);
        CHECK_THAT(ran.out,
                   Contains("of rome2026h1.example.org, whose entries are no statements") &&
                       Contains("entries: 1 bad, the first: bundle 0") &&
                       Contains("give its key with --vkey"));
    }
    const auto nobody = work.run({"ledger", "check", "https://127.0.0.1:1"});
    CHECK(nobody.code == 3);
    const auto key = work.run({"ledger", "check", "https://127.0.0.1:1", "--vkey", "nonsense"});
    CHECK(key.code == 2);
}

TEST_CASE("a served log whose entries are always packed is checked like any other",
          "[remote-check][gzip]") {
    if (!have_program()) return;
    TestNode maker("maker.example");
    maker.write("a", 300);
    const TempFolder folder;
    const fs::path log = folder.path() / "log";
    REQUIRE(export_tiles(maker.store(), *maker.store().log_by_origin(maker.origin()), log,
                         [](std::uint64_t, std::uint64_t) {}));
    const auto spoil = [&](const fs::path& file,
                           const std::function<std::string(std::string)>& how) {
        const auto bytes = ledger::read_file(file, 1 << 20).value();
        ledger::write_file_durably(file,
                                   ledger::as_bytes(how(std::string(ledger::as_text(bytes)))));
    };
    const fs::path first = log / "tile/entries/000", second = log / "tile/entries/001.p/45";
    for (const auto& file : {first, second})
        spoil(file, [](const std::string& plain) { return api::gzip(plain); });
    const FileServer server(log);
    const WorkFolder work;
    const auto check = [&] {
        return work.run({"ledger", "check", server.url(), "--vkey",
                         maker.keys().log.verifier().vkey(), "--trust",
                         "maker.example=" + maker.keys().root_thumbprint(), "--json"});
    };
    const auto good = check();
    CAPTURE(good.out, good.err);
    CHECK(good.code == 0);
    CHECK(good.json().at("entries") == boost::json::value(301));
    SECTION("cut short") {
        spoil(second, [](const std::string& packed) { return packed.substr(0, 60); });
        CHECK(check().code != 0);
    }
    SECTION("behind a checkpoint that is none") {
        spoil(log / "checkpoint", [](const std::string&) { return std::string("nonsense"); });
        const auto bad = check();
        CHECK(bad.code == 2);
        CHECK_THAT(bad.err, Contains("checkpoint") && !Contains("--config"));  // we were let in
    }
    SECTION("a bomb") {
        spoil(first, [](const std::string&) { return api::gzip(std::string(20'000'000, '\0')); });
        const auto bad = check();
        CHECK(bad.code != 0);
        CHECK_THAT(bad.out + bad.err, Contains("over the limit"));
    }
}

TEST_CASE("a partner's log is checked with our certificate", "[remote-check]") {
    if (!have_program()) return;
    Pair pair;
    pair.ship({issued().text});
    const WorkFolder work;
    const auto ran = work.run({"ledger", "check", pair.maker.config.url + "/log", "--config",
                               pair.ems.config.file.string(), "--trust",
                               "maker.example=" + pair.maker.root(), "--json"});
    CAPTURE(ran.out, ran.err);
    CHECK(ran.code == 0);
    CHECK(ran.json().at("statements") == boost::json::value(true));
    CHECK(ran.json().at("envelopes").to_number<int>() > 0);
    const auto stranger = work.run({"ledger", "check", pair.maker.config.url + "/log"});
    CHECK(stranger.code == 2);
    CHECK_THAT(stranger.err, Contains("is for partners only") && Contains("--config"));
    const auto distrusted = work.run({"ledger", "check", pair.maker.config.url + "/log", "--config",
                                      pair.ems.config.file.string(), "--trust",
                                      "maker.example=" + std::string(64, 'a')});
    CHECK(distrusted.code == 1);
}
