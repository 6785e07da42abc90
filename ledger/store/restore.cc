#include "ledger/store/restore.h"

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/store/carry_over.h"
#include "ledger/store/check.h"
#include "ledger/store/file_lock.h"
#include "ledger/store/replace.h"

namespace reelproof::ledger {

namespace {

namespace fs = std::filesystem;

Error conflict(std::string message) {
    return {ErrorKind::conflict, std::move(message)};
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
    StoreOptions to_read = options;
    to_read.folder = backup;
    to_read.read_only = true;
    // All in it comes from the log.
    fit_index(to_read);
    const auto store = Store::open(to_read);
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
