// The data key: what it opens with, and how it goes from one secret to another.
#include "node/data_key.h"

#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/store/fault.h"
#include "node/keyring.h"
#include "tests/ledger/base/result_printer.h"
#include "tests/node/cli_support.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;

namespace {

using Catch::Matchers::Contains;
using Kind = WrapSource::Kind;

AskPassphrase say(const std::string& phrase) {
    return [phrase](const std::string&, bool) -> ledger::Result<ledger::Secret<32>> {
        return ledger::Secret<32>(ledger::sha256(ledger::as_bytes(phrase)));
    };
}

// An organisation as `org init` makes it.
struct Org {
    TempFolder folder;
    fs::path keys = folder.path() / "org/keys";
    Org() {
        NewOrg wanted;
        wanted.folder = folder.path() / "org";
        wanted.org = "ems.example";
        REQUIRE(make_org(wanted));
    }
    [[nodiscard]] std::string read(const fs::path& file) const {
        const auto bytes = ledger::read_file(file, 1 << 20).value();
        return {bytes.begin(), bytes.end()};
    }
    [[nodiscard]] DataKey load(const AskPassphrase& ask = {}) const {
        return load_data_key(keys, ask).value().value();
    }
    [[nodiscard]] std::string refusal(const AskPassphrase& ask = {}) const {
        const auto loaded = load_data_key(keys, ask);
        return loaded ? "" : loaded.error().message;
    }
};

bool is_secret(const fs::path& file) {
    return (fs::status(file).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
           fs::perms::none;
}

}  // namespace

TEST_CASE("org init makes a data key under a key file", "[data_key]") {
    const Org org;
    CHECK(is_secret(org.keys / "data.key"));
    CHECK(is_secret(org.keys / "unlock.key"));
    const auto key = org.load();
    CHECK(org.read(org.keys / "data.key").find(ledger::to_hex(key.expose())) == std::string::npos);
    CHECK_FALSE(load_data_key(org.folder.path()).value());  // none there

    SECTION("its key file is another") {
        save_secret(org.keys / "unlock.key", DataKey::random().expose());
        CHECK_THAT(org.refusal(), Contains("wrong file") && Contains("unlock.key"));
    }
    SECTION("its key file is readable by others") {
        fs::permissions(org.keys / "unlock.key", fs::perms::others_read, fs::perm_options::add);
        CHECK_THAT(org.refusal(), Contains("chmod 600"));
    }
    SECTION("its key file is gone or short") {
        fs::remove(org.keys / "unlock.key");
        CHECK_THAT(org.refusal(), Contains("unlock.key"));
        ledger::write_file_durably(org.keys / "unlock.key", ledger::as_bytes("short\n"), 0600);
        CHECK_THAT(org.refusal(), Contains("less than 32 bytes"));
    }
    SECTION("it is damaged") {
        const auto good = org.read(org.keys / "data.key");
        const auto refuses = [&](const std::string& text, const std::string& why) {
            ledger::write_file_durably(org.keys / "data.key", ledger::as_bytes(text), 0600);
            CAPTURE(text);
            CHECK_THAT(org.refusal(), Contains("data.key") && Contains(why));
        };
        const auto changed = [&](std::string_view from, std::string_view to) {
            auto text = good;
            return text.replace(text.find(from), from.size(), to);
        };
        refuses("", "JSON");
        refuses("{}", "version");
        refuses(changed("\"version\":1", "\"version\":2"), "newer program");
        refuses(changed("\"file\"", "\"prayer\""), "by");
        refuses(changed("\"wrapped\":\"", "\"wrapped\":\"00"), "does not open");
        refuses(changed("\"by\":\"file\"", R"("by":"credential")"), "CREDENTIALS_DIRECTORY");
        refuses(R"({"version":1,"by":"credential","name":"../x","wrapped":"00"})", "name");
        refuses(R"({"version":1,"by":"passphrase","salt":"00","wrapped":"00"})", "salt");
        const std::string salted =
            R"({"version":1,"by":"passphrase","salt":"00000000000000000000000000000000",)";
        refuses(salted + R"("passes":0,"memory_mib":1,"wrapped":"00"})", "passes");
        refuses(salted + R"("passes":1,"memory_mib":9999999,"wrapped":"00"})", "memory_mib");
    }
}

TEST_CASE("the data key goes under another secret and stays the same", "[data_key]") {
    const Org org;
    const auto key = org.load();
    const auto log_key = load_keyring(org.keys).value().log;
    const auto outside = org.folder.path() / "stick.key";

    const auto phrase = say("correct horse battery");
    const auto to_phrase = rewrap_data_key(org.keys, {Kind::passphrase, ""}, phrase).value();
    CHECK_FALSE(to_phrase.made);
    CHECK(to_phrase.sealed == 7);
    CHECK(to_phrase.removed == org.keys / "unlock.key");
    CHECK_FALSE(fs::exists(org.keys / "unlock.key"));
    CHECK(org.load(phrase) == key);
    CHECK_THAT(org.refusal(say("incorrect horse")), Contains("the wrong passphrase"));
    CHECK_THAT(org.refusal(), Contains("passphrase"));
    // The wrong one changes nothing.
    const auto before = org.read(org.keys / "data.key");
    CHECK_FALSE(rewrap_data_key(org.keys, {Kind::file, outside}, say("incorrect horse")));
    CHECK(org.read(org.keys / "data.key") == before);
    CHECK_FALSE(fs::exists(outside));

    const auto to_file = rewrap_data_key(org.keys, {Kind::file, outside}, phrase).value();
    CHECK(to_file.sealed == 0);
    CHECK(is_secret(outside));
    CHECK(org.load() == key);

    const auto credentials = org.folder.path() / "credentials";
    fs::create_directory(credentials);
    ledger::write_file_durably(credentials / "reelproof",
                               ledger::as_bytes(std::string(64, 'c') + "\n"), 0440);
    ::setenv("CREDENTIALS_DIRECTORY", credentials.c_str(), 1);
    const auto to_credential = rewrap_data_key(org.keys, {Kind::credential, "reelproof"});
    REQUIRE(to_credential);
    CHECK(to_credential->removed.empty());  // not ours
    CHECK(fs::exists(outside));
    CHECK(org.load() == key);
    CHECK_FALSE(rewrap_data_key(org.keys, {Kind::credential, "other"}));
    CHECK(org.load() == key);
    ::unsetenv("CREDENTIALS_DIRECTORY");
    CHECK_THAT(org.refusal(), Contains("LoadCredential=reelproof"));

    CHECK(load_keyring(org.keys, key).value().log == log_key);
}

TEST_CASE("no file of the node itself becomes the key file", "[data_key]") {
    const Org org;
    const auto key = org.load();
    const auto log_key = load_keyring(org.keys).value().log;
    const auto refused = [&](const fs::path& file) {
        CAPTURE(file);
        const auto before = fs::exists(file) ? org.read(file) : "";
        const auto wrapped = rewrap_data_key(org.keys, {Kind::file, file});
        REQUIRE_FALSE(wrapped);
        CHECK(wrapped.error().kind == ledger::ErrorKind::malformed);
        CHECK_THAT(wrapped.error().message,
                   Contains("file of the node itself") || Contains("sealed private key"));
        CHECK((fs::exists(file) ? org.read(file) : "") == before);
    };
    fs::permissions(org.keys / "tls.crt", fs::perms::owner_read | fs::perms::owner_write);
    fs::remove(org.keys / "witness.key");  // nor one that is not there yet
    for (const auto name :
         {"data.key", ".data.key.lock", "node.key", "receipt.key", "log.key", "mirror.key",
          "sealing.key", "tls.key", "tls.crt", "root.key", "witness.key"})
        refused(org.keys / name);
    CHECK_FALSE(fs::exists(org.keys / "witness.key"));
    // Nor under another name.
    fs::create_symlink(org.keys / "data.key", org.folder.path() / "stick.key");
    refused(org.folder.path() / "stick.key");
    fs::create_hard_link(org.keys / "log.key", org.keys / "other.key");
    refused(org.keys / "other.key");
    ledger::write_file_durably(org.folder.path() / "old-log.key",
                               ledger::as_bytes("sealed:" + std::string(100, 'A')), 0600);
    refused(org.folder.path() / "old-log.key");
    CHECK(org.load() == key);
    CHECK(load_keyring(org.keys).value().log == log_key);
}

TEST_CASE("only the key file that was made with the organisation is ever removed", "[data_key]") {
    const Org org;
    const auto key = org.load();
    save_secret(org.keys / "mine.key", DataKey::random().expose());
    const auto mine = rewrap_data_key(org.keys, {Kind::file, org.keys / "mine.key"}).value();
    CHECK(mine.removed == org.keys / "unlock.key");
    const auto phrase = say("correct horse battery");
    CHECK(rewrap_data_key(org.keys, {Kind::passphrase, ""}, phrase).value().removed.empty());
    CHECK(fs::exists(org.keys / "mine.key"));
    CHECK(org.load(phrase) == key);

    // Not even that one while it opens the data key under another name.
    REQUIRE(rewrap_data_key(org.keys, {Kind::file, "unlock.key"}, phrase));
    fs::create_hard_link(org.keys / "unlock.key", org.folder.path() / "stick.key");
    const auto linked = org.folder.path() / "stick.key";
    CHECK(rewrap_data_key(org.keys, {Kind::file, linked}).value().removed.empty());
    CHECK(fs::exists(org.keys / "unlock.key"));
    CHECK(org.load() == key);
}

TEST_CASE("nothing is sealed or removed for a wrap that does not open again", "[data_key]") {
    const Org org;
    const auto key = org.load();
    const auto outside = org.folder.path() / "stick.key";
    ledger::set_fault_hook([&](ledger::FaultPoint at) {
        if (at == ledger::FaultPoint::after_wrap) save_secret(outside, DataKey::random().expose());
    });
    CHECK_THROWS_WITH((void)rewrap_data_key(org.keys, {Kind::file, outside}),
                      Contains("data.key did not open again") && Contains("old secret"));
    ledger::set_fault_hook({});
    CHECK(org.load() == key);
    CHECK(fs::exists(org.keys / "unlock.key"));
    CHECK_FALSE(org.read(org.keys / "log.key").starts_with("sealed:"));
}

TEST_CASE("a passphrase that there is no memory for is trouble of the machine", "[data_key]") {
    const Org org;
    ledger::write_file_durably(
        org.keys / "data.key",
        ledger::as_bytes(
            R"({"version":1,"by":"passphrase","salt":"00000000000000000000000000000000",)"
            R"("passes":1,"memory_mib":4096,"wrapped":"00"})"),
        0600);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::uint64_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        const rlim_t limit = pages * 4096 + (rlim_t{1} << 30);
        const rlimit limits{limit, limit};
        ::setrlimit(RLIMIT_AS, &limits);
        try {
            (void)load_data_key(org.keys, say("correct horse battery"));
        } catch (const ledger::EnvironmentError& trouble) {
            ::_exit(std::string(trouble.what()).find("4096 MiB") != std::string::npos ? 0 : 2);
        } catch (...) {
            ::_exit(1);
        }
        ::_exit(3);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a keys folder that can't be looked into is trouble of the machine", "[data_key]") {
    const Org org;
    const auto loop = org.folder.path() / "loop";
    fs::create_directory_symlink(loop, loop);
    CHECK_THROWS_AS(load_data_key(loop), ledger::EnvironmentError);
    CHECK_THROWS_AS(rewrap_data_key(org.keys, {Kind::file, loop / "stick.key"}),
                    ledger::EnvironmentError);
    fs::remove(org.keys / "witness.key");
    fs::create_symlink("witness.key", org.keys / "witness.key");
    CHECK_THROWS_AS(load_keyring(org.keys), ledger::EnvironmentError);
}

TEST_CASE("private keys lie sealed once their secret lies elsewhere", "[data_key]") {
    const Org org;
    const auto plain = load_keyring(org.keys).value();
    const auto phrase = say("correct horse battery");
    REQUIRE(rewrap_data_key(org.keys, {Kind::passphrase, ""}, phrase));
    const auto key = org.load(phrase);
    for (const auto& entry : fs::directory_iterator(org.keys)) {
        if (entry.path().filename() == "root.key") continue;  // to be kept offline
        const auto text = org.read(entry.path());
        CAPTURE(entry.path());
        CHECK_THAT(text, !Contains("PRIVATE KEY"));
        for (const auto secret :
             {plain.statement.secret().expose(), plain.receipt.secret().expose(),
              plain.log.expose(), plain.mirror.expose(), plain.witness->expose(),
              plain.sealing.front().secret.expose(), key.expose()}) {
            CHECK_THAT(text, !Contains(ledger::to_hex(secret)));
            CHECK_THAT(text, !Contains(ledger::to_base64(secret)));
            CHECK_THAT(text, !Contains(std::string(ledger::as_text(secret))));
        }
    }
    const auto opened = load_keyring(org.keys, key).value();
    CHECK(opened.log == plain.log);
    CHECK(opened.tls_key == plain.tls_key);
    CHECK_THAT(load_keyring(org.keys).error().message, Contains("is sealed under the data key"));
    CHECK_THAT(load_keyring(org.keys, DataKey::random()).error().message,
               Contains("node.key does not open"));
    // One key put in another's place is no key.
    fs::copy_file(org.keys / "log.key", org.keys / "mirror.key",
                  fs::copy_options::overwrite_existing);
    CHECK_THAT(load_keyring(org.keys, key).error().message, Contains("mirror.key does not open"));

    fs::remove(org.keys / "data.key");
    CHECK_THAT(rewrap_data_key(org.keys, {Kind::passphrase, ""}, phrase).error().message,
               Contains("data.key is missing"));
}

TEST_CASE("an organisation older than witnesses gets a witness key, sealed like the others",
          "[data_key]") {
    const Org org;
    fs::remove(org.keys / "witness.key");
    CHECK_FALSE(load_keyring(org.keys).value().witness);
    const auto phrase = say("correct horse battery");
    const auto key = org.load();
    const bool sealed = GENERATE(false, true);
    if (sealed)
        CHECK(rewrap_data_key(org.keys, {Kind::passphrase, ""}, phrase).value().sealed == 6);
    const auto seed = add_witness_key(org.keys, key);
    CHECK(is_secret(org.keys / "witness.key"));
    CHECK(org.read(org.keys / "witness.key").starts_with("sealed:") == sealed);
    CHECK(load_keyring(org.keys, key).value().witness == seed);
}

TEST_CASE("whoever dies while wrapping has a key that opens with the old or the new",
          "[data_key]") {
    const auto point = GENERATE(ledger::FaultPoint::before_wrap, ledger::FaultPoint::after_wrap);
    const Org org;
    const auto key = org.load();
    const auto ring = load_keyring(org.keys).value();
    const auto outside = org.folder.path() / "stick.key";
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ledger::set_fault_hook([point](ledger::FaultPoint at) {
            if (at == point) ::kill(::getpid(), SIGKILL);
        });
        (void)rewrap_data_key(org.keys, {Kind::file, outside});
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    CHECK(org.load() == key);
    CHECK(load_keyring(org.keys, key).value().log == ring.log);
    // Until then both secrets are there; the next time finishes it.
    CHECK(fs::exists(org.keys / "unlock.key"));
    const bool wrapped = point == ledger::FaultPoint::after_wrap;
    CHECK(finish_sealing(org.keys, key).value().size() == (wrapped ? 7 : 0));
    CHECK(org.read(org.keys / "log.key").starts_with("sealed:") == wrapped);
    REQUIRE(rewrap_data_key(org.keys, {Kind::file, outside}));
    CHECK(org.load() == key);
    CHECK(org.read(org.keys / "log.key").starts_with("sealed:"));
    CHECK(load_keyring(org.keys, key).value().log == ring.log);
    CHECK_FALSE(fs::exists(org.keys / "unlock.key"));
}

TEST_CASE("the command line wraps the data key under a passphrase", "[data_key]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto dir = work.path() / "acme";
    REQUIRE(work.run({"org", "init", "--dir", dir, "--org", "acme.example"}).code == 0);
    const auto config = (dir / "node.toml").string();
    const auto rewrap = [&](const std::string& to, const std::string& input = "") {
        return work.run({"ledger", "rewrap", "--config", config, "--to", to, "--json"}, input);
    };
    CHECK(rewrap("prayer").code == 2);
    CHECK(rewrap("passphrase").code == 2);
    CHECK(rewrap("passphrase", "too short\n").code == 2);
    const auto done = rewrap("passphrase", "correct horse battery\n");
    CAPTURE(done.err);
    REQUIRE(done.code == 0);
    CHECK(done.json().at("sealed").as_int64() == 7);
    const auto wrong = rewrap("passphrase", "wrong horse battery\nanother one of mine\n");
    CHECK(wrong.code != 0);
    CHECK_THAT(wrong.err, Contains("the wrong passphrase") && !Contains("horse"));
    CHECK(rewrap("passphrase", "correct horse battery\nanother one of mine\n").code == 0);
    // What needs public data alone asks for no key.
    CHECK(work.run({"ledger", "check", "--config", config}).code == 0);
    CHECK(work.run({"ledger", "export", "--config", config}).code == 0);
    CHECK(work.run({"ledger", "backup", "--config", config, work.path() / "copy"}).code == 0);
    CHECK(work.run({"ledger", "stats", "--config", config, "--json"})
              .json()
              .at("encrypted")
              .as_bool());
    const auto node = work.run({"node", "run", "--config", config}, "wrong horse battery\n");
    CHECK(node.code != 0);
    CHECK_THAT(node.err, Contains("the wrong passphrase"));

    fs::remove(dir / "keys/data.key");
    const auto second = rewrap("file=" + (work.path() / "new.key").string());
    CHECK(second.code != 0);
    CHECK_THAT(second.err, Contains("is missing"));
    CHECK_FALSE(fs::exists(work.path() / "new.key"));
}

TEST_CASE("a node seals what lies plain beside a secret that lies elsewhere",
          "[data_key][service]") {
    ServiceNode node("ems.example");
    const auto& keys = node.config.keys;
    const auto key = load_data_key(keys).value().value();
    const auto seed = load_keyring(keys).value().log;
    const TempFolder elsewhere;
    REQUIRE(rewrap_data_key(keys, {Kind::file, elsewhere.path() / "stick.key"}));
    fs::remove(keys / "log.key");
    save_secret(keys / "log.key", seed.expose());
    node.start();
    CHECK(
        ledger::as_text(ledger::read_file(keys / "log.key", 4096).value()).starts_with("sealed:"));
    CHECK(load_keyring(keys, key).value().log == seed);
}

TEST_CASE("a node without its data key does not start", "[data_key][service]") {
    ServiceNode node("ems.example");
    fs::remove(node.config.keys / "data.key");
    CHECK_THROWS_WITH(node.start(), Contains("data key is missing"));
}

}  // namespace reelproof::node::tests
