// Documents of one node: what is put in comes out, nobody else reads it, and what was destroyed is
// destroyed.
#include "api/service/vault.h"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/store/store.h"
#include "ledger/vault/vault_keys.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/cli_site.h"
#include "tests/node/person_support.h"
#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& file) {
    const auto bytes = ledger::read_file(file, 64 << 20).value();
    return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("documents are kept in versions and come back as they were", "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    CHECK(node.post("/v1/vault/projects", {{"name", "atlas"}, {"steward", "x"}}).status == 409);
    CHECK(node.post("/v1/vault/projects", {{"name", "a/b"}, {"steward", "x"}}).status == 400);
    const auto first = document_text(700'001), second = document_text(65'536);
    const auto one = put_document(node, "atlas", "board.zip", first, {{"note", "rev A"}});
    INFO(one.text);
    REQUIRE(one.status == 201);
    const auto id = one.member("document");
    REQUIRE(put_document(node, "atlas", "board.zip", second).status == 201);
    REQUIRE(put_document(node, "atlas", "empty", "").status == 201);
    // And after a restart.
    for (int round = 0; round < 2; ++round) {
        const auto shown = node.get("/v1/vault/documents/" + id);
        CHECK(shown.body.at("versions").as_array().size() == 2);
        CHECK(shown.member("classification") == "confidential");
        CHECK(get_whole(node, version_path(id, 1), first.size()) == first);
        CHECK(get_whole(node, version_path(id, 2), second.size()) == second);
        CHECK(node.get(version_path(id, 1)).text == first);
        node.stop();
        node.start();
    }
    const auto range = get_range(node, version_path(id, 1), "bytes=65530-65545");
    CHECK(range.status == 206);
    CHECK(range.text == first.substr(65530, 16));
    CHECK(range.headers.get("Content-Range") == "bytes 65530-65545/700001");
    CHECK(get_range(node, version_path(id, 1), "bytes=700001-").status == 416);
    CHECK(node.get(version_path(id, 3)).status == 404);
    CHECK(node.get(version_path(std::string(32, '0'), 1)).status == 404);
    const auto all = node.get("/v1/vault/documents").body.at("documents").as_array();
    const auto empty = std::find_if(all.begin(), all.end(), [](const auto& value) {
        return value.at("name").as_string() == "empty";
    });
    REQUIRE(empty != all.end());
    const auto nothing = node.get(version_path(std::string(empty->at("document").as_string()), 1));
    CHECK(nothing.status == 200);
    CHECK(nothing.text.empty());
    // Only ciphertext lies on the disk.
    CHECK_FALSE(is_in(ledger::as_bytes(std::string_view(first).substr(1000, 64)), node.folder()));
    CHECK_FALSE(is_in(ledger::as_bytes("board.zip"), node.folder()));
    // What is changed there is told, and not handed out.
    const auto body = node.get("/v1/vault/documents/" + id)
                          .body.at("versions")
                          .as_array()[0]
                          .at("body")
                          .as_string();
    const auto file = node.config.store.folder / "vault" / std::string(body);
    auto content = ledger::read_file(file, 1 << 20).value();
    content[70'000] ^= 1;
    ledger::write_file_durably(file, content);
    CHECK(node.get(version_path(id, 1)).status == 422);
    CHECK(get_range(node, version_path(id, 1), "bytes=0-9").text == first.substr(0, 10));
}

TEST_CASE("an upload takes parts again, out of order never, and is finished once",
          "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    const auto text = document_text(500'000);
    const auto begun = node.post("/v1/vault/uploads",
                                 {{"project", "atlas"}, {"name", "x"}, {"size", text.size()}});
    const auto upload = begun.member("upload");
    const auto path = "/v1/vault/uploads/" + upload;
    const auto taken = [&](const Answer& answer) {
        INFO(answer.text);
        REQUIRE(answer.status == 200);
        return answer.body.at("taken").to_number<std::uint64_t>();
    };
    CHECK(put_part(node, upload, 65'536, "x").status == 409);
    CHECK(taken(put_part(node, upload, 0, std::string_view(text).substr(0, 200'000))) == 196'608);
    CHECK(taken(put_part(node, upload, 0, std::string_view(text).substr(0, 100'000))) == 196'608);
    CHECK(node.post(path + "/finish", {}).status == 409);
    // A restart forgets nothing.
    node.stop();
    node.start();
    CHECK(taken(node.get(path)) == 196'608);
    CHECK(put_part(node, upload, 196'608, text).status == 413);
    CHECK(taken(put_part(node, upload, 100'000, std::string_view(text).substr(100'000))) ==
          text.size());
    const auto done = node.post(path + "/finish", {});
    CHECK(done.status == 201);
    CHECK(node.post(path + "/finish", {}).body.at("version") == done.body.at("version"));
    CHECK(get_whole(node, version_path(done.member("document"), 1), text.size()) == text);
    CHECK(node.get(path).status == 404);
    // Who dies before the file has its name finds its row at the next start.
    node.stop();
    const auto folder = node.config.store.folder / "vault";
    const auto body = std::string(done.body.at("versions").as_array()[0].at("body").as_string());
    fs::rename(folder / body, folder / (upload + ".part"));
    node.start();
    CHECK(get_whole(node, version_path(done.member("document"), 1), text.size()) == text);
    CHECK(fs::exists(folder / body));
    // One that is given up leaves nothing.
    const auto other =
        node.post("/v1/vault/uploads", {{"project", "atlas"}, {"name", "y"}, {"size", 100'000}});
    REQUIRE(put_part(node, other.member("upload"), 0, std::string(70'000, 'y')).status == 200);
    const auto part = node.config.store.folder / "vault" / (other.member("upload") + ".part");
    CHECK(fs::exists(part));
    CHECK(node.send(api::Method::delete_, "/v1/vault/uploads/" + other.member("upload"), {}, {},
                    {{"Authorization", "Bearer " + node.all_scopes()}})
              .status == 204);
    CHECK_FALSE(fs::exists(part));
    CHECK(node.post("/v1/vault/uploads", {{"project", "nothing"}, {"name", "y"}, {"size", 1}})
              .status == 404);
}

TEST_CASE("names that look like others are refused", "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    const auto project = [&](const char* name, const char* steward) {
        return node.post("/v1/vault/projects", {{"name", name}, {"steward", steward}});
    };
    CHECK(project("atlas\u00a0", "anna").says("U+00A0"));
    CHECK(project("at\u200blas", "anna").says("U+200B"));
    CHECK(project("atlas ", "anna").says("begin or end with a blank"));
    CHECK(project("hermes", "an\u00adna").says("steward"));
    CHECK(node.post("/v1/vault/uploads", {{"project", "atlas"}, {"name", "x\u2060"}, {"size", 1}})
              .says("U+2060"));
}

TEST_CASE("what was destroyed opens nowhere, not even from a backup of before",
          "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    const auto text = document_text(200'000);
    const auto id = put_document(node, "atlas", "secret", text).member("document");
    REQUIRE(put_document(node, "atlas", "secret", "another").status == 201);
    const auto data_key = load_data_key(node.config.keys).value().value();
    const auto key_file = node.config.keys / ledger::kVaultKeysFile;
    node.stop();
    // A copy of the store and of the files, as a backup has it.
    const auto backup = node.folder() / "backup";
    fs::copy(node.config.store.folder, backup, fs::copy_options::recursive);
    node.start();
    const auto early = put_document(node, "atlas", "kept", "x", {{"retain_until", 4'000'000'000}});
    CHECK(node.post("/v1/vault/documents/" + early.member("document") + "/shred", {{"reason", "x"}})
              .status == 409);
    const auto shred = node.post("/v1/vault/documents/" + id + "/shred",
                                 {{"version", 1}, {"reason", "wrong customer"}});
    INFO(shred.text);
    REQUIRE(shred.status == 200);
    const auto gone = node.get(version_path(id, 1));
    CHECK(gone.status == 404);
    CHECK(gone.says("wrong customer"));
    CHECK(node.get(version_path(id, 1) + "/header").status == 404);
    CHECK(get_whole(node, version_path(id, 2), 7) == "another");
    const auto body = std::string(shred.body.at("versions").as_array()[0].at("body").as_string());
    CHECK_FALSE(fs::exists(node.config.store.folder / "vault" / body));
    CHECK(fs::exists(backup / "vault" / body));
    node.stop();
    // The thief has the backup, the data key and the keys as they are now.
    fs::remove_all(node.config.store.folder);
    fs::copy(backup, node.config.store.folder, fs::copy_options::recursive);
    fs::remove(node.config.store.folder / "anchor");
    const auto keys = ledger::VaultKeys::open(key_file, data_key).value();
    ledger::StoreOptions options = node.config.store;
    options.data_key = data_key;
    options.read_only = true;
    {
        const auto store = ledger::Store::open(options).value();
        int versions = 0, opened = 0;
        store->scan(ledger::Table::work, [&](ledger::ByteView name, ledger::ByteView value) {
            if (!ledger::as_text(name).starts_with("vault.document/")) return true;
            const auto row = json::parse(ledger::as_text(value));
            const auto project =
                ledger::parse_vault_id(row.at("project").as_string(), "project").value();
            for (const auto& version : row.at("versions").as_array()) {
                ++versions;
                const auto wrapped =
                    ledger::from_base64(version.at("wrapped").as_string(), "wrapped").value();
                const auto name_of_key =
                    ledger::parse_vault_id(version.at("key").as_string(), "key").value();
                opened += keys->unwrap(project, name_of_key, wrapped).has_value() ? 1 : 0;
            }
            return true;
        });
        CHECK(versions == 2);
        CHECK(opened == 1);
    }
}

TEST_CASE("who does not manage the vault reads what is shared with him, and no more",
          "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas", "internal");
    const auto id = put_document(node, "atlas", "plan", "the plan").member("document");
    REQUIRE(put_document(node, "atlas", "other", "more").status == 201);
    Person quality(node, "quentin", {"quality"}), line(node, "lina", {"line"});
    CHECK(quality.get(version_path(id, 1)).text == "the plan");
    CHECK(line.get(version_path(id, 1)).status == 404);
    CHECK(line.get("/v1/vault/documents").body.at("documents").as_array().empty());
    CHECK(line.post("/v1/vault/projects").status == 403);
    CHECK(line.get(version_path(id, 1) + "/header").status == 403);
    const auto granted = node.post("/v1/vault/shares", {{"project", "atlas"},
                                                        {"document", id},
                                                        {"recipient", "oem.example"},
                                                        {"role", "line"},
                                                        {"purpose", "set-up"},
                                                        {"mode", "download"},
                                                        {"end", 4'000'000'000}});
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    CHECK(line.get(version_path(id, 1)).text == "the plan");
    CHECK(line.get("/v1/vault/documents").body.at("documents").as_array().size() == 1);
    CHECK(line.get("/v1/vault/shares").body.at("shares").as_array().size() == 1);
    Person warehouse(node, "wanda", {"warehouse"});
    CHECK(warehouse.get(version_path(id, 1)).status == 404);
    CHECK(node.post("/v1/vault/shares/" + granted.member("share") + "/end", {{"reason", "done"}})
              .status == 200);
    CHECK(line.get(version_path(id, 1)).status == 404);
    // Who read what is in the audit log, and nothing of it is in the ledger.
    const auto log = node.get("/v1/audit?about=plan");
    CHECK(log.text.find("person lina") != std::string::npos);
    CHECK(log.text.find("document plan version 1") != std::string::npos);
}

TEST_CASE("the command line keeps a file, and age opens what it exports", "[cli][vault]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "oem");
    site.start();
    REQUIRE(site.run({"vault", "project", "add", "--name", "atlas", "--steward", "anna"}).code ==
            0);
    const auto text = document_text(9'000'000);
    const auto file = work.file("board.zip", ledger::as_bytes(text));
    const auto put = site.run({"vault", "put", file, "--project", "atlas", "--note", "rev A"});
    INFO(put.err);
    REQUIRE(put.code == 0);
    CHECK(put.json().at("version").to_number<int>() == 1);
    const auto out = (work.path() / "out.zip").string();
    const auto got = site.run({"vault", "get", "atlas/board.zip", "--out", out});
    INFO(got.err);
    REQUIRE(got.code == 0);
    CHECK(bytes_of(out) == text);
    CHECK(site.run({"vault", "get", "atlas/board.zip", "--out", out}).code == 2);
    CHECK(site.run({"vault", "get", "atlas/nothing", "--out", out + "2"}).code == 2);
    const auto age = (work.path() / "board.age").string();
    REQUIRE(site.run({"vault", "export", "atlas/board.zip", "--out", age}).code == 0);
    CHECK(work.run({"vault", "identity", "--config", site.config()}).code == 2);
    const auto identity = work.run({"vault", "identity", "--config", site.config(), "--yes"});
    REQUIRE(identity.code == 0);
    const auto key = work.file("key.txt", ledger::as_bytes(identity.out));
    if (std::system("command -v age > /dev/null") == 0) {
        const auto opened = (work.path() / "opened.zip").string();
        CHECK(std::system(("age -d -i " + key + " -o " + opened + " " + age).c_str()) == 0);
        CHECK(bytes_of(opened) == text);
    } else {
        WARN("SKIPPED: age is not installed");
    }
    CHECK(site.run({"vault", "shred", "atlas/board.zip", "--reason", "x"}).code == 2);
    CHECK(site.run({"vault", "shred", "atlas/board.zip", "--reason", "x", "--yes"}).code == 0);
    CHECK(site.run({"vault", "get", "atlas/board.zip", "--out", out, "--force"}).code == 2);
    CHECK(site.stop() == 0);
}

TEST_CASE("an upload that began before lowers nothing", "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    REQUIRE(put_document(node, "atlas", "plan", "one", {{"classification", "public"}}).status ==
            201);
    const auto begun =
        node.post("/v1/vault/uploads", {{"project", "atlas"}, {"name", "plan"}, {"size", 3}});
    REQUIRE(begun.status == 201);
    const std::int64_t far = 2'000'000'000;
    REQUIRE(put_document(node, "atlas", "plan", "two",
                         {{"classification", "restricted"}, {"retain_until", far}})
                .status == 201);
    const auto upload = begun.member("upload");
    REQUIRE(put_part(node, upload, 0, "old").status == 200);
    const auto done = node.post("/v1/vault/uploads/" + upload + "/finish", {});
    REQUIRE(done.status == 201);
    const auto shown = node.get("/v1/vault/documents/" + done.member("document"));
    CHECK(shown.member("classification") == "restricted");
    CHECK(shown.body.at("retain_until").as_int64() == far);
}

TEST_CASE("of many uploads at once few have their files open, and each goes on",
          "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    const auto open_parts = [] {
        std::size_t out = 0;
        for (const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            const auto file = std::filesystem::read_symlink(one.path(), gone);
            if (!gone && file.extension() == ".part") ++out;
        }
        return out;
    };
    constexpr std::size_t kChunk = 65536;
    const auto text = document_text(2 * kChunk);
    std::vector<std::string> uploads;
    for (std::size_t i = 0; i < api::Vault::kMostOpen + 4; ++i) {
        const auto begun = node.post(
            "/v1/vault/uploads",
            {{"project", "atlas"}, {"name", "plan " + std::to_string(i)}, {"size", text.size()}});
        REQUIRE(begun.status == 201);
        uploads.push_back(begun.member("upload"));
        const auto taken = put_part(node, uploads.back(), 0, text.substr(0, kChunk));
        REQUIRE(taken.status == 200);
        CHECK(taken.body.at("taken") == kChunk);
    }
    CHECK(open_parts() == api::Vault::kMostOpen);
    for (const auto& upload : uploads) {
        REQUIRE(put_part(node, upload, kChunk, text.substr(kChunk)).status == 200);
        const auto done = node.post("/v1/vault/uploads/" + upload + "/finish", {});
        REQUIRE(done.status == 201);
        CHECK(get_whole(node, version_path(done.member("document"), 1), text.size()) == text);
    }
    CHECK(open_parts() == 0);
}

TEST_CASE("an upload whose node is killed goes on from what is on its disk", "[cli][vault]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "oem");
    site.start();
    REQUIRE(site.run({"vault", "project", "add", "--name", "atlas", "--steward", "anna"}).code ==
            0);
    const auto text = document_text(64'000'000);
    const auto file = work.file("big", ledger::as_bytes(text));
    std::string upload;
    {
        Process put({"vault", "put", file, "--project", "atlas", "--config", site.config()},
                    work.path() / "put.log");
        // As soon as some of it is there.
        REQUIRE(eventually([&] {
            const auto folder = site.folder() / "store" / "vault";
            if (!fs::exists(folder)) return false;
            for (const auto& entry : fs::directory_iterator(folder))
                if (entry.path().extension() == ".part" && fs::file_size(entry) > 4'000'000)
                    upload = entry.path().stem();
            return !upload.empty();
        }));
        site.stop(SIGKILL);
        put.signal(SIGKILL);
        put.wait();
    }
    const auto part = site.folder() / "store" / "vault" / (upload + ".part");
    site.start();
    REQUIRE(fs::exists(part));  // else the node was killed too late
    const auto listed = site.run({"vault", "uploads"});
    CHECK(listed.json().at("uploads").as_array().size() == 1);
    // Of another file the beginning would stay, and nobody ever had what came of it.
    auto other = text;
    other.back() ^= 1;
    const auto mixed =
        site.run({"vault", "put", work.file("other", ledger::as_bytes(other)), "--resume", upload});
    CHECK(mixed.code == 2);
    CHECK_THAT(mixed.err, Catch::Contains("is another file than the upload began with"));
    // The same command again finds what is there.
    const auto put = site.run({"vault", "put", file, "--project", "atlas"});
    INFO(put.err);
    REQUIRE(put.code == 0);
    CHECK_THAT(put.err, Catch::Contains(" are there: going on") && !Catch::StartsWith("0 "));
    CHECK_FALSE(fs::exists(part));
    const auto out = (work.path() / "out").string();
    REQUIRE(site.run({"vault", "get", "atlas/big", "--out", out}).code == 0);
    CHECK(bytes_of(out) == text);
    CHECK(site.stop() == 0);
}

}  // namespace reelproof::node::tests
