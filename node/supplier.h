// A supplier without a node: its key file, and the shipments that it signs itself to register them
// in the log of somebody who admits it as a guest. Single-threaded.
//
// The key file is JSON, readable by its owner only; `key` is a secret:
//   {"org", "key": hex, "genesis": base64 of the signed org.genesis, "host_root": hex or absent}
// Beside it lies FILE.root, the root key in hex, which belongs offline.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/service/identity.h"
#include "ledger/base/clock.h"
#include "ledger/format/keys.h"

namespace reelproof::node {

struct SupplierKey {
    std::string org;
    ledger::SecretKey key;  // signs its sealed statements
    ledger::Bytes genesis;  // its first statement
    std::string host_root;  // thumbprint of the root of who admits it; empty: not noted
};

// Draws root and key and writes both files; gives the thumbprint of the root. Throws
// EnvironmentError.
ledger::Result<std::string> make_supplier(const std::filesystem::path& file, const std::string& org,
                                          const std::string& host_root, ledger::UnixSeconds now);
ledger::Result<SupplierKey> load_supplier(const std::filesystem::path& file);

struct SupplierShipment {
    std::string to;  // organisation that receives it
    std::vector<api::Identified> items;
    bool are_new = false;      // under labels that nobody has used: they are commissioned first
    std::string partner_json;  // for the receiver's eyes; empty: nothing
    std::optional<ledger::SealingPublicKey> sealing_key;  // of the receiver
};

// What this supplier has signed, one file a statement in the folder FILE.shipments. Its numbers of
// an item (DESIGN 4.3) follow from these files: one used twice would be a fork. While it lives it
// holds the folder's lock.
class SupplierShipments {
  public:
    // Makes the folder. `unavailable` when another process ships with this key.
    static ledger::Result<SupplierShipments> open(const std::filesystem::path& key_file,
                                                  const SupplierKey& key);
    ~SupplierShipments();
    SupplierShipments(SupplierShipments&&) noexcept;
    SupplierShipments& operator=(SupplierShipments&&) = delete;

    // Statements of one request, named by what is shipped: asked again, after a cut-off or for
    // ever, the same request gives the same statements. All are on disk when it returns, so none
    // that was sent is ever forgotten. Throws EnvironmentError.
    struct Signed {
        ledger::Bytes statement;
        std::filesystem::path file;
        std::vector<std::string> items;  // public ids
        bool before = false;             // it was signed by an earlier run
    };
    ledger::Result<std::vector<Signed>> sign(const SupplierShipment& shipment,
                                             const std::string& request, ledger::UnixSeconds now);

  private:
    struct Parts;
    explicit SupplierShipments(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace reelproof::node
