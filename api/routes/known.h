// What routes about the index of items share: its answers and its pages. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "api/http/message.h"
#include "api/routes/request_body.h"
#include "api/service/item_index.h"

namespace reelproof::api {

boost::json::object known_item_json(const KnownItem& item);

// 409: the store has no data key, so no index is kept.
Response no_index();

// Where a page begins, and how long it is: members "after" and "limit" of a body, or of the query.
// `after` is what the page before gave as "next": numbers, joined by dots.
struct PageAsked {
    std::string after;
    std::size_t limit = 50;
};
inline constexpr std::int64_t kLongestPage = 200;
ledger::Result<PageAsked> page_asked(const Body& body);
// The query may have these names beside.
ledger::Result<PageAsked> page_asked(const Request& request, const Members& more = {});

}  // namespace reelproof::api
