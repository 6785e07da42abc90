#include <vector>

#include "ledger/base/file.h"
#include "ledger/store/check.h"
#include "ledger/store/state.h"

namespace reelproof::ledger {

void backup_store(const Store& store, const std::filesystem::path& folder) {
    std::error_code error;
    std::vector<std::filesystem::path> changed{folder};
    for (auto at = std::filesystem::absolute(folder); !std::filesystem::exists(at, error);
         at = at.parent_path())
        changed.push_back(at.parent_path());
    std::filesystem::create_directories(folder, error);
    if (error || !std::filesystem::is_empty(folder, error))
        throw EnvironmentError(folder.string() + ": the backup needs a new or an empty folder");
    for (const char* part : {"index", "log"})
        if (!std::filesystem::create_directory(folder / part, error))
            throw EnvironmentError(folder.string() + ": can't make the folder " + part);
    // As private as the store.
    for (const auto& made : {folder, folder / "index", folder / "log"})
        std::filesystem::permissions(made, std::filesystem::perms::owner_all);
    const Store::State& state = store.state();
    // The index first: it may be behind the log, never ahead of it.
    state.index->environment().copy_to(folder / "index");
    state.log.copy_to(folder / "log");
    for (const auto& one : changed) sync_folder(one);
}

}  // namespace reelproof::ledger
