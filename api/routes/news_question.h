// What GET /log/news asks, read from its query. Pure, thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "api/http/message.h"

namespace reelproof::api {

inline constexpr std::chrono::seconds kLongestNewsWait{20};

struct NewsQuestion {
    std::uint64_t size = 0;
    std::string mirror;  // name of the caller's log, or empty
    std::uint64_t mirrored = 0;
    std::chrono::seconds wait{0};  // at most kLongestNewsWait
};

// Nothing for a query that leaves out the size, or holds anything else or a member twice.
std::optional<NewsQuestion> read_news_question(const Query& query);

}  // namespace reelproof::api
