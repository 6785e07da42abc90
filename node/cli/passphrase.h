// Asks for a passphrase: at a terminal without echo, a new one twice; else the next line of
// standard input. Single-threaded.
#pragma once

#include "node/data_key.h"

namespace reelproof::node {

// Fewer characters are refused for a new one.
inline constexpr std::size_t kLeastPassphrase = 12;

// Gives the SHA-256 of it; the text itself is wiped. An AskPassphrase.
ledger::Result<ledger::Secret<32>> ask_passphrase(const std::string& prompt, bool fresh);

}  // namespace reelproof::node
