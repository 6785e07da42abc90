// A fresh mirror of a log, fetched over HTTPS on loopback, beside bare verification in the same run
//
//   unshare -rn sh -c 'ip link set lo up; bench_catchup [ENVELOPES]'
//
// In a network of its own, since the bytes on the wire are those that the loopback counts.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "bench/ingest_support.h"
#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::bench;
using namespace reelproof::node::tests;

namespace {

constexpr int kVerifiersNice = 10;

// With all headers of TLS, TCP and IP, in both directions together.
std::uint64_t wire_bytes() {
    std::ifstream devices("/proc/net/dev");
    for (std::string line; std::getline(devices, line);) {
        const auto name = line.find("lo:");
        if (name == std::string::npos) continue;
        std::uint64_t bytes = 0;
        std::istringstream(line.substr(name + 3)) >> bytes;
        return bytes;
    }
    give_up("no loopback in /proc/net/dev");
}

Bytes statement(const TestNode& owner, std::size_t envelopes) {
    std::vector<Bytes> encoded;
    Bytes sealed(ledger::wire::kNonceSize + kBody + ledger::wire::kMacSize);
    for (std::size_t i = 0; i < envelopes; ++i) {
        ledger::Tag tag;
        ledger::fill_random(tag);
        ledger::fill_random(sealed);
        encoded.push_back(ledger::encode_envelope(tag, sealed, std::nullopt));
    }
    ledger::StatementHeader header;
    header.content_type = ledger::wire::kSealedContentType;
    header.iss = owner.org();
    header.sub = ledger::wire::kSealedSubject;
    header.iat = ledger::system_now();
    return ledger::sign_statement(owner.keys().statements, header,
                                  ledger::encode_sealed_payload(encoded, {}))
        .value();
}

void measure(std::size_t envelopes, std::size_t per_statement) {
    TestNode maker("maker.example"), ems("ems.example");
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    if (!eventually([&] { return maker.copy_of(ems) == 1 && ems.copy_of(maker) == 1; }))
        give_up("the nodes do not meet");
    ems.stop_replicating();
    const std::size_t count = envelopes / per_statement;
    std::size_t entry_bytes = 0;
    for (std::size_t done = 0; done < count;) {
        std::vector<std::future<ledger::Result<ledger::Placement>>> pending;
        for (; pending.size() < 1000 && done < count; ++done) {
            Bytes one = statement(maker, per_statement);
            entry_bytes += one.size() + 2;
            pending.push_back(maker.sequencer().submit(std::move(one)));
        }
        for (auto& one : pending)
            if (auto placed = one.get(); !placed) give_up(placed.error().message);
    }
    // What it indexes behind its log is not to be counted here.
    while (maker.store().stats().envelopes_in_memory > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    // As nice as the threads that verify in a node: on a busy machine both get as little.
    const Bare before = bare_verifications(1, kVerifiersNice);
    const std::uint64_t wire = wire_bytes();
    const double cpu = cpu_seconds();
    const double begun = now_seconds();
    ems.replicate({maker.as_partner()});
    const std::uint64_t size = maker.size();
    while (ems.copy_of(maker) != size) {
        if (now_seconds() - begun > 600) give_up("the mirror does not catch up");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const double seconds = now_seconds() - begun;
    const double spent = cpu_seconds() - cpu;
    const std::uint64_t sent = wire_bytes() - wire;
    const Bare after = bare_verifications(1, kVerifiersNice);
    const Bare bare{(before.rate + after.rate) / 2, (before.cpu + after.cpu) / 2};
    const auto rate = static_cast<double>(count) / seconds;
    std::printf(
        "%zu envelopes in statements of %zu: %.1f s, %.0f statements /s, %.0f envelopes /s, %.1f "
        "us "
        "CPU a statement (both nodes)\n"
        "  bare verification, all cores: %.0f /s, %.1f us CPU; ratio %.2f, of its CPU %.2f\n"
        "  wire %.1f MB, entries %.1f MB; ratio %.3f\n",
        envelopes, per_statement, seconds, rate, rate * static_cast<double>(per_statement),
        spent / static_cast<double>(count) * 1e6, bare.rate, bare.cpu * 1e6, rate / bare.rate,
        bare.cpu / (spent / static_cast<double>(count)), static_cast<double>(sent) * 1e-6,
        static_cast<double>(entry_bytes) * 1e-6,
        static_cast<double>(sent) / static_cast<double>(entry_bytes));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t envelopes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    std::printf("%u cores\n", cores());
    for (const std::size_t per_statement : {100, 1}) measure(envelopes, per_statement);
    return 0;
}
