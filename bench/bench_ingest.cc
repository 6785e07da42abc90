// Durable ingest by 64 clients in one process: statements of one envelope and one signature each,
// beside bare signature verification on all cores; and envelopes in statements of a hundred, beside
// SQLite and PostgreSQL that store the same bytes with two indexes and check nothing. All in one
// run, one after the other, on the same disk.
//
//   bench_ingest [--preload N] [--seconds S] [--no-rivals] [--part single|batch]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include <secp256k1.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/ingest_rivals.h"
#include "ledger/base/secret.h"
#include "ledger/format/envelope.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/store.h"

using namespace reelproof::ledger;
using reelproof::bench::open_postgresql;
using reelproof::bench::open_sqlite;
using reelproof::bench::random_rows;
using reelproof::bench::Rival;

namespace {

constexpr int kClients = 64;
constexpr std::size_t kSingleBody = 384;  // 24 + 3 * 128 + 16: a statement of about 620 bytes
constexpr std::size_t kBatchBody = 384;   // an envelope of about 445 bytes
constexpr std::size_t kBatchEnvelopes = 100;
const std::string kOrg = "acme-ems.example";

struct Settings {
    std::size_t preload = 1'000'000;
    double seconds = 10;
    bool rivals = true;
    bool single = true, batch = true;  // which halves to run
};

double now_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "bench_ingest: %s\n", what.c_str());
    std::exit(3);
}

// Of the whole process, all threads: says what a statement costs also on a machine with neighbours.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

unsigned cores() {
    return std::max(1U, std::thread::hardware_concurrency());
}

void on_threads(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
}

struct Bare {
    double rate = 0;  // a second, on all cores
    double cpu = 0;   // seconds of CPU for one
};

// What libsecp256k1 alone verifies, keys and signatures parsed each time.
Bare bare_verifications(double seconds) {
    std::atomic<std::uint64_t> total = 0;
    const double cpu = cpu_seconds();
    const double begun = now_seconds();
    on_threads(cores(), [&](unsigned) {
        secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        const SecretKey key = SecretKey::generate();
        Hash digest{};
        fill_random(digest);
        const Signature signature = key.sign(digest);
        std::uint64_t count = 0;
        while (now_seconds() - begun < seconds) {
            for (int i = 0; i < 100; ++i) {
                secp256k1_pubkey parsed_key;
                secp256k1_ecdsa_signature parsed;
                if (secp256k1_ec_pubkey_parse(context, &parsed_key,
                                              key.public_key().compressed().data(), 33) != 1 ||
                    secp256k1_ecdsa_signature_parse_compact(context, &parsed, signature.data()) !=
                        1 ||
                    secp256k1_ecdsa_verify(context, &parsed, digest.data(), &parsed_key) != 1)
                    give_up("a good signature was refused");
            }
            count += 100;
        }
        total += count;
        secp256k1_context_destroy(context);
    });
    const auto count = static_cast<double>(total);
    return {count / (now_seconds() - begun), (cpu_seconds() - cpu) / count};
}

Bytes sealed_statement(const SecretKey& key, std::size_t envelopes, std::size_t body) {
    std::vector<Bytes> encoded;
    Bytes sealed(wire::kNonceSize + body + wire::kMacSize);
    for (std::size_t i = 0; i < envelopes; ++i) {
        Tag tag;
        fill_random(tag);
        fill_random(sealed);
        encoded.push_back(encode_envelope(tag, sealed, std::nullopt));
    }
    StatementHeader header;
    header.content_type = wire::kSealedContentType;
    header.iss = kOrg;
    header.sub = wire::kSealedSubject;
    header.iat = system_now();
    auto statement = sign_statement(key, header, encode_sealed_payload(encoded, {}));
    if (!statement) give_up(statement.error().message);
    return std::move(*statement);
}

std::vector<Bytes> sealed_statements(const SecretKey& key, std::size_t count, std::size_t envelopes,
                                     std::size_t body) {
    std::vector<Bytes> statements(count);
    on_threads(cores(), [&](unsigned thread) {
        for (std::size_t i = thread; i < count; i += cores())
            statements[i] = sealed_statement(key, envelopes, body);
    });
    return statements;
}

