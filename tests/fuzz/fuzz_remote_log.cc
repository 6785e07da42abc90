// Any bytes as what a server answers to who reads a log: checkpoint, hash tiles, entry bundles, as
// they are or packed. No crash, nothing over the bounds that were asked for, and no checkpoint that
// its log did not sign.
#include <cstdlib>

#include "api/http/gzip.h"
#include "ledger/format/statement.h"
#include "node/replication/remote_log.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;
using node::RemoteLog;

namespace {

constexpr std::uint64_t kSize = 70'000;  // three levels of tiles

void require(bool holds) {
    if (!holds) std::abort();
}

const ledger::NoteSigner& log_key() {
    static const ledger::NoteSigner key("maker.example/ledger", 1, ledger::Secret<32>());
    return key;
}

const std::string& signed_text() {
    static const std::string text =
        ledger::format_checkpoint({"maker.example/ledger", kSize, ledger::leaf_hash({})});
    return text;
}

// Gives the input to every question; partial tiles may be gone.
class Server : public node::LogSource {
  public:
    Server(std::string_view answer, bool only_full, bool packed)
        : answer_(answer), only_full_(only_full), packed_(packed) {}
    ledger::Result<std::string> get(const std::string& path, std::size_t limit) override {
        require(path.starts_with("/log/") && limit <= 256UL * 65537);
        if (only_full_ && path.find(".p/") != std::string::npos)
            return ledger::Error{ledger::ErrorKind::not_found, "gone"};
        if (packed_) {
            // As the client undoes it.
            auto plain = api::gunzip(answer_, limit);
            require(plain.data.size() <= limit && (!plain.error || plain.data.empty()));
            if (plain.error) return ledger::Error{ledger::ErrorKind::unavailable, "bad gzip"};
            return std::move(plain.data);
        }
        if (answer_.size() > limit) return ledger::Error{ledger::ErrorKind::too_large, "too large"};
        return std::string(answer_);
    }

  private:
    std::string_view answer_;
    bool only_full_, packed_;
};

void read_checkpoint(RemoteLog& log) {
    const auto read = log.checkpoint(log_key().verifier());
    if (read) {
        require(read->text == signed_text() && read->checkpoint.size == kSize);
        require(node::check_checkpoint(read->note, log_key().verifier()).has_value());
    }
}

void read_entries(RemoteLog& log, int width) {
    const auto entries = log.entries(3, width);
    if (!entries) return;
    require(entries->size() == static_cast<std::size_t>(width));
    for (const auto& entry : *entries) require(entry.size() <= 65535);
}

void read_hashes(RemoteLog& log, int width) {
    const auto hashes = log.hashes({.level = 1, .entries = false, .index = 0, .width = width});
    if (hashes) require(hashes->size() == 32UL * static_cast<std::size_t>(width));
    try {
        (void)ledger::tree_root(kSize, log.subtree(kSize));
        (void)ledger::inclusion_proof(kSize / 3, kSize, log.subtree(kSize));
    } catch (const node::FetchFailed& failed) {
        require(!failed.error.message.empty());
    }
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    ledger::Bytes bundle;
    for (const char* entry : {"one", "two", ""})
        ledger::append_to_bundle(bundle, ledger::as_bytes(entry));
    std::string full;
    for (int i = 0; i < 256; ++i) full += std::string("\0\1x", 3);
    return {
        std::string("\0\0", 2) +
            ledger::format_note(signed_text(), {log_key().sign(signed_text())}),
        std::string("\1\2", 2) + std::string(ledger::as_text(bundle)),
        std::string("\1\377", 2) + full,
        std::string("\5\2", 2) + full,
        std::string("\2\377", 2) + std::string(256UL * 32, 'h'),
        std::string("\6\20", 2) + std::string(256UL * 32, 'h'),
        std::string("\11\2", 2) + api::gzip(ledger::as_text(bundle)),
        std::string("\11\377", 2) + api::gzip(full),
        std::string("\12\377", 2) + api::gzip(std::string(256UL * 32, 'h')),
        std::string("\11\0", 2) + api::gzip(std::string(65538, '\0')),  // too much
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    Server server({reinterpret_cast<const char*>(data) + 2, size - 2}, (data[0] & 4) != 0,
                  (data[0] & 8) != 0);
    RemoteLog log(server, "/log");
    const int width = data[1] + 1;
    switch (data[0] & 3) {
        case 0:
            read_checkpoint(log);
            break;
        case 1:
            read_entries(log, width);
            break;
        default:
            read_hashes(log, width);
    }
    return 0;
}
