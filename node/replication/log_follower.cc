#include "node/replication/log_follower.h"

#include <algorithm>
#include <deque>
#include <future>
#include <iterator>

#include "api/routes/transparency.h"
#include "ledger/base/counted.h"
#include "ledger/format/evidence.h"
#include "ledger/format/wire.h"
#include "ledger/store/setting_rows.h"
#include "node/replication/cosigning.h"
#include "node/replication/misbehaviour.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;

constexpr std::uint64_t kWidth = ledger::wire::kTileWidth;
// A part of a catch-up is closed when it holds this much, whatever the number of its entries.
constexpr std::size_t kPartBytes = std::size_t{8} << 20;
// Handed to the store while the next one is fetched.
constexpr std::size_t kPartsAhead = 2;

// How often in one round the log may get ahead of what we read.
constexpr int kMostPasses = 8;

std::string announced_key(const std::string& origin) {
    return ledger::setting_rows::key(ledger::setting_rows::kAnnounced, origin);
}

// What was served is at fault, not the way to it.
bool blames_the_log(const Error& error) {
    return error.kind == ErrorKind::malformed || error.kind == ErrorKind::invalid ||
           error.kind == ErrorKind::untrusted;
}

}  // namespace

LogFollower::LogFollower(const ReplicatorDeps& deps, Incidents& incidents, PartnerGenesis genesis,
                         PeerClient& client)
    : deps_(deps),
      incidents_(incidents),
      genesis_(std::move(genesis)),
      client_(client),
      own_(client, "/log") {
    frozen_ = why_frozen(deps_.store, genesis_.log_key);
    const auto row =
        deps_.store.get(ledger::Table::settings, ledger::as_bytes(announced_key(genesis_.origin)));
    if (!row) return;
    if (auto announced = check_checkpoint(ledger::as_text(*row), genesis_.log_key))
        announced_ = std::move(*announced);
}

ledger::Result<void> LogFollower::follow() {
    if (!frozen_.empty()) return {};
    // After a crash between storing and cosigning this is what brings the cosignature.
    if (auto cosigned = cosign(); !cosigned) return cosigned;
    reached_ = true;
    const Known before = known();
    auto note = own_.unchecked_checkpoint();
    auto served = note ? check_checkpoint(*note, genesis_.log_key)
                       : ledger::Result<SignedCheckpoint>(note.error());
    if (!served) {
        reached_ = false;
        if (alarming(served.error()) && !of_the_way(served.error()))
            incidents_.raise(genesis_.origin,
                             {.kind = IncidentKind::checkpoint,
                              .text = served.error().message,
                              .first = before.held ? before.held->head.note : std::string(),
                              .second = {},
                              .bytes = note ? *note : std::string()});
        return served.error();
    }
    refused_ = {};
    resumed_ = false;
    own_.forget_unreadable();
    auto taken = take(before, *served);
    if (!frozen_.empty()) return taken;
    if (!taken) {
        const bool too_large =
            taken.error().kind == ErrorKind::too_large && !own_.unreadable().empty();
        if ((blames_the_log(taken.error()) || too_large) && !of_the_way(taken.error()))
            return judge_contents(taken.error(), *served);
        return taken;
    }
    incidents_.settle_served(genesis_.origin);
    if (auto told = exchange_evidence(); !told || !frozen_.empty()) return told;
    if (auto kept = take_cosignatures(deps_, *note); !kept) return kept;
    return look_ahead();
}

// Another server than its own answered.
bool LogFollower::of_the_way(const Error& error) const {
    return error.kind == ErrorKind::untrusted && client_.failed_on_the_way();
}

