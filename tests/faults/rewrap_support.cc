#include "ledger/store/check.h"
#include "node/config.h"
#include "node/keyring.h"
#include "node/setup.h"
#include "tests/faults/rewrap.h"

namespace reelproof::faults {

namespace fs = std::filesystem;

namespace {

fs::path org_in(const fs::path& folder) {
    return folder / "acme";
}
fs::path keys_in(const fs::path& folder) {
    return org_in(folder) / "keys";
}
fs::path stick_in(const fs::path& folder) {
    return folder / "stick.key";
}

}  // namespace

Rewrap::Rewrap() {
    node::NewOrg wanted;
    wanted.folder = org_in(past_.path());
    wanted.org = "acme-ems.example";
    auto config = node::load_config(node::make_org(wanted).value().config).value();
    key_ = node::load_data_key(config.keys).value();
    config.store.data_key = key_;
    config.store.map_size = std::uint64_t{1} << 28;
    const auto ring = node::load_keyring(config.keys).value();
    log_key_ = ring.log;
    const auto store = ledger::Store::open(config.store).value();
    ledger::SequencerOptions options;
    options.origin = config.origin;
    options.org = config.org;
    options.trusted_roots = config.trusted_roots();
    const auto sequencer =
        ledger::Sequencer::start(*store, options, ring.log_signer(config.org)).value();
    const auto written = sequencer
                             ->write([](ledger::WriteTransaction& writes) {
                                 for (const char* name : {"one", "two"})
                                     writes.put(ledger::Table::verdicts, ledger::as_bytes(name),
                                                ledger::as_bytes("HOLD"));
                             })
                             .get();
    if (!written) throw std::runtime_error(written.error().message);
}

void Rewrap::restore(const fs::path& folder) const {
    fs::remove_all(folder);
    fs::copy(past_.path(), folder, fs::copy_options::recursive);
}

std::size_t Rewrap::run(const fs::path& folder, const std::function<void()>& answered) const {
    try {
        if (!node::rewrap_data_key(keys_in(folder),
                                   {node::WrapSource::Kind::file, stick_in(folder)}))
            return 0;
    } catch (const ledger::EnvironmentError&) {
        return 0;
    }
    answered();
    return 1;
}

std::string Rewrap::look_at_store(const fs::path& folder) const {
    const auto key = node::load_data_key(keys_in(folder));
    if (!key) return "the data key does not open: " + key.error().message + "\n";
    if (*key != key_) return "the data key is another\n";
    const auto ring = node::load_keyring(keys_in(folder), *key);
    if (!ring) return "the private keys do not open: " + ring.error().message + "\n";
    if (!(ring->log == *log_key_)) return "the log's key is another\n";
    const auto config = node::load_config(org_in(folder) / "node.toml");
    if (!config) return config.error().message + "\n";
    auto options = config->store;
    options.data_key = *key;
    options.map_size = std::uint64_t{1} << 28;
    const auto store = ledger::Store::open(options);
    if (!store) return "the store does not open: " + store.error().message + "\n";
    const auto report = ledger::check_store(**store, config->trusted_roots());
    std::string out;
    for (const auto& finding : report.findings) out += finding.kind + ": " + finding.detail + "\n";
    // Two of ours, and the first set-up link of the organisation.
    if (report.rows != 3) out += std::to_string(report.rows) + " rows were decrypted\n";
    return out;
}

std::string Rewrap::look(const fs::path& folder, std::size_t answered) const {
    std::string out = look_at_store(folder);
    const bool old_secret = fs::exists(keys_in(folder) / node::kUnlockFile);
    if (answered > 0) {
        if (old_secret) out += "it was answered, and the old secret still lies there\n";
        if (!node::plain_key_file(keys_in(folder)).empty())
            out += "it was answered, and a private key is still plain\n";
    }
    if (run(folder, [] {}) != 1) return out + "it is not wrapped any more\n";
    out += look_at_store(folder);
    fs::remove(stick_in(folder));
    if (node::load_data_key(keys_in(folder))) out += "it opens without its new secret\n";
    return out;
}

}  // namespace reelproof::faults
