// The inside of the Sequencer: the pool that clients fill and workers verify, and the rounds of the
// sequencer thread. See sequencer.h for the rules.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "ledger/store/anchor.h"
#include "ledger/store/commit_queue.h"
#include "ledger/store/mirrors.h"
#include "ledger/store/prepared.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/state.h"
#include "ledger/store/workers.h"

namespace reelproof::ledger {

class Sequencer::Impl {
  public:
    Impl(Store& store, SequencerOptions options, NoteSigner signer);
    ~Impl();

    // Anchor, right edges, directory, mirrors; `refused` when we must not sign on this store.
    Result<void> load();
    void start();

    void submit(Bytes statement, Sequencer::Answer answer,
                std::function<void(WriteTransaction&)> together);
    std::future<Result<void>> commit(CommitJob job);
    std::future<Result<void>> add_cosignature(const std::string& note_text,
                                              const std::string& line);
    void contradicted(const Checkpoint& signed_by_us, const std::string& reason);
    Mirrors& mirrors() { return *mirrors_; }
    [[nodiscard]] const schema::Tables& tables() const { return state_.tables; }
    [[nodiscard]] const NodeRows& rows() const { return state_.rows; }
    [[nodiscard]] std::string public_warning() const;
    [[nodiscard]] std::string refusing() const;
    [[nodiscard]] Counters counters() const;

  private:
    // A statement on its way. A client makes it, one worker verifies it, then it is the sequencer
    // thread's; `ready` (owner: mutex_) hands it over.
    struct Submission {
        std::size_t bytes = 0;  // of the pool, constant
        bool ready = false;
        PreparedStatement statement;
        std::function<void(WriteTransaction&)> together;
        std::optional<Error> error;    // why the worker refused it
        std::optional<PublicKey> key;  // the key its signature was verified with
        std::uint64_t merges = 0;      // of the index, before the worker looked for a duplicate
        std::optional<std::uint64_t> duplicate_of;
        Sequencer::Answer answer;
    };
    using Submissions = std::vector<std::unique_ptr<Submission>>;
    struct Answered {
        std::unique_ptr<Submission> submission;
        Result<Placement> result;
    };
    // One round of the sequencer thread: everything in it is a copy until the commit.
    struct Round;

    // Takes it in, or says why not. `more`: another worker has to come and verify.
    std::optional<Error> pool(std::unique_ptr<Submission>& submission, bool& more);

    // Called on a worker: verifies some, and comes again while there is more.
    void verify_pool();
    // With mutex_ held: half of the pool is ready, so that while it is made durable the workers
    // have the other half. Smaller rounds would cost as many flushes for fewer statements.
    [[nodiscard]] bool worth_a_round() const;
    void verify(Submission& submission) const;

    // Bounds of a round: large enough to share its two flushes, small enough to answer soon.
    static constexpr std::size_t kRoundStatements = 4096;
    static constexpr std::size_t kRoundBytes = std::size_t{8} << 20;

    // The sequencer thread.
    void run();
    bool take(Submissions& submissions, std::vector<CommitJob>& jobs);
    void process(Submissions submissions, std::vector<CommitJob> jobs);
    void make_room();
    // Gives the answer to a round that found the map full.
    Error grow_full_map(const std::string& why);
    void place_all(Round& round, Submissions& submissions);
    Result<Placement> place(Round& round, Submission& submission);
    Result<void> check_right(const Round& round, Submission& submission) const;
    Result<void> check_genesis(const StatementView& view) const;
    Result<void> check_room(const Round& round, const Submission& submission) const;
    std::optional<std::uint64_t> find_duplicate(const Round& round,
                                                const Submission& submission) const;
    void run_jobs(Round& round, std::vector<CommitJob>& jobs);
    void write_head(Round& round);
    void read_back(const Round& round) const;
    void publish(Round& round);
    void answer(std::vector<Answered>& answers);
    void fail_round(Round& round, Submissions& rest, std::vector<CommitJob>& jobs,
                    const Error& error);

    void publish_directory(const LogInfo& log,
                           const std::vector<std::pair<std::uint64_t, Bytes>>& statements);
    Result<void> load_own_log();
    // Durability is in doubt: ends the process. Returns only under a test's fatal handler; then
    // everything is refused from here on.
    void die(const std::string& reason);
    [[nodiscard]] Error dead_error() const;
    [[nodiscard]] std::optional<std::string> clock_trouble(UnixSeconds now) const;
    // Why nothing may be signed now, if that is so.
    [[nodiscard]] std::optional<std::string> trouble(UnixSeconds now) const;

    Store::State& state_;
    const SequencerOptions options_;
    const NoteSigner signer_;

    Anchor anchor_;               // owner: sequencer thread
    LogTail tail_;                // owner: sequencer thread
    Directory own_directory_;     // owner: sequencer thread; of our own log alone
    std::mutex directory_mutex_;  // held while the published directory is copied, changed, replaced

    std::chrono::steady_clock::time_point next_growth_;  // owner: sequencer thread

    std::atomic<UnixSeconds> last_time_ = 0;       // of our last checkpoint
    std::atomic<std::uint64_t> public_bytes_ = 0;  // of our log's public statements; written by
                                                   // the sequencer thread
    std::atomic<bool> dead_ = false;

    mutable std::mutex mutex_;
    std::condition_variable wake_;                  // with mutex_; the sequencer thread waits
    std::deque<std::unique_ptr<Submission>> pool_;  // owner: mutex_; in order of submission
    std::size_t unverified_ = 0;                    // owner: mutex_; first not given to a worker
    std::size_t ready_ = 0;                         // owner: mutex_; statements of the pool
    std::size_t verifying_ = 0;                     // owner: mutex_; chains of verify_pool
    bool gathering_ = false;      // owner: mutex_; the sequencer thread waits for worth_a_round
    std::size_t pool_bytes_ = 0;  // owner: mutex_; until answered
    std::deque<CommitJob> jobs_;  // owner: mutex_
    std::string contradiction_;   // owner: mutex_; not empty: for good
    bool closing_ = false;        // owner: mutex_; no new submissions
    bool stop_ = false;           // owner: mutex_; nothing comes any more

    std::atomic<std::uint64_t> statements_ = 0, duplicates_ = 0, rejected_ = 0, commits_ = 0;
    std::atomic<double> last_commit_seconds_ = 0;

    std::unique_ptr<Workers> workers_;
    std::unique_ptr<Mirrors> mirrors_;
    std::thread thread_;
};

}  // namespace reelproof::ledger
