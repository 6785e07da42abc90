// SHA-256 and HMAC-SHA256 (RFC 2104) over OpenSSL's SHA-256. The functions are thread-safe; a Prf
// belongs to one thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// SHA-256 of the parts one after the other.
Hash sha256(std::initializer_list<ByteView> parts);
inline Hash sha256(ByteView bytes) {
    return sha256({bytes});
}

Hash hmac_sha256(ByteView key, ByteView message);

// HKDF-SHA256 (RFC 5869) to 32 bytes.
Hash hkdf_sha256(ByteView ikm, std::string_view salt, std::string_view info);

// Many MACs under one key: the key schedule is done once. The key is wiped with the object.
class Prf {
  public:
    explicit Prf(ByteView key);
    ~Prf();
    Prf(Prf&&) noexcept;
    Prf& operator=(Prf&&) noexcept;

    Hash operator()(std::initializer_list<ByteView> parts);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace reelproof::ledger
