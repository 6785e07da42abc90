// The ISO/IEC 15434 envelope: a message holds format envelopes, these hold records.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/label.h"

namespace reelproof::vision {

struct Envelope {
    std::string format;                     // "05", "06", "12", "DD"
    std::vector<std::string_view> records;  // into the text that was split
};

inline constexpr std::size_t max_records = 256;

struct Message {
    std::vector<Envelope> envelopes;
    std::vector<Warning> warnings;
};

// Needs: a message from the format of its first envelope on, with GS, RS and EOT, as normalise()
// leaves it. Tolerates a missing trailer, empty records and stray bytes behind the last envelope.
Message split_message(std::string_view text);

}  // namespace reelproof::vision
