// The pool: what clients and workers do. The rounds are in sequencer_round.cc, the start in
// sequencer_start.cc.
#include "ledger/store/sequencer.h"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"
#include "ledger/store/fault.h"
#include "ledger/store/sequencer_impl.h"
#include "ledger/store/write_view.h"

namespace reelproof::ledger {

namespace {

// Statements of one task: fewer locks, and still quick to share the work.
constexpr std::size_t kVerifyAtOnce = 8;
// Before what a round could not keep is tried again: what made it fail has to pass first.
constexpr std::chrono::milliseconds kTryAgain{100};
// Cosignature rows that are kept: the newest checkpoints' of all mirrors, each checkpoint whole.
constexpr std::uint64_t kMaxCosignatures = 4096;

template <class T>
std::future<Result<T>> ready(Error error) {
    std::promise<Result<T>> promise;
    promise.set_value(std::move(error));
    return promise.get_future();
}

Error unavailable(std::string message) {
    return {ErrorKind::unavailable, std::move(message)};
}

}  // namespace

void Sequencer::Impl::submit(Bytes statement, Sequencer::Answer answer,
                             std::function<void(WriteTransaction&)> together) {
    if (!answer) throw std::invalid_argument("a statement is submitted without an answer");
    if (statement.size() > wire::kMaxStatementSize) {
        ++rejected_;
        return answer(Error{ErrorKind::too_large, "the statement is " +
                                                      counted(statement.size(), "byte") +
                                                      ", at most 65,535 are allowed"});
    }
    auto submission = std::make_unique<Submission>();
    submission->bytes = statement.size();
    submission->statement.bytes = std::move(statement);
    submission->together = std::move(together);
    submission->answer = std::move(answer);
    bool more = false;
    if (auto refused = pool(submission, more)) return submission->answer(std::move(*refused));
    if (!more) return;
    try {
        workers_->post([this] { verify_pool(); });
    } catch (const std::bad_alloc&) {
        verify_pool();  // it is in the pool and will be answered: to throw would be a second answer
    }
}

std::optional<Error> Sequencer::Impl::pool(std::unique_ptr<Submission>& submission, bool& more) {
    std::lock_guard lock(mutex_);
    if (dead_) return dead_error();
    if (closing_) return unavailable("the store is being closed");
    if (pool_bytes_ + submission->bytes > options_.pool_bytes)
        return unavailable(
            state_.index->full()
                ? "the tag index is full; raise store.max_map_size in the configuration"
                : "the pool is full: " + counted(pool_bytes_, "byte") +
                      " wait to be written; try again later");
    pool_bytes_ += submission->bytes;
    pool_.push_back(std::move(submission));
    more = verifying_ < workers_->count();
    if (more) ++verifying_;
    return std::nullopt;
}

void Sequencer::Impl::verify_pool() {
    for (;;) {
        std::array<Submission*, kVerifyAtOnce> taken{};
        std::size_t count = 0;
        {
            std::lock_guard lock(mutex_);
            while (count < taken.size() && unverified_ < pool_.size())
                taken[count++] = pool_[unverified_++].get();
        }
        for (std::size_t i = 0; i < count; ++i) {
            try {
                verify(*taken[i]);
            } catch (const std::exception& trouble) {
                die(trouble.what());
                taken[i]->error = dead_error();
            }
        }
        {
            std::lock_guard lock(mutex_);
            for (std::size_t i = 0; i < count; ++i) taken[i]->ready = true;
            ready_ += count;
            const bool some = count > 0 && !pool_.empty() && pool_.front()->ready;
            if (some && (!gathering_ || worth_a_round())) wake_.notify_one();
            if (unverified_ == pool_.size()) {
                --verifying_;  // with the mutex held: what comes now finds a worker missing
                return;
            }
        }
        // The rest as another task: bulk work has its turn between two.
        try {
            return workers_->post([this] { verify_pool(); });
        } catch (const std::bad_alloc&) {
            // Then at once: those who wait must be answered.
        }
    }
}

bool Sequencer::Impl::worth_a_round() const {
    return dead_ || stop_ || 2 * ready_ >= pool_.size() || ready_ >= kRoundStatements;
}

void Sequencer::Impl::verify(Submission& submission) const {
    auto prepared = prepare_statement(std::move(submission.statement.bytes));
    if (!prepared) {
        submission.error = prepared.error();
        return;
    }
    submission.statement = std::move(*prepared);
    const PreparedStatement& statement = submission.statement;
    submission.merges = state_.index->merges();
    submission.duplicate_of = state_.index->find_leaf(statement.leaf);
    if (submission.duplicate_of) return;
    // By the directory as it is published now. The sequencer looks again at the statement's place:
    // a grant or a revocation may come in between.
    std::shared_ptr<const Directory> directory;
    std::uint64_t size = 0;
    {
        std::shared_lock shared(state_.published_mutex);
        directory = state_.directory;
        const auto head = state_.heads.find(kOwnLog);
        if (head != state_.heads.end()) size = head->second.checkpoint.size;
    }
    auto key = directory->key_for({kOwnLog, size}, statement.view);
    if (!key) return;
    if (auto verified = verify_statement(statement.view, *key); !verified) {
        submission.error = verified.error();
        return;
    }
    submission.key = *key;
}

std::future<Result<void>> Sequencer::Impl::commit(CommitJob job) {
    auto future = job.done.get_future();
    std::lock_guard lock(mutex_);
    if (dead_ || stop_) {
        job.done.set_value(dead_ ? dead_error() : unavailable("the store is being closed"));
        return future;
    }
    jobs_.push_back(std::move(job));
    wake_.notify_one();
    return future;
}

std::future<Result<void>> Sequencer::Impl::add_cosignature(const std::string& note_text,
                                                           const std::string& line) {
    const auto checkpoint = parse_checkpoint(note_text);
    if (!checkpoint) return ready<void>(within("cosigned checkpoint", checkpoint.error()));
    const auto note = parse_note(format_note(note_text, {line}));
    if (!note) return ready<void>(within("cosignature", note.error()));
    if (note->signatures.size() != 1)
        return ready<void>(malformed("cosignature: it is not one signature line"));
    const std::uint64_t size = checkpoint->size;
    if (checkpoint->origin != options_.origin || size > state_.published_size(kOwnLog))
        return ready<void>(
            {ErrorKind::conflict, "the cosigned checkpoint is not of a tree that we have"});
    {
        const lmdb::Reader reader(state_.log);
        if (LogTail::load(size, tiles_in(reader, state_.tables, kOwnLog)).root() !=
            checkpoint->root)
            return ready<void>(
                {ErrorKind::conflict, "the cosigned checkpoint has another root than our log"});
    }
    // Else we would sign what we have never published.
    if (note_text != format_checkpoint(*checkpoint))
        return ready<void>(
            {ErrorKind::conflict, "the cosigned checkpoint is not as our log writes them"});
    const NoteSignature& signature = note->signatures.front();
    const auto key = schema::cosig_key(kOwnLog, size, note_text,
                                       signature.name + "\n" + std::to_string(signature.key_id));
    const Bytes row = schema::write_cosignature({note_text, signature.line});
    // Deterministic: the very signature that this tree was published with.
    const auto own_key = schema::cosig_key(kOwnLog, size, note_text, {});
    const Bytes own_row = schema::write_cosignature({note_text, signer_.sign(note_text)});
    return commit(
        {.work = [this, key, row, own_key, own_row](lmdb::Writer& writer) -> Result<void> {
            writer.put(state_.tables.cosigs, own_key, own_row);
            writer.put(state_.tables.cosigs, key, row);
            while (writer.rows(state_.tables.cosigs) > kMaxCosignatures) {
                // Of the smallest, oldest tree. A row without the others of its text would be
                // cosignatures without a signature, or the other way round.
                lmdb::Cursor cursor(writer, state_.tables.cosigs);
                if (!cursor.first()) break;
                const Bytes text = to_bytes(schema::cosig_text(cursor.key()));
                do cursor.remove();
                while (cursor.first() && equal(schema::cosig_text(cursor.key()), text));
            }
            return {};
        }});
}

std::optional<std::string> Sequencer::Impl::clock_trouble(UnixSeconds now) const {
    const UnixSeconds last = last_time_;
    if (now + options_.clock_tolerance >= last) return std::nullopt;
    return "the clock was set back: it says " + to_iso8601(now) +
           ", the last checkpoint was signed at " + to_iso8601(last) +
           "; nothing is signed until the clock is right. If it is right and was ahead before: "
           "wait "
           "until then, or start once with `reelproof node run --accept-clock`";
}

std::string Sequencer::Impl::public_warning() const {
    const std::uint64_t used = public_bytes_;
    if (used < options_.own_public_bytes / 2) return {};
    return "our log holds " + counted(used, "byte") + " of public statements; from " +
           std::to_string(options_.own_public_bytes) +
           " on only our keys and evidence are taken, since partners keep them all in memory: "
           "record fewer and larger recalls and authorisations, and look what guests submit";
}

std::optional<std::string> Sequencer::Impl::trouble(UnixSeconds now) const {
    {
        std::lock_guard lock(mutex_);
        if (!contradiction_.empty()) return contradiction_;
    }
    return clock_trouble(now);
}

void Sequencer::Impl::contradicted(const Checkpoint& signed_by_us, const std::string& reason) {
    {
        std::lock_guard lock(mutex_);
        if (!contradiction_.empty()) return;
        contradiction_ = reason;  // at once: a round that begins now signs nothing
    }
    // A round may fail with what others wanted of it. If we die before this is durable, or the
    // store is closed, the next start asks the mirrors again.
    for (bool over = false; !over;) {
        const auto kept = commit({.work = [this, signed_by_us](lmdb::Writer&) -> Result<void> {
                                      anchor_.write({signed_by_us, options_.clock()});
                                      return {};
                                  },
                                  .nested = false})
                              .get();
        {
            std::lock_guard lock(mutex_);
            over = kept.has_value() || dead_ || stop_;
        }
        if (!over) std::this_thread::sleep_for(kTryAgain);
    }
}

std::string Sequencer::Impl::refusing() const {
    return trouble(options_.clock()).value_or("");
}

Sequencer::Counters Sequencer::Impl::counters() const {
    Counters counters;
    counters.statements = statements_;
    counters.duplicates = duplicates_;
    counters.rejected = rejected_;
    counters.commits = commits_;
    counters.last_commit_seconds = last_commit_seconds_;
    counters.public_bytes = public_bytes_;
    counters.stopped = dead_;
    counters.index_behind = state_.index->crowded();
    counters.index_full = state_.index->full();
    std::lock_guard lock(mutex_);
    counters.pool_statements = pool_.size();
    counters.pool_bytes = pool_bytes_;
    return counters;
}

Error Sequencer::Impl::dead_error() const {
    return unavailable("the store has stopped; start it again");
}

void Sequencer::Impl::die(const std::string& reason) {
    dead_ = true;
    fatal(reason);
    std::lock_guard lock(mutex_);
    wake_.notify_one();
}

Sequencer::Sequencer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sequencer::~Sequencer() = default;

void Sequencer::submit(Bytes statement, Answer answer,
                       std::function<void(WriteTransaction&)> together) {
    impl_->submit(std::move(statement), std::move(answer), std::move(together));
}

std::future<Result<Placement>> Sequencer::submit(Bytes statement,
                                                 std::function<void(WriteTransaction&)> together) {
    auto promise = std::make_shared<std::promise<Result<Placement>>>();
    auto future = promise->get_future();
    impl_->submit(
        std::move(statement),
        [promise](Result<Placement> placement) { promise->set_value(std::move(placement)); },
        std::move(together));
    return future;
}

std::future<Result<void>> Sequencer::write(std::function<void(WriteTransaction&)> work) {
    return impl_->commit(
        {.work = [this, work = std::move(work)](lmdb::Writer& writer) -> Result<void> {
            WriteView view(writer, impl_->tables(), impl_->rows());
            work(view);
            return {};
        }});
}

std::future<Result<void>> Sequencer::store_mirror(MirrorBatch batch) {
    return impl_->mirrors().store(std::move(batch));
}

std::string Sequencer::mirror_paused(std::string_view origin) const {
    return impl_->mirrors().paused(origin);
}

std::uint64_t Sequencer::mirror_stored(std::string_view origin) const {
    return impl_->mirrors().stored(origin);
}

std::string Sequencer::mirrors_paused() const {
    return impl_->mirrors().paused();
}

std::future<Result<void>> Sequencer::freeze(std::string origin, std::string reason,
                                            Bytes evidence) {
    return impl_->mirrors().freeze(std::move(origin), std::move(reason), std::move(evidence));
}

std::future<Result<void>> Sequencer::witness(WitnessRequest request) {
    return impl_->mirrors().witness(std::move(request));
}

std::future<Result<void>> Sequencer::add_cosignature(const std::string& note_text,
                                                     const std::string& line) {
    return impl_->add_cosignature(note_text, line);
}

std::string Sequencer::public_warning() const {
    return impl_->public_warning();
}

void Sequencer::contradicted(const Checkpoint& signed_by_us, const std::string& reason) {
    impl_->contradicted(signed_by_us, reason);
}

std::string Sequencer::refusing() const {
    return impl_->refusing();
}

Sequencer::Counters Sequencer::counters() const {
    return impl_->counters();
}

}  // namespace reelproof::ledger
