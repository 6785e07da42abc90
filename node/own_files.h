// Files of one kind that a user keeps in a folder, beside those of the program: label profiles,
// marking rules. Each has a name and examples. Thread-safe: values.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/file.h"
#include "ledger/base/result.h"

namespace reelproof::node {

// What came of every file of a folder, not only of the first that is wrong.
struct OwnFilesCheck {
    std::vector<std::string> unreadable;  // what is wrong with files that are none of the kind
    std::vector<std::string> wrong;       // what is wrong with examples
    std::size_t files = 0;
    std::size_t examples = 0;
};

// All *.toml files, in order of their names. `kind` is in the plural, for the errors.
ledger::Result<std::vector<std::filesystem::path>> own_files(const std::filesystem::path& folder,
                                                             std::size_t most,
                                                             std::string_view kind);

// The program's own and a folder's, which are added one by one. `parse` gives what has a name, of
// the text of a file.
template <class Set, auto parse, std::size_t max_bytes>
class OwnFiles {
  public:
    // What is wrong with the file, or "".
    std::string add(const std::filesystem::path& file) {
        const auto bytes = ledger::read_file(file, max_bytes);
        if (!bytes) return bytes.error().message;
        const auto text = ledger::as_text(*bytes);
        const auto one = parse(text, file.string());
        if (!one) return one.error().text;
        // It may take the place of one of ours, but not silently that of another in the folder.
        const auto [known, added] = files_.emplace(one->name, file.string());
        if (!added)
            return file.string() + ": name: " + known->second + " has the name \"" + one->name +
                   "\" as well; give each a name of its own";
        const auto taken = set_.add(text, file.string());
        return taken ? std::string() : taken.error().text;
    }
    // All of them; the first that is wrong is the error.
    ledger::Result<Set> add_all(const std::vector<std::filesystem::path>& files) {
        for (const auto& file : files)
            if (const auto trouble = add(file); !trouble.empty()) return ledger::malformed(trouble);
        return set_;
    }

    // Whether it stands in one of the files that were added.
    template <class One>
    bool has(const One& one) const {
        const auto known = files_.find(one.name);
        return known != files_.end() && known->second == one.file;
    }

    const Set& set() const { return set_; }

  private:
    Set set_ = Set::built_in();
    std::map<std::string, std::string> files_;  // by name
};

}  // namespace reelproof::node
