// What the tests of the store share: folders that go away, organisations with keys, statements of
// all kinds, a store with its sequencer, a clock and a fatal handler that can be looked at.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ledger/base/secret.h"
#include "ledger/directory/directory.h"
#include "ledger/store/check.h"
#include "ledger/store/fault.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/store.h"
#include "tests/ledger/base/result_printer.h"

namespace reelproof::ledger::tests {

class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

inline constexpr UnixSeconds kNow = 1'795'000'000;  // 2026-11-18

// An organisation with a root key, a node key and a log key.
struct TestOrg {
    explicit TestOrg(std::string org_name);

    [[nodiscard]] std::string origin() const { return name + "/ledger"; }
    [[nodiscard]] std::pair<std::string, std::string> trust() const;

    [[nodiscard]] Bytes public_statement(const SecretKey& key, const PublicStatement& content,
                                         UnixSeconds iat = kNow) const;
    [[nodiscard]] Bytes genesis() const;        // with a log of its own
    [[nodiscard]] Bytes guest_genesis() const;  // without
    [[nodiscard]] Bytes grant(const PublicKey& key, std::vector<std::string> may,
                              std::optional<UnixSeconds> not_before = std::nullopt,
                              std::optional<UnixSeconds> not_after = std::nullopt) const;
    [[nodiscard]] Bytes revoke(const PublicKey& key) const;
    // Sealed statement by the node key with these tags, each envelope of `blocks` times 128 bytes.
    [[nodiscard]] Bytes sealed(const std::vector<Tag>& tags, UnixSeconds iat = kNow,
                               std::size_t blocks = 1) const;
    [[nodiscard]] Bytes sealed_by(const SecretKey& key, const std::vector<Tag>& tags,
                                  UnixSeconds iat = kNow, std::size_t blocks = 1) const;
    // Sealed statement of its own, with one random tag.
    [[nodiscard]] Bytes any() const;
    // Of the mirror key that its genesis names.
    [[nodiscard]] NoteSigner mirror_signer() const;

    std::string name;
    SecretKey root, node;
    NoteSigner log_signer;
};

Tag random_tag();
Tag tag_of(std::uint64_t number);

// A log as its owner has it, in memory: for mirrors to take in.
struct TestLog {
    explicit TestLog(const TestOrg& owner_org) : owner(owner_org) {}
    void add(Bytes entry) { entries.push_back(std::move(entry)); }
    [[nodiscard]] Checkpoint checkpoint(std::uint64_t size) const;
    [[nodiscard]] std::string note(std::uint64_t size) const;
    // Entries [from, to) under the checkpoint of size `covered` (0: of all entries).
    [[nodiscard]] MirrorBatch batch(std::uint64_t from, std::uint64_t to,
                                    std::uint64_t covered = 0) const;

    const TestOrg& owner;
    std::vector<Bytes> entries;
};

// What a log is frozen for that signed both of its first `size` entries: a log.evidence.
Bytes evidence_of_fork(const TestLog& log, const TestLog& other, std::uint64_t size);

// A store with its sequencer in a folder.
class TestNode {
  public:
    // `partners` are trusted too.
    TestNode(const std::filesystem::path& folder, const TestOrg& org,
             const std::vector<const TestOrg*>& partners = {});
    ~TestNode() { close(); }

    // What went wrong, or an empty text. `change` may alter the options.
    std::string open(const std::function<void(StoreOptions&, SequencerOptions&)>& change = {});
    void close();
    // With the genesis in it already.
    void open_with_genesis();

    Placement must_submit(Bytes statement);
    void must_submit_all(std::vector<Bytes> statements);  // without waiting for each
    std::string submit_error(Bytes statement);            // its message; empty when it was taken
    std::string mirror_error(MirrorBatch batch);
    void must_write(Table table, std::string_view key, ByteView value);
    // As a node does on first contact, before it has anything of that log.
    void keep_genesis_of(const TestOrg& partner);
    [[nodiscard]] std::string check() const;  // findings, or an empty text
    [[nodiscard]] std::uint64_t size() const;

    const TestOrg& org;
    std::map<std::string, std::string> roots;
    StoreOptions store_options;
    std::unique_ptr<Store> store;
    std::unique_ptr<Sequencer> sequencer;
    std::shared_ptr<std::atomic<UnixSeconds>> now;
};

// While it lives, fatal() is recorded instead of ending the process.
class RecordFatal {
  public:
    RecordFatal();
    ~RecordFatal();
    [[nodiscard]] std::string reason() const;
};

}  // namespace reelproof::ledger::tests
