// The way of one batch of a mirrored log: checks, commit, read-back, publication.
#include "ledger/store/mirror_batch.h"

#include <algorithm>
#include <atomic>
#include <iterator>

#include "ledger/base/counted.h"
#include "ledger/store/copy_marks.h"
#include "ledger/store/fault.h"
#include "ledger/store/witnessed.h"

namespace reelproof::ledger {

namespace {

// Statements that one worker checks in a row.
constexpr std::size_t kChunk = 16;

Error error(ErrorKind kind, std::string message) {
    return {kind, std::move(message)};
}

std::string entry_name(std::uint64_t index) {
    return "entry " + std::to_string(index);
}

// Where, if that is before the statement.
std::optional<std::uint64_t> revoked_at(const Directory& directory, const Place& place,
                                        const StatementView& view) {
    const OrgState* org = directory.org_in(place.log, view.header.iss);
    if (org == nullptr) return std::nullopt;
    for (const KeyState& key : org->keys)
        if (key.grant.key.kid() == view.header.kid && key.revoked_at &&
            *key.revoked_at <= place.index)
            return key.revoked_at;
    return std::nullopt;
}

// Of entries that are refused together, so much is told.
constexpr std::size_t kSample = 16UL * 1024;

// Each with its length before it, as a bundle has them, cut off at kSample.
Bytes sample_of(const std::vector<PreparedStatement>& statements) {
    Bytes out;
    for (const PreparedStatement& statement : statements) {
        if (out.size() >= kSample) break;
        append_to_bundle(out, statement.bytes);
    }
    out.resize(std::min(out.size(), kSample));
    return out;
}

}  // namespace

// Parses entries on the workers; the first bad one is the answer.
Result<void> Mirrors::prepare(MirrorBatch& batch, Candidate& candidate, RefusedEntry& refused) {
    std::vector<Result<PreparedStatement>> prepared(batch.entries.size(),
                                                    Result<PreparedStatement>(PreparedStatement{}));
    std::vector<Bytes> bad(batch.entries.size());
    use_.workers.for_each(batch.entries.size(), kChunk, [&](std::size_t i) {
        prepared[i] = prepare_statement(std::move(batch.entries[i]), &bad[i]);
    });
    candidate.statements.reserve(prepared.size());
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        if (!prepared[i]) {
            refused.why = RefusedEntry::Why::form;
            refused.index = batch.start + i;
            refused.entry = std::move(bad[i]);
            return within(entry_name(batch.start + i), prepared[i].error());
        }
        candidate.statements.push_back(std::move(*prepared[i]));
    }
    return {};
}

