// What a route asks of its caller, and which role or scope has it: the one table of rights.
// Immutable, thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::api {

inline constexpr std::string_view kCheckAccess = "check";  // verdicts, reading pictures and labels
inline constexpr std::string_view kTraceAccess = "trace";  // the history of an item, bundles
inline constexpr std::string_view kReceiveAccess = "receive";
inline constexpr std::string_view kHandleAccess = "handle";    // relabel, split, set aside, scrap
inline constexpr std::string_view kLineAccess = "line";        // load, unload, consume
inline constexpr std::string_view kShipAccess = "ship";        // commission, ship
inline constexpr std::string_view kLabelAccess = "label";      // issue labels
inline constexpr std::string_view kJobsAccess = "jobs";        // import and remove set-up lists
inline constexpr std::string_view kReleaseAccess = "release";  // ends a hold or a quarantine
inline constexpr std::string_view kApproveAccess = "approve";  // signs engineering changes
inline constexpr std::string_view kRecallAccess = "recall";
inline constexpr std::string_view kCaptureAccess = "capture";  // events of programs (EPCIS)
inline constexpr std::string_view kQueriesAccess = "queries";  // removes named queries of EPCIS
inline constexpr std::string_view kStockAccess = "stock";      // what is here: age, amounts, clocks
inline constexpr std::string_view kPartsAccess = "parts";  // import what is known of part numbers
// Looks at our products at a partner: people alone, since the partner lets in who has two factors.
inline constexpr std::string_view kProductionAccess = "production";
inline constexpr std::string_view kVaultAccess = "vault";          // keeps and shares documents
inline constexpr std::string_view kDocumentsAccess = "documents";  // reads those shared with one
inline constexpr std::string_view kAdminAccess = "admin";    // authorisations, signed statements
inline constexpr std::string_view kPeopleAccess = "people";  // users, tokens
inline constexpr std::string_view kAuditAccess = "audit";
inline constexpr std::string_view kHealthAccess = "health";    // health in detail, metrics
inline constexpr std::string_view kPeerAccess = "peer";        // logs: partner nodes
inline constexpr std::string_view kSessionAccess = "session";  // any person who is signed in

// A name and what it may do.
struct Grant {
    std::string_view name;
    std::vector<std::string_view> accesses;
};

// Of people (DESIGN 8).
std::span<const Grant> roles();
// Of tokens; a token may also have a role's name.
std::span<const Grant> scopes();

bool is_role(std::string_view name);
bool is_scope(std::string_view name);  // a role too
// "warehouse, line, ...", for messages.
std::string listed(std::span<const Grant> grants);
std::string listed(const std::vector<std::string>& names);

// Whether one of these roles and scopes has that access.
bool may(const std::vector<std::string>& names, std::string_view access);
// All that they may do together, each once, in the order of the table.
std::vector<std::string_view> accesses_of(const std::vector<std::string>& names);

}  // namespace reelproof::api
