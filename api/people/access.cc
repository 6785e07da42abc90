#include "api/people/access.h"

#include <algorithm>
#include <array>

namespace reelproof::api {

namespace {

constexpr std::string_view kAll[] = {
    kCheckAccess,     kTraceAccess,   kReceiveAccess, kHandleAccess,    kLineAccess,
    kShipAccess,      kLabelAccess,   kJobsAccess,    kReleaseAccess,   kRecallAccess,
    kStockAccess,     kPartsAccess,   kCaptureAccess, kAdminAccess,     kPeopleAccess,
    kAuditAccess,     kHealthAccess,  kPeerAccess,    kSessionAccess,   kVaultAccess,
    kDocumentsAccess, kQueriesAccess, kApproveAccess, kProductionAccess};

// Each sees and does only what the role needs: who runs the node sees no item's history, and who
// audits changes nothing.
const std::array<Grant, 6> kRoles{{
    {"warehouse",
     {kCheckAccess, kReceiveAccess, kHandleAccess, kShipAccess, kLabelAccess, kStockAccess,
      kSessionAccess, kDocumentsAccess}},
    {"line",
     {kCheckAccess, kLineAccess, kHandleAccess, kJobsAccess, kLabelAccess, kStockAccess,
      kSessionAccess, kDocumentsAccess}},
    {"quality",
     {kCheckAccess, kTraceAccess, kReceiveAccess, kHandleAccess, kReleaseAccess, kRecallAccess,
      kLabelAccess, kJobsAccess, kStockAccess, kPartsAccess, kHealthAccess, kSessionAccess,
      kVaultAccess, kDocumentsAccess, kQueriesAccess, kApproveAccess, kProductionAccess}},
    {"supplier", {kCheckAccess, kShipAccess, kLabelAccess, kSessionAccess, kDocumentsAccess}},
    {"auditor",
     {kTraceAccess, kAuditAccess, kHealthAccess, kSessionAccess, kDocumentsAccess, kQueriesAccess,
      kProductionAccess}},
    {"administrator",
     {kAdminAccess, kPeopleAccess, kHealthAccess, kSessionAccess, kVaultAccess, kDocumentsAccess,
      kQueriesAccess}},
}};

const std::array<Grant, 5> kScopes{{
    {"read", {kCheckAccess, kTraceAccess, kStockAccess, kQueriesAccess}},
    {"write",
     {kReceiveAccess, kHandleAccess, kLineAccess, kShipAccess, kReleaseAccess, kLabelAccess,
      kJobsAccess, kPartsAccess, kCaptureAccess}},
    {"admin",
     {kRecallAccess, kAdminAccess, kPeopleAccess, kAuditAccess, kVaultAccess, kDocumentsAccess,
      kQueriesAccess}},
    {"metrics", {kHealthAccess}},
    {"peer", {kPeerAccess}},
}};

const Grant* find(std::span<const Grant> grants, std::string_view name) {
    const auto found = std::find_if(grants.begin(), grants.end(),
                                    [&](const Grant& one) { return one.name == name; });
    return found == grants.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Grant> roles() {
    return kRoles;
}

std::span<const Grant> scopes() {
    return kScopes;
}

bool is_role(std::string_view name) {
    return find(kRoles, name) != nullptr;
}

bool is_scope(std::string_view name) {
    return find(kScopes, name) != nullptr || is_role(name);
}

std::string listed(std::span<const Grant> grants) {
    std::string out;
    for (const auto& one : grants) out.append(out.empty() ? "" : ", ").append(one.name);
    return out;
}

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

bool may(const std::vector<std::string>& names, std::string_view access) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto* grant = find(kRoles, name);
        if (grant == nullptr) grant = find(kScopes, name);
        return grant != nullptr && std::find(grant->accesses.begin(), grant->accesses.end(),
                                             access) != grant->accesses.end();
    });
}

std::vector<std::string_view> accesses_of(const std::vector<std::string>& names) {
    std::vector<std::string_view> out;
    for (const auto access : kAll)
        if (may(names, access)) out.push_back(access);
    return out;
}

}  // namespace reelproof::api