// Finds each statement's key in log order and applies the public ones to the candidate's directory.
// Signatures are checked afterwards: if one is bad, the whole candidate goes.
Result<void> Mirrors::admit(Candidate& candidate, RefusedEntry& refused) {
    Mirror& mirror = candidate.mirror;
    std::shared_ptr<Directory> changed;  // once there is something to change
    for (std::size_t i = 0; i < candidate.statements.size(); ++i) {
        const PreparedStatement& statement = candidate.statements[i];
        const Place place{mirror.info.id, candidate.start + i};
        auto key = mirror.directory->key_for(place, statement.view);
        if (!key) {
            refused.why = RefusedEntry::Why::right;
            refused.index = place.index;
            refused.entry = statement.bytes;
            if (const auto revoked = revoked_at(*mirror.directory, place, statement.view)) {
                refused.revoked_at = *revoked;
                if (*revoked >= candidate.start)
                    refused.revocation = candidate.statements[*revoked - candidate.start].bytes;
                // Else it is in parts, and has to be fetched from there first.
                if (*revoked >= candidate.start || *revoked < mirror.visible.size || mirror.proved)
                    refused.why = RefusedEntry::Why::revoked;
            }
            return within(entry_name(place.index), key.error());
        }
        candidate.keys.push_back(*key);
        if (statement.view.header.iat > mirror.marks.newest_stored.iat)
            mirror.marks.newest_stored = {statement.view.header.iat, place.index};
        if (statement.view.sealed()) continue;
        mirror.public_bytes += statement.bytes.size();
        if (mirror.public_bytes > use_.options.mirror_public_bytes)
            return error(ErrorKind::too_large,
                         "the log " + mirror.info.origin + " holds more than " +
                             counted(use_.options.mirror_public_bytes, "byte") +
                             " of public statements: nothing more is taken of it");
        if (!changed) {
            changed = std::make_shared<Directory>(*mirror.directory);
            mirror.directory = changed;
        }
        if (auto applied = changed->apply(place, statement.view); !applied) {
            refused.why = RefusedEntry::Why::effect;
            refused.index = place.index;
            refused.entry = statement.bytes;
            return within(entry_name(place.index), applied.error());
        }
        candidate.publics.emplace_back(place.index, statement.bytes);
    }
    if (mirror.log_key) return {};
    const OrgState* org = mirror.directory->org_in(mirror.info.id, mirror.info.org);
    if (org == nullptr)
        return error(ErrorKind::untrusted, "the log " + mirror.info.origin +
                                               " does not begin with the org.genesis of " +
                                               mirror.info.org);
    if (!org->genesis.log_key || org->genesis.origin != mirror.info.origin)
        return error(ErrorKind::untrusted, "the org.genesis of " + mirror.info.org +
                                               " is of the log " + org->genesis.origin +
                                               ", not of " + mirror.info.origin);
    mirror.log_key = org->genesis.log_key;
    return {};
}

Result<void> Mirrors::check_signatures(Candidate& candidate, RefusedEntry& refused) {
    std::vector<Result<void>> results(candidate.statements.size());
    std::atomic<bool> failed = false;
    use_.workers.for_each(results.size(), kChunk, [&](std::size_t i) {
        if (failed) return;
        results[i] = verify_statement(candidate.statements[i].view, candidate.keys[i]);
        if (!results[i]) failed = true;
    });
    for (std::size_t i = 0; i < results.size(); ++i)
        if (!results[i]) {
            refused.why = RefusedEntry::Why::signature;
            refused.index = candidate.start + i;
            refused.entry = candidate.statements[i].bytes;
            return within(entry_name(candidate.start + i), results[i].error());
        }
    return {};
}

Hash Mirrors::stored_root(const Mirror& mirror, std::uint64_t size) const {
    const lmdb::Reader reader(use_.state.log);
    return LogTail::load(size, tiles_in(reader, use_.state.tables, mirror.info.id)).root();
}

// A checkpoint that is not ahead of what readers see: the same tree, or a fork.
Result<void> Mirrors::check_older(const Mirror& mirror, const Checkpoint& target) {
    if (stored_root(mirror, target.size) != target.root)
        return invalid("the log " + mirror.info.origin + " forked: it signed another root for " +
                       counted(target.size, "entry") + " than that of our copy");
    if (target.size < mirror.visible.size)
        return error(ErrorKind::conflict, "the checkpoint of " + counted(target.size, "entry") +
                                              " is older than our copy of " +
                                              std::to_string(mirror.visible.size));
    return {};
}

Result<void> Mirrors::check_request(const MirrorBatch& batch, const Mirror& mirror,
                                    Checkpoint& target) {
    if (!mirror.info.frozen.empty())
        return error(ErrorKind::conflict,
                     "the log " + batch.origin + " is frozen: " + mirror.info.frozen);
    {
        // Of a log that was found out before a mirror of it was begun there is nothing else.
        const lmdb::Reader reader(use_.state.log);
        if (use_.state.rows.get(reader, use_.state.tables, Table::evidence, as_bytes(batch.origin)))
            return error(ErrorKind::conflict,
                         "the log " + batch.origin + " is frozen: there is evidence against it");
    }
    if (batch.org != mirror.info.org)
        return error(ErrorKind::conflict, "the log " + batch.origin + " belongs to " +
                                              mirror.info.org + ", not to " + batch.org);
    auto note = parse_note(batch.note);
    if (!note) return within("checkpoint", note.error());
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return within("checkpoint", checkpoint.error());
    if (checkpoint->origin != batch.origin)
        return invalid("the checkpoint is of the log " + checkpoint->origin + ", not of " +
                       batch.origin);
    if (mirror.log_key) {
        if (auto signature = verify_note(*note, *mirror.log_key); !signature)
            return within("checkpoint", signature.error());
    }
    target = std::move(*checkpoint);
    return {};
}

