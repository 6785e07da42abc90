// What was really placed of which part under a job, as our own events tell. Thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/service/item_index.h"

namespace reelproof::api {

struct PartUse {
    std::string mpn;  // as its items have it
    std::int64_t consumed = 0, items = 0;
};
struct JobUse {
    std::map<std::string, PartUse> parts;  // by word_of
    std::set<std::string> boards;          // that the events name
    std::set<std::string> reels;           // public ids of the items that parts were taken of
    bool truncated = false;                // more items than are looked at
};
inline constexpr std::size_t kMostUsedItems = 20'000;
// Of items that are known here of one of these part numbers; what is consumed of any other under a
// job does not come up.
JobUse use_of(const ServiceContext& context, const ItemIndex& index, const std::string& job,
              const std::vector<std::string>& mpns);

}  // namespace reelproof::api
