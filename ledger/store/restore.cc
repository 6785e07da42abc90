#include "ledger/store/restore.h"

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/store/carry_over.h"
#include "ledger/store/check.h"
#include "ledger/store/file_lock.h"
#include "ledger/store/lmdb_file.h"
#include "ledger/store/replace.h"

namespace reelproof::ledger {

namespace {

namespace fs = std::filesystem;

Error conflict(std::string message) {
    return {ErrorKind::conflict, std::move(message)};
}

// A folder of ours, for as long as this lives; what one that was killed left there is cleared away.
class Scratch {
  public:
    explicit Scratch(fs::path folder) : folder_(std::move(folder)) { fs::remove_all(folder_); }
    ~Scratch() {
        std::error_code stays;
        fs::remove_all(folder_, stays);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const fs::path& folder() const { return folder_; }

  private:
    fs::path folder_;
};

bool is_whole(const fs::path& file) {
    std::error_code unknown;
    const auto size = fs::file_size(file, unknown);
    return !unknown && size > 0 && !lmdb::find_cut(file);
}

// To be read. Nothing is written into what somebody calls a backup: where its index does not fit
// its log, or is damaged, a copy of the log with an index of its own stands for it.
Result<std::unique_ptr<Store>> open_backup(StoreOptions options, const Scratch& scratch) {
    options.read_only = true;
    const fs::path log = options.folder / "log" / "data.mdb";
    if (!fs::exists(log) || is_whole(options.folder / "index" / "data.mdb")) {
        auto store = Store::open(options);
        if (store || store.error().kind != ErrorKind::unavailable) return store;
    }
    copy_log(options, scratch.folder());
    options.folder = scratch.folder();
    return Store::open(options);
}

// One that can't be read any more, or is none, is nullptr: it is what backups are for.
Result<std::unique_ptr<Store>> open_present(const StoreOptions& options) {
    if (!fs::exists(options.folder / "log" / "data.mdb")) return std::unique_ptr<Store>();
    StoreOptions to_read = options;
    to_read.read_only = true;
    try {
        auto present = Store::open(to_read);
        if (!present)
            return conflict("the store in its place can't be compared with the backup: " +
                            present.error().message + ". Move it away first");
        return present;
    } catch (const EnvironmentError&) {
        return std::unique_ptr<Store>();
    }
}

// The store that is there must have no entry of ours that the backup lacks.
Result<void> compare_with_present(const StoreOptions& options, const Store& present,
                                  const Store& backup, const Checkpoint& ours) {
    const auto log = present.log_by_origin(ours.origin);
    const auto head = log ? present.head(log->id) : std::nullopt;
    if (!head) return {};
    const std::uint64_t size = head->checkpoint.size;
    if (size > ours.size)
        return conflict("the store in " + options.folder.string() + " has " +
                        counted(size, "entry") + " of our log, the backup only " +
                        std::to_string(ours.size) +
                        ": it would be rolled back. If the store is damaged, move it away "
                        "first, and recover the log after the restoration");
    try {
        if (tree_root(size, backup.subtree(kOwnLog)) != head->checkpoint.root)
            return conflict("the backup holds another history of our log than the store in " +
                            options.folder.string());
    } catch (const EnvironmentError&) {
        // The check of the backup will say more.
    }
    return {};
}

// A power cut must not leave a store in place whose anchor is empty.
void copy_durably(const fs::path& from, const fs::path& to) {
    const auto bytes = read_file(from, 1 << 20);
    if (!bytes) throw EnvironmentError(bytes.error().message);
    write_file_durably(to, *bytes);
}

}  // namespace

Result<Restored> restore_store(const StoreOptions& options, const fs::path& backup,
                               const std::string& origin,
                               const std::map<std::string, std::string>& trusted_roots,
                               const std::function<void(std::string_view)>& progress,
                               const Clock& clock) {
    FileLock lock;
    if (fs::exists(options.folder)) {
        auto taken = FileLock::take(options.folder / "lock");
        if (!taken) return taken.error();
        lock = std::move(*taken);
    }
    check_replaceable(options.folder);
    const Scratch scratch(plain_path(options.folder).string() + ".reindexed");
    StoreOptions to_read = options;
    to_read.folder = backup;
    const auto store = open_backup(to_read, scratch);
    if (!store) return store.error();
    if ((*store)->encrypted() && !options.data_key)
        return Error{ErrorKind::not_found,
                     backup.string() +
                         " is encrypted, and its data key is missing: put data.key "
                         "back into the keys folder first"};
    const auto log = (*store)->log_by_origin(origin);
    const auto head = log ? (*store)->head(log->id) : std::nullopt;
    if (!head || log->id != kOwnLog) {
        std::string held = "no log of its own";
        for (const auto& info : (*store)->logs())
            if (info.id == kOwnLog) held = "the log " + info.origin;
        return malformed(backup.string() + " is not a backup of the node of " + origin +
                         ": it holds " + held);
    }
    auto present = open_present(options);
    if (!present) return present.error();
    if (*present)
        if (auto fits = compare_with_present(options, **present, **store, head->checkpoint); !fits)
            return fits.error();
    const auto report = check_store(**store, trusted_roots, progress);
    if (!report.ok())
        return invalid(backup.string() + " is damaged: " + report.findings.front().kind + ": " +
                       report.findings.front().detail);

    const fs::path staging = plain_path(options.folder).string() + ".restoring";
    if (fs::exists(staging / "lock"))
        set_aside(staging, options.folder, clock());  // an old store: we died after the swap
    else
        fs::remove_all(staging);
    backup_store(**store, staging);
    std::string not_carried_over;
    try {
        if (*present)
            carry_over(**present, **store, staging);
        else
            not_carried_over = "there was no store in its place that can be read";
    } catch (const EnvironmentError& trouble) {
        not_carried_over = trouble.what();
    }
    present->reset();
    // The anchor stays what it is: it knows how far the log had come.
    const bool inside = options.anchor.empty();
    const fs::path anchor = inside ? options.folder / "anchor" : options.anchor;
    Restored done{head->checkpoint, {}, std::nullopt, not_carried_over};
    if (fs::exists(anchor)) {
        const auto anchored = Anchor(anchor).read();
        if (anchored && *anchored && (*anchored)->checkpoint.size > done.checkpoint.size)
            done.ahead = *anchored;
        if (inside) copy_durably(anchor, staging / "anchor");
    }
    done.old_store = replace_store(staging, options.folder, clock());
    return done;
}

}  // namespace reelproof::ledger
