// What the service stands on, without a server around it: an organisation as `reelproof org init`
// makes it, its store, its sequencer, and a context for the parts of the service that a test puts
// on top. For the test's one thread.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "api/service/context.h"
#include "node/config.h"
#include "node/keyring.h"
#include "tests/node/replication_support.h"

namespace reelproof::node::tests {

struct House {
    // `adjust` changes how the sequencer starts; it may use all that stands above it here.
    using Adjust = std::function<void(const House& house, ledger::SequencerOptions& options)>;
    explicit House(const std::string& org = "ems.example", const Adjust& adjust = {});

    void submit(ledger::Bytes statement) const;
    // The next round of the sequencer waits until it is told.
    [[nodiscard]] std::promise<void> hold() const;

    TempFolder folder;
    const NodeConfig config;
    const Keyring keys;
    const std::unique_ptr<ledger::Store> store;
    const std::unique_ptr<ledger::Sequencer> sequencer;
    api::Identifier identifier{std::nullopt};
    const ledger::Keepers keepers;
    api::ServiceContext context;
};

}  // namespace reelproof::node::tests
