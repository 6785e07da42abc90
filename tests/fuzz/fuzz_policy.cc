// Any bytes as a tlog-policy: no crash; and more cosignatures never undo a quorum.
#include <cstdlib>

#include "ledger/format/tlog_policy.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::ledger;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const NoteSigner log("maker.example/ledger", 1, Secret<32>());
    const NoteSigner mirror("ems.example/mirror", 4, Secret<32>());
    return {"# whom we know\nlog " + log.verifier().vkey() +
                " https://maker.example/log\nwitness a " + mirror.verifier().vkey() +
                "\ngroup g any a\nquorum g\n",
            "quorum none\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto policy = TlogPolicy::parse(as_text(ByteView(data, size)));
    if (!policy) {
        require(!policy.error().message.empty());
        return 0;
    }
    for (const auto& log : policy->logs()) require(policy->log(log.key.name) == &log);
    std::vector<bool> cosigned(policy->witnesses().size());
    bool met = policy->quorum_met(cosigned);
    for (std::size_t i = 0; i < cosigned.size(); ++i) {
        cosigned[i] = true;
        const bool now = policy->quorum_met(cosigned);
        require(now || !met);
        met = now;
    }
    // Thresholds are at most all members, and names are defined before they are used.
    require(met);
    return 0;
}
