// How ingest, look-ups, disk and memory grow from 100 thousand to 10 million envelopes
//
//   bench_growth [MARK...]   marks in envelopes, ascending
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "bench/ingest_support.h"
#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"

using namespace reelproof::bench;
using namespace reelproof::ledger;

namespace {

constexpr std::size_t kLookups = 20'000;

// Bytes of disk that the files really take.
double disk_used(const std::filesystem::path& folder) {
    double bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        struct stat info {};
        if (entry.is_regular_file() && ::stat(entry.path().c_str(), &info) == 0)
            bytes += static_cast<double>(info.st_blocks) * 512;
    }
    return bytes;
}

// Memory of the process that is not page cache of its files, in MB.
double private_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return std::strtod(line.c_str() + 8, nullptr) / 1024;
    return 0;
}

// Microseconds to find an envelope by its tag, sorted.
std::vector<double> lookups(const Node& node, const std::vector<Tag>& tags) {
    std::vector<double> times;
    std::mt19937_64 random(7);
    for (std::size_t i = 0; i < kLookups; ++i) {
        const Tag& tag = tags[random() % tags.size()];
        const double at = now_seconds();
        if (node.store().find_tag(tag).envelopes.empty())
            give_up("an envelope was not found by its tag");
        times.push_back((now_seconds() - at) * 1e6);
    }
    std::sort(times.begin(), times.end());
    return times;
}

// One tag of each statement, to look up later.
void remember(const std::vector<Bytes>& statements, std::vector<Tag>& tags) {
    for (const Bytes& statement : statements) {
        const auto view = parse_statement(statement);
        const auto payload = parse_sealed_payload(view->payload);
        tags.push_back(payload->envelopes.front().tag);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::size_t> marks;
    for (int i = 1; i < argc; ++i) marks.push_back(std::strtoull(argv[i], nullptr, 10));
    if (marks.empty()) marks = {100'000, 300'000, 1'000'000, 3'000'000, 10'000'000};
    constexpr std::size_t kStep = 50'000;  // envelopes made and sent at a time
    const ScratchFolder folder;
    Node node(folder.path());
    node.open();
    std::vector<Tag> tags;
    std::size_t held = 0, envelope_bytes = 0;
    std::printf("%u cores; envelopes in statements of %zu; rate over the last step to each mark\n",
                cores(), kBatchEnvelopes);
    std::printf("%12s %12s %12s %12s %10s %10s %12s %10s\n", "envelopes", "answered/s", "indexed/s",
                "disk B/env", "of limit", "find p50", "find p99 us", "RAM MB");
    for (const std::size_t mark : marks) {
        double seconds = 0, indexed_seconds = 0;
        std::size_t timed = 0;
        while (held < mark) {
            const std::size_t count = std::min(kStep, mark - held);
            auto statements =
                node.sealed_statements(count / kBatchEnvelopes, kBatchEnvelopes, kBody);
            envelope_bytes = statements.front().size() / kBatchEnvelopes;
            remember(statements, tags);
            const bool last = held + 4 * kStep >= mark;  // the stretch before the mark is timed
            const auto sent = static_cast<double>(statements.size());
            const Ingest result = ingest(node, std::move(statements), 1);
            if (last) {
                seconds += sent / result.answered;
                indexed_seconds += sent / result.indexed;
                timed += count;
            }
            held += count;
        }
        const double disk = disk_used(folder.path()) / static_cast<double>(held);
        const double limit = 1.25 * static_cast<double>(envelope_bytes) + 60;
        const auto found = lookups(node, tags);
        std::printf("%12zu %12.0f %12.0f %12.0f %10.2f %10.1f %12.1f %10.0f\n", held,
                    static_cast<double>(timed) / seconds,
                    static_cast<double>(timed) / indexed_seconds, disk, disk / limit,
                    at_share(found, 0.5), at_share(found, 0.99), private_memory());
        std::fflush(stdout);
    }
    return 0;
}
