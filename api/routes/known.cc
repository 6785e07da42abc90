#include "api/routes/known.h"

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/routes/json.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

json::object state_of(const KnownItem& item) {
    json::object out{{"status", item.status.empty() ? "unknown" : item.status}};
    for (const auto& [name, text] :
         {std::pair<const char*, const std::string*>{"holder", &item.holder},
          {"in_transit_to", &item.in_transit_to},
          {"feeder", &item.feeder}})
        if (!text->empty()) out[name] = *text;
    if (item.quantity) out["quantity"] = *item.quantity;
    if (item.remaining) out["remaining"] = *item.remaining;
    if (!item.blocked_by.empty()) out["blocked_by"] = json::value_from(item.blocked_by);
    return out;
}

ledger::Result<PageAsked> checked(std::string after, std::int64_t limit) {
    if (limit < 1 || limit > kLongestPage)
        return ledger::malformed("limit must be 1 to " + std::to_string(kLongestPage));
    if (after.size() > 50 || after.find_first_not_of("0123456789.") != std::string::npos)
        return ledger::malformed("after must be what the page before gave as next");
    return PageAsked{std::move(after), static_cast<std::size_t>(limit)};
}

}  // namespace

json::object known_item_json(const KnownItem& item) {
    json::object out{{"item", item.id},
                     {"board", item.board()},
                     {"fields", facts_json(item.facts, item.quantity)},
                     {"state", state_of(item)},
                     {"first_seen", ledger::to_iso8601(item.first_seen)},
                     {"last_seen", ledger::to_iso8601(item.last_seen)}};
    if (item.lot_level) out["lot_level"] = true;
    if (!item.supplier.empty()) out["supplier"] = item.supplier;
    if (item.received != 0) out["received"] = ledger::to_iso8601(item.received);
    if (item.verdict)
        out["verdict"] = json::object{{"word", item.verdict->word},
                                      {"rules", json::value_from(item.verdict->rules)},
                                      {"place", item.verdict->place},
                                      {"at", ledger::to_iso8601(item.verdict->at)}};
    return out;
}

Response no_index() {
    return Problem(409, "no-index", "This node keeps no index")
        .detail(
            "its store has no data key, and an index in plain would open every history: make one "
            "with `reelproof ledger rewrap`, and start the node again")
        .response();
}

ledger::Result<PageAsked> page_asked(const Body& body) {
    auto after = body.text("after");
    const auto limit = body.optional_count("limit").value_or(PageAsked().limit);
    if (body.error()) return *body.error();
    return checked(std::move(after), limit);
}

ledger::Result<PageAsked> page_asked(const Request& request, const Members& more) {
    auto known = more;
    known.insert(known.end(), {"after", "limit"});
    for (const auto& [name, value] : request.query)
        if (auto fits = check_member(name, known); !fits)
            return ledger::within("query", fits.error());
    const auto given = request.query.get("limit");
    const auto limit = given ? whole_number(*given) : std::uint64_t{PageAsked().limit};
    auto page = checked(std::string(request.query.get("after").value_or("")),
                        limit && *limit <= kLongestPage ? static_cast<std::int64_t>(*limit) : 0);
    return page ? page : ledger::within("query", page.error());
}

}  // namespace reelproof::api
