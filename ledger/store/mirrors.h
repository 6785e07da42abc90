// Keeps the copies of other organisations' logs: checks a batch (signatures spread over the
// workers, key rights in log order), hands it to the sequencer thread to be written, reads it back,
// and only then shows it to readers. One thread does this for all mirrors, so that our own log
// never waits for somebody else's; while one batch is written it checks the next. Public functions
// are thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ledger/store/commit_queue.h"
#include "ledger/store/prepared.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/state.h"
#include "ledger/store/workers.h"

namespace reelproof::ledger {

class Mirrors {
  public:
    struct Surroundings {
        Store::State& state;
        const SequencerOptions& options;
        Workers& workers;
        Commit commit;
        // Applies visible public statements of a log to the published directory.
        std::function<void(const LogInfo&, const std::vector<std::pair<std::uint64_t, Bytes>>&)>
            publish_directory;
        std::function<void(const std::string&)> die;  // see Sequencer: nothing may go on
    };

    explicit Mirrors(Surroundings surroundings);
    // Finishes what is queued.
    ~Mirrors();

    // Loads what the store holds; `refused` when tiles and head of a log do not agree.
    Result<void> load();
    void start();
    // Finishes what is queued, then ends the thread.
    void stop();

    std::future<Result<void>> store(MirrorBatch batch);
    std::future<Result<void>> witness(WitnessRequest request);
    std::future<Result<void>> freeze(std::string origin, std::string reason, Bytes evidence);
    [[nodiscard]] std::uint64_t stored(std::string_view origin) const;
    // Why no batch is taken now, of all logs or of one, or empty.
    [[nodiscard]] std::string paused() const;
    [[nodiscard]] std::string paused(std::string_view origin) const;

  private:
    struct Mirror {
        LogInfo info;
        std::optional<NoteVerifier> log_key;  // from the genesis
        // Of this log alone, up to tail.size(). A part without public statements shares it with
        // what came before.
        std::shared_ptr<const Directory> directory;
        std::uint64_t public_bytes = 0;  // of the statements that made it
        LogTail tail;                    // all that is stored
        std::uint64_t bytes = 0;         // of the store's map that its entries fill
        Checkpoint visible;              // what readers see
        UnixSeconds time = 0;
        CopyMarks marks;
        // The root of the tree of which all that is not visible yet was proved to be.
        std::optional<Hash> proved;
        bool drop_pending = false;  // a root did not match; the pending part still has to go
    };
    using Publics = std::vector<std::pair<std::uint64_t, Bytes>>;  // by index
    struct Task {
        std::optional<MirrorBatch> batch;
        std::function<Result<void>()> run;  // without a batch
        std::promise<Result<void>> done{};
    };
    struct Candidate;  // a batch on its way through the checks
    struct Written;    // one that passed them

    std::future<Result<void>> enqueue(Task task);
    std::future<Result<void>> enqueue(std::function<Result<void>()> run);
    void run();
    void perform(Task& task);
    // Sees the batch through that is being written, if there is one: reads it back, shows it and
    // answers. Its answer, too.
    Result<void> settle();

    // Nothing, where there is nothing to be written.
    Result<std::unique_ptr<Candidate>> check(MirrorBatch& batch);
    Result<void> check_request(const MirrorBatch& batch, const Mirror& mirror, Checkpoint& target);
    // Of the first `size` entries that are stored, visible or not yet.
    [[nodiscard]] Hash stored_root(const Mirror& mirror, std::uint64_t size) const;
    Result<void> check_older(const Mirror& mirror, const Checkpoint& target);
    Result<void> prepare(MirrorBatch& batch, Candidate& candidate, RefusedEntry& refused);
    Result<void> admit(Candidate& candidate, RefusedEntry& refused);
    Result<void> check_signatures(Candidate& candidate, RefusedEntry& refused);
    [[nodiscard]] std::unique_ptr<Written> commit(std::unique_ptr<Candidate> candidate);
    void read_back(const Candidate& candidate);
    void publish(Candidate& candidate);
    Result<void> witness_now(const WitnessRequest& request);
    Result<void> drop_pending(Mirror& mirror);
    Result<void> drop_chunk(Mirror& mirror, std::uint64_t from, std::uint64_t to,
                            const std::optional<std::uint64_t>& purges);
    Result<void> freeze_now(const std::string& origin, const std::string& reason,
                            const Bytes& evidence);
    Mirror fresh(std::string origin, std::string org) const;
    void load_directory(Mirror& mirror, std::uint64_t size) const;
    void find_newest_stored(Mirror& mirror, std::uint64_t stored) const;
    void note_stored(const Mirror& mirror);
    [[nodiscard]] std::string all_paused() const;
    [[nodiscard]] std::pair<std::string, std::uint64_t> largest() const;

    const Surroundings use_;
    std::map<std::string, Mirror>
        mirrors_;  // owner: the mirror thread (before start(): the caller)
    // Public statements that are stored but not yet visible, by origin. They are not part of a
    // Mirror, which each part of a catch-up copies.
    std::map<std::string, Publics> waiting_;  // owner: as above
    std::unique_ptr<Written> writing_;        // owner: the mirror thread

    mutable std::mutex mutex_;
    std::condition_variable wake_;  // with mutex_
    std::deque<Task> tasks_;        // owner: mutex_
    struct Stored {
        std::uint64_t entries = 0, bytes = 0;
    };
    std::map<std::string, Stored, std::less<>> stored_;  // owner: mutex_
    bool stop_ = false;                                  // owner: mutex_
    std::thread thread_;
};

}  // namespace reelproof::ledger
