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

}  // namespace

void backup_store(const Store& store, const fs::path& folder) {
    std::error_code error;
    const bool found = fs::exists(folder, error);
    if (found && !fs::is_empty(folder, error))
        throw EnvironmentError(folder.string() +
                               (error ? ": can't be read: " + error.message()
                                      : ": the backup needs a new or an empty folder"));
    std::vector<fs::path> changed{folder};
    for (auto at = fs::absolute(folder); !fs::exists(at, error); at = at.parent_path())
        changed.push_back(at.parent_path());
    const fs::path index = folder / "index", log = folder / "log";
    try {
        for (const auto& part : {folder, index, log}) make_folder(part);
        const Store::State& state = store.state();
        // The index first: it may be behind the log, never ahead of it.
        state.index->environment().copy_to(index);
        state.log.copy_to(log);
        for (const auto& one : changed) sync_folder(one);
    } catch (...) {
        // Half a copy would be in the way of the next try.
        for (const auto& part : {index, log}) fs::remove_all(part, error);
        if (!found) fs::remove(folder, error);
        throw;
    }
}

}  // namespace reelproof::ledger
