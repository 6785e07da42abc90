#include "api/routes/insight.h"

#include <algorithm>
#include <chrono>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/json_text.h"
#include "api/routes/known.h"
#include "api/routes/problems.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;
using Day = std::chrono::sys_days;

constexpr int kMostDays = 366, kDays = 30;

std::optional<Day> day_of(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = whole_number(text.substr(0, 4)), month = whole_number(text.substr(5, 2)),
               day = whole_number(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) return std::nullopt;
    return Day(date);
}

std::string date_text(Day day) {
    return date_of(
        std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count());
}

struct Span {
    Day first, last;
};

Result<Span> span_of(const Request& request, ledger::UnixSeconds now) {
    static const Members known{"from", "to"};
    for (const auto& [name, value] : request.query)
        if (auto fits = check_member(name, known); !fits)
            return ledger::within("query", fits.error());
    Span span{};
    span.last =
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(now)));
    if (const auto to = request.query.get("to")) {
        const auto day = day_of(*to);
        if (!day) return ledger::malformed("query: to must be a day like 2026-11-30");
        span.last = *day;
    }
    span.first = span.last - std::chrono::days(kDays - 1);
    if (const auto from = request.query.get("from")) {
        const auto day = day_of(*from);
        if (!day) return ledger::malformed("query: from must be a day like 2026-11-01");
        span.first = *day;
    }
    if (span.first > span.last) return ledger::malformed("query: from comes after to");
    if (span.last - span.first >= std::chrono::days(kMostDays))
        return ledger::malformed("query: from and to are more than a year apart");
    return span;
}

json::object sums_json(const VerdictSums& sums) {
    json::object out;
    for (const auto* word : {"ACCEPT", "HOLD", "REJECT"}) {
        const auto found = sums.words.find(word);
        out[word] = found == sums.words.end() ? 0 : found->second;
    }
    json::object rules;
    for (const auto& [rule, times] : sums.rules) rules[rule] = times;
    out["rules"] = std::move(rules);
    return out;
}

Response by_day(const ItemIndex& index, const Span& span) {
    json::array days;
    for (auto day = span.first; day <= span.last; day += std::chrono::days(1)) {
        VerdictSums all;
        const auto sums = index.day(date_text(day));
        if (sums)
            for (const auto& [supplier, some] : *sums) all.add(some);
        auto one = sums_json(all);
        one["day"] = date_text(day);
        days.emplace_back(std::move(one));
    }
    return Response::json(200, json_text(json::object{{"days", std::move(days)}}));
}

Response by_supplier(const ItemIndex& index, const Span& span) {
    DaySums all;
    for (auto day = span.first; day <= span.last; day += std::chrono::days(1))
        if (const auto sums = index.day(date_text(day)))
            for (const auto& [supplier, some] : *sums) all[supplier].add(some);
    std::vector<std::pair<std::string, VerdictSums>> ordered(all.begin(), all.end());
    const auto times = [](const VerdictSums& sums, const char* word) {
        const auto found = sums.words.find(word);
        return found == sums.words.end() ? 0 : found->second;
    };
    std::stable_sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) {
        return std::pair(times(a.second, "REJECT"), times(a.second, "HOLD")) >
               std::pair(times(b.second, "REJECT"), times(b.second, "HOLD"));
    });
    json::array suppliers;
    for (const auto& [org, sums] : ordered) {
        if (sums.words.empty()) continue;
        auto one = sums_json(sums);
        one["org"] = org;
        suppliers.emplace_back(std::move(one));
    }
    return Response::json(200, json_text(json::object{{"from", date_text(span.first)},
                                                      {"to", date_text(span.last)},
                                                      {"suppliers", std::move(suppliers)}}));
}

}  // namespace

void add_insight_routes(Router& router, const ItemIndex& index, const ledger::Clock& clock) {
    const auto add = [&](const char* path, auto handler) {
        router.add(Method::get, path, std::string(kTraceAccess),
                   [&index, clock, handler](const Request& request) -> Response {
                       if (!index.kept()) return no_index();
                       const auto span = span_of(request, clock());
                       if (!span) return problem_of(span.error());
                       return handler(index, *span);
                   });
    };
    add("/v1/insight/verdicts", by_day);
    add("/v1/insight/suppliers", by_supplier);
}

}  // namespace reelproof::api
