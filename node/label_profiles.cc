#include "node/label_profiles.h"

#include <algorithm>

#include "ledger/base/file.h"

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

}  // namespace

ledger::Result<ProfileCheck> check_profiles(const fs::path& folder) {
    const auto files = profile_files(folder);
    if (!files) return files.error();
    ProfileCheck check;
    check.profiles = vision::ProfileSet::built_in();
    check.files = files->size();
    std::vector<std::string> names;
    for (const auto& file : *files) {
        const auto bytes = ledger::read_file(file, vision::max_profile_bytes);
        if (!bytes) {
            check.unreadable.push_back(bytes.error().message);
            continue;
        }
        if (const auto added = check.profiles.add(ledger::as_text(*bytes), file.string()); !added)
            check.unreadable.push_back(added.error().text);
        else
            names.push_back(file.string());
    }
    for (const auto& profile : check.profiles.all()) {
        if (std::find(names.begin(), names.end(), profile->file) == names.end()) continue;
        check.examples += profile->examples.size();
        auto wrong = vision::check_examples(*profile, check.profiles);
        check.wrong.insert(check.wrong.end(), wrong.begin(), wrong.end());
    }
    // A new profile must not take the labels of one that was there.
    for (const auto& profile : check.profiles.all()) {
        if (std::find(names.begin(), names.end(), profile->file) != names.end()) continue;
        for (const auto& wrong : vision::check_examples(*profile, check.profiles))
            check.wrong.push_back("of our own profile " + wrong);
    }
    return check;
}

ledger::Result<vision::ProfileSet> load_profiles(const fs::path& folder) {
    const auto files = profile_files(folder);
    if (!files) return files.error();
    vision::ProfileSet profiles = vision::ProfileSet::built_in();
    for (const auto& file : *files) {
        const auto bytes = ledger::read_file(file, vision::max_profile_bytes);
        if (!bytes) return bytes.error();
        if (const auto added = profiles.add(ledger::as_text(*bytes), file.string()); !added)
            return ledger::malformed(added.error().text);
    }
    return profiles;
}

}  // namespace reelproof::node
