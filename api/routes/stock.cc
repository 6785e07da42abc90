#include "api/routes/stock.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/json_text.h"
#include "api/routes/known.h"
#include "api/routes/problems.h"
#include "api/service/word.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxImport = 8UL << 20;
constexpr std::size_t kMostClocks = 10000;
constexpr std::size_t kMostErrors = 100;  // of rows, as of a CSV

json::object sums_json(const StockSums& sums) {
    return {{"items", sums.items}, {"parts", sums.parts}};
}

json::object in_all_json(const StockSummary& summary) {
    auto out = sums_json(summary.sums);
    json::array ages;
    for (std::size_t i = 0; i < summary.ages.size(); ++i) {
        auto one = sums_json(summary.ages[i]);
        one["up_to_days"] = i < kStockAges.size() ? json::value(kStockAges[i]) : json::value();
        ages.emplace_back(std::move(one));
    }
    out["ages"] = std::move(ages);
    if (summary.truncated) out["truncated"] = true;
    return out;
}

Response list(StockRoutes& routes, const Request& request) {
    if (!routes.index.kept()) return no_index();
    const auto page = page_asked(request);
    if (!page) return problem_of(page.error());
    const auto now = routes.clock();
    json::array items;
    std::optional<std::uint64_t> next;
    routes.index.each(ItemIndex::stock_term(), whole_number(page->after).value_or(0),
                      [&](std::uint64_t number, const KnownItem& item) {
                          if (items.size() >= page->limit) {
                              next = number;
                              return false;
                          }
                          auto one = known_item_json(item);
                          one["days"] = days_here(item, now);
                          if (const auto left = shelf_days_left(item, routes.parts, now))
                              one["days_left"] = *left;
                          items.emplace_back(std::move(one));
                          return true;
                      });
    json::object out{{"items", std::move(items)}, {"in_all", in_all_json(*routes.stock.summary())}};
    if (next) out["next"] = std::to_string(*next);
    return Response::json(200, json_text(out));
}

json::object part_json(const PartData& part) {
    json::object out;
    for (const auto& text : ledger::part_texts())
        if (!(part.*text.member).empty()) out[text.name] = part.*text.member;
    if (part.reorder_point) out["reorder_point"] = *part.reorder_point;
    if (part.shelf_life_days) out["shelf_life_days"] = *part.shelf_life_days;
    return out;
}

Response by_part(StockRoutes& routes, const Request& request) {
    if (!routes.index.kept()) return no_index();
    const auto page = page_asked(request);
    if (!page) return problem_of(page.error());
    const auto summary = routes.stock.summary();
    json::array parts;
    auto at = static_cast<std::size_t>(whole_number(page->after).value_or(0));
    auto part = summary->parts.begin();
    std::advance(part, static_cast<std::ptrdiff_t>(std::min(at, summary->parts.size())));
    for (; part != summary->parts.end() && parts.size() < page->limit; ++part, ++at) {
        const auto& stock = part->second;
        const auto data = routes.parts.find(stock.mpn);
        auto one = data ? part_json(*data) : json::object();
        one["mpn"] = stock.mpn;
        one["items"] = stock.sums.items;
        one["parts"] = stock.sums.parts;
        one["too_old"] = stock.too_old;
        if (stock.oldest != 0) one["oldest"] = ledger::to_iso8601(stock.oldest);
        if (data && data->reorder_point) one["below"] = stock.sums.parts < *data->reorder_point;
        if (data && !data->lifecycle.empty()) one["obsolete"] = data->lifecycle == "obsolete";
        parts.emplace_back(std::move(one));
    }
    json::object out{{"parts", std::move(parts)}};
    if (part != summary->parts.end()) out["next"] = std::to_string(at);
    return Response::json(200, json_text(out));
}

// Nothing brings it back.
bool has_ended(const KnownItem& item) {
    using ledger::ItemStatus;
    return item.status == to_string(ItemStatus::consumed) ||
           item.status == to_string(ItemStatus::scrapped) ||
           item.status == to_string(ItemStatus::relabelled);
}

