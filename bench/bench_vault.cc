// A large document encrypted, stored and read back, beside `age` with its output in a file
//
//   bench_vault [MEGABYTES [ROUNDS [FOLDER]]]   2,048, 3 and /tmp unless told otherwise
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/vault/bodies.h"

using namespace reelproof::ledger;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPart = std::size_t{4} << 20;

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void must(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "bench_vault: %s\n", what);
    std::exit(1);
}

void run(const std::string& command) {
    must(std::system(command.c_str()) == 0, command.c_str());
}

// Of this process, since its start.
double peak_memory_mb() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

void make_input(const fs::path& file, std::uint64_t size) {
    std::ofstream out(file, std::ios::binary);
    Bytes part(kPart);
    for (std::uint64_t at = 0; at < size; at += part.size()) {
        fill_random(part);
        out.write(reinterpret_cast<const char*>(part.data()),
                  static_cast<std::streamsize>(part.size()));
    }
    must(out.good(), "the input can't be written");
}

// As the node does with the parts of an upload.
Hash store(const BodyFolder& folder, const AgeFileKey& key, const fs::path& input,
           std::uint64_t size) {
    std::ifstream in(input, std::ios::binary);
    BodyWriter writer(folder, "up", key, size);
    Bytes part(kPart);
    while (!writer.done()) {
        in.read(reinterpret_cast<char*>(part.data()), static_cast<std::streamsize>(part.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        must(writer.take(ByteView(part).first(got)).has_value(), "a part was not taken");
    }
    const auto hash = writer.finish();
    folder.keep("up", hash);
    return hash;
}

// And with the ranges of a download.
void read_back(const BodyFolder& folder, const AgeFileKey& key, const Hash& body,
               const fs::path& output) {
    std::ofstream out(output, std::ios::binary);
    auto reader = BodyReader::open(folder.file_of(body));
    must(reader.has_value(), "the body can't be opened");
    for (std::uint64_t at = 0; at < reader->size(); at += kPart) {
        const auto bytes = reader->read(key, at, kPart);
        must(bytes.has_value(), "a range can't be read");
        out.write(reinterpret_cast<const char*>(bytes->data()),
                  static_cast<std::streamsize>(bytes->size()));
    }
    out.close();
    must(out.good(), "the output can't be written");
}

void report(const char* what, double ours, double theirs, double megabytes) {
    std::printf("  %-28s %7.0f MB/s   age %7.0f MB/s   %.2f of age\n", what, megabytes / ours,
                megabytes / theirs, theirs / ours);
}

}  // namespace

int main(int argc, char** argv) {
    const double megabytes = argc > 1 ? std::atof(argv[1]) : 2048;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
    const fs::path folder = fs::path(argc > 3 ? argv[3] : "/tmp") / "reelproof-bench-vault";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const auto size = static_cast<std::uint64_t>(megabytes) << 20;
    const auto path = [&](const char* name) { return (folder / name).string(); };
    const bool has_age = std::system("command -v age > /dev/null") == 0;
    make_input(path("input"), size);
    const AgeFileKey key = AgeFileKey::random();
    const auto identity = SealingKey::generate();
    write_file_durably(path("key"), as_bytes(age_identity_text(identity)), 0600);
    const auto recipient = age_recipient_text(identity.public_key);
    const BodyFolder bodies(folder / "vault");
    // In turn, so that both meet the same state of the machine; the best counts.
    double stored = 1e9, read = 1e9, age_stored = 1e9, age_read = 1e9, header = 1e9;
    Hash body{};
    for (int round = 0; round < rounds; ++round) {
        stored =
            std::min(stored, seconds_of([&] { body = store(bodies, key, path("input"), size); }));
        if (has_age)
            age_stored = std::min(age_stored, seconds_of([&] {
                                      run("age -r " + recipient + " < " + path("input") + " > " +
                                          path("age") + " && sync " + path("age"));
                                  }));
        read = std::min(read, seconds_of([&] { read_back(bodies, key, body, path("output")); }));
        if (has_age)
            age_read = std::min(age_read, seconds_of([&] {
                                    run("age -d -i " + path("key") + " < " + path("age") + " > " +
                                        path("age-output"));
                                }));
        header = std::min(header, seconds_of([&] {
                              (void)age_header(key, std::vector<AgeRecipient>{identity.public_key});
                          }));
    }
    const double memory = peak_memory_mb();
    run("cmp " + path("input") + " " + path("output"));
    std::printf("A document of %.0f MB, the best of %d\n", megabytes, rounds);
    if (has_age) {
        report("encrypted and stored (synced)", stored, age_stored, megabytes);
        report("read back", read, age_read, megabytes);
        // What we stored is a file that age opens.
        std::ofstream(path("whole.age"), std::ios::binary)
            << age_header(key, std::vector<AgeRecipient>{identity.public_key});
        run("cat " + bodies.file_of(body).string() + " >> " + path("whole.age") + " && age -d -i " +
            path("key") + " < " + path("whole.age") + " | cmp - " + path("input"));
    } else {
        std::printf("  stored %.0f MB/s, read back %.0f MB/s; SKIPPED: age is not installed\n",
                    megabytes / stored, megabytes / read);
    }
    std::printf("  a header for one recipient   %.2f ms\n", header * 1000);
    std::printf("  memory, at most              %.0f MB\n", memory);
    fs::remove_all(folder);
    return 0;
}
