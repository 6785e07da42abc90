#include "tests/node/house_support.h"

#include "node/setup.h"

namespace reelproof::node::tests {

namespace {

NodeConfig made_in(const std::filesystem::path& folder, const std::string& org) {
    NewOrg wanted;
    wanted.folder = folder / "node";
    wanted.org = org;
    auto config = load_config(make_org(wanted).value().config).value();
    config.store.map_size = std::uint64_t{1} << 28;
    config.store.data_key = load_data_key(config.keys).value();
    return config;
}

std::unique_ptr<ledger::Sequencer> started(const House& house, const House::Adjust& adjust) {
    ledger::SequencerOptions options;
    options.origin = house.config.origin;
    options.org = house.config.org;
    options.trusted_roots = house.config.trusted_roots();
    if (adjust) adjust(house, options);
    return ledger::Sequencer::start(*house.store, options, house.keys.log_signer(house.config.org))
        .value();
}

}  // namespace

House::House(const std::string& org, const Adjust& adjust)
    : config(made_in(folder.path(), org)),
      keys(load_keyring(config.keys, config.store.data_key).value()),
      store(ledger::Store::open(config.store).value()),
      sequencer(started(*this, adjust)),
      keepers(keys.mirror_signer(config.org).verifier(), std::nullopt, {}),
      context{*store,
              *sequencer,
              keys.statement,
              keys.receipt,
              config.org,
              config.origin,
              {},
              {},
              identifier,
              keepers,
              [] { return std::map<std::string, ledger::SourceState>(); }} {}

void House::submit(ledger::Bytes statement) const {
    sequencer->submit(std::move(statement)).get().value();
}

std::promise<void> House::hold() const {
    std::promise<void> go;
    sequencer->write([until = std::make_shared<std::future<void>>(go.get_future())](
                         ledger::WriteTransaction&) { until->wait(); });
    return go;
}

}  // namespace reelproof::node::tests
