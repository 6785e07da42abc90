#include <vector>

#include "ledger/base/file.h"
#include "ledger/store/check.h"
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

}  // namespace

bool takes_backup(const fs::path& folder) {
    return !fs::exists(folder) ||
           (fs::is_directory(folder) && (fs::is_empty(folder) || was_cut_off(folder)));
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
        // The index first: it may be behind the log, never ahead of it.
        state.index->environment().copy_to(index);
        state.log.copy_to(part);
        sync_folder(part);
        // Cut off before this: `log.part`, and the next try begins anew. After it: a store.
        fs::rename(part, log);
        for (const auto& one : changed) sync_folder(one);
    } catch (const std::exception& trouble) {
        // Half a copy would be in the way of the next try.
        for (const auto& made : {index, log, part}) fs::remove_all(made, error);
        if (!found) fs::remove(folder, error);
        if (dynamic_cast<const fs::filesystem_error*>(&trouble) != nullptr)
            throw EnvironmentError(trouble.what());
        throw;
    }
}

}  // namespace reelproof::ledger
