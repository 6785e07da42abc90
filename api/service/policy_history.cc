#include "api/service/policy_history.h"

#include <algorithm>

#include <boost/json.hpp>

namespace reelproof::api {

namespace {

constexpr std::string_view kRow = "policy/";

}  // namespace

std::vector<PolicyVersion> PolicyHistory::all() const {
    std::vector<PolicyVersion> out;
    rows_.each(kRow, [&](std::string_view, const boost::json::object& row) {
        out.push_back({number_in(row, "number"), text_in(row, "version"), text_in(row, "text"),
                       number_in(row, "since"),
                       row.contains("by") ? text_in(row, "by") : std::string()});
    });
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    return out;
}

ledger::Result<void> PolicyHistory::keep(const std::string& version, const std::string& text,
                                         ledger::UnixSeconds now, const std::string& by) {
    const auto before = all();
    if (!before.empty() && before.back().text == text) return {};
    const auto number = before.empty() ? 1 : before.back().number + 1;
    boost::json::object row{
        {"number", number}, {"version", version}, {"text", text}, {"since", now}};
    if (!by.empty()) row["by"] = by;
    return rows_.put(std::string(kRow) + std::to_string(number), std::move(row));
}

}  // namespace reelproof::api
