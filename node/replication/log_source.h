// Where the files of a tlog-tiles log are read from: a node over HTTPS (peer_client.h), or a
// folder.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ledger/base/file.h"

namespace reelproof::node {

class LogSource {
  public:
    virtual ~LogSource() = default;
    // The bytes at that path, which begins with a slash. Errors: not_found; too_large for more than
    // `limit` bytes; unavailable and the like for all else.
    virtual ledger::Result<std::string> get(const std::string& path, std::size_t limit) = 0;
    // As get() of each, in order, until `take` says false. A network is asked for all at once.
    using Take = std::function<bool(ledger::Result<std::string>)>;
    virtual void get_each(const std::vector<std::string>& paths, std::size_t limit,
                          const Take& take) {
        for (const std::string& path : paths)
            if (!take(get(path, limit))) return;
    }
};

// A folder as `reelproof ledger export --raw` writes it.
class FolderSource : public LogSource {
  public:
    explicit FolderSource(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ledger::Result<std::string> get(const std::string& path, std::size_t limit) override {
        const auto file = folder_ / path.substr(1);
        std::error_code error;
        if (!std::filesystem::exists(file, error))
            return ledger::Error{ledger::ErrorKind::not_found, file.string() + " is not there"};
        auto bytes = ledger::read_file(file, limit);
        if (!bytes) return bytes.error();
        return std::string(ledger::as_text(*bytes));
    }

  private:
    const std::filesystem::path folder_;
};

}  // namespace reelproof::node
