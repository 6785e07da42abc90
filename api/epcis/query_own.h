// Conditions on members that are not the standard's (EPCIS 2.0, 8.2.7.1): "EQ_rp:reason",
// "GE_ILMD_ex:weight", "EXISTS_INNER_ex:part", "EQ_ERROR_DECLARATION_ex:who". Pure, thread-safe.
// Internal to api/epcis.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/epcis/query_values.h"

namespace reelproof::api::epcis {

struct OwnMember {
    enum class Operator { eq, gt, ge, lt, le, exists } compare;
    bool inner = false;  // at any depth within such members, and not they themselves
    enum class Where { event, ilmd, error_declaration } where = Where::event;
    std::string_view name{};  // "ex:weight"; a view of what was read
};

// Nothing: a parameter that is no such condition.
std::optional<OwnMember> own_member(std::string_view parameter);
// Why these can't be its values.
std::optional<std::string> wrong_values(const OwnMember& member, const Values& values);
bool holds(const OwnMember& member, const boost::json::object& event, const Values& values);

}  // namespace reelproof::api::epcis
