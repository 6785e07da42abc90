#include "node/replication/recovery.h"

#include <algorithm>
#include <fstream>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/format/wire.h"
#include "ledger/store/anchor.h"
#include "ledger/store/check.h"
#include "ledger/store/file_lock.h"
#include "ledger/store/rebuild.h"
#include "ledger/store/replace.h"
#include "node/replication/recovery_sources.h"

namespace reelproof::node {
namespace {

namespace fs = std::filesystem;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr std::uint64_t kBundlesAtOnce = 16;  // 4,096 entries a commit
// Lies in a store that is not finished: the next try goes on with it.
constexpr const char* kMarker = "recovering";
constexpr std::size_t kMarkLimit = 1024;
constexpr const char* kLeaveOut = "; to leave the old store out: --fresh";

// Tells one state of a store from every other: each commit changes what begins its file.
std::string state_of(const fs::path& store) {
    const fs::path path = store / "log" / "data.mdb";
    std::error_code error;
    const auto time = fs::last_write_time(path, error).time_since_epoch().count();
    const auto size = fs::file_size(path, error);
    if (error) return "none";
    constexpr std::size_t kBothMetaPages = std::size_t{128} << 10;  // pages of up to 64 KiB
    std::string begin(kBothMetaPages, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(file.gcount()));
    return std::to_string(size) + " " + std::to_string(time) + " " +
           ledger::to_hex(ledger::sha256(ledger::as_bytes(begin)));
}

class Recovery {
  public:
    explicit Recovery(const RecoveryOptions& options)
        : options_(options),
          folder_(ledger::plain_path(options.store.folder)),
          staging_(folder_.string() + ".recovering") {}

    Result<Recovered> run() {
        if (fs::exists(folder_)) {
            auto lock = ledger::FileLock::take(folder_ / "lock");
            if (!lock) return lock.error();
            lock_ = std::move(*lock);
        }
        ledger::check_replaceable(folder_);
        tidy();
        if (auto asked = ask(); !asked) return asked.error();
        if (auto far = check_anchor_size(); !far) return far.error();
        if (auto all = check_all_asked(); !all) return all.error();
        if (auto within_copy = check_old_head(); !within_copy) return within_copy.error();
        if (auto begun = begin(); !begun) return begun.error();
        if (auto fetched = fetch(); !fetched) return fetched.error();
        if (auto same = compare_copies(); !same) return same.error();
        if (auto whole = check_all(); !whole) return whole.error();
        put_in_place();
        return std::move(done_);
    }

  private:
    // What a try before this one left.
    void tidy() {
        fs::remove(folder_ / kMarker);  // it died after the swap
        mark_ = options_.origin + (options_.fresh ? " fresh " : " ") + state_of(folder_) + "\n";
        if (!fs::exists(staging_)) return;
        if (const auto mark = ledger::read_file(staging_ / kMarker, kMarkLimit)) {
            // What was taken over then is not what lies there now.
            if (ledger::as_text(*mark) != mark_) fs::remove_all(staging_);
        } else if (fs::exists(staging_ / "lock")) {
            ledger::set_aside(staging_, folder_, options_.clock());  // the old store
        } else {
            fs::remove_all(staging_);  // a copy that was not finished
        }
    }

    Result<void> ask() {
        auto found = find_copies(options_);
        if (!found) return found.error();
        sources_ = std::move(found->copies);
        not_asked_ = std::move(found->not_asked);
        for (const auto& [org, why] : not_asked_) done_.not_asked.push_back(why);
        target_ = sources_.front().head;
        return {};
    }

    [[nodiscard]] fs::path anchor_of(const fs::path& store) const {
        return options_.store.anchor.empty() ? store / "anchor" : options_.store.anchor;
    }

    Result<void> check_anchor_size() {
        const fs::path path = anchor_of(folder_);
        if (!fs::exists(path)) return {};
        auto read = ledger::Anchor(path).read();
        // A damaged one says nothing, and is written anew.
        if (!read || !*read || (*read)->checkpoint.origin != options_.origin) return {};
        anchored_ = *read;
        if (anchored_->checkpoint.size <= target_.checkpoint.size) return {};
        return Error{ErrorKind::conflict,
                     "our log had come to " + ledger::counted(anchored_->checkpoint.size, "entry") +
                         " by the rollback anchor, but the longest copy has " +
                         std::to_string(target_.checkpoint.size) +
                         ": to go on from there would fork it. Name a mirror that has them all "
                         "with --from"};
    }

    // A copy that is longer than all others can't be told from here.
    Result<void> check_all_asked() const {
        std::string who, flags;
        for (const auto& [org, why] : not_asked_) {
            const auto& without = options_.without;
            if (std::find(without.begin(), without.end(), org) != without.end()) continue;
            who += (who.empty() ? "" : "; ") + why;
            flags += " --without " + org;
        }
        if (who.empty()) return {};
        return Error{ErrorKind::unavailable,
                     "not every partner could be asked for its copy: " + who +
                         ". If one of them holds more than the others, to go on would fork our "
                         "log: run it again when they answer, or, when you know that they hold no "
                         "more, with" +
                         flags};
    }

