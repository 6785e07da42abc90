// Configuration, policy and tokens: every error names the file and the member.
#include "node/config.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "api/people/secrets.h"
#include "node/keyring.h"
#include "node/setup.h"
#include "tests/node/replication_support.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;

namespace {

const std::string kRoot(64, 'a');
const std::string kGood =
    "org = \"ems.example\"\nroot = \"" + kRoot + "\"\nurl = \"https://ems.example:8443\"\n";

struct Folder : TempFolder {
    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(path() / name, std::ios::binary) << text;
        fs::permissions(path() / name, fs::perms::owner_read | fs::perms::owner_write);
        return path() / name;
    }
    template <class Load>
    void refuses(Load load, const std::string& text, const std::string& why) const {
        const auto file = write("x.toml", text);
        const auto result = load(file);
        INFO(text);
        REQUIRE_FALSE(result);
        INFO(result.error().message);
        CHECK(result.error().message.starts_with(file.string()));
        CHECK(result.error().message.find(why) != std::string::npos);
    }
};

std::string partner(const std::string& org, const std::string& root = kRoot,
                    const std::string& url = "https://x") {
    return "[[partner]]\norg = \"" + org + "\"\nroot = \"" + root + "\"\nurl = \"" + url + "\"\n";
}

}  // namespace

TEST_CASE("a configuration names everything, with defaults beside the file") {
    const Folder folder;
    const auto plain = load_config(folder.write("node.toml", kGood)).value();
    CHECK(plain.org == "ems.example");
    CHECK(plain.origin == "ems.example/ledger");
    CHECK(plain.listen.address == "127.0.0.1");
    CHECK(plain.listen.port == 8443);
    CHECK(plain.store.folder == folder.path() / "store");
    CHECK(plain.store.anchor == folder.path() / "anchor");
    CHECK(plain.keys == folder.path() / "keys");
    CHECK(plain.salt_file.empty());
    CHECK(plain.poll_interval.count() == 1000);

    const auto full = load_config(folder.write("node.toml", kGood + R"(
listen = "[::1]:9000"
keys = "/etc/keys"
readers = 4
network_salt_file = "salt"
[store]
folder = "/var/store"
anchor = "/media/anchor"
map_size = "512 MiB"
max_map_size = "2 GiB"
[replication]
poll_ms = 50
)" + partner("maker.example") + "[[guest]]\norg = \"g.example\"\nroot = \"" +
                                                                kRoot + "\"\n"))
                          .value();
    CHECK(full.listen.address == "::1");
    CHECK(full.listen.port == 9000);
    CHECK(full.keys == "/etc/keys");
    CHECK(full.store.folder == "/var/store");
    CHECK(full.store.anchor == "/media/anchor");
    CHECK(full.store.map_size == std::size_t{512} << 20);
    CHECK(full.store.max_map_size == std::size_t{2} << 30);
    CHECK(full.partners.size() == 1);
    CHECK(full.partners[0].pull);
    CHECK_FALSE(full.partners[0].push);
    CHECK(full.trusted_roots().size() == 3);
}

TEST_CASE("label profiles lie in a folder that starts at the configuration's") {
    const Folder folder;
    const auto load = [](const fs::path& file) { return load_config(file); };
    CHECK(load_config(folder.write("node.toml", kGood)).value().label_profiles.empty());
    const auto file = folder.write("node.toml", kGood + "[labels]\nprofiles = \"mine\"\n");
    CHECK(load_config(file).value().label_profiles == folder.path() / "mine");
    folder.refuses(load, kGood + "[labels]\nprofile = \"mine\"\n",
                   "labels.profile is not an option");
}