Response clocks(StockRoutes& routes, const Request& request) {
    if (!request.query.empty())
        return problem_of(ledger::malformed("query: this takes no members"));
    const auto now = routes.clock();
    struct Row {
        std::int64_t left = 0;
        std::string id;
        FloorLives::Clock clock;
    };
    std::vector<Row> rows;
    for (const auto& [id, clock] : routes.floor_lives.list())
        if (const auto life = floor_life(clock.level))
            rows.push_back({*life - clock.used_at(now), id, clock});
    // Before any item is looked up, so that what is cut off is the least urgent.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.left < b.left; });
    json::array out;
    std::vector<std::string> ended;
    for (const auto& [left, id, clock] : rows) {
        if (out.size() == kMostClocks) break;
        const auto item = routes.index.find(id);
        if (item && has_ended(*item)) ended.push_back(id);
        // What has left dries no more here, but goes on when it comes back.
        if (item && !item->here(routes.org)) continue;
        const auto used = clock.used_at(now);
        json::object told{
            {"item", id},           {"level", clock.level},      {"open", clock.open},
            {"used_seconds", used}, {"of_seconds", left + used}, {"left_seconds", left}};
        if (item) {
            told["fields"] = known_item_json(*item).at("fields");
            if (!item->feeder.empty()) told["feeder"] = item->feeder;
        }
        out.emplace_back(std::move(told));
    }
    // A store that can't be written now is asked again the next time.
    if (!ended.empty()) (void)routes.floor_lives.drop(ended);
    return Response::json(200, json_text(json::object{{"clocks", std::move(out)}}));
}

Response list_parts(StockRoutes& routes, const Request& request) {
    const auto page = page_asked(request);
    if (!page) return problem_of(page.error());
    const auto all = routes.parts.list();
    json::array parts;
    auto at = static_cast<std::size_t>(whole_number(page->after).value_or(0));
    for (; at < all.size() && parts.size() < page->limit; ++at)
        parts.emplace_back(part_json(all[at]));
    json::object out{{"parts", std::move(parts)}};
    if (at < all.size()) out["next"] = std::to_string(at);
    return Response::json(200, json_text(out));
}

ledger::Result<ledger::PartRows> parts_of_body(const Request& request) {
    const auto body = Body::parse(request.body, {"parts"});
    if (!body) return body.error();
    ledger::PartRows out;
    if (!body->has("parts")) return ledger::malformed("parts is missing");
    Members members{"reorder_point", "shelf_life_days"};
    for (const auto& text : ledger::part_texts()) members.emplace_back(text.name);
    for (const auto& one : body->objects("parts", members, ledger::kMostPartRows)) {
        PartData part;
        for (const auto& text : ledger::part_texts()) part.*text.member = one.text(text.name);
        part.reorder_point = one.optional_count("reorder_point");
        part.shelf_life_days = one.optional_count("shelf_life_days");
        const auto row = out.parts.size() + out.errors.size() + 1;
        if (one.error())
            out.errors.push_back({row, one.error()->message});
        else if (auto trouble = ledger::part_trouble(part))
            out.errors.push_back({row, std::move(*trouble)});
        else
            out.parts.push_back(std::move(part));
        if (out.errors.size() == kMostErrors) break;
    }
    if (body->error()) return *body->error();
    return out;
}

Response import(StockRoutes& routes, const Request& request) {
    const auto type = request.headers.get("Content-Type").value_or("");
    const bool csv = type == "text/csv" || type.starts_with("text/csv;");
    if (!csv)
        if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto rows = csv ? ledger::Result<ledger::PartRows>(ledger::parse_parts(request.body))
                          : parts_of_body(request);
    if (!rows) return problem_of(rows.error());
    if (!rows->errors.empty()) {
        json::array errors;
        for (const auto& [row, text] : rows->errors)
            errors.emplace_back(json::object{{"row", row}, {"text", text}});
        return Problem(400, "malformed", "The request can't be read")
            .detail("row " + std::to_string(rows->errors.front().row) + ": " +
                    rows->errors.front().text + "; nothing was imported")
            .member_json("errors", json_text(errors))
            .response();
    }
    const auto done = routes.parts.import(rows->parts);
    if (!done) return problem_of(done.error());
    return Response::json(
        200, json_text(json::object{{"imported", done->imported}, {"removed", done->removed}}));
}

}  // namespace

void add_stock_routes(Router& router, StockRoutes& routes) {
    const auto add = [&](Method method, const char* path, std::string_view access, auto handler) {
        RouteOptions options;
        options.max_body = kMaxImport;
        router.add(
            method, path, std::string(access),
            [&routes, handler](const Request& request) { return handler(routes, request); },
            options);
    };
    add(Method::get, "/v1/stock", kStockAccess, list);
    add(Method::get, "/v1/stock/parts", kStockAccess, by_part);
    add(Method::get, "/v1/stock/floor-lives", kStockAccess, clocks);
    add(Method::get, "/v1/parts", kStockAccess, list_parts);
    add(Method::post, "/v1/parts", kPartsAccess, import);
}

}  // namespace reelproof::api
