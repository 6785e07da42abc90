// Whole nodes for the tests of replication, in this process but with nothing pretended: store and
// sequencer on disk, an HTTPS server on loopback, a Replicator. A node can be stopped, started
// again, given another past, and made to lie. For the test's one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/http/server.h"
#include "api/http/tls_identity.h"
#include "ledger/format/keys.h"
#include "ledger/store/sequencer.h"
#include "node/replication/incidents.h"
#include "node/replication/replicator.h"
#include "tests/ledger/base/result_printer.h"

namespace reelproof::node::tests {

// A folder that goes with the object.
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

// All keys follow from the name, so that partners can be configured before a node exists.
struct Keys {
    explicit Keys(const std::string& org);
    ledger::SecretKey root, statements;
    ledger::NoteSigner log, mirror, witness;
    [[nodiscard]] std::string root_thumbprint() const;
};

// An answer in the place of the honest one, or nothing.
using Lie = std::function<std::optional<api::Response>(const api::Request&)>;

class TestNode {
  public:
    // Starts everything but the Replicator; the log begins with the org.genesis.
    explicit TestNode(std::string org);
    ~TestNode();
    TestNode(const TestNode&) = delete;
    TestNode& operator=(const TestNode&) = delete;

    [[nodiscard]] const std::string& org() const { return org_; }
    [[nodiscard]] std::string origin() const { return org_ + "/ledger"; }
    [[nodiscard]] std::string url() const;
    [[nodiscard]] PartnerConfig as_partner() const;
    // As a partner that we deliver our log to, and as one that only calls us.
    [[nodiscard]] PartnerConfig as_receiver() const;
    [[nodiscard]] PartnerConfig as_caller() const;
    ledger::Store& store() { return *store_; }
    ledger::Sequencer& sequencer() { return *sequencer_; }
    Replicator& replicator() { return *replicator_; }
    ledger::Keepers& keepers() { return *keepers_; }
    [[nodiscard]] const Keys& keys() const { return keys_; }
    [[nodiscard]] const api::TlsIdentity& tls() const { return tls_; }
    // Its store lies in "store" there.
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

    // Appends statements "<story>-<n>", of this time by what they say.
    ledger::UnixSeconds iat = 1763640000;
    void write(const std::string& story, int count);
    // Appends sealed statements of about this size, which nobody can open.
    void write_large(int count, std::size_t statement_size);
    [[nodiscard]] std::uint64_t size() const;

    // Another Replicator each time, with these partners; polls every 50 ms
    // and waits for no news, unless told otherwise.
    void replicate(std::vector<PartnerConfig> partners);
    void stop_replicating();
    std::chrono::milliseconds poll_interval{50};
    std::chrono::seconds news_wait{0};
    std::chrono::milliseconds compare_interval{30'000};
    std::chrono::milliseconds mirror_patience{30'000};
    std::size_t part_entries = 4096;
    std::size_t upload_bytes = std::size_t{8} << 20;
    std::optional<ledger::TlogPolicy> policy;  // from the next replicate() on
    double mirror_share = 0.8;                 // from the next start on
    bool publishes = true;
    ledger::Clock clock = ledger::system_now;
    std::function<std::chrono::steady_clock::time_point()> steady_clock =
        std::chrono::steady_clock::now;
    std::atomic<ledger::UnixSeconds> clock_back = 0;  // of the store
    api::HttpLogger log;                              // from the next replicate() on

    // Everything ends; the folder, the port and the keys stay.
    void stop();
    // Everything but the Replicator runs again.
    void start();
    // Called by start(), after the sequencer runs and before anybody is answered.
    std::function<void()> before_serving;
    // Another TLS key from the next start on; the genesis does not know it.
    void change_tls_key();
    // A key.grant of it in our log, or of another's.
    void grant_tls_key(const std::optional<ledger::Hash>& of_another = {});
    // Throws the past away (only while stopped): the next start begins the log anew, with the same
    // genesis.
    void forget();
    // Copies of the store while stopped.
    void save_store(const std::filesystem::path& to) const;
    void restore_store(const std::filesystem::path& from);

    // Asked before each honest answer, on server threads.
    void lie(Lie lie);
    // Paths asked for since the last call.
    std::vector<std::string> take_requests();

    // What is kept of that partner's misbehaviour, of that kind.
    [[nodiscard]] std::vector<Incident> incidents_of(const TestNode& partner,
                                                     IncidentKind kind) const;
    // By `ledger check`, of its store; or empty.
    [[nodiscard]] std::string found_by_check() const;
    // Of the Replicator, about that partner.
    [[nodiscard]] PartnerStatus status_of(const TestNode& partner) const;
    // How much of that partner's log is visible here.
    [[nodiscard]] std::uint64_t copy_of(const TestNode& partner) const;
    // log.evidence statements in our own log.
    [[nodiscard]] int evidence_published() const;

  private:
    void start_server();
    void write_genesis();
    api::Response answer(const api::Request& request);
    void submit(const ledger::SecretKey& key, const std::string& sub, std::string_view payload);

    const std::string org_;
    const Keys keys_;
    TempFolder folder_;
    api::TlsIdentity tls_, genesis_tls_;
    const std::uint16_t port_;
    std::unique_ptr<ledger::Store> store_;
    std::unique_ptr<ledger::Sequencer> sequencer_;
    std::unique_ptr<api::Router> routes_;
    std::mutex mutex_;
    Lie lie_;                            // owner: mutex_
    std::vector<std::string> requests_;  // owner: mutex_
    std::unique_ptr<ledger::Keepers> keepers_;
    std::shared_mutex replicator_mutex_;
    std::unique_ptr<Replicator> replicator_;  // changed under replicator_mutex_; read by the server
    std::unique_ptr<api::HttpServer> server_;
};

// Organisations that every test node trusts, with the roots that follow from their names.
std::map<std::string, std::string> trusted_roots();

// On 127.0.0.1; another each time, and below those that the kernel gives out, so that no outgoing
// connection takes it while a node is stopped.
std::uint16_t free_port();

// Waits until it holds, for at most 20 seconds; false when it never did.
bool eventually(const std::function<bool()>& condition);
// Time enough for some rounds of replication, for what must not happen.
void some_rounds();

}  // namespace reelproof::node::tests
