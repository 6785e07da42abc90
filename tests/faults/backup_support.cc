#include "ledger/store/check.h"
#include "tests/faults/backup.h"

namespace reelproof::faults {

namespace fs = std::filesystem;
using ledger::Store;

namespace {

ledger::Result<std::unique_ptr<Store>> open_to_read(const fs::path& store) {
    ledger::StoreOptions options;
    options.folder = store;
    options.map_size = std::uint64_t{1} << 30;
    options.read_only = true;
    return Store::open(options);
}

}  // namespace

std::size_t Backup::run(const fs::path& folder, const std::function<void()>& answered) const {
    try {
        const auto store = open_to_read(folder / "store");
        if (!store) return 0;
        ledger::backup_store(**store, folder / "backup");
    } catch (const ledger::EnvironmentError&) {
        return 0;  // the program ends here
    }
    answered();
    return 1;
}

std::string Backup::look(const fs::path& folder, std::size_t answered) const {
    const auto to = folder / "backup";
    // What was cut off is no store, and the next try takes its place.
    if (ledger::takes_backup(to)) {
        if (answered > 0) return "the backup was answered and is not there\n";
        if (run(folder, [] {}) != 1) return "a backup is not made any more\n";
    }
    std::string out;
    {
        const auto copy = open_to_read(to);
        if (!copy) return "the backup does not open: " + copy.error().message + "\n";
        Seen seen = past_.past_seen();
        out += seen.look(**copy);
    }
    {
        const auto copy = open_to_read(to);
        for (const auto& finding : ledger::check_store(**copy, {}).findings)
            out += "the backup: " + finding.kind + ": " + finding.detail + "\n";
    }
    // The store that was copied is none the worse.
    return out + past_.look(folder, 0);
}

}  // namespace reelproof::faults
