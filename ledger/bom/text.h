// Text files as office programs write them, as UTF-8. Pure, thread-safe.
#pragma once

#include <string>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

struct DecodedText {
    std::string text;      // UTF-8, without a byte order mark
    std::string encoding;  // "utf-8", "utf-16" or "windows-1252"
};
// `encoding` empty: UTF-16 where a byte order mark or its pattern of zero bytes says so, else
// UTF-8. `malformed` names the line of the first byte that is not so, and what to do.
Result<DecodedText> decode_text(ByteView file, std::string_view encoding = {});

}  // namespace reelproof::ledger
