#include "bench/ingest_support.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include <secp256k1.h>
#include <sys/stat.h>

#include "ledger/base/secret.h"
#include "ledger/format/envelope.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "ledger/store/thread_setup.h"

using namespace reelproof::ledger;

namespace reelproof::bench {

namespace {

const std::string kOrg = kBenchOrg;

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

// Clients that live on answers: each brings its client's next statement, as a network coroutine
// would.
class Clients {
  public:
    Clients(Sequencer& sequencer, std::vector<Bytes> statements)
        : sequencer_(sequencer), statements_(std::move(statements)) {
        waits_.reserve(statements_.size());
        commits_.reserve(statements_.size());
    }

    struct Waits {
        std::vector<double> seconds;  // from submission to answer, sorted
        std::vector<double> commits;  // how many were made in that time, sorted
    };
    Waits run(std::size_t window) {
        for (std::size_t i = 0; i < kClients * window; ++i) send();
        done_.wait(false);
        std::sort(waits_.begin(), waits_.end());
        std::sort(commits_.begin(), commits_.end());
        return {std::move(waits_), std::move(commits_)};
    }

  private:
    void send() {
        const std::size_t i = next_++;
        if (i >= statements_.size()) return;
        sequencer_.submit(std::move(statements_[i]),
                          [this, at = now_seconds(), before = sequencer_.counters().commits](
                              const Result<Placement>& placed) {
                              if (!placed) give_up(placed.error().message);
                              answered(now_seconds() - at, sequencer_.counters().commits - before);
                          });
    }
    void answered(double wait, std::uint64_t commits) {
        waits_.push_back(wait);  // all answers come on one thread
        commits_.push_back(static_cast<double>(commits));
        send();
        if (waits_.size() < statements_.size()) return;
        done_ = true;
        done_.notify_one();
    }

