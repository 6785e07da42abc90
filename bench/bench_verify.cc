// Statements parsed and verified per second and core, beside a bare loop of libsecp256k1 that
// parses the same keys and signatures and verifies them. Both sides run in short turns within one
// process, so that what disturbs the machine disturbs both; time is CPU time of the thread.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include <secp256k1.h>

#include "ledger/base/sha256.h"
#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"

using namespace reelproof::ledger;

namespace {

constexpr int kStatements = 64;       // more than any cache of a single statement would flatter
constexpr int kRounds = 31;           // the median of these is what is printed
constexpr double kTurnSeconds = 0.1;  // long against the clock, short against a neighbour's burst

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "bench_verify: %s\n", what);
    std::exit(3);
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What both sides verify.
struct Sample {
    Bytes statement;
    PublicKey key;
    Signature signature;
    Hash digest;
};

std::vector<Sample> make_samples(int envelopes, std::size_t body_size) {
    std::vector<Sample> out;
    for (int i = 0; i < kStatements; ++i) {
        SecretKey key = SecretKey::generate();
        StatementHeader header;
        header.content_type = wire::kSealedContentType;
        header.iss = "acme-ems.example";
        header.sub = wire::kSealedSubject;
        header.iat = 1763640000 + i;
        std::vector<Bytes> sealed;
        ItemCipher cipher(ItemKey::random());
        for (int n = 0; n < envelopes; ++n) {
            auto number = static_cast<std::uint64_t>(n);
            sealed.push_back(encode_envelope(
                cipher.tag(header.iss, number),
                cipher.seal(header.iss, number, std::string(body_size, 'x')), std::nullopt));
        }
        auto made = sign_statement(key, header, encode_sealed_payload(sealed, {}));
        require(made.has_value(), "a statement can't be made");
        auto view = parse_statement(*made).value();
        Signature signature;
        std::copy(view.signature.begin(), view.signature.end(), signature.begin());
        Hash digest = signature_digest(view.protected_header, view.payload);
        out.push_back({std::move(*made), key.public_key(), signature, digest});
    }
    return out;
}

// Calls `verify_one` for a turn; gives calls per second of CPU time.
double turn(const std::function<bool(std::size_t)>& verify_one) {
    const double start = cpu_seconds();
    double now = start;
    std::size_t done = 0;
    while (now - start < kTurnSeconds) {
        for (int i = 0; i < 32; ++i, ++done)
            require(verify_one(done % kStatements), "a good signature was refused");
        now = cpu_seconds();
    }
    return static_cast<double>(done) / (now - start);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(const char* name, int envelopes, std::size_t body_size) {
    const std::vector<Sample> samples = make_samples(envelopes, body_size);
    secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    auto bare = [&](std::size_t i) {
        const Sample& sample = samples[i];
        secp256k1_pubkey key;
        secp256k1_ecdsa_signature signature;
        return secp256k1_ec_pubkey_parse(context, &key, sample.key.compressed().data(), 33) == 1 &&
               secp256k1_ecdsa_signature_parse_compact(context, &signature,
                                                       sample.signature.data()) == 1 &&
               secp256k1_ecdsa_verify(context, &signature, sample.digest.data(), &key) == 1;
    };
    auto ours = [&](std::size_t i) {
        auto statement = parse_statement(samples[i].statement);
        return statement && verify_statement(*statement, samples[i].key);
    };
    auto parse_only = [&](std::size_t i) {
        return parse_statement(samples[i].statement).has_value();
    };
    turn(bare);
    turn(ours);
    std::vector<double> bare_rates;
    std::vector<double> our_rates;
    std::vector<double> parse_rates;
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
        bare_rates.push_back(turn(bare));
        our_rates.push_back(turn(ours));
        ratios.push_back(our_rates.back() / bare_rates.back());
    }
    for (int round = 0; round < 5; ++round) parse_rates.push_back(turn(parse_only));
    std::printf("%-16s %8zu %12.0f %12.0f %8.3f %12.0f %10.2f\n", name, samples[0].statement.size(),
                median(bare_rates), median(our_rates), median(ratios),
                median(our_rates) * envelopes, 1e6 / median(parse_rates));
    std::fflush(stdout);
    secp256k1_context_destroy(context);
}

}  // namespace

int main() {
    std::printf("per second of CPU time of one core, median of %d rounds\n", kRounds);
    std::printf("%-16s %8s %12s %12s %8s %12s %10s\n", "statement", "bytes", "bare verify",
                "statements", "ratio", "envelopes", "parse us");
    // A body of 383 bytes is padded to 384: with headers this makes a statement of about 600 bytes.
    compare("1 envelope", 1, 383);
    compare("100 envelopes", 100, 127);
    return 0;
}
