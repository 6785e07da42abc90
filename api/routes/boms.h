// Bills of materials: import, drafts, revisions, and what they say of parts, stock and jobs.
// Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/routes/vault.h"
#include "api/service/boms.h"
#include "api/service/jobs.h"
#include "api/service/stock.h"

namespace reelproof::api {

struct BomRoutes {
    Boms& boms;
    const ServiceContext& context;
    const ItemIndex& index;
    const Jobs& jobs;
    const Parts& parts;
    Stock& stock;
    std::string org;
};

// `routes` must outlive the router.
void add_bom_routes(Router& router, BomRoutes& routes);       // boms.cc
void add_bom_view_routes(Router& router, BomRoutes& routes);  // bom_views.cc

// A CSV file as it is: another site's form can't send it under this type. `what`: "A BOM is sent".
std::optional<Response> refuse_other_than_file(const Request& request, std::string_view what);
// The BOM that the path names, as far as the caller may see it.
ledger::Result<Bom> bom_asked(const BomRoutes& routes, const Request& request);
// A number of a revision in the query; nothing where it is absent.
ledger::Result<std::optional<std::uint64_t>> revision_asked(const Request& request,
                                                            std::string_view name);
boost::json::object bom_line_json(const ledger::BomLine& line);
boost::json::array bom_problems_json(const ledger::BomProblems& problems);
// What two tables differ in.
boost::json::array bom_changes_json(const ledger::BomContents& before,
                                    const ledger::BomContents& after);

}  // namespace reelproof::api
