// Time from start to serving, after kill -9 and after a clean stop, by size of the store
//
// Of the store with its sequencer alone, and of a whole node: from the start of the program until
// its /healthz answers 200. The kill comes while a quarter of a million rows wait to be merged into
// the index, as many as are waited for.
//
//   bench_restart [ENVELOPES...]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "api/http/client.h"
#include "api/http/tls_identity.h"
#include "bench/bench_org.h"
#include "tests/node/node_process.h"

using namespace reelproof;
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

// Seconds until the node answers; it is killed then, or told to stop.
double node_seconds(const BenchOrg& org, int end) {
    const auto& config = org.config;
    const double at = now_seconds();
    node::tests::Process process(
        {"node", "run", "--json", "--log-level", "warn", "--config", config.file.string()},
        config.folder / "errors");
    const int port = port_of(process.line());
    api::ClientOptions options;
    options.origin = "https://127.0.0.1:" + std::to_string(port);
    options.pinned_spki = {
        api::spki_sha256_of_certificate(text_of_file(config.keys / "tls.crt")).value()};
    const auto answer = api::HttpClient(options).request(api::Method::get, "/healthz", {}, {});
    const double seconds = now_seconds() - at;
    if (!answer || answer->status != 200) give_up("the node is not well");
    process.signal(end);
    process.wait();
    return seconds;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
    if (sizes.empty()) sizes = {100'000, 10'000'000};
    std::printf("%12s | %21s %14s %21s | %19s %19s\n", "envelopes", "store after kill -9, s",
                "rows replayed", "after a clean stop, s", "node after kill -9, s",
                "after a clean stop, s");
    for (const std::size_t size : sizes) {
        const ScratchFolder folder;
        const BenchOrg org(folder.path());
        Node node = org.store();
        // Rows that are in the log but not yet in the index on disk.
        const auto add_tail = [&] {
            ingest_without_waiting(node,
                                   node.sealed_statements(kTail, kBatchEnvelopes, kSmallBody));
        };
        in_killed_child([&] {
            node.open();
            node.preload(size, kSmallBody);
            add_tail();
        });
        const double killed = start_seconds(node);
        const auto replayed = node.store().stats().envelopes_in_memory;
        node.wait_until_indexed();
        node.close();
        const double clean = start_seconds(node);
        node.close();
        in_killed_child([&] {
            node.open();
            add_tail();
        });
        const double node_killed = node_seconds(org, SIGTERM);
        const double node_clean = node_seconds(org, SIGKILL);
        std::printf("%12zu | %22.3f %14llu %21.3f | %21.3f %21.3f\n",
                    size + 2 * kTail * kBatchEnvelopes, killed,
                    static_cast<unsigned long long>(replayed), clean, node_killed, node_clean);
        std::fflush(stdout);
    }
    return 0;
}
