// Finds the records of a text whose separators were lost or are not to be told from data. Works
// only where a profile fixes order and shape of the records, and only if one single reading
// survives. Thread safety: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "vision/label/identifiers.h"
#include "vision/label/profile_set.h"

namespace reelproof::vision {

// All readings of `text` in this order with `separator` between records ("" when lost), at most
// two, since one too many is enough to refuse. Gives up, with two, on texts that take too long.
std::vector<std::vector<Record>> readings(std::string_view text, const Order& order,
                                          std::string_view separator);

// The same of a format 06 envelope (text after "06") by all profiles that fix an order.
std::vector<std::vector<Record>> recover_envelope(std::string_view text, std::string_view separator,
                                                  const ProfileSet& profiles);

}  // namespace reelproof::vision
