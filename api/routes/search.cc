#include "api/routes/search.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/known.h"
#include "api/routes/problems.h"
#include "api/routes/subject.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kMostSymbols = 64, kMostNames = 1000, kLongestText = 200;

std::string upper(std::string text) {
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

// One page of what these terms lead to. Its cursor is which term, and which number of its list.
class Found {
  public:
    Found(const ItemIndex& index, const PageAsked& page, bool boards)
        : index_(index), page_(page), boards_(boards) {}

    void take(const std::optional<KnownItem>& item) {
        if (item) add(*item);
    }
    void take(const std::vector<std::string>& terms) {
        std::size_t at = 0;
        std::uint64_t from = 0;
        if (const auto dot = page_.after.find('.'); dot != std::string::npos) {
            at = whole_number(page_.after.substr(0, dot)).value_or(0);
            from = whole_number(page_.after.substr(dot + 1)).value_or(0);
        }
        for (; at < terms.size() && !next_; ++at, from = 0)
            index_.each(terms[at], from, [&](std::uint64_t number, const KnownItem& item) {
                if (items_.size() < page_.limit) return add(item);
                next_ = std::to_string(at) + "." + std::to_string(number);
                return false;
            });
    }
    json::object json() && {
        json::object out{{"items", std::move(items_)}};
        if (next_) out["next"] = *next_;
        return out;
    }

  private:
    bool add(const KnownItem& item) {
        if ((!boards_ || item.board()) && seen_.insert(item.id).second)
            items_.emplace_back(known_item_json(index_.fresh(item)));
        return true;
    }

    const ItemIndex& index_;
    const PageAsked& page_;
    const bool boards_;
    std::set<std::string> seen_;
    json::array items_;
    std::optional<std::string> next_;
};

Result<json::object> search_label(const SearchRoutes& routes, const Request& request,
                                  const Body& body) {
    const auto texts = body.required_texts("symbols", kMostSymbols);
    if (body.error()) return *body.error();
    const auto item = routes.context.identifier.identify(read_texts(texts));
    if (!item) return ledger::within("symbols", item.error());
    request.subject = item->id;
    const PageAsked one;
    Found found(routes.index, one, false);
    found.take(routes.index.find(item->id));
    return std::move(found).json();
}

Result<json::object> search_text(const SearchRoutes& routes, const Body& body) {
    const auto text = body.required_text("text");
    auto kind = body.text("kind");
    const auto page = page_asked(body);
    if (body.error()) return *body.error();
    if (!page) return page.error();
    if (kind.empty()) kind = "any";
    static constexpr std::string_view kKinds[] = {"any", "item", "lot", "mpn", "board"};
    if (std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds))
        return ledger::malformed("kind must be any, item, lot, mpn or board");
    if (text.size() > kLongestText) return ledger::malformed("text has more than 200 bytes");
    Found found(routes.index, *page, kind == "board");
    if (page->after.empty() && (kind == "any" || kind == "item" || kind == "board"))
        found.take(routes.index.find(upper(text)));
    if (kind != "item") found.take(routes.index.terms_of(kind == "board" ? "mpn" : kind, text));
    return std::move(found).json();
}

Response search(SearchRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"symbols", "text", "kind", "after", "limit"});
    if (!body) return problem_of(body.error());
    if (body->has("symbols") && body->has("text"))
        return problem_of(ledger::malformed("symbols or text, not both"));
    auto out =
        body->has("symbols") ? search_label(routes, request, *body) : search_text(routes, *body);
    if (!out) return problem_of(out.error());
    return Response::json(200, json_text(*out));
}

json::object sums_json(const Reach& reach) {
    json::array elsewhere;
    for (const auto& [org, items] : reach.elsewhere)
        elsewhere.emplace_back(json::object{{"org", org}, {"items", items}});
    return {{"items", reach.items.size()},
            {"hit", reach.hit},
            {"boards", reach.boards},
            {"parts", reach.parts},
            {"here", reach.here},
            {"loaded", reach.loaded},
            {"elsewhere", std::move(elsewhere)}};
}

Response reach(SearchRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"mpn", "lots", "date_codes", "after", "limit"});
    if (!body) return problem_of(body.error());
    ledger::Recall recall;
    recall.mpn = body->text("mpn");
    recall.lots = body->texts("lots", kMostNames);
    recall.date_codes = body->texts("date_codes", kMostNames);
    const auto page = page_asked(*body);
    if (body->error()) return problem_of(*body->error());
    if (!page) return problem_of(page.error());
    request.subject = described(recall);
    const auto reached = reach_of(routes.index, recall, routes.context.org);
    if (!reached) return problem_of(reached.error());
    json::array items;
    auto at = static_cast<std::size_t>(whole_number(page->after).value_or(0));
    for (; at < reached->items.size() && items.size() < page->limit; ++at) {
        const auto& one = reached->items[at];
        const auto item = routes.index.find(one.id);
        if (!item) continue;
        auto told = known_item_json(routes.index.fresh(*item));
        told["of"] = json::value_from(one.of);
        items.emplace_back(std::move(told));
    }
    json::object out{{"items", std::move(items)}, {"in_all", sums_json(*reached)}};
    if (at < reached->items.size()) out["next"] = std::to_string(at);
    if (reached->truncated) out["truncated"] = true;
    return Response::json(200, json_text(out));
}

Response recalls(SearchRoutes& routes, const Request&) {
    const auto directory = routes.context.store.directory();
    const auto logs = log_names(routes.context.store);
    std::vector<std::pair<std::string, const ledger::RecordedRecall*>> all;
    for (const auto& org : directory->trusted_orgs())
        if (const auto* known = directory->org(org))
            for (const auto& recall : known->recalls) all.emplace_back(org, &recall);
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.second->iat > b.second->iat; });
    constexpr std::size_t kMost = 500;
    const bool more = all.size() > kMost;
    if (more) all.erase(all.begin() + kMost, all.end());
    std::vector<const ledger::RecordedRecall*> told;
    for (const auto& [org, recall] : all) told.push_back(recall);
    const auto hits = routes.hits.of(told);
    json::array out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& [org, recall] = all[i];
        const auto log = logs.find(recall->place.log);
        json::object one{{"org", org},
                         {"mpn", recall->what.mpn},
                         {"lots", json::value_from(recall->what.lots)},
                         {"date_codes", json::value_from(recall->what.date_codes)},
                         {"reason", recall->what.reason},
                         {"at", ledger::to_iso8601(recall->iat)},
                         {"log", log == logs.end() ? std::string() : log->second},
                         {"index", recall->place.index},
                         {"items", hits[i].items}};
        if (hits[i].more) one["more"] = true;
        out.emplace_back(std::move(one));
    }
    json::object answer{{"recalls", std::move(out)}};
    if (more) answer["truncated"] = true;
    return Response::json(200, json_text(answer));
}

}  // namespace

void add_search_routes(Router& router, SearchRoutes& routes) {
    const auto add = [&](Method method, const char* path, auto handler) {
        RouteOptions options;
        options.compression = Compression::never;  // what was asked beside what we know
        router.add(
            method, path, std::string(kTraceAccess),
            [&routes, handler](const Request& request) -> Response {
                if (!routes.index.kept()) return no_index();
                return handler(routes, request);
            },
            options);
    };
    add(Method::post, "/v1/search", search);
    add(Method::post, "/v1/recall/reach", reach);
    add(Method::get, "/v1/recalls", recalls);
}

}  // namespace reelproof::api