// A node's store with its sequencer and keys.
struct Node {
    explicit Node(const std::filesystem::path& folder)
        : log_key(kOrg + "/ledger", wire::kNoteEd25519, Secret<32>::random()) {
        StoreOptions options;
        options.folder = folder / "store";
        auto opened = Store::open(options);
        if (!opened) give_up(opened.error().message);
        store = std::move(*opened);
        SequencerOptions with;
        with.origin = kOrg + "/ledger";
        with.org = kOrg;
        with.trusted_roots = {{kOrg, thumbprint(root.public_key())}};
        with.verifiers = cores();
        auto started = Sequencer::start(*store, with, log_key);
        if (!started) give_up(started.error().message);
        sequencer = std::move(*started);
        submit(genesis());
    }

    Bytes genesis() const {
        const OrgGenesis content{
            kOrg,
            root.public_key(),
            kOrg + "/ledger",
            "https://" + kOrg,
            log_key.verifier(),
            NoteSigner(kOrg + "/mirror", wire::kNoteCosignatureV1, Secret<32>::random()).verifier(),
            key.public_key(),
            Hash{},
            SealingKey::generate().public_key,
            {KeyGrant{key.public_key(), "node", {"*"}, std::nullopt, std::nullopt}}};
        StatementHeader header;
        header.content_type = wire::kPublicContentType;
        header.iss = kOrg;
        header.sub = "org.genesis";
        header.iat = system_now();
        auto statement = sign_statement(root, header, as_bytes(format_public(content)));
        if (!statement) give_up(statement.error().message);
        return std::move(*statement);
    }
    void submit(Bytes statement) {
        for (;;) {
            auto placed = sequencer->submit(statement).get();
            if (placed) return;
            if (placed.error().kind != ErrorKind::unavailable) give_up(placed.error().message);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    void wait_until_indexed() const {
        while (store->stats().envelopes_in_memory > 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    SecretKey root = SecretKey::generate();
    SecretKey key = SecretKey::generate();
    NoteSigner log_key;
    std::unique_ptr<Store> store;
    std::unique_ptr<Sequencer> sequencer;
};

struct Ingest {
    double answered = 0;      // statements a second, from the first submission to the last answer
    double indexed = 0;       // the same, to the last row merged into the index
    double p50 = 0, p99 = 0;  // seconds from submission to answer
    double cpu = 0;           // seconds of CPU for one statement, the index and the clients with it
    std::uint64_t commits = 0;
};

// 64 clients, each with `window` statements under way: 1 is a client that waits for each answer,
// more is one that goes on meanwhile. They live on answers: each brings the client's next
// statement, as a network coroutine would.
class Clients {
  public:
    Clients(Sequencer& sequencer, std::vector<Bytes> statements)
        : sequencer_(sequencer), statements_(std::move(statements)) {
        waits_.reserve(statements_.size());
    }

    // Seconds from submission to answer, sorted.
    std::vector<double> run(std::size_t window) {
        for (std::size_t i = 0; i < kClients * window; ++i) send();
        done_.wait(false);
        std::sort(waits_.begin(), waits_.end());
        return std::move(waits_);
    }

  private:
    void send() {
        const std::size_t i = next_++;
        if (i >= statements_.size()) return;
        sequencer_.submit(std::move(statements_[i]),
                          [this, at = now_seconds()](const Result<Placement>& placed) {
                              if (!placed) give_up(placed.error().message);
                              answered(now_seconds() - at);
                          });
    }
    void answered(double wait) {
        waits_.push_back(wait);  // all answers come on one thread
        send();
        if (waits_.size() < statements_.size()) return;
        done_ = true;
        done_.notify_one();
    }

    Sequencer& sequencer_;
    std::vector<Bytes> statements_;
    std::atomic<std::size_t> next_ = 0;
    std::vector<double> waits_;
    std::atomic<bool> done_ = false;
};

Ingest ingest(Node& node, std::vector<Bytes> statements, std::size_t window) {
    const auto count = static_cast<double>(statements.size());
    Clients clients(*node.sequencer, std::move(statements));
    const std::uint64_t commits = node.sequencer->counters().commits;
    const double cpu = cpu_seconds();
    const double begun = now_seconds();
    const std::vector<double> waits = clients.run(window);
    const double answered = now_seconds();
    const std::uint64_t rounds = node.sequencer->counters().commits - commits;
    node.wait_until_indexed();
    const double indexed = now_seconds();
    return {.answered = count / (answered - begun),
            .indexed = count / (indexed - begun),
            .p50 = waits[waits.size() / 2],
            .p99 = waits[waits.size() * 99 / 100],
            .cpu = (cpu_seconds() - cpu) / count,
            .commits = rounds};
}

// Envelopes that the store holds before anything is measured.
void preload(Node& node, std::size_t envelopes) {
    on_threads(4, [&](unsigned thread) {
        for (std::size_t i = thread * 100; i < envelopes; i += 400)
            node.submit(sealed_statement(node.key, 100, 128));
    });
    node.wait_until_indexed();
}

double rival_rate(Rival& rival, std::size_t batch, std::size_t body, double seconds) {
    std::size_t done = 0;
    double used = 0;
    while (used < seconds) {
        const auto fresh = random_rows(batch, body);  // not on the clock
        const double at = now_seconds();
        rival.insert(fresh.data(), fresh.size());
        used += now_seconds() - at;
        done += batch;
    }
    return static_cast<double>(done) / used;
}

void print_rivals(const std::filesystem::path& folder, const Settings& settings, std::size_t body,
                  double ours) {
    const auto line = [&](const char* name, std::size_t batch, double rate) {
        std::printf("  %-28s batches of %-5zu %10.0f /s   ours is %5.2f x\n", name, batch, rate,
                    ours / rate);
        std::fflush(stdout);
    };
    {
        const auto sqlite = open_sqlite(folder, settings.preload, body);
        for (const std::size_t batch : {100, 1000})
            line("SQLite WAL, FULL", batch, rival_rate(*sqlite, batch, body, settings.seconds));
    }
    std::string why_not;
    const auto postgresql = open_postgresql(folder, settings.preload, body, why_not);
    if (!postgresql) {
        std::printf("  PostgreSQL 15: skipped: %s\n", why_not.c_str());
        return;
    }
    for (const std::size_t batch : {100, 1000})
        line("PostgreSQL 15, binary COPY", batch,
             rival_rate(*postgresql, batch, body, settings.seconds));
}

void print_ingest(const char* what, const Ingest& result, double per_statement) {
    std::printf(
        "  %-28s %10.0f /s answered, %10.0f /s indexed; wait p50 %.2f ms, p99 %.2f ms; "
        "%llu commits; %.1f us CPU a statement\n",
        what, result.answered * per_statement, result.indexed * per_statement, result.p50 * 1e3,
        result.p99 * 1e3, static_cast<unsigned long long>(result.commits), result.cpu * 1e6);
    std::fflush(stdout);
}

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
    const auto count = static_cast<std::size_t>(15'000 * settings.seconds);
    double best = 0;
    std::size_t size = 0;
    for (const std::size_t window : {1, 8}) {
        auto statements = sealed_statements(node.key, count, 1, kSingleBody);
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
            "  ratio to bare verification: %.2f answered, %.2f indexed (goal 0.6); of CPU "
            "%.2f\n",
            result.answered / bare, result.indexed / bare,
            (before.cpu + after.cpu) / 2 / result.cpu);
    }
    if (settings.rivals) print_rivals(folder, settings, size, best);
}

void measure_batch(Node& node, const std::filesystem::path& folder, const Settings& settings) {
    auto statements = sealed_statements(
        node.key, static_cast<std::size_t>(1'000 * settings.seconds), kBatchEnvelopes, kBatchBody);
    const std::size_t size = statements.front().size() / kBatchEnvelopes;
    const Ingest result = ingest(node, std::move(statements), 1);
    std::printf("\nenvelopes of %zu bytes in statements of %zu, each with a signature\n", size,
                kBatchEnvelopes);
    print_ingest("reelproof", result, kBatchEnvelopes);
    if (settings.rivals)
        print_rivals(folder, settings, size, result.indexed * static_cast<double>(kBatchEnvelopes));
}

}  // namespace

int main(int argc, char** argv) {
    const Settings settings = read_settings(argc, argv);
    std::string name = (std::filesystem::temp_directory_path() / "reelproof-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) give_up("no temporary folder");
    const std::filesystem::path folder = name;
    ::chmod(folder.c_str(), 0755);
    std::printf("%u cores, %d clients, %zu envelopes preloaded, in %s\n", cores(), kClients,
                settings.preload, name.c_str());
    {
        Node node(folder);
        preload(node, settings.preload);
        if (settings.single) measure_single(node, folder, settings);
        if (settings.batch) measure_batch(node, folder, settings);
    }
    std::printf(
        "\nReelproof checks every signature and right, and its unique id is one a statement; the "
        "others\nstore a row an envelope with a unique id (32 B) and a tag (16 B), and check "
        "nothing.\n");
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return 0;
}