    Sequencer& sequencer_;
    std::vector<Bytes> statements_;
    std::atomic<std::size_t> next_ = 0;
    std::vector<double> waits_, commits_;
    std::atomic<bool> done_ = false;
};

}  // namespace

double now_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void give_up(const std::string& what) {
    std::fprintf(stderr, "bench: %s\n", what.c_str());
    std::exit(3);
}

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

double at_share(const std::vector<double>& sorted, double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

ScratchFolder::ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "reelproof-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) give_up("no temporary folder");
    path_ = name;
    ::chmod(path_.c_str(), 0755);  // PostgreSQL runs as another user
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Bare bare_verifications(double seconds, int nice) {
    // Different ones, as in a log: with one over and over the processor learns its branches and has
    // its rows of the tables at hand, which makes it a tenth faster than verification ever is.
    const SecretKey key = SecretKey::generate();
    const auto compressed = key.public_key().compressed();
    std::vector<std::pair<Hash, Signature>> signed_digests(4096);
    for (auto& [digest, signature] : signed_digests) {
        fill_random(digest);
        signature = key.sign(digest);
    }
    std::atomic<std::uint64_t> total = 0;
    const double cpu = cpu_seconds();
    const double begun = now_seconds();
    on_threads(cores(), [&](unsigned) {
        ledger::set_up_thread("bare", nice);
        secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        std::uint64_t count = 0;
        do {
            const auto& [digest, signature] = signed_digests[count++ % signed_digests.size()];
            secp256k1_pubkey parsed_key;
            secp256k1_ecdsa_signature parsed;
            if (secp256k1_ec_pubkey_parse(context, &parsed_key, compressed.data(),
                                          compressed.size()) != 1 ||
                secp256k1_ecdsa_signature_parse_compact(context, &parsed, signature.data()) != 1 ||
                secp256k1_ecdsa_verify(context, &parsed, digest.data(), &parsed_key) != 1)
                give_up("a good signature was refused");
        } while (count % 64 != 0 || now_seconds() - begun < seconds);
        total += count;
        secp256k1_context_destroy(context);
    });
    const auto count = static_cast<double>(total);
    return {count / (now_seconds() - begun), (cpu_seconds() - cpu) / count};
}

Node::Node(const std::filesystem::path& folder)
    : root_thumbprint_(thumbprint(root_.public_key())),
      key_(SecretKey::generate()),
      log_key_(kOrg + "/ledger", wire::kNoteEd25519, Secret<32>::random()) {
    options_.folder = folder / "store";
}

Node::Node(StoreOptions store, std::string root_thumbprint, const SecretKey& key,
           NoteSigner log_key)
    : options_(std::move(store)),
      root_thumbprint_(std::move(root_thumbprint)),
      key_(key),
      log_key_(std::move(log_key)) {}

void Node::open() {
    options_.map_size = std::uint64_t{64} << 30;
    auto opened = Store::open(options_);
    if (!opened) give_up(opened.error().message);
    store_ = std::move(*opened);
    SequencerOptions with;
    with.origin = kOrg + "/ledger";
    with.org = kOrg;
    with.trusted_roots = {{kOrg, root_thumbprint_}};
    with.verifiers = cores();
    auto started = Sequencer::start(*store_, with, log_key_);
    if (!started) give_up(started.error().message);
    sequencer_ = std::move(*started);
    if (!store_->head(kOwnLog)) submit(genesis());
}

void Node::close() {
    sequencer_.reset();
    store_.reset();
}

Bytes Node::genesis() const {
    const OrgGenesis content{
        kOrg,
        root_.public_key(),
        kOrg + "/ledger",
        "https://" + kOrg,
        log_key_.verifier(),
        NoteSigner(kOrg + "/mirror", wire::kNoteCosignatureV1, Secret<32>::random()).verifier(),
        key_.public_key(),
        Hash{},
        SealingKey::generate().public_key,
        {KeyGrant{key_.public_key(), "node", {"*"}, std::nullopt, std::nullopt}}};
    StatementHeader header;
    header.content_type = wire::kPublicContentType;
    header.iss = kOrg;
    header.sub = "org.genesis";
    header.iat = system_now();
    auto statement = sign_statement(root_, header, as_bytes(format_public(content)));
    if (!statement) give_up(statement.error().message);
    return std::move(*statement);
}
void Node::submit(Bytes statement) {
    for (;;) {
        auto placed = sequencer_->submit(statement).get();
        if (placed) return;
        if (placed.error().kind != ErrorKind::unavailable) give_up(placed.error().message);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void Node::wait_until_indexed() const {
    while (store_->stats().envelopes_in_memory > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

std::vector<Bytes> Node::sealed_statements(std::size_t count, std::size_t envelopes,
                                           std::size_t body) const {
    std::vector<Bytes> statements(count);
    on_threads(cores(), [&](unsigned thread) {
        for (std::size_t i = thread; i < count; i += cores())
            statements[i] = sealed_statement(key_, envelopes, body);
    });
    return statements;
}

void Node::preload(std::size_t envelopes, std::size_t body) {
    on_threads(4, [&](unsigned thread) {
        for (std::size_t i = thread * kBatchEnvelopes; i < envelopes; i += 4 * kBatchEnvelopes)
            submit(sealed_statement(key_, kBatchEnvelopes, body));
    });
    wait_until_indexed();
}

Ingest ingest(Node& node, std::vector<Bytes> statements, std::size_t window) {
    const auto count = static_cast<double>(statements.size());
    Clients clients(node.sequencer(), std::move(statements));
    const std::uint64_t commits = node.sequencer().counters().commits;
    const double cpu = cpu_seconds();
    const double begun = now_seconds();
    const Clients::Waits waits = clients.run(window);
    const double answered = now_seconds();
    const std::uint64_t rounds = node.sequencer().counters().commits - commits;
    node.wait_until_indexed();
    const double indexed = now_seconds();
    return {.answered = count / (answered - begun),
            .indexed = count / (indexed - begun),
            .p50 = at_share(waits.seconds, 0.5),
            .p99 = at_share(waits.seconds, 0.99),
            .p50_commits = at_share(waits.commits, 0.5),
            .p99_commits = at_share(waits.commits, 0.99),
            .cpu = (cpu_seconds() - cpu) / count,
            .commits = rounds,
            .commit = rounds == 0 ? 0 : (answered - begun) / static_cast<double>(rounds)};
}

void ingest_without_waiting(Node& node, std::vector<Bytes> statements) {
    Clients(node.sequencer(), std::move(statements)).run(1);
}

void print_ingest(const char* what, const Ingest& result, double per_statement) {
    std::printf(
        "  %-28s %10.0f /s answered, %10.0f /s indexed; wait p50 %.2f ms, p99 %.2f ms; "
        "%.1f us CPU a statement\n",
        what, result.answered * per_statement, result.indexed * per_statement, result.p50 * 1e3,
        result.p99 * 1e3, result.cpu * 1e6);
    if (result.commit > 0)
        std::printf(
            "  %llu group commits, one each %.2f ms; a statement waits for %.0f of them, p99 "
            "%.0f (goal: at most 3); p99 of the time is that of %.1f\n",
            static_cast<unsigned long long>(result.commits), result.commit * 1e3,
            result.p50_commits, result.p99_commits, result.p99 / result.commit);
    std::fflush(stdout);
}

}  // namespace reelproof::bench
