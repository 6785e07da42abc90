// The portal as api/web/pack.mjs packed it, within the program. Empty where it was built without.
#pragma once

#include <string_view>

namespace reelproof::api {

std::string_view built_in_portal();

}  // namespace reelproof::api
