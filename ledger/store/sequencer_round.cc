// One round of the sequencer thread: take what is verified, place it, commit, read back, anchor,
// publish, answer. Until the commit everything is done on copies, so that a full map undoes it all.
#include <algorithm>
#include <chrono>
#include <utility>

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"
#include "ledger/store/fault.h"
#include "ledger/store/sequencer_impl.h"
#include "ledger/store/thread_setup.h"
#include "ledger/store/write_view.h"

namespace reelproof::ledger {

namespace {

// How long verified statements wait for more of the pool to be verified.
constexpr std::chrono::milliseconds kGatherPatience{5};
// What a round may need of the map: its statements or a part of a mirrored log (4,096 entries of 64
// KiB), and the pages that change.
constexpr std::uint64_t kRoundRoom = std::uint64_t{320} << 20;
// How long a round waits for this process's readers so that the map can grow: ahead of the need,
// and when it is full. None of a node reads for longer; after the first a new try waits a while.
constexpr std::chrono::milliseconds kEarlyPatience{250}, kFullPatience{2000};
constexpr std::chrono::seconds kGrowthInterval{1};

struct HashOfHash {
    std::size_t operator()(const Hash& hash) const {
        std::size_t word = 0;
        std::memcpy(&word, hash.data(), sizeof word);
        return word;
    }
};

using Growth = lmdb::Environment::Growth;

}  // namespace

struct Sequencer::Impl::Round {
    std::optional<lmdb::Writer> writer;
    LogTail tail;
    std::uint64_t old_size = 0;
    std::uint64_t public_bytes = 0;
    std::optional<Directory> directory;  // a copy, once a public statement changes it
    UnixSeconds now = 0;
    std::optional<std::string> refusing;
    LogHead head;                                     // once statements were placed
    std::vector<std::unique_ptr<Submission>> placed;  // in log order from old_size
    std::unordered_map<Hash, std::uint64_t, HashOfHash> places;
    std::vector<std::pair<std::uint64_t, Bytes>> publics;
    std::vector<Answered> repeats;  // of statements in this round: answered with it
    std::vector<Answered> answers;  // do not depend on the commit
    std::vector<std::pair<CommitJob, Result<void>>> jobs;
    bool wrote = false;
};

void Sequencer::Impl::run() {
    set_up_thread("sequencer");
    for (;;) {
        Submissions submissions;
        std::vector<CommitJob> jobs;
        if (!take(submissions, jobs)) return;
        process(std::move(submissions), std::move(jobs));
    }
}

// Waits for work. False when all is done and nothing can come any more.
bool Sequencer::Impl::take(Submissions& submissions, std::vector<CommitJob>& jobs) {
    std::unique_lock lock(mutex_);
    for (;;) {
        const bool room = dead_ || stop_ || !state_.index->crowded();
        const auto has_work = [&] {
            return !jobs_.empty() || (room && !pool_.empty() && pool_.front()->ready);
        };
        if (!has_work()) {
            if (stop_ && pool_.empty()) return false;
            // Without room we look again soon: the index makes room without telling us.
            // Once stopping, statements that are still being verified are waited for like any
            // others: waiting for stop_ itself would spin with the mutex that the verifiers need.
            if (room)
                wake_.wait(lock, [&] { return has_work() || (stop_ && pool_.empty()); });
            else
                wake_.wait_for(lock, std::chrono::milliseconds(20));
            continue;
        }
        gathering_ = true;
        wake_.wait_for(lock, kGatherPatience, [&] { return worth_a_round() || !jobs_.empty(); });
        gathering_ = false;
        jobs.assign(std::make_move_iterator(jobs_.begin()), std::make_move_iterator(jobs_.end()));
        jobs_.clear();
        std::size_t bytes = 0;
        while (room && !pool_.empty() && pool_.front()->ready && bytes < kRoundBytes &&
               submissions.size() < kRoundStatements) {
            bytes += pool_.front()->bytes;
            submissions.push_back(std::move(pool_.front()));
            pool_.pop_front();
            --unverified_;
            --ready_;
        }
        return true;
    }
}

void Sequencer::Impl::process(Submissions submissions, std::vector<CommitJob> jobs) {
    if (dead_) {
        std::vector<Answered> answers;
        for (auto& submission : submissions)
            answers.push_back({std::move(submission), dead_error()});
        answer(answers);
        for (CommitJob& job : jobs) job.done.set_value(dead_error());
        return;
    }
    Round round;
    try {
        const auto begun = std::chrono::steady_clock::now();
        make_room();
        round.writer.emplace(state_.log);
        round.tail = tail_;
        round.old_size = tail_.size();
        round.public_bytes = public_bytes_;
        round.now = options_.clock();
        round.refusing = trouble(round.now);
        round.head.time = std::max<UnixSeconds>(round.now, last_time_);
        place_all(round, submissions);
        run_jobs(round, jobs);
        if (!round.placed.empty()) write_head(round);
        if (round.wrote) {
            fault_point(FaultPoint::before_commit);
            // If we die before this returns, LMDB has all of the round or nothing of it, and nobody
            // has had an answer: clients that ask again get the first placement.
            round.writer->commit();
            fault_point(FaultPoint::after_commit);
            ++commits_;
        }
        if (!round.placed.empty()) {
            read_back(round);
            // If we die here the store is ahead of its anchor: the next start advances the anchor.
            anchor_.write({round.head.checkpoint, round.head.time});
            // If we die here the round stands, though nobody was told: as above.
        }
        publish(round);
        if (round.wrote)
            last_commit_seconds_ =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    } catch (const lmdb::MapFull& full) {
        // Nothing of the round is kept, and the store is sound: later rounds are tried again.
        round.writer.reset();
        fail_round(round, submissions, jobs, grow_full_map(full.what()));
    } catch (const std::exception& trouble) {
        die(trouble.what());
        fail_round(round, submissions, jobs, dead_error());
    }
}

// Grows the map before it is full, so that no round has to be refused.
void Sequencer::Impl::make_room() {
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t wanted = std::min(kRoundRoom, state_.log.map_size() / 2);
    if (state_.log.room() >= wanted || now < next_growth_) return;
    if (state_.log.grow(wanted, state_.options.max_map_size, kEarlyPatience) != Growth::grown)
        next_growth_ = now + kGrowthInterval;
}

Error Sequencer::Impl::grow_full_map(const std::string& why) {
    const auto unavailable = [](std::string message) {
        return Error{ErrorKind::unavailable, std::move(message)};
    };
    try {
        switch (
            state_.log.grow(state_.log.map_size(), state_.options.max_map_size, kFullPatience)) {
            case Growth::grown:
                return unavailable("the store had to grow first; try again");
            case Growth::readers:
                return unavailable(
                    "the store has to grow first, and somebody reads from it for long; try again");
            case Growth::limit:
                return {ErrorKind::unavailable,
                        "the store is full: its map is used up (" + why +
                            "); raise store.max_map_size in the configuration and start the node "
                            "again",
                        true};
        }
    } catch (const std::exception& trouble) {
        die(trouble.what());
    }
    return dead_error();
}

void Sequencer::Impl::place_all(Round& round, Submissions& submissions) {
    for (auto& submission : submissions) {
        auto result = place(round, *submission);
        if (!result || result->index < round.old_size)
            round.answers.push_back({std::move(submission), std::move(result)});
        else if (result->duplicate)
            round.repeats.push_back({std::move(submission), std::move(result)});
        else
            round.placed.push_back(std::move(submission));
    }
}

std::optional<std::uint64_t> Sequencer::Impl::find_duplicate(const Round& round,
                                                             const Submission& submission) const {
    const Hash& leaf = submission.statement.leaf;
    if (submission.duplicate_of) return submission.duplicate_of;
    if (const auto here = round.places.find(leaf); here != round.places.end()) return here->second;
    // The worker looked everywhere; since then rows only came into memory, or moved from there to
    // LMDB in a merge. Memory first, then the count of merges: a merge in between is seen.
    if (const auto index = state_.index->find_leaf_in_memory(leaf)) return index;
    if (state_.index->merges() == submission.merges) return std::nullopt;
    return state_.index->find_leaf(leaf);
}

Result<void> Sequencer::Impl::check_genesis(const StatementView& view) const {
    auto parsed = parse_public(as_text(view.payload));
    if (!parsed) return parsed.error();
    const auto* genesis = std::get_if<OrgGenesis>(&*parsed);
    if (genesis == nullptr || genesis->org != options_.org)
        return Error{ErrorKind::untrusted,
                     "the first statement of the log must be org.genesis of " + options_.org};
    if (genesis->origin != options_.origin)
        return Error{ErrorKind::refused, "org.genesis is of the log " + genesis->origin +
                                             ", this node keeps " + options_.origin};
    if (!genesis->log_key || !(*genesis->log_key == signer_.verifier()))
        return Error{ErrorKind::refused,
                     "org.genesis names another log key than the one this node signs with"};
    return {};
}

// The key's right at the statement's very place; the signature was verified on a worker under the
// same key, but for statements that depend on one that was still in the pool.
Result<void> Sequencer::Impl::check_right(const Round& round, Submission& submission) const {
    const Directory& directory = round.directory ? *round.directory : own_directory_;
    const StatementView& view = submission.statement.view;
    auto key = directory.key_for({kOwnLog, round.tail.size()}, view, round.now);
    if (!key) return key.error();
    if (!submission.key || !(*submission.key == *key))
        if (auto verified = verify_statement(view, *key); !verified) return verified;
    if (round.tail.size() == 0) return check_genesis(view);
    return {};
}

// Partners take no more of a log whose public statements are over their limit, which is higher than
// ours: what must still reach them then is who may sign, and who was caught.
Result<void> Sequencer::Impl::check_room(const Round& round, const Submission& submission) const {
    const StatementHeader& header = submission.statement.view.header;
    const std::uint64_t bytes = round.public_bytes + submission.statement.bytes.size();
    if (bytes <= options_.own_public_bytes) return {};
    if (header.iss == options_.org &&
        (header.sub == "key.grant" || header.sub == "key.revoke" || header.sub == "log.evidence"))
        return {};
    return Error{ErrorKind::too_large,
                 "our log may hold " + counted(options_.own_public_bytes, "byte") +
                     " of public statements and has " + std::to_string(round.public_bytes) +
                     ": no more of them are taken"};
}

Result<Placement> Sequencer::Impl::place(Round& round, Submission& submission) {
    if (submission.error) return *submission.error;
    if (const auto index = find_duplicate(round, submission))
        return Placement{*index, round.old_size, true};
    if (round.refusing) return Error{ErrorKind::refused, *round.refusing};
    if (auto right = check_right(round, submission); !right) return right.error();

    const StatementView& view = submission.statement.view;
    const Place place{kOwnLog, round.tail.size()};
    std::optional<Directory> directory;
    if (!view.sealed()) {
        if (auto room = check_room(round, submission); !room) return room.error();
        directory = round.directory ? *round.directory : own_directory_;
        if (auto applied = directory->apply(place, view); !applied) return applied.error();
    }
    if (submission.together) {
        try {
            lmdb::Writer nested(*round.writer);
            WriteView transaction(nested, state_.tables, state_.rows);
            submission.together(transaction);
            nested.commit();
        } catch (const lmdb::MapFull&) {
            throw;
        } catch (const std::exception& trouble) {
            return Error{ErrorKind::unavailable, trouble.what()};
        }
    }
    write_entry(*round.writer, state_.tables, place, submission.statement.bytes, !view.sealed());
    round.tail.append(submission.statement.leaf);
    round.places.emplace(submission.statement.leaf, place.index);
    round.wrote = true;
    if (directory) {
        round.directory = std::move(directory);
        round.public_bytes += submission.statement.bytes.size();
        round.publics.emplace_back(place.index, submission.statement.bytes);
    }
    return Placement{place.index, 0, false};
}

void Sequencer::Impl::run_jobs(Round& round, std::vector<CommitJob>& jobs) {
    for (CommitJob& job : jobs) {
        Result<void> result;
        try {
            if (job.nested) {
                lmdb::Writer nested(*round.writer);
                result = job.work(nested);
                if (result) nested.commit();
            } else {
                result = job.work(*round.writer);
            }
        } catch (const lmdb::MapFull&) {
            throw;  // answered with all others of this round
        } catch (const std::exception& trouble) {
            if (!job.nested) throw;
            result = Error{ErrorKind::unavailable, trouble.what()};
        }
        if (result) round.wrote = true;
        round.jobs.emplace_back(std::exchange(job, CommitJob{}), std::move(result));
    }
}

void Sequencer::Impl::write_head(Round& round) {
    round.head.checkpoint = {options_.origin, round.tail.size(), round.tail.root()};
    const std::string text = format_checkpoint(round.head.checkpoint);
    // Signed here so that it is in the same transaction; it leaves only after the read-back.
    round.head.note = format_note(text, {signer_.sign(text)});
    round.tail.write_tiles(*round.writer, state_.tables, kOwnLog);
    if (round.old_size == 0)
        round.writer->put(
            state_.tables.logs, schema::log_key(kOwnLog),
            schema::write_log(
                {.id = kOwnLog, .origin = options_.origin, .org = options_.org, .frozen = {}}));
    round.writer->put(state_.tables.heads, schema::log_key(kOwnLog),
                      schema::write_head(round.head));
}

// One flipped bit between hashing and disk would make the log contradict its own signature for
// ever: what was committed is read and hashed again before the signature leaves.
void Sequencer::Impl::read_back(const Round& round) const {
    visit_entries(state_, kOwnLog, round.old_size, round.tail.size(),
                  [&](std::uint64_t index, ByteView entry) {
                      if (leaf_hash(entry) != round.placed[index - round.old_size]->statement.leaf)
                          throw EnvironmentError("entry " + std::to_string(index) +
                                                 " was read back otherwise than written");
                  });
    const lmdb::Reader reader(state_.log);
    const LogTail stored =
        LogTail::load(round.tail.size(), tiles_in(reader, state_.tables, kOwnLog));
    if (stored.root() != round.head.checkpoint.root)
        throw EnvironmentError("the tiles were read back otherwise than written");
}

void Sequencer::Impl::publish(Round& round) {
    if (!round.placed.empty()) {
        std::vector<IndexedStatement> indexed;
        indexed.reserve(round.placed.size());
        for (std::size_t i = 0; i < round.placed.size(); ++i)
            indexed.push_back(round.placed[i]->statement.indexed({kOwnLog, round.old_size + i}));
        // Before the head: what a reader sees as committed, it also finds.
        state_.index->add(indexed);
        const LogInfo own{
            .id = kOwnLog, .origin = options_.origin, .org = options_.org, .frozen = {}};
        publish_directory(own, round.publics);
        tail_ = std::move(round.tail);
        if (round.directory) own_directory_ = std::move(*round.directory);
        public_bytes_ = round.public_bytes;
        last_time_ = round.head.time;
        fault_point(FaultPoint::before_publish);
        {
            std::unique_lock published(state_.published_mutex);
            state_.logs[kOwnLog] = own;
            state_.heads[kOwnLog] = round.head;
        }
        state_.head_watch.tell(kOwnLog);
        fault_point(FaultPoint::before_answer);
    }
    for (auto& [job, result] : round.jobs) {
        if (result && job.committed) job.committed();
        job.done.set_value(std::move(result));
    }
    const std::uint64_t size = tail_.size();
    std::vector<Answered> answers = std::move(round.answers);
    for (Answered& repeat : round.repeats) {
        repeat.result->size = size;
        answers.push_back(std::move(repeat));
    }
    std::uint64_t index = round.old_size;
    for (auto& submission : round.placed)
        answers.push_back({std::move(submission), Placement{index++, size, false}});
    answer(answers);
}

void Sequencer::Impl::answer(std::vector<Answered>& answers) {
    std::size_t bytes = 0;
    for (const Answered& one : answers) {
        bytes += one.submission->bytes;
        auto& counter = !one.result ? rejected_ : one.result->duplicate ? duplicates_ : statements_;
        ++counter;
    }
    {
        // Before the answers: a client that hears of its own finds the room.
        std::lock_guard lock(mutex_);
        pool_bytes_ -= bytes;
    }
    for (Answered& one : answers) {
        try {
            one.submission->answer(std::move(one.result));
        } catch (...) {
            // Its caller's own loss: the round stands, and the others wait for their answers.
        }
    }
}

void Sequencer::Impl::fail_round(Round& round, Submissions& rest, std::vector<CommitJob>& jobs,
                                 const Error& error) {
    std::vector<Answered> answers = std::move(round.answers);
    for (Answered& repeat : round.repeats) answers.push_back({std::move(repeat.submission), error});
    for (auto& submission : round.placed) answers.push_back({std::move(submission), error});
    for (auto& submission : rest)
        if (submission) answers.push_back({std::move(submission), error});
    answer(answers);
    for (auto& [job, result] : round.jobs) job.done.set_value(result ? error : result);
    for (CommitJob& job : jobs)
        if (job.work) job.done.set_value(error);
}

}  // namespace reelproof::ledger
