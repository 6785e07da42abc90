// Who is known to keep which log, and up to where: whoever cosigned a tree of it with a mirror key.
// And whether that is enough, by a C2SP tlog-policy. In memory; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/format/tlog_policy.h"

namespace reelproof::ledger {

// Of one entry of a log. Its owner is not among them: what it says of its own log is its signature.
struct Kept {
    std::vector<std::string> by;  // organisations known to keep it, in the order of the policy
    std::size_t of = 0;           // how many could
    bool quorum = false;          // it counts as replicated
};

class Keepers {
  public:
    // `own` is our mirror key. By the policy its witnesses are keepers, and its quorum is what is
    // enough: cosignatures of larger trees count too, for who holds those holds the entry. Without
    // one the mirrors of these organisations are, and any one of them is enough. What we hold
    // ourselves is told either way, but counts towards a policy's quorum only where it names us.
    Keepers(const NoteVerifier& own, const std::optional<TlogPolicy>& policy,
            const std::vector<std::string>& partners);

    [[nodiscard]] const std::optional<TlogPolicy>& policy() const { return policy_; }

    // The mirror key that an organisation named. False when the policy has another key of that
    // name, whose cosignatures then never come.
    bool learn(const NoteVerifier& mirror);

    // Takes in a checkpoint with its cosignatures, which the caller found to be signed by the log
    // and of the tree that is held here. Gives the lines that told something new.
    std::vector<std::string> saw(std::string_view checkpoint);

    [[nodiscard]] Kept of(const std::string& origin, std::uint64_t index) const;
    // The largest tree of which every entry counts as replicated; the largest number where no
    // cosignature is needed.
    [[nodiscard]] std::uint64_t quorum_size(const std::string& origin) const;

  private:
    struct Keeper {
        std::string name;  // organisation; the whole key name where it is not of a mirror
        std::optional<NoteVerifier> key;
    };
    using Sizes = std::vector<std::uint64_t>;  // as keepers_; 0: nothing seen

    [[nodiscard]] bool enough(const std::string& owner, const Sizes& sizes,
                              std::uint64_t size) const;
    [[nodiscard]] Sizes sizes_of(const std::string& origin) const;  // needs mutex_

    const std::optional<TlogPolicy> policy_;
    mutable std::mutex mutex_;
    std::vector<Keeper> keepers_;        // owner: mutex_; the policy's witnesses first, in order
    std::map<std::string, Sizes> seen_;  // owner: mutex_; by origin
};

}  // namespace reelproof::ledger
