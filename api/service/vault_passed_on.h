// Who holds what behind the holder of a share, how deep, and what of it is destroyed: what was told
// of passing on (VaultSharing::passed()), put together. For one thread.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "api/service/vault_sharing.h"

namespace reelproof::api {

// A share that was passed on.
struct PassedShare {
    struct File {
        std::string name;
        std::uint64_t version = 0;
        ledger::Hash body{};
        ledger::UnixSeconds released = 0, destroyed = 0;  // 0: not
    };
    struct Word {
        ledger::Bytes statement;  // that its holder destroyed files
        ledger::UnixSeconds at = 0;
        bool vouched = false;
    };
    ledger::Share terms;
    std::string owner;     // who passed it on
    int depth = 1;         // 1: by the holder of the share
    bool vouched = false;  // VaultPassed
    std::vector<File> files{};
    std::vector<Word> destructions{};
};

class PassedOn {
  public:
    explicit PassedOn(std::vector<VaultPassed> passed);
    PassedOn(const PassedOn&) = delete;
    PassedOn& operator=(const PassedOn&) = delete;
    // Of ours to a partner, or of a partner's that we passed on. The nearest first.
    [[nodiscard]] std::vector<PassedShare> under(const VaultShare& share,
                                                 const std::string& org) const;

  private:
    using Of = std::tuple<std::string, std::string, std::string>;  // told by, share, stands on
    using Found = std::map<Of, std::vector<const VaultPassed*>>;
    static const std::vector<const VaultPassed*>& at(const Found& found, const Of& of);

    std::vector<VaultPassed> passed_;
    Found shares_, released_, destroyed_;
};

}  // namespace reelproof::api
