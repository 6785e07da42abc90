// Any bytes as a node's configuration, its policy and its tokens: no crash, and what is taken keeps
// the promises of their types.
#include <cstdlib>
#include <filesystem>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/format/text_rules.h"
#include "node/config.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// A file without a disk.
std::filesystem::path file_of(const std::uint8_t* data, std::size_t size) {
    static const int descriptor = [] {
        const int made = ::memfd_create("fuzz", MFD_CLOEXEC);
        require(made >= 0 && ::fchmod(made, 0600) == 0);
        return made;
    }();
    require(::ftruncate(descriptor, 0) == 0);
    require(::pwrite(descriptor, data, size, 0) == static_cast<ssize_t>(size));
    return "/proc/self/fd/" + std::to_string(descriptor);
}

// True when it was read; else it says why.
template <class T>
bool taken(const ledger::Result<T>& result) {
    require(result.has_value() || !result.error().message.empty());
    return result.has_value();
}

void read_config(const std::filesystem::path& file) {
    const auto config = node::load_config(file);
    if (!taken(config)) return;
    require(ledger::is_org_name(config->org) && config->root.size() == 64);
    require(config->readers >= 1 && config->readers <= 64);
    require(config->store.map_size <= config->store.max_map_size);
    require(config->limits.connections >= 8 && config->limits.callers.a_second >= 1);
    require(config->trusted_roots().size() == 1 + config->partners.size() + config->guests.size());
}

void read_policy(const std::filesystem::path& file) {
    const auto policy = node::load_policy(file);
    if (!taken(policy)) return;
    require(!policy->version.empty() && policy->stale_after > 0);
    require(policy->stale_major_after >= policy->stale_after);
}

void read_tokens(const std::filesystem::path& file) {
    const auto tokens = node::load_tokens(file);
    if (!taken(tokens)) return;
    for (const auto& token : *tokens) require(!token.name.empty() && !token.scopes.empty());
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    const std::string hash = "\"" + std::string(64, 'a') + "\"\n";
    return {
        "#0\norg = \"ems.example\"\nroot = " + hash +
            "url = \"https://ems.example:8443\"\nlisten = \"[::1]:8443\"\nreaders = 2\n"
            "[store]\nfolder = \"store\"\nmap_size = \"64 GiB\"\n"
            "[replication]\npoll_ms = 1000\n"
            "[limits]\nconnections = 1000\nrequests_per_second = 100\n"
            "[[partner]]\norg = \"maker.example\"\nurl = \"https://maker.example\"\npush = "
            "true\nroot = " +
            hash + "[[guest]]\norg = \"guest.example\"\nroot = " + hash,
        "#1\nversion = \"1\"\nlot_accounting = true\n[freshness]\nstale_hours = 24\n"
        "[[manufacturer]]\norg = \"maker.example\"\nmpns = [\"NL*\"]\nnames = [\"Nordic\"]\n"
        "[severity]\n\"pedigree.none\" = \"major\"\n",
        "#2\n[[token]]\nname = \"station\"\nscopes = [\"read\", \"write\"]\nsha256 = " + hash,
    };
}

// The second byte says which of them it is; in the seeds it stands in a comment.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto file = file_of(data, size);
    switch (data[1] % 3) {
        case 0:
            read_config(file);
            break;
        case 1:
            read_policy(file);
            break;
        default:
            read_tokens(file);
    }
    return 0;
}
