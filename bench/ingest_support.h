// What the benchmarks of the store share: a node's store that is filled by clients in this process,
// bare signature verification to compare with, and the clock.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/format/keys.h"
#include "ledger/format/note.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/store.h"

namespace reelproof::bench {

using ledger::Bytes;

constexpr int kClients = 64;
constexpr std::size_t kBody = 384;       // 24 + 3 * 128 + 16: an envelope of about 445 bytes
constexpr std::size_t kSmallBody = 128;  // of envelopes that only fill a store
constexpr std::size_t kBatchEnvelopes = 100;
inline constexpr const char* kBenchOrg = "acme-ems.example";

double now_seconds();
// Of the whole process, all threads: says what a statement costs also on a machine with neighbours.
double cpu_seconds();
unsigned cores();
[[noreturn]] void give_up(const std::string& what);
void on_threads(unsigned count, const std::function<void(unsigned)>& work);
// The value at that share of the sorted values.
double at_share(const std::vector<double>& sorted, double share);

// A folder under the temporary one, gone at the end.
class ScratchFolder {
  public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

struct Bare {
    double rate = 0;  // a second, on all cores
    double cpu = 0;   // seconds of CPU for one
};
// What libsecp256k1 alone verifies, keys and signatures parsed each time. `nice`: of its threads.
Bare bare_verifications(double seconds, int nice = 0);

// A node's store with its sequencer and keys. After close() it can be opened again and goes on.
class Node {
  public:
    explicit Node(const std::filesystem::path& folder);
    // The store of an organisation that was made before, kBenchOrg, with its genesis in it.
    Node(ledger::StoreOptions store, std::string root_thumbprint, const ledger::SecretKey& key,
         ledger::NoteSigner log_key);
    void open();
    void close();

    // Statements of `envelopes` envelopes with random tags and bodies of `body` bytes, signed.
    [[nodiscard]] std::vector<Bytes> sealed_statements(std::size_t count, std::size_t envelopes,
                                                       std::size_t body) const;
    // Envelopes that the store shall hold before anything is measured.
    void preload(std::size_t envelopes, std::size_t body);
    void submit(Bytes statement);
    // Until every row is merged into the index on disk.
    void wait_until_indexed() const;

    [[nodiscard]] ledger::Store& store() const { return *store_; }
    [[nodiscard]] ledger::Sequencer& sequencer() const { return *sequencer_; }

  private:
    [[nodiscard]] Bytes genesis() const;

    ledger::SecretKey root_ = ledger::SecretKey::generate();  // of one that is made here
    ledger::StoreOptions options_;
    std::string root_thumbprint_;
    ledger::SecretKey key_;
    ledger::NoteSigner log_key_;
    std::unique_ptr<ledger::Store> store_;
    std::unique_ptr<ledger::Sequencer> sequencer_;
};

struct Ingest {
    double answered = 0;      // statements a second, from the first submission to the last answer
    double indexed = 0;       // the same, to the last row merged into the index
    double p50 = 0, p99 = 0;  // seconds from submission to answer
    double p50_commits = 0, p99_commits = 0;  // group commits made in that time, its own with them
    double cpu = 0;  // seconds of CPU for one statement, the index and the clients with it
    std::uint64_t commits = 0;
    double commit = 0;  // seconds from one group commit to the next
};
// 64 clients, each with `window` statements under way: 1 is a client that waits for each answer,
// more is one that goes on meanwhile.
Ingest ingest(Node& node, std::vector<Bytes> statements, std::size_t window);
// All answered, but not yet merged into the index.
void ingest_without_waiting(Node& node, std::vector<Bytes> statements);
// `per_statement` envelopes each.
void print_ingest(const char* what, const Ingest& result, double per_statement);

}  // namespace reelproof::bench
