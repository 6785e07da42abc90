// Durable ingest by 64 clients, beside bare verification, SQLite and PostgreSQL
//
// Statements of one envelope and one signature each, beside bare signature verification on all
// cores; and envelopes in statements of a hundred, beside SQLite and PostgreSQL that store the same
// bytes with two indexes and check nothing. All in one run, one after the other, on the same disk.
//
//   bench_ingest [--preload N] [--seconds S] [--no-rivals] [--part single|batch]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/ingest_rivals.h"
#include "bench/ingest_support.h"

using namespace reelproof::bench;

namespace {

struct Settings {
    std::size_t preload = 1'000'000;
    double seconds = 10;
    bool rivals = true;
    bool single = true, batch = true;  // which halves to run
};

Settings read_settings(int argc, char** argv) {
    Settings settings;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--no-rivals")
            settings.rivals = false;
        else if (option == "--preload" && i + 1 < argc)
            settings.preload = std::strtoull(argv[++i], nullptr, 10);
        else if (option == "--seconds" && i + 1 < argc)
            settings.seconds = std::strtod(argv[++i], nullptr);
        else if (option == "--part" && i + 1 < argc) {
            const std::string part = argv[++i];
            settings.single = part == "single";
            settings.batch = part == "batch";
        } else
            give_up(
                "usage: bench_ingest [--preload N] [--seconds S] [--no-rivals] "
                "[--part single|batch]");
    }
    return settings;
}

void measure_single(Node& node, const std::filesystem::path& folder, const Settings& settings) {
    const auto count = static_cast<std::size_t>(50'000 * settings.seconds);
    double best = 0;
    std::size_t size = 0;
    for (const std::size_t window : {1, 8}) {
        auto statements = node.sealed_statements(count, 1, kBody);
        size = statements.front().size();
        const Bare before = bare_verifications(2);
        const Ingest result = ingest(node, std::move(statements), window);
        const Bare after = bare_verifications(2);
        const double bare = (before.rate + after.rate) / 2;
        best = std::max(best, result.indexed);
        std::printf(
            "\nstatements of one envelope, %zu bytes, each with a signature; %zu under way a "
            "client\n",
            size, window);
        std::printf("  %-28s %10.0f /s (before %.0f, after %.0f), %.1f us CPU each\n",
                    "bare libsecp256k1, all cores", bare, before.rate, after.rate,
                    before.cpu * 1e6);
        print_ingest("reelproof", result, 1);
        std::printf(
            "  ratio to bare verification: %.2f answered, %.2f indexed (goal 0.8); of CPU "
            "%.2f\n",
            result.answered / bare, result.indexed / bare,
            (before.cpu + after.cpu) / 2 / result.cpu);
    }
    if (settings.rivals) print_rivals(folder, settings.preload, settings.seconds / 2, size, best);
}

void measure_batch(Node& node, const std::filesystem::path& folder, const Settings& settings) {
    auto statements = node.sealed_statements(static_cast<std::size_t>(1'000 * settings.seconds),
                                             kBatchEnvelopes, kBody);
    const std::size_t size = statements.front().size() / kBatchEnvelopes;
    const Ingest result = ingest(node, std::move(statements), 1);
    std::printf("\nenvelopes of %zu bytes in statements of %zu, each with a signature\n", size,
                kBatchEnvelopes);
    print_ingest("reelproof", result, kBatchEnvelopes);
    if (settings.rivals)
        print_rivals(folder, settings.preload, settings.seconds / 2, size,
                     result.indexed * static_cast<double>(kBatchEnvelopes));
}

}  // namespace

int main(int argc, char** argv) {
    const Settings settings = read_settings(argc, argv);
    const ScratchFolder folder;
    std::printf("%u cores, %d clients, %zu envelopes preloaded, in %s\n", cores(), kClients,
                settings.preload, folder.path().c_str());
    Node node(folder.path());
    node.open();
    node.preload(settings.preload, kSmallBody);
    if (settings.single) measure_single(node, folder.path(), settings);
    if (settings.batch) measure_batch(node, folder.path(), settings);
    if (settings.rivals) std::fputs(kRivalsNote, stdout);
    return 0;
}
