// Texts of labels as search compares them. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace reelproof::api {

// However it is punctuated and in whichever case. What has neither letters nor digits is taken as
// it is; what is too long for a key of the store stands by its hash.
std::string word_of(std::string_view text);

}  // namespace reelproof::api
