#include "api/service/named_queries.h"

#include <algorithm>

#include <boost/json.hpp>

#include "ledger/base/bytes.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kRow = "query/";

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

// A part of a path says it, so it is none that a path must not have.
bool may_be_name(std::string_view name) {
    constexpr std::size_t kLongest = 100;
    return !name.empty() && name.size() <= kLongest && name != "." && name != ".." &&
           name.find_first_of("/\\?#%") == std::string_view::npos &&
           !ledger::has_control_characters(name);
}

}  // namespace

NamedQueries::NamedQueries(JsonRows& rows) : rows_(rows) {
    rows_.each(kRow, [this](std::string_view name, const json::object& row) {
        if (!may_be_name(name)) return;  // early versions took it, and nobody can ask for it
        queries_.emplace(
            name, NamedQuery{std::string(name), json::parse(text_in(row, "query")).as_object(),
                             text_in(row, "by")});
    });
}

std::vector<NamedQuery> NamedQueries::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<NamedQuery> out;
    for (const auto& [name, query] : queries_) out.push_back(query);
    return out;
}

std::optional<NamedQuery> NamedQueries::find(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = queries_.find(name);
    if (found == queries_.end()) return std::nullopt;
    return found->second;
}

Result<void> NamedQueries::add(NamedQuery query) {
    if (!may_be_name(query.name))
        return ledger::malformed(
            "name must be a text of 1 to 100 bytes without / \\ ? # %, and neither . nor ..");
    const std::lock_guard changing(changing_);
    if (find(query.name))
        return Error{ErrorKind::conflict, "there is a query of that name: delete it first"};
    const auto all = list();
    const auto own = std::count_if(all.begin(), all.end(),
                                   [&](const NamedQuery& one) { return one.by == query.by; });
    if (static_cast<std::size_t>(own) >= kMostEach)
        return Error{ErrorKind::too_large, "you have 50 queries: delete one that is not needed"};
    if (all.size() >= kMost)
        return Error{ErrorKind::too_large, "there are 200 queries: delete one that is not needed"};
    if (auto done = rows_.put(std::string(kRow) + query.name,
                              {{"query", json::serialize(query.query)}, {"by", query.by}});
        !done)
        return done;
    const std::lock_guard lock(mutex_);
    queries_.insert_or_assign(query.name, std::move(query));
    return {};
}

Result<void> NamedQueries::remove(std::string_view name, std::string_view by, bool any) {
    const std::lock_guard changing(changing_);
    const auto query = find(name);
    if (!query) return Error{ErrorKind::not_found, "there is no query of that name"};
    if (query->by != by && !any)
        return Error{ErrorKind::untrusted,
                     "only who made a query deletes it, or who has the right admin: " + query->by};
    if (auto done = rows_.remove(std::string(kRow) + query->name); !done) return done;
    const std::lock_guard lock(mutex_);
    queries_.erase(query->name);
    return {};
}

}  // namespace reelproof::api
