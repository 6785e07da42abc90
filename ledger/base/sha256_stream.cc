// As in sha256.cc: the functions of plain contexts, which can be copied.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ledger/base/sha256_stream.h"

#include <openssl/sha.h>

namespace reelproof::ledger {

struct Sha256Stream::State {
    SHA256_CTX context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
    SHA256_Init(&state_->context);
}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::add(ByteView bytes) {
    SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Hash Sha256Stream::value() const {
    SHA256_CTX context = state_->context;
    Hash out;
    SHA256_Final(out.data(), &context);
    return out;
}

}  // namespace reelproof::ledger
