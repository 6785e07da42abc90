#include "node/partner_edit.h"

#include <algorithm>

#include <unistd.h>

#include "ledger/base/sha256.h"
#include "node/config_edit.h"

namespace reelproof::node {

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

bool is_partner(const NodeConfig& config, std::string_view org) {
    return std::any_of(config.partners.begin(), config.partners.end(),
                       [&](const PartnerConfig& one) { return one.org == org; });
}

// Who has this root key, by the configuration; empty for nobody.
std::string owner_of_root(const NodeConfig& config, std::string root) {
    for (char& c : root)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (root == config.root) return "this node itself, " + config.org;
    for (const auto& one : config.partners)
        if (one.root == root) return one.org;
    return {};
}

// Said before it is tried: a file that can't be written is no damage, but how the node was set up.
Result<void> check_writable(const std::filesystem::path& file) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    if (access(folder.c_str(), W_OK) == 0 && access(file.c_str(), W_OK) == 0) return {};
    return Error{ErrorKind::conflict,
                 "this node may not write " + file.string() +
                     ": change it there, with the command line or an editor, and start it again"};
}

}  // namespace

Result<void> add_partner(const std::filesystem::path& config, const PartnerConfig& wanted) {
    for (const auto* value : {&wanted.org, &wanted.root, &wanted.url})
        if (value->find_first_of("\"\\\n\r") != std::string::npos)
            return ledger::malformed("org, root and url hold no quote, backslash or line end");
    if (wanted.pull && wanted.url.empty())
        return ledger::malformed("url is needed, unless the node can't be reached from here");
    if (wanted.pull && !wanted.url.starts_with("https://"))
        return ledger::malformed("url must begin with https://");
    const auto now = load_config(config);
    if (!now) return now.error();
    if (is_partner(*now, wanted.org))
        return Error{ErrorKind::conflict, wanted.org + " is a partner already, in " +
                                              config.string() +
                                              ": change it there, or take it out first"};
    if (const auto owner = owner_of_root(*now, wanted.root);
        !owner.empty() && wanted.org != now->org)
        return ledger::malformed("root: that is the root key of " + owner + ", not of " +
                                 wanted.org +
                                 ": ask its keeper what its `reelproof org show` prints");
    if (auto may = check_writable(config); !may) return may;
    const auto entry = "\n[[partner]]\norg = \"" + wanted.org + "\"\nroot = \"" + wanted.root +
                       "\"\n" +
                       (wanted.pull ? "url = \"" + wanted.url + "\"\n" : "pull = false\n") +
                       (wanted.push ? "push = true\n" : "") + (wanted.gzip ? "gzip = true\n" : "");
    return append_checked(config, entry, load_config);
}

Result<void> remove_partner(const std::filesystem::path& config, const std::string& org) {
    const auto now = load_config(config);
    if (!now) return now.error();
    if (!is_partner(*now, org))
        return Error{ErrorKind::not_found, org + " is no [[partner]] in " + config.string()};
    const auto bytes = ledger::read_file(config, kMaxConfigFile);
    if (!bytes) return bytes.error();
    const auto by_hand = config.string() + ": take it out with an editor";
    const auto text = without_partner(ledger::as_text(*bytes), org);
    if (!text) return ledger::malformed(by_hand + ": " + text.error().message);
    if (auto may = check_writable(config); !may) return may;
    // Nothing else may go with it.
    return replace_checked(config, *text,
                           [&](const std::filesystem::path& trial) -> Result<NodeConfig> {
                               auto left = load_config(trial);
                               if (left && (left->partners.size() + 1 != now->partners.size() ||
                                            left->guests.size() != now->guests.size()))
                                   return ledger::malformed(by_hand);
                               return left;
                           });
}

Result<CheckedPolicy> read_policy(const std::filesystem::path& file) {
    const auto bytes = ledger::read_file(file, kMaxConfigFile);
    if (!bytes) return bytes.error();
    auto policy = load_policy(file);
    if (!policy) return policy.error();
    auto softened = softened_rules(*policy);
    return CheckedPolicy{std::move(*policy), std::string(ledger::as_text(*bytes)),
                         std::move(softened)};
}

Result<CheckedPolicy> check_policy(const std::filesystem::path& file, const std::string& text) {
    if (auto may = check_writable(file); !may) return may.error();
    const auto trial = std::filesystem::path(file.string() + ".new");
    ledger::write_file_durably(trial, ledger::as_bytes(text), 0600);
    auto checked = read_policy(trial);
    std::filesystem::remove(trial);
    if (checked) return checked;
    auto error = checked.error();
    if (const auto at = error.message.find(trial.string()); at != std::string::npos)
        error.message.replace(at, trial.string().size(), "policy");
    return error;
}

Result<CheckedPolicy> write_policy(const std::filesystem::path& file, const std::string& text,
                                   const std::string& before) {
    auto checked = check_policy(file, text);
    if (!checked) return checked;
    const auto now = ledger::read_file(file, kMaxConfigFile);
    if (!now) return now.error();
    if (ledger::as_text(*now) != before)
        return Error{
            ErrorKind::conflict,
            file.string() + " has changed since it was shown: load it again, and change that"};
    if (auto done = replace_checked(file, text, load_policy); !done) return done.error();
    return checked;
}

}  // namespace reelproof::node
