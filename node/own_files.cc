#include "node/own_files.h"

#include <algorithm>

namespace reelproof::node {

namespace fs = std::filesystem;

ledger::Result<std::vector<fs::path>> own_files(const fs::path& folder, std::size_t most,
                                                std::string_view kind) {
    std::error_code failure;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (entry->path().extension() == ".toml") files.push_back(entry->path());
        if (files.size() > most)
            return ledger::malformed(folder.string() + ": more than " + std::to_string(most) + " " +
                                     std::string(kind));
    }
    if (failure)
        return ledger::malformed(folder.string() + ": can't be read: " + failure.message());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace reelproof::node
