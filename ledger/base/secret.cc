#include "ledger/base/secret.h"

#include <cerrno>
#include <cstring>

#include <sodium.h>
#include <sys/random.h>

namespace reelproof::ledger {
namespace {

// Before main, on one thread: libsodium picks its implementations and seeds its generator here.
[[maybe_unused]] const bool kSodiumReady = [] {
    if (sodium_init() < 0) throw EnvironmentError("libsodium can't be initialised");
    return true;
}();

}  // namespace

void wipe(void* data, std::size_t size) {
    sodium_memzero(data, size);
}

bool equal_secret(ByteView a, ByteView b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        ssize_t got = getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            throw EnvironmentError(std::string("getrandom: ") + std::strerror(errno));
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace reelproof::ledger