TEST_CASE("limits have defaults, and rates allow five seconds' worth at once") {
    const Folder folder;
    const auto plain = load_config(folder.write("node.toml", kGood)).value().limits;
    CHECK(plain.connections == 1000);
    CHECK(plain.connections_per_address == 100);
    CHECK(plain.new_connections.a_second == 200);
    CHECK(plain.strangers.a_second == 100);
    CHECK(plain.callers.a_second == 1000);
    for (const auto& rate : {plain.new_connections, plain.strangers, plain.callers})
        CHECK(rate.at_once == 5 * rate.a_second);
    const auto given = load_config(folder.write("node.toml", kGood + R"([limits]
connections = 50
connections_per_address = 9
connections_per_second = 1
requests_per_second = 2
caller_requests_per_second = 3
)"))
                           .value()
                           .limits;
    CHECK(given.connections == 50);
    CHECK(given.connections_per_address == 9);
    CHECK(given.new_connections.at_once == 5);
    CHECK(given.strangers.at_once == 10);
    CHECK(given.callers.at_once == 15);
    const auto load = [](const fs::path& file) { return load_config(file); };
    folder.refuses(load, kGood + "[limits]\nconnections = 1\n", "limits.connections must be");
    folder.refuses(load, kGood + "[limits]\nrequests_per_second = 0\n",
                   "limits.requests_per_second must be");
    folder.refuses(load, kGood + "[limits]\nrequests = 5\n", "limits.requests is not an option");
}

TEST_CASE("a partner may be one that only calls us, or one that our log is delivered to") {
    const Folder folder;
    const auto config =
        load_config(folder.write("node.toml", kGood + partner("a.example") +
                                                  "push = true\ngzip = true\n" +
                                                  "[[partner]]\norg = \"b.example\"\nroot = \"" +
                                                  kRoot + "\"\npull = false\n"))
            .value();
    REQUIRE(config.partners.size() == 2);
    CHECK(config.partners[0].push);
    CHECK(config.partners[0].pull);
    CHECK(config.partners[0].gzip);
    CHECK_FALSE(config.partners[1].gzip);
    CHECK(config.partners[1].url.empty());
    CHECK_FALSE(config.partners[1].pull);
}

TEST_CASE("a wrong configuration names the member") {
    const Folder folder;
    const auto refuses = [&](const std::string& text, const std::string& why) {
        folder.refuses(load_config, text, why);
    };
    refuses("", "org is missing");
    refuses(kGood + "[[\n", "not TOML");  // by an assertion of toml++
    refuses("vers =\xef\xbb\xbf 12\n", "x.toml: line 1: Error");
    refuses("vers =\xc3\xa9 12\n", "x.toml: line 1: Error");
    refuses("org = \"ems.example\"\nroot = \"" + kRoot + "\"\n", "url is missing");
    refuses("org = 5\n", "org must be a text");
    refuses("org = \"EMS Example\"\nroot = \"" + kRoot + "\"\nurl = \"https://x\"\n",
            "org must be a name like");
    refuses("org = \"e.x\"\nroot = \"abc\"\nurl = \"https://x\"\n", "root must be a thumbprint");
    for (const auto* listen : {"8443", ":8443", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:84x"})
        refuses(kGood + "listen = \"" + listen + "\"\n", "listen must be ADDRESS:PORT");
    refuses(kGood + "readers = 0\n", "readers must be a number from 1 to 64");
    refuses(kGood + "readers = \"two\"\n", "readers must be a number");
    refuses(kGood + "colour = 1\n", "colour is not an option that this version knows");
    refuses(kGood + "[store]\nfoler = \"x\"\n", "store.foler is not an option");
    refuses(kGood + "store = 1\n", "store must be a table");
    for (const auto* size : {"64", "64 KiB", "-1 GiB", "0 MiB", "99999999999 GiB", ""})
        refuses(kGood + "[store]\nmap_size = \"" + size + "\"\n", "store.map_size must be a size");
    refuses(kGood + "[store]\nmax_map_size = \"much\"\n", "store.max_map_size must be a size");
    refuses(kGood + "[replication]\npoll_ms = 1\n", "replication.poll_ms must be a number from 50");
    refuses(kGood + partner("maker.example") + partner("maker.example"),
            "partner.org maker.example is named twice");
    refuses(kGood + partner("ems.example"), "partner.org ems.example is this organisation itself");
    refuses(kGood + partner("m.example", "12"), "partner.root must be a thumbprint");
    refuses(kGood + partner("m.example", kRoot, ""), "partner.url is missing");
    for (const auto* url : {"ftp://m.example", "http://m.example", "m.example:8443", "https://",
                            "https:///log", "https://m.example:0x1"}) {
        refuses(kGood + partner("m.example", kRoot, url), "partner.url must be an https URL");
        refuses("org = \"e.x\"\nroot = \"" + kRoot + "\"\nurl = \"" + url + "\"\n",
                ": url must be an https URL, like https://");
    }
    refuses(kGood + partner("M example"), "partner.org must be a name");
    refuses(kGood + partner("m.example") + "pull = false\n", "partner.pull is false");
    refuses(kGood + partner("m.example") + "push = 1\n", "partner.push must be true or false");
    refuses(kGood + "[[partner]]\norg = \"m.example\"\nroot = \"" + kRoot +
                "\"\npull = false\npush = true\n",
            "partner.push needs a partner that can be reached");
    refuses(kGood + "[[partner]]\norg = \"m.example\"\nroot = \"" + kRoot +
                "\"\npull = false\ngzip = true\n",
            "partner.gzip is for what is fetched");
    refuses(kGood + partner("m.example") + "role = \"x\"\n", "partner.role is not an option");
    refuses(kGood + "[[guest]]\norg = \"not a name\"\nroot = \"" + kRoot + "\"\n",
            "guest.org must be a name");
    refuses(kGood + "[[guest]]\norg = \"g.example\"\n", "guest.root is missing");
    refuses(kGood + "org = \"twice.example\"\n", "line 4");
    refuses("org = \"unclosed\n", "line 1");
    refuses(std::string("org = \"a\0b\"\n", 12), "line 1");
    refuses("\xff\xfe", "");
    refuses(std::string((1 << 20) + 1, '#'), "");
    const auto gone = load_config(folder.path() / "none.toml");
    REQUIRE_FALSE(gone);
    CHECK(gone.error().message.find("none.toml") != std::string::npos);
}

TEST_CASE("a policy is read whole or not at all") {
    const Folder folder;
    const auto policy = load_policy(folder.write("p.toml", R"(version = "2026-11"
lot_accounting = true
[freshness]
stale_hours = 2
stale_major_hours = 3
[[manufacturer]]
org = "maker.example"
mpns = ["NL*"]
names = ["Nordic Light"]
[severity]
"label.syntax" = "critical"
)"))
                            .value();
    CHECK(policy.version == "2026-11");
    CHECK(policy.lot_accounting);
    CHECK(policy.stale_after == 7200);
    CHECK(policy.manufacturers.at(0).names == std::vector<std::string>{"Nordic Light"});
    CHECK(policy.severities.at("label.syntax") == ledger::Severity::critical);

    const std::string good = "version = \"1\"\n";
    const auto refuses = [&](const std::string& text, const std::string& why) {
        folder.refuses(load_policy, text, why);
    };
    refuses("", "version is missing");
    refuses(good + "lot_accounting = \"yes\"\n", "lot_accounting must be true or false");
    refuses(good + "lot_acounting = true\n", "lot_acounting is not an option");
    refuses(good + "[freshness]\nstale_hours = 0\n", "freshness.stale_hours must be a number");
    refuses(good + "[freshness]\nstale_hours = 20\nstale_major_hours = 10\n", "stale_major_hours");
    refuses(good + "[[manufacturer]]\nmpns = []\n", "manufacturer.org is missing");
    refuses(good + "[[manufacturer]]\norg = \"m\"\nmpns = \"NL*\"\n", "mpns must be a list");
    refuses(good + "[[manufacturer]]\norg = \"m\"\nmpns = [1]\n", "mpns must be a list of texts");
    refuses(good + "[severity]\n\"label.syntax\" = \"bad\"\n", "label.syntax must be");
    refuses(good + "[severity]\n\"label.syntaks\" = \"minor\"\n", "label.syntaks is not a rule");
}

TEST_CASE("a policy that lets goods through tells of it") {
    ledger::Policy policy;
    policy.severities = {{"custody.elsewhere", ledger::Severity::minor},
                         {"recall.lot", ledger::Severity::major},
                         {"pedigree.none", ledger::Severity::minor},
                         {"label.syntax", ledger::Severity::major},
                         {"ledger.stale", ledger::Severity::critical}};
    CHECK(softened_rules(policy) ==
          std::vector<std::string>{
              "custody.elsewhere is only minor: it stops no goods any more",
              "pedigree.none is only minor: it stops no goods any more",
              "recall.lot is only major: it holds goods that it would reject as critical"});
}

TEST_CASE("the policy that org init writes is one that loads, and says the defaults") {
    const Folder folder;
    NewOrg wanted;
    wanted.folder = folder.path() / "org";
    wanted.org = "ems.example";
    REQUIRE(make_org(wanted));
    const auto policy = load_policy(wanted.folder / "policy.toml").value();
    const ledger::Policy defaults;
    CHECK(policy.stale_after == defaults.stale_after);
    CHECK(policy.stale_major_after == defaults.stale_major_after);
    CHECK(policy.lot_accounting == defaults.lot_accounting);
    CHECK(load_tokens(wanted.folder / "tokens.toml").value().size() == 1);
    CHECK(load_salt(wanted.folder / "network.salt"));
    CHECK(load_keyring(wanted.folder / "keys"));
}

TEST_CASE("tokens have names of their own and scopes that exist") {
    const Folder folder;
    const auto token = make_token("line-1", {"read", "write"});
    const auto loaded = load_tokens(folder.write("t.toml", token.entry)).value();
    CHECK(loaded.at(0).name == "line-1");
    CHECK(loaded.at(0).hash == api::hash_secret(token.token));
    CHECK(token.entry.find(token.token.substr(4)) == std::string::npos);
    CHECK(load_tokens(folder.write("t.toml", "")).value().empty());
    fs::permissions(folder.path() / "t.toml", fs::perms::group_read, fs::perm_options::add);
    REQUIRE_FALSE(load_tokens(folder.path() / "t.toml"));
    CHECK(load_tokens(folder.path() / "t.toml").error().kind == ledger::ErrorKind::malformed);

    const auto refuses = [&](const std::string& text, const std::string& why) {
        folder.refuses(load_tokens, text, why);
    };
    const std::string hash = "sha256 = \"" + kRoot + "\"\n";
    refuses(token.entry + token.entry, "token.name line-1 is there twice");
    refuses("[[token]]\nname = \"a\"\nscopes = [\"root\"]\n" + hash, "token.scopes holds \"root\"");
    refuses("[[token]]\nname = \"a\"\nscopes = []\n" + hash, "token.scopes is missing or empty");
    refuses("[[token]]\nname = \"a\"\nscopes = [\"read\"]\n", "token.sha256 is missing");
    refuses("[[token]]\nname = \"a\"\nscopes = [\"read\"]\nsha256 = \"12\"\n", "64 hex digits");
    refuses("[[token]]\nscopes = [\"read\"]\n" + hash, "token.name is missing");
    refuses("[[tokens]]\n", "tokens is not an option");
}

TEST_CASE("a salt is 32 hex digits, and an error never shows it") {
    const Folder folder;
    CHECK(load_salt(folder.write("s", std::string(32, 'b') + "\n")));
    fs::permissions(folder.path() / "s", fs::perms::others_read, fs::perm_options::add);
    REQUIRE_FALSE(load_salt(folder.path() / "s"));
    CHECK(load_salt(folder.path() / "s").error().message.find("chmod 600") != std::string::npos);
    for (const auto& text : {std::string(31, 'b'), std::string(33, 'b'), std::string(32, 'x'),
                             std::string(), std::string(2000, 'b')}) {
        const auto salt = load_salt(folder.write("s", text));
        REQUIRE_FALSE(salt);
        CHECK(salt.error().message.find("bbbb") == std::string::npos);
        CHECK(salt.error().message.find("xxxx") == std::string::npos);
        CHECK(salt.error().message.find((folder.path() / "s").string()) != std::string::npos);
    }
}

TEST_CASE("an organisation that can't be made leaves nothing behind") {
    const Folder folder;
    const auto fails = [&](NewOrg wanted, const std::string& why) {
        if (wanted.folder.empty()) wanted.folder = folder.path() / "org/";
        const auto made = make_org(wanted);
        REQUIRE_FALSE(made);
        INFO(made.error().message);
        CHECK(made.error().message.find(why) != std::string::npos);
    };
    NewOrg good;
    good.org = "ems.example";
    auto wanted = good;
    wanted.org = "EMS";
    fails(wanted, "--org");
    wanted = good;
    wanted.listen = "nowhere";
    fails(wanted, "listen");
    wanted = good;
    wanted.url = "https://\"quoted\"";
    fails(wanted, "--url");
    wanted = good;
    wanted.salt_file = folder.path() / "none";
    fails(wanted, "none");
    wanted = good;
    wanted.url = "http://plain.example";
    fails(wanted, "url");
    CHECK(fs::is_empty(folder.path()));

    // A file that is not ours is not overwritten.
    wanted = good;
    wanted.folder = folder.write("file", "");
    fails(wanted, "not an empty folder");
    wanted.folder = folder.path() / "org";
    wanted.anchor = (folder.path() / "file").string();
    fails(wanted, "--anchor");
    // Nor is the folder made that a volume would be mounted on.
    for (const auto& anchor : {(folder.path() / "volume" / "a").string(), std::string("sub/a")}) {
        wanted.anchor = anchor;
        fails(wanted, "--anchor: " + anchor + ": its folder is not there");
    }
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);

    // With a slash at the end, into an empty folder that is there.
    fs::create_directory(folder.path() / "org");
    good.folder = folder.path() / "org/";
    const auto made = make_org(good);
    REQUIRE(made);
    CHECK(load_config(made->config));
    good.anchor.clear();
    fails(good, "not an empty folder");
    CHECK(load_config(made->config));
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 2);
    CHECK((fs::status(good.folder).permissions() & fs::perms::others_all) == fs::perms::none);
}

}  // namespace reelproof::node::tests
