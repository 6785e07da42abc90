// Whether the sanitizers are in this program: their shadow memory takes terabytes of address space.
#pragma once

namespace reelproof::vision {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace reelproof::vision
