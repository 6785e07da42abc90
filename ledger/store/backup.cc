#include <vector>

#include "ledger/base/file.h"
#include "ledger/store/check.h"
#include "ledger/store/fault.h"
#include "ledger/store/state.h"

namespace reelproof::ledger {

namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    // As private as the store.
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error)
        throw EnvironmentError(folder.string() + ": can't make the folder: " + error.message());
}

// The log's copy lies here until it is whole; so a copy that was cut off is no store.
constexpr const char* kUnfinished = "log.part";

bool was_cut_off(const fs::path& folder) {
    return fs::exists(folder / kUnfinished) && !fs::exists(folder / "log");
}

// Anew where it does not fit the log; all in it comes from there.
void make_index(StoreOptions options) {
    options.read_only = false;
    options.data_key.reset();
    if (const auto made = Store::open(options); !made)
        throw EnvironmentError(options.folder.string() +
                               ": its index can't be made anew: " + made.error().message);
}

// Of a copy that only we know of yet.
void fit_index(StoreOptions copy) {
    copy.data_key.reset();
    copy.read_only = true;
    {
        const auto looked_at = Store::open(copy);
        if (looked_at || looked_at.error().kind != ErrorKind::unavailable) return;
    }
    make_index(copy);
    fs::remove(copy.folder / "lock");
}

}  // namespace

bool takes_backup(const fs::path& folder) {
    return !fs::exists(folder) ||
           (fs::is_directory(folder) && (fs::is_empty(folder) || was_cut_off(folder)));
}

void copy_log(const StoreOptions& from, const fs::path& folder) {
    for (const auto& made : {folder, folder / "log"}) make_folder(made);
    lmdb::Environment(from.folder / "log", from.map_size, true).copy_to(folder / "log");
    StoreOptions copy = from;
    copy.folder = folder;
    copy.anchor.clear();
    make_index(copy);
}

void backup_store(const Store& store, const fs::path& folder) {
    std::error_code error;
    const bool found = fs::exists(folder, error);
    if (found && !fs::is_empty(folder, error) && !was_cut_off(folder))
        throw EnvironmentError(folder.string() +
                               (error ? ": can't be read: " + error.message()
                                      : ": the backup needs a new or an empty folder"));
    std::vector<fs::path> changed{folder};
    for (auto at = fs::absolute(folder); !fs::exists(at, error); at = at.parent_path())
        changed.push_back(at.parent_path());
    const fs::path index = folder / "index", log = folder / "log", part = folder / kUnfinished;
    try {
        make_folder(folder);
        // The last to go is what tells that the rest was cut off, too.
        for (const auto& left : {index, part}) fs::remove_all(left);
        for (const auto& fresh : {part, index}) make_folder(fresh);
        const Store::State& state = store.state();
        // The index first: it may be behind the log, never ahead of it but for what is dropped of a
        // mirror meanwhile.
        state.index->environment().copy_to(index);
        fault_point(FaultPoint::amid_backup);
        state.log.copy_to(part);
        sync_folder(part);
        // Cut off before this: `log.part`, and the next try begins anew. After it: a store.
        fs::rename(part, log);
        // If we die before this is done, the restoration does it.
        StoreOptions copy = state.options;
        copy.folder = folder;
        copy.anchor.clear();
        fit_index(copy);
        for (const auto& one : changed) sync_folder(one);
    } catch (const std::exception& trouble) {
        // Half a copy would be in the way of the next try.
        for (const auto& made : {index, log, part, folder / "lock"}) fs::remove_all(made, error);
        if (!found) fs::remove(folder, error);
        if (dynamic_cast<const fs::filesystem_error*>(&trouble) != nullptr)
            throw EnvironmentError(trouble.what());
        throw;
    }
}

}  // namespace reelproof::ledger
