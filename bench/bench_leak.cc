// recipient-marked tables: time to trace 1,000 recipients, and how often they are named after
// damage
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>

#include "ledger/leak/trace.h"
#include "ledger/vault/csv_view.h"
#include "tests/ledger/leak/leak_support.h"

using namespace reelproof::ledger;
using namespace reelproof;

namespace {

constexpr std::size_t kRecipients = 1000;

// Of the processor: all of it is one thread, and other work on the machine does not count.
double seconds(const std::function<void()>& work) {
    const auto began = std::clock();
    work();
    return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
}

// Wilson's 95 % interval.
struct Interval {
    double low, high;
};
Interval wilson(std::size_t hits, std::size_t of) {
    const double z = 1.96, n = static_cast<double>(of), p = static_cast<double>(hits) / n;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::vector<MarkedCopy> recipients(std::size_t decoys) {
    std::vector<MarkedCopy> out;
    for (std::size_t i = 0; i < kRecipients; ++i)
        out.push_back({"partner" + std::to_string(i) + ".example", decoys});
    return out;
}

struct Damage {
    const char* what;
    std::size_t colluders, decoys;
    std::function<std::string(std::vector<std::string> copies, test::Random& random)> done;
};

const std::vector<std::string> kAssembler{"Value", "Price", "Footprint"};

std::vector<Damage> damages() {
    using Copies = std::vector<std::string>;
    const auto of_one = [](std::string (*what)(const std::string&)) {
        return [what](const Copies& copies, test::Random&) { return what(copies[0]); };
    };
    const auto mix = [](const Copies& copies, test::Random& random) {
        return test::mixed(copies, random);
    };
    return {
        {"as given", 1, 0, [](const Copies& c, test::Random&) { return c[0]; }},
        {"sorted anew", 1, 0, of_one(test::sorted_lines)},
        {"typed anew", 1, 0,
         [](const Copies& c, test::Random& r) { return test::typed_anew(c[0], r); }},
        {"no values, no prices", 1, 0,
         [](const Copies& c, test::Random&) { return test::without_columns(c[0], kAssembler); }},
        {"no designators", 1, 0,
         [](const Copies& c, test::Random&) {
             return test::without_columns(c[0], {"Designator"});
         }},
        {"half of the lines, shuffled", 1, 0,
         [](const Copies& c, test::Random& r) {
             return test::shuffled_lines(test::part_of_lines(c[0], 0.5, r), r);
         }},
        {"a tenth of the lines", 1, 0,
         [](const Copies& c, test::Random& r) { return test::part_of_lines(c[0], 0.1, r); }},
        {"a twentieth of the lines", 1, 0,
         [](const Copies& c, test::Random& r) { return test::part_of_lines(c[0], 0.05, r); }},
        {"a twentieth, typed anew, sorted", 1, 0,
         [](const Copies& c, test::Random& r) {
             return test::part_of_lines(test::sorted_lines(test::typed_anew(c[0], r)), 0.05, r);
         }},
        {"two copies mixed", 2, 0, mix},
        {"three copies mixed, sorted", 3, 0,
         [&](const Copies& c, test::Random& r) { return test::sorted_lines(test::mixed(c, r)); }},
        {"five copies mixed", 5, 0, mix},
        {"three mixed, half of the lines", 3, 0,
         [](const Copies& c, test::Random& r) {
             return test::part_of_lines(test::mixed(c, r), 0.5, r);
         }},
        {"all made uniform", 1, 0, of_one(test::made_uniform)},
        {"all made uniform, 3 decoys", 1, 3, of_one(test::made_uniform)},
        {"made uniform, half, 3 decoys", 1, 3,
         [](const Copies& c, test::Random& r) {
             return test::part_of_lines(test::made_uniform(c[0]), 0.5, r);
         }},
    };
}

void measure_time() {
    const auto bom = test::some_bom(1, 5000);
    const auto key = leak_key(LeakKey(Bytes(32, 1)), "bench", 1);
    const auto copies = recipients(3);
    std::string found;
    const auto marking = seconds([&] {
        found = mark_table(bom, key, copies[7].recipient, {3, "DNP"})->csv;
    });
    LeakTrace trace;
    const auto tracing = seconds(
        [&] { trace = FoundTable::lay_beside(bom, found)->trace(key, copies, copies.size()); });
    std::printf(
        "a table of 5,000 lines (%zu kB): marked and checked in %.0f ms; traced among %zu "
        "recipients in %.0f ms\n  named: %s\n\n",
        bom.size() / 1000, 1e3 * marking, kRecipients, 1e3 * tracing,
        trace.suspicions.front().recipient.c_str());
}

void measure_rates(std::size_t lines, std::size_t rounds) {
    std::printf(
        "a table of %zu lines, %zu recipients, %zu files each: the share of the guilty that is "
        "named (95 %%), files that name an innocent\n",
        lines, kRecipients, rounds);
    for (const auto& damage : damages()) {
        std::size_t guilty = 0, named = 0, wrong = 0;
        const auto copies = recipients(damage.decoys);
        for (std::size_t round = 0; round < rounds; ++round) {
            test::Random random(round + 1);
            const auto bom = test::some_bom(round, lines);
            const auto key = leak_key(LeakKey(Bytes(32, 1)), "bench", round);
            std::vector<std::string> given, names;
            for (std::size_t i = 0; i < damage.colluders; ++i) {
                names.push_back(copies[(37 * round + 101 * i) % copies.size()].recipient);
                given.push_back(mark_table(bom, key, names.back(), {damage.decoys, "DNP"})->csv);
            }
            const auto found = damage.done(given, random);
            bool innocent = false;
            for (const auto& one :
                 FoundTable::lay_beside(bom, found)->trace(key, copies, copies.size()).suspicions) {
                if (!one.named()) break;
                const bool did =
                    std::find(names.begin(), names.end(), one.recipient) != names.end();
                named += did ? 1 : 0;
                innocent = innocent || !did;
            }
            guilty += damage.colluders;
            wrong += innocent ? 1 : 0;
        }
        const auto [low, high] = wilson(named, guilty);
        std::printf("  %-34s %5.1f %% (%.1f to %.1f)   %zu\n", damage.what,
                    100.0 * static_cast<double>(named) / static_cast<double>(guilty), 100 * low,
                    100 * high, wrong);
    }
    std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t rounds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 400;
    measure_time();
    measure_rates(300, rounds);
    measure_rates(100, rounds);
}
