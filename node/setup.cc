#include "node/setup.h"

#include <sstream>

#include "api/http/tls_identity.h"
#include "api/people/secrets.h"
#include "api/people/users.h"
#include "api/routes/people.h"
#include "ledger/base/file.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/text_rules.h"
#include "ledger/provenance/compose.h"
#include "ledger/store/sequencer.h"
#include "node/config.h"
#include "node/keyring.h"

namespace reelproof::node {

namespace fs = std::filesystem;

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr std::string_view kPolicy =
    R"(# The policy of this organisation: see docs/RULES.md. Change the version with every change.
version = "1"

# Seal under each lot's key how many parts were made, taken in and given out. Others with parts of the
# same lot see these quantities: that is its price.
lot_accounting = false

[freshness]
stale_hours = 24         # a partner's log older than this: a remark
stale_major_hours = 168  # and older than this: HOLD

# Who makes what. Without any entry, whoever an item's first event names is taken for its maker.
# [[manufacturer]]
# org = "nordsemi.example"
# mpns = ["NRF52*", "NRF53*"]
# names = ["Nordic Semiconductor"]

# Severities other than the rules' own.
# [severity]
# "label.syntax" = "minor"
)";

// The folder while it is being made; it goes again unless everything went well.
class Building {
  public:
    Building(fs::path folder, fs::path anchor)
        : folder_(std::move(folder)), anchor_(std::move(anchor)) {
        fs::remove_all(folder_);  // of an attempt that was killed
        fs::create_directories(folder_);
        fs::permissions(folder_, fs::perms::owner_all);
    }
    ~Building() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
        if (!done_ && !anchor_.empty()) fs::remove(anchor_, ignored);
    }
    Building(const Building&) = delete;
    Building& operator=(const Building&) = delete;
    void move_to(const fs::path& wanted) {
        fs::remove(wanted);  // an empty one
        fs::rename(folder_, wanted);
        done_ = true;
    }

  private:
    const fs::path folder_;
    const fs::path anchor_;  // empty when it lies in the folder
    bool done_ = false;
};

std::string config_text(const NewOrg& wanted, const std::string& url, const std::string& root) {
    std::ostringstream out;
    out << "# The node of " << wanted.org << ". `reelproof node run --config` this file.\n"
        << "org = \"" << wanted.org << "\"\n"
        << "root = \"" << root << "\"  # thumbprint of our root key: give it to partners\n"
        << "listen = \"" << wanted.listen << "\"\n"
        << "url = \"" << url << "\"  # as partners reach this node\n"
        << "policy = \"policy.toml\"\n"
        << "tokens = \"tokens.toml\"\n"
        << "network_salt_file = \"network.salt\"  # a secret of the network's members\n"
        << "readers = 1  # processes that read pictures\n\n"
        << "[store]\n"
        << "folder = \"store\"\n"
        << "anchor = \"" << (wanted.anchor.empty() ? "anchor" : wanted.anchor)
        << "\"  # better on another volume than the store\n"
        << "map_size = \"64 GiB\"  # address space, not disk; doubles by itself up to "
           "max_map_size\n\n"
        << "[replication]\n"
        << "poll_ms = 1000\n\n"
        << "# Partners are added by `reelproof partner add`.\n";
    return out.str();
}

// What holds for every host this node is reached by: the key is pinned, names are for people.
std::string host_of(std::string_view url) {
    constexpr std::string_view kScheme = "https://";
    if (url.starts_with(kScheme)) url.remove_prefix(kScheme.size());
    url = url.substr(0, url.find('/'));
    if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
    return std::string(url.substr(0, url.rfind(':')));
}

// The file has yet to be: its members are named as the options that they come from.
Error about_options(Error error, const fs::path& file) {
    const auto where = file.string() + ": ";
    if (error.message.starts_with(where)) error.message.replace(0, where.size(), "--");
    return error;
}

}  // namespace

NewToken make_token(const std::string& name, const std::vector<std::string>& scopes) {
    const auto random = ledger::Secret<32>::random();
    NewToken out;
    out.token = "rpt_" + ledger::to_hex(random.expose());
    const auto hash = api::hash_secret(out.token);
    std::ostringstream entry;
    entry << "[[token]]\nname = \"" << name << "\"\nsha256 = \"" << ledger::to_hex(hash)
          << "\"\nscopes = [";
    for (std::size_t i = 0; i < scopes.size(); ++i)
        entry << (i == 0 ? "" : ", ") << '"' << scopes[i] << '"';
    entry << "]\n";
    out.entry = entry.str();
    return out;
}

