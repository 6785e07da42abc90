// Partners and the policy in the configuration's files, changed by whoever may: the command line
// and the portal hold a change to the same rules, and it counts from the node's next start on.
// Thread-safe as long as one changes at a time.
#pragma once

#include <filesystem>
#include <string>

#include "node/config.h"

namespace reelproof::node {

// What a person is to know before he agrees to remove a partner.
inline constexpr std::string_view kWhatStays =
    "Its log is not fetched any more, its node gets nothing more from ours, and its events\n"
    "count as those of a stranger. What was mirrored of its log stays in the store, and so\n"
    "does all that we recorded about it. Trusting it again later goes on where this ends.\n";

// `malformed` where it can't be one, `conflict` where it is one already.
ledger::Result<void> add_partner(const std::filesystem::path& config, const PartnerConfig& wanted);
// `not_found` where there is none of that name, `malformed` where its table can't be told from the
// rest of the file: then it is a person's work.
ledger::Result<void> remove_partner(const std::filesystem::path& config, const std::string& org);

struct CheckedPolicy {
    ledger::Policy policy;
    std::string text;
    std::vector<std::string> softened;  // as softened_rules()
};
ledger::Result<CheckedPolicy> read_policy(const std::filesystem::path& file);
// What a node would make of that text; the file stays as it is.
ledger::Result<CheckedPolicy> check_policy(const std::filesystem::path& file,
                                           const std::string& text);
// In the place of `before`: `conflict` where that is not what the file says by now.
ledger::Result<CheckedPolicy> write_policy(const std::filesystem::path& file,
                                           const std::string& text, const std::string& before);

}  // namespace reelproof::node
