// ship --key: a supplier without a node signs its own shipment and registers it in the log of the
// node that it names. Single-threaded.
#pragma once

#include <map>
#include <string>

#include "node/cli/client.h"

namespace reelproof::node {

struct SupplierShip {
    std::string key;       // --key: the supplier's key file
    std::string root;      // --root: thumbprint of the node's organisation
    std::string receiver;  // --receiver: organisation, else the node's
    std::string salt;      // --network-salt
    std::string out;       // --out
    bool are_new = false;  // --new

    void add_options(CLI::App* command);
    [[nodiscard]] bool wanted() const;
};

// `texts` as the options of ship have them: "to" is the node's URL; po, so, invoice, packing_list.
int ship_by_supplier(const CommandLine& cli, const SupplierShip& wanted,
                     const LabelArguments& label, const std::map<std::string, std::string>& texts);

}  // namespace reelproof::node