Result<MadeOrg> make_org(const NewOrg& wanted) {
    if (!ledger::is_org_name(wanted.org))
        return ledger::malformed("--org must be a name like acme-ems.example, in lower case");
    auto target = fs::absolute(wanted.folder).lexically_normal();
    if (!target.has_filename()) target = target.parent_path();  // "acme/"
    if (fs::exists(target) && !(fs::is_directory(target) && fs::is_empty(target)))
        return ledger::malformed("--dir: " + wanted.folder.string() +
                                 " is not an empty folder: an organisation is made once, in a "
                                 "folder of its own");
    if (const fs::path anchor = wanted.anchor; anchor.is_absolute() && fs::exists(anchor))
        return ledger::malformed("--anchor: " + wanted.anchor +
                                 " is there already: it belongs to another log");
    const auto beside = (target / wanted.anchor).lexically_normal().parent_path();
    if (!wanted.anchor.empty() && beside != target && !fs::is_directory(beside))
        return ledger::malformed("--anchor: " + wanted.anchor +
                                 ": its folder is not there: is the volume mounted?");
    // First, since the URL is made of it.
    if (!parse_listen(wanted.listen))
        return ledger::malformed("--listen must be ADDRESS:PORT, like 127.0.0.1:8443, not " +
                                 wanted.listen);
    const auto url = wanted.url.empty() ? "https://" + wanted.listen : wanted.url;
    for (const auto& [option, value] : {std::pair<std::string, std::string>{"--url", url},
                                        {"--listen", wanted.listen},
                                        {"--anchor", wanted.anchor}})
        if (value.find_first_of("\"\\\n") != std::string::npos)
            return ledger::malformed(option + " holds a quote, a backslash or a line end");
    ledger::NetworkSalt salt = ledger::NetworkSalt::random();
    if (!wanted.salt_file.empty()) {
        // Not echoed: whoever gave the secret in the file's place has shown it enough.
        if (ledger::array_from_hex<16>(wanted.salt_file.string(), "salt"))
            return ledger::malformed(
                "--network-salt takes a file that holds the salt, not the salt");
        auto given = load_salt(wanted.salt_file);
        if (!given) return given.error();
        salt = *given;
    }
    const auto folder =
        target.parent_path() / ("." + target.filename().string() + ".reelproof-new");
    Building building(folder, fs::path(wanted.anchor).is_absolute() ? wanted.anchor : "");
    const auto keys = folder / "keys";
    fs::create_directories(keys);

    const auto root = ledger::SecretKey::generate();
    const auto statement = ledger::SecretKey::generate();
    const auto receipt = ledger::SecretKey::generate();
    const auto sealing = ledger::SealingKey::generate();
    const auto tls = api::make_tls_identity({wanted.org, {host_of(url), "localhost"}});
    if (!tls) return ledger::malformed("--url: " + tls.error().text);
    Keyring ring{statement,
                 receipt,
                 ledger::Secret<32>::random(),
                 ledger::Secret<32>::random(),
                 {sealing},
                 tls->certificate_pem,
                 tls->private_key_pem,
                 ledger::Secret<32>::random()};
    save_secret(keys / "root.key", root.secret().expose());
    save_secret(keys / "node.key", statement.secret().expose());
    save_secret(keys / "receipt.key", receipt.secret().expose());
    save_secret(keys / "log.key", ring.log.expose());
    save_secret(keys / "mirror.key", ring.mirror.expose());
    save_secret(keys / "witness.key", ring.witness->expose());
    save_secret(keys / "sealing.key", sealing.secret.expose());
    ledger::write_file_durably(keys / "tls.crt", ledger::as_bytes(tls->certificate_pem));
    ledger::write_file_durably(keys / "tls.key", ledger::as_bytes(tls->private_key_pem), 0600);

    const auto wrapped = rewrap_data_key(keys, {WrapSource::Kind::file, kUnlockFile});
    if (!wrapped) return wrapped.error();

    save_secret(folder / "network.salt", salt.expose());
    const auto token = make_token("cli", {"read", "write", "admin", "metrics", "peer"});
    ledger::write_file_durably(folder / "cli.token", ledger::as_bytes(token.token + "\n"), 0600);
    ledger::write_file_durably(
        folder / "tokens.toml",
        ledger::as_bytes("# Tokens of stations and programs: `reelproof org token` adds one.\n" +
                         token.entry),
        0600);
    ledger::write_file_durably(folder / "policy.toml", ledger::as_bytes(kPolicy));
    const auto thumbprint = ledger::thumbprint(root.public_key());
    ledger::write_file_durably(folder / "node.toml",
                               ledger::as_bytes(config_text(wanted, url, thumbprint)));

    ledger::OrgGenesis genesis{wanted.org,
                               root.public_key(),
                               wanted.org + "/ledger",
                               url,
                               ring.log_signer(wanted.org).verifier(),
                               ring.mirror_signer(wanted.org).verifier(),
                               receipt.public_key(),
                               tls->spki,
                               sealing.public_key,
                               {ledger::KeyGrant{statement.public_key(), "node", {"*"}, {}, {}}},
                               ring.witness_signer(wanted.org)->verifier()};
    auto entry = ledger::compose_public(root, wanted.org, wanted.clock(), "org.genesis",
                                        ledger::format_public(genesis));
    if (!entry) return entry.error();
    auto config = load_config(folder / "node.toml");
    if (!config) return about_options(config.error(), folder / "node.toml");
    auto data_key = load_data_key(keys);
    if (!data_key) return data_key.error();
    config->store.data_key = *data_key;
    std::string first_link;
    {
        auto store = ledger::Store::open(config->store);
        if (!store) return store.error();
        ledger::SequencerOptions options;
        options.origin = config->origin;
        options.org = config->org;
        options.trusted_roots = config->trusted_roots();
        options.clock = wanted.clock;
        auto sequencer = ledger::Sequencer::start(**store, options, ring.log_signer(wanted.org));
        if (!sequencer) return sequencer.error();
        auto placed = (*sequencer)->submit(std::move(*entry)).get();
        if (!placed) return placed.error();
        api::JsonRows rows(**store, **sequencer, ledger::Table::people);
        api::Users users(rows, wanted.org, wanted.clock);
        auto link = users.invite("admin", "Administrator", {"administrator"});
        if (!link) return link.error();
        first_link = api::setup_link(url, *link);
    }
    building.move_to(target);
    return MadeOrg{wanted.folder / "node.toml", thumbprint, (wanted.folder / "cli.token").string(),
                   std::move(first_link)};
}

}  // namespace reelproof::node
