// What all EPCIS routes have in common: versions and media types agreed by headers, refusals as
// Problem Details of the standard's types, pages. Pure, thread-safe.
#pragma once

#include <optional>
#include <set>
#include <string>

#include <boost/json/object.hpp>

#include "api/epcis/document.h"
#include "api/epcis/query.h"
#include "api/http/router.h"

namespace reelproof::api {

using EpcisHandler = std::function<Response(const Request&)>;

// Adds routes, and for each path OPTIONS, which tells what is taken there.
class EpcisRouter {
  public:
    EpcisRouter(Router& router, std::string version)
        : router_(router), version_(std::move(version)) {}

    // The handler is asked once the headers agree; its answer gets the headers of the standard.
    void add(Method method, const std::string& path, std::string_view access, EpcisHandler handler,
             std::size_t max_body = kDefaultMaxBody);
    void add_options();

  private:
    Router& router_;
    const std::string version_;
    std::map<std::string, std::set<std::string>> methods_;  // by path
};

struct EpcisRoutes;
// POST and GET /capture, POST /events (epcis_capture.cc).
void add_epcis_capture(EpcisRouter& router, EpcisRoutes& routes);

struct NamedQuery;
// A WebSocket of what comes to fit a named query (epcis_subscribe.cc).
Response epcis_subscription(EpcisRoutes& routes, const Request& request, const NamedQuery& named,
                            epcis::EventQuery query);
// /queries/{query}/subscriptions, which is answered with why there are none.
void add_epcis_subscriptions(EpcisRouter& router);

// An EPCISQueryDocument of these events. `subscription`: its id; empty: the answer of a GET.
std::string epcis_query_document(const std::vector<epcis::Shown>& events,
                                 const std::string& query_name, ledger::UnixSeconds now,
                                 const std::string& subscription = {});
// The items that events name, for the audit log.
std::string epcis_items_in(const std::vector<epcis::Shown>& events);

Response epcis_problem(const epcis::Refusal& refusal);
epcis::Refusal refused(epcis::Exception exception, std::string detail);
// As a member of a capture job's errors.
boost::json::object epcis_problem_json(const epcis::Refusal& refusal);

// {"@context", "type": "Collection", "member"}
Response epcis_collection(boost::json::array members);

struct EpcisPage {
    std::size_t size = 30;
    std::string token;  // empty: the first
};
std::variant<EpcisPage, epcis::Refusal> epcis_page(const Request& request);
// Adds Link and what goes with it; `token` leads to the next page.
void link_next(Response& response, const Request& request, std::size_t size,
               const std::string& token, ledger::UnixSeconds now);
// A page of a list of `size` that has an order of its own: `make` gives the answer of [from, to).
Response paged(const Request& request, std::size_t size, ledger::UnixSeconds now,
               const std::function<Response(std::size_t from, std::size_t to)>& make);
std::optional<epcis::Refusal> only_paging(const Request& request);
// For the audit log; of many the first.
std::string audited(const std::vector<std::string>& names);
// RFC 3986 2.1, of a part of a path or a query.
std::string url_part(std::string_view text);

}  // namespace reelproof::api
