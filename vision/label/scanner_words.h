// What a station learned of its scanner, in words for whoever has to set it.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "vision/label/scanner_profile.h"

namespace reelproof::vision {

struct ScannerFindings {
    // The keyboard layout of the computer where the scanner types as a US keyboard ("German"), or
    // the other way round; "" when none that is known explains the substitutions.
    std::string layout;
    std::vector<std::string> found;   // sentences: what arrives how
    std::vector<std::string> advice;  // sentences: how the scanner had better be set
};

ScannerFindings findings_of(const ScannerProfile& profile);

}  // namespace reelproof::vision