// What its node handed out does not fit what it signed. Where its own hash tiles say that a bad
// statement is in that tree, it is the log that is to blame; else it may be a bad disk, or a server
// that lies.
ledger::Result<void> LogFollower::judge_contents(const Error& error,
                                                 const SignedCheckpoint& served) {
    // Parts that a mirror had brought may be what is wrong. They are gone now.
    if (resumed_ && !refused_.by_itself()) return error;
    if (refused_.why == ledger::RefusedEntry::Why::none && refused_.sample.empty())
        refused_.sample = ledger::to_bytes(ledger::as_bytes(own_.unreadable()));
    const auto proof = prove_refused(
        refused_, by_tiles(genesis_.log_key, served, own_.subtree(served.checkpoint.size)));
    keep_refused(incidents_, genesis_.origin, error, refused_, served.note, proof.has_value());
    if (!proof) return error;
    auto judged = judge_entry(deps_, genesis_.log_key, error, refused_, *proof);
    if (!judged) return judged.error();
    frozen_ = *judged;
    return frozen_.empty() ? ledger::Result<void>(error) : ledger::Result<void>();
}

// Where our copy may be cosigned.
ledger::Result<void> LogFollower::cosign() {
    if (!why_not_cosigned(deps_, genesis_.origin).empty()) return {};
    auto cosigned = cosign_copy(deps_, genesis_.log_key);
    return cosigned ? ledger::Result<void>() : cosigned.error();
}

// A statement of the future may be in it for a lie, or because one of us has the wrong day.
ledger::Result<void> LogFollower::look_ahead() {
    const ledger::UnixSeconds newest = deps_.store.copy_marks(genesis_.origin).newest.iat;
    if (newest <= deps_.clock() + kFuture) {
        incidents_.settle(genesis_.origin, IncidentKind::future);
        return {};
    }
    const std::string why =
        why_not_cosigned(deps_, genesis_.origin) + ": it does not count as fresh";
    const auto held = held_copy(deps_.store, genesis_.log_key);
    const auto index = deps_.store.copy_marks(genesis_.origin).newest.index;
    const auto entry =
        held ? deps_.store.entry(held->id, index) : ledger::Result<ledger::Bytes>(ledger::Bytes());
    incidents_.raise(genesis_.origin,
                     {.kind = IncidentKind::future,
                      .text = why,
                      .first = {},
                      .second = held ? held->head.note : std::string(),
                      .bytes = entry ? std::string(ledger::as_text(*entry)) : std::string(),
                      .until = newest - kFuture});
    return Error{ErrorKind::conflict, why};
}

ledger::Result<ledger::UnixSeconds> LogFollower::follow_at(LogSource& mirror,
                                                           const ledger::OrgGenesis& mirrored_by) {
    const Known before = known();
    RemoteLog copy(mirror, "/mirror/" + api::mirror_name(genesis_.origin));
    auto note = copy.unchecked_checkpoint();
    if (!note) return note.error();
    auto served = check_checkpoint(*note, genesis_.log_key);
    if (!served) return served.error();
    const CosignedNote cosigned =
        read_cosigned_note(ledger::as_bytes(*note), *mirrored_by.mirror_key);
    if (!cosigned.time) return ledger::invalid("checkpoint: the mirror has not cosigned it");
    ledger::Result<void> taken;
    {
        // Whatever is thrown: the copy ends with this call.
        const std::unique_ptr<RemoteLog, std::function<void(RemoteLog*)>> reading(
            remote_ = &copy, [this](RemoteLog*) { remote_ = &own_; });
        taken = take(before, *served);
    }
    if (taken && frozen_.empty()) taken = exchange_evidence();
    if (taken && frozen_.empty()) taken = take_cosignatures(deps_, *note);
    if (taken && frozen_.empty()) taken = look_ahead();
    if (!taken) return taken.error();
    keep_cosigned_ahead(deps_, incidents_, mirrored_by.origin, *cosigned.time, *note);
    return *cosigned.time;
}

// What is left of an older checkpoint than one that it had signed before.
Error LogFollower::went_back(const SignedCheckpoint& from, const SignedCheckpoint& to) {
    Error error{ErrorKind::conflict, "the log went back from " +
                                         ledger::counted(from.checkpoint.size, "entry") + " to " +
                                         ledger::counted(to.checkpoint.size, "entry")};
    incidents_.raise(genesis_.origin, {.kind = IncidentKind::rollback,
                                       .text = error.message,
                                       .first = to.note,
                                       .second = from.note,
                                       .bytes = {}});
    return error;
}

