// One running node: store, sequencer, replication, reader processes and HTTPS server, put together
// and taken apart in the right order. start() and stop() from one thread.
#pragma once

#include <memory>
#include <string>

#include "node/config.h"
#include "node/data_key.h"

namespace reelproof::node {

class Runtime {
  public:
    // Loads everything that the configuration names and starts to serve. Errors say what to do;
    // nothing runs then. `accept_clock`: it is right, though our log was last signed later. `ask`
    // is for a data key under a passphrase.
    static ledger::Result<std::unique_ptr<Runtime>> start(const NodeConfig& config,
                                                          ledger::Clock clock = ledger::system_now,
                                                          bool accept_clock = false,
                                                          const AskPassphrase& ask = {});
    ~Runtime();

    [[nodiscard]] std::uint16_t port() const;
    // All that it answers to.
    [[nodiscard]] const std::vector<api::Route>& routes() const;
    // Finishes requests in flight, then stops.
    void stop();

  private:
    struct Parts;
    explicit Runtime(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace reelproof::node
