#include "node/label_profiles.h"

#include "vision/label/profile.h"

namespace reelproof::node {

namespace fs = std::filesystem;

namespace {

using FolderProfiles =
    OwnFiles<vision::ProfileSet, vision::profile_from_toml, vision::max_profile_bytes>;

ledger::Result<std::vector<fs::path>> profile_files(const fs::path& folder) {
    return own_files(folder, vision::max_profiles, "profiles");
}

}  // namespace

ledger::Result<OwnFilesCheck> check_profiles(const fs::path& folder) {
    const auto files = profile_files(folder);
    if (!files) return files.error();
    if (files->empty())
        return ledger::malformed(folder.string() +
                                 ": holds no label profile (*.toml), nothing was checked; "
                                 "docs/LABELS.md shows how to write one");
    OwnFilesCheck check;
    check.files = files->size();
    FolderProfiles mine;
    for (const auto& file : *files)
        if (auto trouble = mine.add(file); !trouble.empty())
            check.unreadable.push_back(std::move(trouble));
    const vision::ProfileSet& all = mine.set();
    // A new profile must not take the labels of one that was there.
    for (const bool own : {true, false})
        for (const auto& profile : all.all()) {
            if (mine.has(*profile) != own) continue;
            if (own) check.examples += profile->examples.size();
            for (const auto& wrong : vision::check_examples(*profile, all))
                check.wrong.push_back((own ? "" : "of our own profile ") + wrong);
        }
    return check;
}

ledger::Result<vision::ProfileSet> load_profiles(const fs::path& folder) {
    const auto files = profile_files(folder);
    if (!files) return files.error();
    return FolderProfiles().add_all(*files);
}

}  // namespace reelproof::node