// Read before we ask: what is pushed to us meanwhile must not look as if the log went back.
LogFollower::Known LogFollower::known() const {
    return {held_copy(deps_.store, genesis_.log_key), deps_.store.witnessed(genesis_.origin)};
}

ledger::Result<void> LogFollower::take(const Known& before, const SignedCheckpoint& served) {
    const auto& [held, witnessed] = before;
    const std::uint64_t size = served.checkpoint.size;
    const bool at_mirror = remote_ != &own_;

    if (held)
        if (auto same = compare_with_copy(*held, served); !same) return same;
    const std::uint64_t held_size = held ? held->head.checkpoint.size : 0;
    if (announced_ && announced_->checkpoint.size <= held_size) announced_.reset();
    // What it had us witness it has signed as well.
    if (witnessed && witnessed->checkpoint.size > held_size &&
        (!announced_ || announced_->checkpoint.size < witnessed->checkpoint.size))
        if (auto signed_before = check_checkpoint(witnessed->note, genesis_.log_key))
            announced_ = std::move(*signed_before);
    // A mirror that is not so far yet can't show that the one contains the other.
    if (at_mirror && size < held_size) return {};
    // Nor can it show that it is a part of what the log signed since. That one may have been
    // brought by anybody, without its entries: what can be had is taken, and compared when that one
    // can.
    const bool behind = at_mirror && announced_ && size < announced_->checkpoint.size;
    if (announced_ && !behind && frozen_.empty())
        if (auto same = compare_with_announced(served); !same) return same;
    if (!frozen_.empty() || size == held_size) return {};

    if (size - held_size > deps_.part_entries) {
        // A long way: first see that it leads on from where we stand.
        if (held)
            if (auto same = compare_by_tiles(held->head, served); !same) return same;
        if (!frozen_.empty()) return {};
        if (!behind)
            if (auto kept = announce(served); !kept) return kept;
    }
    if (!behind) announced_ = served;
    if (auto fetched = fetch(served); !fetched) {
        if (!blames_the_log(fetched.error())) return fetched;
        // It signed what it does not serve. Should it sign something else later, this is evidence.
        if (!behind)
            if (auto kept = announce(served); !kept) return kept;
        if (!held) return fetched;
        // Is it the server that hands out nonsense, or the log that has a second history? If the
        // tiles do not tell, the first reason stands.
        auto compared = compare_by_tiles(held->head, served);
        return frozen_.empty() ? fetched : compared;
    }
    if (!behind) announced_.reset();
    return cosign();
}

std::uint64_t LogFollower::held() const {
    const auto info = deps_.store.log_by_origin(genesis_.origin);
    const auto head = info ? deps_.store.head(info->id) : std::nullopt;
    return head ? head->checkpoint.size : 0;
}

ledger::Result<void> LogFollower::compare_with_copy(const HeldCopy& held,
                                                    const SignedCheckpoint& served) {
    const std::uint64_t ours = held.head.checkpoint.size;
    const std::uint64_t theirs = served.checkpoint.size;
    if (theirs > ours) return {};
    if (served.checkpoint == held.head.checkpoint) return {};
    auto judged = judge(served, held.head, deps_.store.subtree(held.id));
    if (!judged || !frozen_.empty() || remote_ != &own_) return judged;
    return went_back(held.head, served);
}

// The log signed a tree that we never came to hold. It has to stand by it all the same.
ledger::Result<void> LogFollower::compare_with_announced(const SignedCheckpoint& served) {
    const ledger::Checkpoint& before = announced_->checkpoint;
    if (served.checkpoint == before) return {};
    if (served.checkpoint.size < before.size) return went_back(*announced_, served);
    return compare_by_tiles(*announced_, served);
}

ledger::Result<void> LogFollower::compare_by_tiles(const SignedCheckpoint& older,
                                                   const SignedCheckpoint& served) {
    return judge(older, served, remote_->subtree(served.checkpoint.size));
}

