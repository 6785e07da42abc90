// Time from start to serving, after kill -9 and after a clean stop, by size of the store
//
// Started is the store with its sequencer: what a node does besides does not depend on the size.
// The kill comes while a quarter of a million rows wait to be merged into the index, as many as are
// waited for.
//
//   bench_restart [ENVELOPES...]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "bench/ingest_support.h"

using namespace reelproof::bench;

namespace {

constexpr std::size_t kTail = 2'500;  // statements that are not merged when the kill comes

// Does `work` in a child process that is then killed, with statements still on their way.
template <class Work>
void in_killed_child(const Work& work) {
    const pid_t child = ::fork();
    if (child < 0) give_up("can't fork");
    if (child == 0) {
        work();
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) give_up("the child that fills the store failed");
}

double start_seconds(Node& node) {
    const double at = now_seconds();
    node.open();
    return now_seconds() - at;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
    if (sizes.empty()) sizes = {100'000, 10'000'000};
    std::printf("%12s %18s %14s %24s\n", "envelopes", "after kill -9, s", "rows replayed",
                "after a clean stop, s");
    for (const std::size_t size : sizes) {
        const ScratchFolder folder;
        Node node(folder.path());
        in_killed_child([&] {
            node.open();
            node.preload(size, kSmallBody);
            // Rows that are in the log but not yet in the index on disk.
            ingest_without_waiting(node,
                                   node.sealed_statements(kTail, kBatchEnvelopes, kSmallBody));
        });
        const double killed = start_seconds(node);
        const auto replayed = node.store().stats().envelopes_in_memory;
        node.wait_until_indexed();
        node.close();
        const double clean = start_seconds(node);
        std::printf("%12zu %18.3f %14llu %24.3f\n", size + kTail * kBatchEnvelopes, killed,
                    static_cast<unsigned long long>(replayed), clean);
        std::fflush(stdout);
    }
    return 0;
}
