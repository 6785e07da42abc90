// Organisations, logs and histories for the tests of provenance bundles.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/format/bundle.h"
#include "ledger/format/tlog_policy.h"
#include "ledger/provenance/compose.h"
#include "ledger/provenance/event.h"
#include "ledger/provenance/history.h"
#include "ledger/store/sequencer.h"
#include "tests/ledger/base/result_printer.h"

namespace reelproof::ledger::tests {

inline constexpr UnixSeconds kBundleTime = 1'767'225'600;  // 2026-01-01

// An organisation with all its keys; `name` decides them.
struct BundleOrgKeys {
    explicit BundleOrgKeys(std::string org_name);

    [[nodiscard]] std::string origin() const { return name + "/ledger"; }
    [[nodiscard]] OrgGenesis genesis() const;
    [[nodiscard]] Bytes genesis_statement() const;
    // Public statements: by the root for keys, else by the node's key.
    [[nodiscard]] Bytes by_root(const PublicStatement& payload) const;
    [[nodiscard]] Bytes by_node(const PublicStatement& payload) const;
    [[nodiscard]] Bytes sealed(const std::vector<EnvelopeDraft>& drafts) const;

    std::string name;
    SecretKey root, node;
    NoteSigner log, mirror;
};

// Root thumbprints of these.
std::map<std::string, std::string> roots_of(const std::vector<const BundleOrgKeys*>& orgs);

// A log of these statements with its checkpoint, as a bundle holds it, without any store: for what
// an honest store would never make.
BundleLog forge_log(const BundleOrgKeys& owner, const std::vector<Bytes>& statements,
                    const std::vector<std::string>& cosignature_lines = {});
// The note text of such a log.
std::string checkpoint_text(const BundleLog& log);

// One event about `key`; the item's URI is `first`'s.
EnvelopeDraft draft(const ItemKey& key, std::uint64_t n, EventKind kind, std::string_view first,
                    UnixSeconds time);

// A folder that goes with the object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A running store of one organisation.
struct BundleNode {
    BundleNode(const BundleOrgKeys& keys, const std::map<std::string, std::string>& roots);

    void submit(Bytes statement);
    // Takes in all of `other`'s log, cosigns it, and hands the cosignature to `other`.
    void mirror(BundleNode& other);
    [[nodiscard]] Lineage lineage(const ItemKey& key) const;

    const BundleOrgKeys& keys;
    TemporaryFolder folder;
    std::unique_ptr<Store> store;
    std::unique_ptr<Sequencer> sequencer;
};

// nordsemi makes a reel and ships it to acme, which receives it, splits some off into a new item
// and mirrors nordsemi; nordsemi authorised acme, and recalled the lot. Both cosign each other.
struct BundleWorld {
    BundleWorld();
    // Of the child, made by acme.
    [[nodiscard]] Bundle bundle(const std::optional<TlogPolicy>& policy = {}) const;
    [[nodiscard]] std::map<std::string, std::string> roots() const;

    BundleOrgKeys nordsemi{"nordsemi.example"}, acme{"acme-ems.example"};
    ItemKey reel, child;
    BundleNode maker, ems;
};

}  // namespace reelproof::ledger::tests
