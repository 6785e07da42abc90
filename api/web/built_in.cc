#include "api/web/built_in.h"

extern "C" {
extern const char reelproof_portal_begin[];  // built_in.S
extern const char reelproof_portal_end[];
}

namespace reelproof::api {

std::string_view built_in_portal() {
    return {reelproof_portal_begin,
            static_cast<std::size_t>(reelproof_portal_end - reelproof_portal_begin)};
}

}  // namespace reelproof::api
