#include "node/label_profiles.h"

#include <algorithm>
#include <map>

#include "ledger/base/file.h"
#include "vision/label/profile.h"

namespace reelproof::node {

namespace fs = std::filesystem;

namespace {

ledger::Result<std::vector<fs::path>> profile_files(const fs::path& folder) {
    std::error_code failure;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (entry->path().extension() == ".toml") files.push_back(entry->path());
        if (files.size() > vision::max_profiles)
            return ledger::malformed(folder.string() + ": more than 500 profiles");
    }
    if (failure)
        return ledger::malformed(folder.string() + ": can't be read: " + failure.message());
    std::sort(files.begin(), files.end());
    return files;
}

// Adds a folder's files one by one.
class FolderProfiles {
  public:
    // What is wrong with the file, or "".
    std::string add(const fs::path& file) {
        const auto bytes = ledger::read_file(file, vision::max_profile_bytes);
        if (!bytes) return bytes.error().message;
        const auto text = ledger::as_text(*bytes);
        const auto profile = vision::profile_from_toml(text, file.string());
        if (!profile) return profile.error().text;
        // It may take the place of one of ours, but not silently that of another in the folder.
        const auto [known, added] = files_.emplace(profile->name, file.string());
        if (!added)
            return file.string() + ": name: " + known->second + " has the name \"" + profile->name +
                   "\" as well; give each a name of its own";
        const auto taken = profiles_.add(text, file.string());
        return taken ? std::string() : taken.error().text;
    }

    bool has(const vision::Profile& profile) const {
        const auto known = files_.find(profile.name);
        return known != files_.end() && known->second == profile.file;
    }

    vision::ProfileSet profiles() const { return profiles_; }

  private:
    vision::ProfileSet profiles_ = vision::ProfileSet::built_in();
    std::map<std::string, std::string> files_;  // by the profile's name
};

}  // namespace

ledger::Result<ProfileCheck> check_profiles(const fs::path& folder) {
    const auto files = profile_files(folder);
    if (!files) return files.error();
    if (files->empty())
        return ledger::malformed(folder.string() +
                                 ": holds no label profile (*.toml), nothing was checked; "
                                 "docs/LABELS.md shows how to write one");
    ProfileCheck check;
    check.files = files->size();
    FolderProfiles mine;
    for (const auto& file : *files)
        if (auto trouble = mine.add(file); !trouble.empty())
            check.unreadable.push_back(std::move(trouble));
    const vision::ProfileSet all = mine.profiles();
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
    FolderProfiles mine;
    for (const auto& file : *files)
        if (const auto trouble = mine.add(file); !trouble.empty())
            return ledger::malformed(trouble);
    return mine.profiles();
}

}  // namespace reelproof::node