// Freezes the log when the two contradict each other; an error when it can't be told.
ledger::Result<void> LogFollower::judge(const SignedCheckpoint& a, const SignedCheckpoint& b,
                                        const ledger::SubtreeHash& larger_tree) {
    auto judged = judge_checkpoints(deps_, genesis_.log_key, a.note, b.note, larger_tree);
    if (!judged) return judged.error();
    if (judged->empty()) return {};
    frozen_ = *judged;
    return exchange_evidence();
}

ledger::Result<void> LogFollower::exchange_evidence() {
    const auto directory = deps_.store.directory();
    std::size_t seen = evidence_seen_;
    if (auto told = find_published_evidence(*directory, genesis_.log_key, seen)) {
        const std::string reason = "evidence published by " + told->by + ": " + told->what.reason;
        if (auto frozen = freeze_log(deps_, reason, told->what); !frozen) return frozen;
        if (frozen_.empty()) frozen_ = reason;
    }
    evidence_seen_ = seen;  // not before: what could not be kept is found again
    if (frozen_.empty()) frozen_ = why_frozen(deps_.store, genesis_.log_key);
    if (frozen_.empty()) {
        // Of a log that is delivered nobody else looks.
        (void)look_ahead();
        auto judged = judge_suspects(deps_, incidents_, genesis_.log_key);
        if (!judged) return judged.error();
        frozen_ = *judged;
    }
    if (frozen_.empty() || evidence_published_) return {};
    if (auto told = publish_kept_evidence(deps_, genesis_.log_key); !told)
        return within("publishing log.evidence", told.error());
    evidence_published_ = true;
    return {};
}

ledger::Result<void> LogFollower::announce(const SignedCheckpoint& served) {
    const std::string key = announced_key(genesis_.origin);
    const auto note = ledger::as_bytes(served.note);
    const auto kept = deps_.store.get(ledger::Table::settings, ledger::as_bytes(key));
    if (kept && ledger::equal(*kept, note)) return {};
    return deps_.sequencer
        .write([&](ledger::WriteTransaction& writes) {
            writes.put(ledger::Table::settings, ledger::as_bytes(key), note);
        })
        .get();
}

// Without error our copy is that of the served checkpoint, or newer.
ledger::Result<void> LogFollower::fetch(const SignedCheckpoint& served) {
    for (int pass = 0; pass < kMostPasses; ++pass) {
        // If we die between two parts, what is stored is not yet visible, and we go on from there.
        const std::uint64_t start = deps_.sequencer.mirror_stored(genesis_.origin);
        resumed_ = resumed_ || start > held();
        // A mirror can't give more than it has.
        const auto wanted = [&] { return remote_ == &own_ ? newest_signed(served) : served; };
        const ledger::Checkpoint goal = wanted().checkpoint;
        if (start > goal.size) {
            if (remote_ == &own_)
                return Error{ErrorKind::conflict, "the log went back from " +
                                                      ledger::counted(start, "entry") + " to " +
                                                      ledger::counted(goal.size, "entry")};
            return Error{ErrorKind::unavailable, "the mirror is behind what we have read"};
        }
        auto fetched = fetch_parts(start, goal.size, served);
        // A push brought the same entries meanwhile, or a newer checkpoint.
        const bool overtaken =
            wanted().checkpoint != goal || deps_.sequencer.mirror_stored(genesis_.origin) != start;
        if (!fetched && (fetched.error().kind != ErrorKind::conflict || !overtaken)) return fetched;
        if (held() >= served.checkpoint.size) return {};
    }
    return Error{ErrorKind::unavailable, "it delivers or signs more of its log than we can read"};
}