    [[nodiscard]] ledger::StoreOptions staging_options() const {
        ledger::StoreOptions options = options_.store;
        options.folder = staging_;
        options.anchor = staging_ / "anchor";
        options.read_only = false;
        return options;
    }

    Result<void> begin() {
        if (!fs::exists(staging_)) {
            auto why = take_over();
            if (!why) return why.error();
            done_.not_taken_over = *why;
            fs::create_directories(staging_);
            fs::permissions(staging_, fs::perms::owner_all);  // as private as any store
            ledger::write_file_durably(staging_ / kMarker, ledger::as_bytes(mark_));
        }
        auto rebuild = ledger::LogRebuild::open(
            staging_options(), {options_.origin, options_.org, options_.log_key}, options_.roots);
        if (!rebuild) return within(staging_.string(), rebuild.error());
        rebuild_ = std::move(*rebuild);
        if (rebuild_->size() > target_.checkpoint.size) return begin_again();
        const auto head = rebuild_->store().head(ledger::kOwnLog);
        done_.taken_over = head ? head->checkpoint.size : 0;
        if (!head && done_.not_taken_over.empty())
            done_.not_taken_over = "the try that this one goes on with began without it";
        return {};
    }

    Result<void> begin_again() {
        rebuild_.reset();
        fs::remove_all(staging_);
        return begin();
    }

    // Whether or not anything is taken over, and whatever an earlier try found: what our own key
    // signed in the old store must be the beginning of what is rebuilt.
    Result<void> check_old_head() {
        if (!fs::exists(folder_ / "log" / "data.mdb")) return {};
        try {
            ledger::StoreOptions options = options_.store;
            options.read_only = true;
            options.data_key.reset();  // only the log is looked at
            const auto store = ledger::Store::open(options);
            // Its log may be whole: only its index is not.
            if (!store && store.error().kind == ErrorKind::unavailable)
                return within(folder_.string(), store.error());
            if (!store) return {};
            const auto log = (*store)->log_by_origin(options_.origin);
            const auto head = log ? (*store)->head(log->id) : std::nullopt;
            if (!head || !check_checkpoint(head->note, options_.log_key)) return {};
            return check_beginning(head->checkpoint);
        } catch (const ledger::EnvironmentError&) {
            return {};  // it can't be read: that is what we are here for
        }
    }

    // Copies the old store where it is sound: the node's own tables and the mirrors in it are then
    // not lost. Gives the reason if it is not.
    Result<std::string> take_over() {
        if (options_.fresh) return std::string("it was not to be used");
        if (!fs::exists(folder_ / "log" / "data.mdb")) return std::string("there was none");
        std::unique_ptr<ledger::Store> old;
        try {
            ledger::StoreOptions options = options_.store;
            options.read_only = true;
            auto store = ledger::Store::open(options);
            if (!store) return Error{store.error().kind, store.error().message + kLeaveOut};
            const auto log = (*store)->log_by_origin(options_.origin);
            const auto head = log ? (*store)->head(log->id) : std::nullopt;
            if (!head || log->id != ledger::kOwnLog) return "it has no log of " + options_.org;
            say("checking the old store");
            const auto report = check_store(**store, options_.roots, options_.progress);
            if (!report.ok()) return "it is damaged: " + report.findings.front().detail;
            old = std::move(*store);
        } catch (const ledger::EnvironmentError& trouble) {
            return std::string(trouble.what());  // it is what we are here for
        }
        // If we die in the middle, there is no marker yet, and the copy is thrown away.
        ledger::backup_store(*old, staging_);
        return std::string();
    }

    // What we have signed must lie within a copy. Only a proof counts: tiles are not signed.
    Result<void> check_beginning(const ledger::Checkpoint& ours) {
        const std::string what = "the store in " + folder_.string() + " holds ";
        if (ours.size > target_.checkpoint.size)
            return Error{ErrorKind::conflict,
                         what + ledger::counted(ours.size, "entry") +
                             " of our log, the longest copy only " +
                             std::to_string(target_.checkpoint.size) +
                             ": to go on from that copy would fork it. If that "
                             "store is whole, start the node on it (after "
                             "`reelproof ledger anchor --accept` where the "
                             "anchor is missing); else name a mirror that has "
                             "them all with --from"};
        Result<void> result =
            Error{ErrorKind::conflict, what +
                                           "another history of our log than the mirrors, signed "
                                           "by our own key: the log is forked, unless another "
                                           "mirror, named with --from, goes on from this store"};
        for (const CopyOfOurs& source : sources_) {
            const ledger::Checkpoint& theirs = source.head.checkpoint;
            if (theirs.size < ours.size) continue;
            try {
                const auto proof = ledger::consistency_proof(ours.size, theirs.size,
                                                             source.log->subtree(theirs.size));
                if (ledger::verify_consistency(ours.size, ours.root, theirs.size, theirs.root,
                                               proof))
                    return {};
            } catch (const FetchFailed& failed) {
                if (failed.error.kind == ErrorKind::unavailable)
                    result = within(source.name, failed.error);
            }
        }
        return result;
    }