Result<std::unique_ptr<Mirrors::Candidate>> Mirrors::check(MirrorBatch& batch) {
    if (batch.origin == use_.options.origin)
        return error(ErrorKind::conflict, batch.origin + " is our own log");
    if (!use_.options.trusted_roots.contains(batch.org))
        return error(ErrorKind::untrusted, "no root key is configured for " + batch.org);
    if (auto why = paused(batch.origin); !why.empty())
        return error(ErrorKind::unavailable, std::move(why));
    while (use_.state.index->crowded()) {
        if (use_.state.index->full())
            return error(ErrorKind::unavailable,
                         "the tag index is full; raise store.max_map_size in the configuration");
        use_.state.index->wait_for_room();
    }
    // A part that goes on where the one ends that is being written is checked on top of it; with
    // all else of that log, and with new ones, that one is waited for.
    const bool same = writing_ && writing_->candidate->mirror.info.origin == batch.origin;
    const bool follows =
        same && !writing_->candidate->complete() && writing_->candidate->end() == batch.start;
    if (!follows && (same || !mirrors_.contains(batch.origin))) (void)settle();
    const auto known = mirrors_.find(batch.origin);
    if (known != mirrors_.end() && known->second.drop_pending)
        if (auto dropped = drop_pending(known->second); !dropped) return dropped.error();

    const Mirror* base = follows                   ? &writing_->candidate->mirror
                         : known != mirrors_.end() ? &known->second
                                                   : nullptr;
    auto checked = std::make_unique<Candidate>(
        Candidate{.mirror = base != nullptr ? *base : fresh(batch.origin, batch.org),
                  .is_new = base == nullptr,
                  .start = batch.start,
                  .note = batch.note,
                  .target = {},
                  .statements = {},
                  .keys = {},
                  .publics = {},
                  .follows = follows});
    Candidate& candidate = *checked;
    Mirror& mirror = candidate.mirror;
    if (auto request = check_request(batch, mirror, candidate.target); !request)
        return request.error();
    const std::uint64_t stored = mirror.tail.size();
    if (candidate.target.size <= mirror.visible.size && mirror.visible.size > 0) {
        if (auto older = check_older(mirror, candidate.target); !older) return older.error();
        return std::unique_ptr<Candidate>();
    }
    const auto witnessed = read_witnessed(use_.state, batch.origin);
    candidate.behind =
        witnessed && !batch.witnessed && candidate.target.size < witnessed->checkpoint.size;
    if (candidate.behind && !batch.may_be_behind)
        return error(ErrorKind::conflict,
                     "the checkpoint of " + counted(candidate.target.size, "entry") +
                         " is older than that of " + std::to_string(witnessed->checkpoint.size) +
                         " which the log had witnessed here");
    if (batch.start != stored)
        return error(ErrorKind::conflict, "the batch begins at entry " +
                                              std::to_string(batch.start) + ", " +
                                              std::to_string(stored) + " are stored");
    if (candidate.target.size < stored + batch.entries.size())
        return malformed("the checkpoint covers " + counted(candidate.target.size, "entry") +
                         ", the batch goes up to " + std::to_string(stored + batch.entries.size()));
    if (batch.entries.empty() && candidate.target.size != stored)
        return std::unique_ptr<Candidate>();

    RefusedEntry unasked;
    RefusedEntry& refused = batch.refused ? *batch.refused : unasked;
    // Parts that are not visible yet are not known to be of the signed tree, unless they came with
    // a proof: whoever brought them may have left out a grant, or moved a revocation. What comes
    // after is judged without them.
    const bool on_proved =
        batch.proved && (stored == mirror.visible.size || mirror.proved == candidate.target.root);
    mirror.proved = on_proved ? std::optional(candidate.target.root) : std::nullopt;
    refused.on_unproved = stored > mirror.visible.size && !on_proved;
    const auto refuse = [&](Error why) -> Result<std::unique_ptr<Candidate>> {
        if (!refused.on_unproved || refused.by_itself()) return why;
        (void)settle();
        const auto under = mirrors_.find(batch.origin);
        if (under == mirrors_.end()) return why;
        if (refused.why == RefusedEntry::Why::right && refused.revoked_at > 0 &&
            refused.revoked_at < under->second.tail.size()) {
            visit_entries(
                use_.state, mirror.info.id, refused.revoked_at, refused.revoked_at + 1,
                [&](std::uint64_t, ByteView entry) { refused.revocation = to_bytes(entry); });
            refused.why = RefusedEntry::Why::revoked;
        }
        if (auto dropped = drop_pending(under->second); !dropped) return dropped.error();
        return why;
    };
    if (auto prepared = prepare(batch, candidate, refused); !prepared)
        return refuse(prepared.error());
    if (auto admitted = admit(candidate, refused); !admitted) return refuse(admitted.error());
    if (candidate.start == 0) {
        // The log key was not known before this batch.
        if (auto signature = verify_note(*parse_note(batch.note), *mirror.log_key); !signature)
            return within("checkpoint", signature.error());
    }
    if (auto signatures = check_signatures(candidate, refused); !signatures)
        return signatures.error();
    // What the tree has to have been on its way, where that is not visible yet.
    std::optional<Checkpoint> before;
    if (witnessed && witnessed->checkpoint.size > mirror.visible.size)
        before = witnessed->checkpoint;
    bool contains = !before || before->size > candidate.target.size;
    if (before && before->size <= stored) {
        if (follows)
            if (auto written = settle(); !written) return written.error();
        contains = stored_root(mirror, before->size) == before->root;
    }
    for (const PreparedStatement& statement : candidate.statements) {
        mirror.tail.append(statement.leaf);
        if (before && mirror.tail.size() == before->size)
            contains = mirror.tail.root() == before->root;
    }
    if (!candidate.complete()) return checked;
    const bool hashes_up = mirror.tail.root() == candidate.target.root;
    if (hashes_up && contains) return checked;
    refused.sample = sample_of(candidate.statements);
    // Parts that were taken before may be what is wrong: none of them has been shown yet.
    (void)settle();
    if (const auto parts = mirrors_.find(batch.origin);
        parts != mirrors_.end() && parts->second.tail.size() > parts->second.visible.size)
        if (auto dropped = drop_pending(parts->second); !dropped) return dropped.error();
    if (hashes_up)
        return invalid("the log " + batch.origin + " forked: its checkpoint of " +
                       counted(candidate.target.size, "entry") + " does not contain that of " +
                       std::to_string(before->size) + " which it had witnessed here");
    return invalid("the entries of the log " + batch.origin + " up to " +
                   std::to_string(candidate.target.size) +
                   " do not hash to the root of its checkpoint");
}

