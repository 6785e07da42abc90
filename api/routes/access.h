// What a route asks of its caller. A token names those that it has; partner nodes have "peer".
#pragma once

#include <string_view>

namespace reelproof::api {

inline constexpr std::string_view kReadAccess = "read";    // check, trace, read pictures
inline constexpr std::string_view kWriteAccess = "write";  // record events
inline constexpr std::string_view kAdminAccess = "admin";  // recalls, authorisations, statements
inline constexpr std::string_view kMetricsAccess = "metrics";  // health in detail, metrics
inline constexpr std::string_view kPeerAccess = "peer";        // logs: partner nodes

}  // namespace reelproof::api