    Result<void> fetch() {
        bool unreachable = false;
        for (CopyOfOurs& source : sources_) {
            if (source.head.checkpoint.size < target_.checkpoint.size) break;
            for (;;) {
                const bool alone = rebuild_->size() == done_.taken_over;
                auto fetched = fetch_from(source);
                if (fetched) fetched = rebuild_->finish(source.head.note, options_.clock());
                if (fetched) {
                    done_.checkpoint = source.head.checkpoint;
                    done_.from = source.name;
                    done_.fetched = rebuild_->size() - done_.taken_over;
                    return {};
                }
                // Signed statements in a wrong order: who gave them first is not known.
                const bool complete = rebuild_->size() == target_.checkpoint.size;
                if (complete)
                    if (auto again = begin_again(); !again) return again;
                if (complete && !alone) continue;
                unreachable |= fetched.error().kind == ErrorKind::unavailable;
                done_.complaints.push_back(source.name + ": " + fetched.error().message);
                break;
            }
        }
        std::string all;
        for (const std::string& one : done_.complaints) all += "; " + one;
        return Error{unreachable ? ErrorKind::unavailable : ErrorKind::invalid,
                     "nobody gave all " + ledger::counted(target_.checkpoint.size, "entry") +
                         " as they were signed" + all +
                         (unreachable ? "; run it again to go on" : "")};
    }

    Result<void> fetch_from(CopyOfOurs& source) {
        const std::uint64_t size = target_.checkpoint.size;
        while (rebuild_->size() < size) {
            std::vector<ledger::Bytes> part;
            const std::uint64_t from = rebuild_->size();
            const std::uint64_t first = from / ledger::wire::kTileWidth;
            for (std::uint64_t bundle = first; bundle < first + kBundlesAtOnce; ++bundle) {
                const int width = ledger::tile_width(0, bundle, size);
                if (width == 0) break;
                auto entries = source.log->entries(bundle, width);
                if (!entries) return entries.error();
                const std::uint64_t known =
                    bundle == first ? from - first * ledger::wire::kTileWidth : 0;
                std::move(entries->begin() + static_cast<std::ptrdiff_t>(known), entries->end(),
                          std::back_inserter(part));
            }
            if (auto taken = rebuild_->append(std::move(part)); !taken) return taken;
            say(std::to_string(rebuild_->size()) + " of " + ledger::counted(size, "entry") +
                " from " + source.name);
        }
        return {};
    }

    // Every other copy, and what we had signed by the anchor, must be a beginning of it.
    Result<void> compare_copies() {
        const auto two_histories = [](const std::string& who, std::uint64_t size) {
            return Error{ErrorKind::conflict,
                         who + " has another history at " + ledger::counted(size, "entry") +
                             ", signed by our own key: the log is forked, and no copy of "
                             "it can be continued. Begin a new log under a new name, and tell "
                             "your partners"};
        };
        for (const CopyOfOurs& source : sources_) {
            const ledger::Checkpoint& theirs = source.head.checkpoint;
            if (rebuild_->root_at(theirs.size) != theirs.root)
                return two_histories(source.name, theirs.size);
        }
        if (anchored_ &&
            rebuild_->root_at(anchored_->checkpoint.size) != anchored_->checkpoint.root)
            return two_histories("the rollback anchor", anchored_->checkpoint.size);
        return {};
    }

    // From the entries alone, once more, as they lie on the disk; the tag index is made on opening.
    Result<void> check_all() {
        rebuild_.reset();
        auto store = ledger::Store::open(staging_options());
        if (!store) return store.error();
        const auto report = check_store(**store, options_.roots, options_.progress);
        if (!report.ok())
            return Error{ErrorKind::invalid,
                         "what was rebuilt in " + staging_.string() +
                             " does not hold: " + report.findings.front().detail};
        return {};
    }

    void put_in_place() {
        const ledger::UnixSeconds now = options_.clock();
        // If we die from here on: with the old store in place the node refuses it as rolled back,
        // with the new one it goes on.
        ledger::Anchor(anchor_of(staging_)).write({done_.checkpoint, now});
        done_.old_store = ledger::replace_store(staging_, folder_, now);
        fs::remove(folder_ / kMarker);
    }

    void say(const std::string& text) const {
        if (options_.progress) options_.progress(text);
    }

    const RecoveryOptions& options_;
    const fs::path folder_, staging_;
    ledger::FileLock lock_;            // of the old store: no node may start on it
    std::vector<CopyOfOurs> sources_;  // the longest first
    std::vector<NotAsked> not_asked_;
    std::string mark_;         // of a store that this try may go on with
    SignedCheckpoint target_;  // the longest copy
    std::optional<ledger::AnchorState> anchored_;
    std::unique_ptr<ledger::LogRebuild> rebuild_;
    Recovered done_;
};

}  // namespace

Result<Recovered> recover_log(const RecoveryOptions& options) {
    return Recovery(options).run();
}

}  // namespace reelproof::node