std::unique_ptr<Mirrors::Written> Mirrors::commit(std::unique_ptr<Candidate> checked) {
    Mirror& mirror = checked->mirror;
    checked->time = std::max(use_.options.clock(), mirror.time);
    for (const PreparedStatement& statement : checked->statements)
        mirror.bytes += schema::fill_of(statement.bytes.size());
    auto part = std::make_unique<Written>();
    part->tiles = mirror.tail.hand_over();
    part->candidate = std::move(checked);
    CopyMarks& marks = part->candidate->mirror.marks;
    if (part->candidate->complete()) {
        marks.newest = marks.newest_stored;
        marks.unproven = part->candidate->behind;
    }
    const auto work = [this, part = part.get()](lmdb::Writer& writer) -> Result<void> {
        const Candidate& candidate = *part->candidate;
        const schema::Tables& tables = use_.state.tables;
        const LogId log = candidate.mirror.info.id;
        const auto key = schema::log_key(log);
        if (candidate.is_new)
            writer.put(tables.logs, key, schema::write_log(candidate.mirror.info));
        for (std::size_t i = 0; i < candidate.statements.size(); ++i)
            write_entry(writer, tables, {log, candidate.start + i}, candidate.statements[i].bytes,
                        !candidate.statements[i].view.sealed());
        part->tiles.write_tiles(writer, tables, log);
        writer.put(tables.stored, key, schema::write_count(candidate.end()));
        writer.put(tables.meta, schema::fill_key(log), schema::write_count(candidate.mirror.bytes));
        // With the head: nobody cosigns it who would not see them.
        writer.put(tables.of(Table::settings), as_bytes(copy_marks_key(candidate.target.origin)),
                   write_copy_marks(candidate.mirror.marks));
        if (candidate.complete())
            writer.put(tables.heads, key,
                       schema::write_head({candidate.target, candidate.note, candidate.time}));
        return {};
    };
    part->stored = use_.commit({.work = work, .nested = false});
    return part;
}