// While one part is written, the next one is verified and the one after it fetched: three are held
// in memory.
ledger::Result<void> LogFollower::fetch_parts(std::uint64_t start, std::uint64_t size,
                                              const SignedCheckpoint& served) {
    const bool at_mirror = remote_ != &own_;
    struct Storing {
        std::future<ledger::Result<void>> done;
        std::shared_ptr<ledger::RefusedEntry> refused;
    };
    std::deque<Storing> storing;
    ledger::Result<void> stored;
    // Once one was refused, those behind it are refused as well.
    const auto wait = [&](std::size_t left) {
        for (; storing.size() > left; storing.pop_front())
            if (auto one = storing.front().done.get(); stored) {
                stored = std::move(one);
                if (!stored) refused_ = std::move(*storing.front().refused);
            }
    };
    for (;;) {
        // Asked first: nothing is downloaded to be thrown away.
        auto why = deps_.sequencer.mirror_paused(genesis_.origin);
        auto part = why.empty() ? fetch_part(start, size)
                                : ledger::Result<std::vector<ledger::Bytes>>(
                                      Error{ErrorKind::unavailable, std::move(why)});
        wait(part ? kPartsAhead - 1 : 0);
        if (!stored) wait(0);
        if (!stored) return stored;
        if (!part) return part.error();
        const std::uint64_t end = start + part->size();
        // What was witnessed while we were reading is what the part leads to now: it is not lost.
        auto refused = std::make_shared<ledger::RefusedEntry>();
        storing.push_back({deps_.sequencer.store_mirror(
                               {.origin = genesis_.origin,
                                .org = genesis_.org,
                                .start = start,
                                .entries = std::move(*part),
                                .note = at_mirror ? served.note : newest_signed(served).note,
                                .may_be_behind = at_mirror,
                                .refused = refused}),
                           refused});
        if (end == size) break;
        start = end;
    }
    wait(0);
    return stored;
}

// Nothing is taken under an older checkpoint than the one that the log had witnessed here, and that
// may grow while we read.
SignedCheckpoint LogFollower::newest_signed(const SignedCheckpoint& served) const {
    const auto witnessed = deps_.store.witnessed(genesis_.origin);
    if (!witnessed || witnessed->checkpoint.size <= served.checkpoint.size) return served;
    auto signed_checkpoint = check_checkpoint(witnessed->note, genesis_.log_key);
    if (!signed_checkpoint) return served;
    return std::move(*signed_checkpoint);
}

ledger::Result<std::vector<ledger::Bytes>> LogFollower::fetch_part(std::uint64_t start,
                                                                   std::uint64_t size) {
    std::vector<ledger::Bytes> part;
    std::size_t bytes = 0;
    const auto take = [&](std::vector<ledger::Bytes> bundle) {
        std::size_t more = 0;
        for (const ledger::Bytes& entry : bundle) more += entry.size();
        if (bundle.size() == kWidth) bundle_bytes_ = more;
        bytes += more;
        const auto skipped = static_cast<std::ptrdiff_t>((start + part.size()) % kWidth);
        part.insert(part.end(), std::make_move_iterator(bundle.begin() + skipped),
                    std::make_move_iterator(bundle.end()));
        // Bundles may turn out larger than the last one was: those that were asked for are taken
        // along, within reason.
        return bytes < 2 * kPartBytes;
    };
    ledger::Result<void> fetched;
    while (fetched && start + part.size() < size && part.size() < deps_.part_entries &&
           bytes < kPartBytes) {
        const std::uint64_t next = start + part.size();
        const std::uint64_t index = next / kWidth;
        if (index == size / kWidth) {
            auto bundle = remote_->entries(index, static_cast<int>(size % kWidth));
            if (bundle)
                take(std::move(*bundle));
            else
                fetched = bundle.error();
            continue;
        }
        std::uint64_t count = (deps_.part_entries - part.size() + kWidth - 1) / kWidth;
        count = std::min({count, size / kWidth - index,
                          bundle_bytes_ == 0 ? 1 : (kPartBytes - bytes) / bundle_bytes_});
        fetched = remote_->full_bundles(index, std::max<std::uint64_t>(count, 1), take);
    }
    // Cut off, what came is kept: the next try goes on behind it.
    if (!fetched && part.empty()) return fetched.error();
    return part;
}

}  // namespace reelproof::node
