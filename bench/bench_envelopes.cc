// Envelopes in statements of 100, with 1 and 10 million rows held, beside SQLite and PostgreSQL
//
//   bench_envelopes [--seconds S] [ROWS...]
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/ingest_rivals.h"
#include "bench/ingest_support.h"

using namespace reelproof::bench;

int main(int argc, char** argv) {
    double seconds = 10;
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--seconds" && i + 1 < argc)
            seconds = std::strtod(argv[++i], nullptr);
        else if (const auto rows = std::strtoull(argv[i], nullptr, 10); rows > 0)
            sizes.push_back(rows);
        else
            give_up("usage: bench_envelopes [--seconds S] [ROWS...]");
    }
    if (sizes.empty()) sizes = {1'000'000, 10'000'000};
    std::printf("%u cores, %d clients\n", cores(), kClients);
    for (const std::size_t rows : sizes) {
        const ScratchFolder folder;
        Node node(folder.path());
        node.open();
        node.preload(rows, kSmallBody);
        auto statements = node.sealed_statements(static_cast<std::size_t>(1'000 * seconds),
                                                 kBatchEnvelopes, kBody);
        const std::size_t size = statements.front().size() / kBatchEnvelopes;
        const Ingest result = ingest(node, std::move(statements), 1);
        std::printf("\n%zu rows preloaded; envelopes of %zu bytes in statements of %zu\n", rows,
                    size, kBatchEnvelopes);
        print_ingest("reelproof", result, kBatchEnvelopes);
        node.close();
        print_rivals(folder.path(), rows, seconds / 2, size,
                     result.indexed * static_cast<double>(kBatchEnvelopes));
    }
    std::fputs(kRivalsNote, stdout);
    return 0;
}
