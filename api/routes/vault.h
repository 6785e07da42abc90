// The vault: documents and uploads, agreements, shares and readings for our people, and what
// partners' nodes ask of it. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/people/audit_log.h"
#include "api/service/leaks.h"
#include "api/service/vault_duties.h"
#include "vision/pages/page_renderer.h"

namespace reelproof::api {

struct VaultRoutes {
    Vault& vault;
    VaultSharing& sharing;
    Leaks& leaks;
    vision::PageRenderer& renderer;
    PartnerExits& exits;
    PartnerPapers& papers;
    DataIncidents& incidents;
    VaultReviews& reviews;
    const VaultDuties& duties;
    const AuditLog& audit;
    std::string org;
    const SealingKeys& sealing_keys;
    ledger::Clock clock;
};

// `routes` must outlive the router.
void add_vault_routes(Router& router, VaultRoutes& routes);            // vault.cc
void add_vault_sharing_routes(Router& router, VaultRoutes& routes);    // vault_sharing.cc
void add_vault_peer_routes(Router& router, VaultRoutes& routes);       // vault_peers.cc
void add_vault_retention_routes(Router& router, VaultRoutes& routes);  // vault_retention.cc
void add_vault_partner_routes(Router& router, VaultRoutes& routes);    // vault_partners.cc
void add_vault_incident_routes(Router& router, VaultRoutes& routes);   // vault_incidents.cc
void add_vault_review_routes(Router& router, VaultRoutes& routes);     // vault_reviews.cc
void add_leak_routes(Router& router, VaultRoutes& routes);             // leaks.cc
void add_vault_page_routes(Router& router, VaultRoutes& routes);       // vault_pages.cc

boost::json::object project_json(const VaultProject& project);
boost::json::object agreement_json(const VaultRoutes& routes, const VaultAgreement& agreement);
boost::json::object share_json(const VaultRoutes& routes, const VaultShare& share);
boost::json::object reading_json(const VaultReading& reading);
boost::json::object document_json(const VaultRoutes& routes, const VaultDocument& document);

// The version that a path names, of a document that the caller may use so; one that he may not even
// see is told as one that is not there. Sets what the audit log names.
struct VaultVersionAsked {
    VaultDocument document;
    VaultVersion version;
};
ledger::Result<VaultVersionAsked> vault_version_asked(const VaultRoutes& routes,
                                                      const Request& request, VaultUse use);
// The same of one that a partner's share gave us, and that was opened.
ledger::Result<VaultReading> vault_held_asked(const VaultRoutes& routes, const Request& request,
                                              VaultUse use);
// A whole number of a path or query.
ledger::Result<std::uint64_t> vault_number(std::string_view text, std::string_view name);
// Who asks, for the rules of shares.
VaultReader vault_reader(const Request& request);
// The part of a document that was asked for by a Range header (RFC 9110 14.2): 206; 416 behind its
// end; without one 200 where all of it is no more than kVaultPart, else 400. `read` is asked once.
Response ranged(const Request& request,
                const std::function<ledger::Result<VaultSharing::Range>(std::uint64_t offset,
                                                                        std::size_t size)>& read);

}  // namespace reelproof::api