Result<void> Mirrors::settle() {
    if (!writing_) return {};
    const std::unique_ptr<Written> part = std::move(writing_);
    Result<void> stored = part->stored.get();
    try {
        if (stored) {
            // If we die here all is stored; the next start shows it without our having read it
            // back, but re-hashes the tiles, and nothing was cosigned.
            read_back(*part->candidate);
            publish(*part->candidate);
        }
    } catch (const std::exception&) {
        part->done.set_value(error(ErrorKind::unavailable, "the store has stopped"));
        throw;
    }
    part->done.set_value(stored);
    return stored;
}

void Mirrors::read_back(const Candidate& candidate) {
    const LogId log = candidate.mirror.info.id;
    visit_entries(use_.state, log, candidate.start, candidate.end(),
                  [&](std::uint64_t index, ByteView entry) {
                      if (leaf_hash(entry) != candidate.statements[index - candidate.start].leaf)
                          throw EnvironmentError(entry_name(index) + " of the log " +
                                                 candidate.mirror.info.origin +
                                                 " was read back otherwise than written");
                  });
    const lmdb::Reader reader(use_.state.log);
    const TileReader tiles = tiles_in(reader, use_.state.tables, log);
    if (LogTail::load(candidate.end(), tiles).root() != candidate.mirror.tail.root())
        throw EnvironmentError("the tiles of the log " + candidate.mirror.info.origin +
                               " were read back otherwise than written");
}

void Mirrors::publish(Candidate& candidate) {
    Mirror& mirror = candidate.mirror;
    std::vector<IndexedStatement> indexed;
    indexed.reserve(candidate.statements.size());
    for (std::size_t i = 0; i < candidate.statements.size(); ++i)
        indexed.push_back(candidate.statements[i].indexed({mirror.info.id, candidate.start + i}));
    // Rows of entries that no verified root covers yet are not found: readers compare with the
    // head.
    use_.state.index->add(indexed);
    {
        std::unique_lock published(use_.state.published_mutex);
        use_.state.logs[mirror.info.id] = mirror.info;
    }
    Publics& waiting = waiting_[mirror.info.origin];
    std::move(candidate.publics.begin(), candidate.publics.end(), std::back_inserter(waiting));
    if (candidate.complete()) {
        use_.publish_directory(mirror.info, waiting);
        waiting_.erase(mirror.info.origin);
        mirror.visible = candidate.target;
        mirror.time = candidate.time;
        {
            std::unique_lock published(use_.state.published_mutex);
            use_.state.heads[mirror.info.id] = {candidate.target, candidate.note, candidate.time};
        }
        use_.state.head_watch.tell(mirror.info.id);
    }
    note_stored(mirror);
    mirrors_.insert_or_assign(mirror.info.origin, std::move(mirror));
}

}  // namespace reelproof::ledger
