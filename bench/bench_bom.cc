// Two revisions of a BOM of 5,000 lines, decrypted, checked, read and compared by designator
//
//   bench_bom [LINES [ROUNDS]]   5,000 and 20 unless told otherwise
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "ledger/base/sha256.h"
#include "ledger/bom/difference.h"
#include "ledger/vault/bodies.h"

using namespace reelproof::ledger;

namespace {

void must(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "bench_bom: %s\n", what);
    std::exit(1);
}

// Four places a line; in the second revision each tenth line has another part, and each hundredth
// a place less.
std::string bom_of(std::size_t lines, bool second) {
    std::vector<BomLine> out;
    for (std::size_t i = 0; i < lines; ++i) {
        BomLine line;
        const auto n = std::to_string(i);
        std::string places;
        for (std::size_t k = 0; k < (second && i % 100 == 0 ? 3 : 4); ++k)
            places += (k == 0 ? "R" : ",R") + std::to_string(4 * i + k);
        line.cell(BomField::designators) = places;
        line.cell(BomField::quantity) = second && i % 100 == 0 ? "3" : "4";
        line.cell(BomField::mpn) = "RC0603FR-07" + n + (second && i % 10 == 0 ? "KL" : "RL");
        line.cell(BomField::manufacturer) = "Yageo";
        line.cell(BomField::alternates) = "CRCW0603" + n + "; ERJ-3EKF" + n;
        line.cell(BomField::description) = "Resistor, 1 %, 0.1 W, -55 to 155 degrees";
        line.cell(BomField::fitted) = "yes";
        out.push_back(std::move(line));
    }
    return format_bom(out);
}

Hash store(const BodyFolder& folder, const AgeFileKey& key, const std::string& text) {
    BodyWriter writer(folder, "up", key, text.size());
    while (!writer.done())
        must(writer.take(as_bytes(text).subspan(writer.taken())).has_value(), "not stored");
    const auto body = writer.finish();
    folder.keep("up", body);
    return body;
}

BomContents read(const BodyFolder& folder, const AgeFileKey& key, const Hash& body,
                 const Hash& content) {
    auto reader = BodyReader::open(folder.file_of(body));
    must(reader.has_value(), "not opened");
    const auto text = reader->read(key, 0, static_cast<std::size_t>(reader->size()));
    must(text.has_value() && sha256(*text) == content, "not what was signed");
    auto table = parse_bom(as_text(*text));
    must(table.has_value(), "no BOM");
    return std::move(*table);
}

}  // namespace

int main(int argc, char** argv) {
    const auto lines = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 5000);
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 20;
    const auto path = std::filesystem::temp_directory_path() / "reelproof-bench-bom";
    std::filesystem::remove_all(path);
    const BodyFolder folder(path);
    const auto key = AgeFileKey::random();
    const auto first = bom_of(lines, false), second = bom_of(lines, true);
    const auto a = store(folder, key, first), b = store(folder, key, second);
    const auto hash_a = sha256(as_bytes(first)), hash_b = sha256(as_bytes(second));
    std::vector<double> took;
    std::size_t changes = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        const auto before = read(folder, key, a, hash_a), after = read(folder, key, b, hash_b);
        changes = difference(before, after).size();
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::sort(took.begin(), took.end());
    std::printf("A BOM of %zu lines, %.0f kB; %zu changes\n", lines,
                static_cast<double>(first.size()) / 1000, changes);
    std::printf("  opened and compared          %.1f ms, at most %.1f ms\n", took[took.size() / 2],
                took.back());
    std::filesystem::remove_all(path);
    return 0;
}
