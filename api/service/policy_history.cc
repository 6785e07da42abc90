#include "api/service/policy_history.h"

#include <algorithm>

namespace reelproof::api {

namespace {

constexpr std::string_view kRow = "policy/";

}  // namespace

std::vector<PolicyVersion> PolicyHistory::all() const {
    std::vector<PolicyVersion> out;
    rows_.each(kRow, [&](std::string_view, const boost::json::object& row) {
        out.push_back({number_in(row, "number"), text_in(row, "version"), text_in(row, "text"),
                       number_in(row, "since")});
    });
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    return out;
}

ledger::Result<void> PolicyHistory::keep(const std::string& version, const std::string& text,
                                         ledger::UnixSeconds now) {
    const auto before = all();
    if (!before.empty() && before.back().text == text) return {};
    const auto number = before.empty() ? 1 : before.back().number + 1;
    return rows_.put(std::string(kRow) + std::to_string(number),
                     {{"number", number}, {"version", version}, {"text", text}, {"since", now}});
}

}  // namespace reelproof::api
