#include "api/routes/epcis.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/http/message_stream.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/epcis_http.h"
#include "api/routes/json_text.h"
#include "ledger/format/strict_json.h"
#include "ledger/provenance/event_form.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using epcis::EventQuery;
using epcis::Exception;
using epcis::Refusal;
using epcis::Shown;

std::string text_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::vector<std::string> things_in(const json::object& event) {
    std::vector<std::string> out{text_at(event, "parentID")};
    for (const auto* name : {"epcList", "childEPCs", "inputEPCList", "outputEPCList"}) {
        const auto* list = event.if_contains(name);
        if (list == nullptr || !list->is_array()) continue;
        for (const auto& uri : list->get_array())
            if (uri.is_string()) out.emplace_back(uri.get_string());
    }
    std::erase(out, "");
    return out;
}

json::array context() {
    return {epcis::kContext, json::object{{"rp", epcis::kOurNamespace}}};
}

// ---- events ----

Response event_page(EpcisRoutes& routes, const Request& request, const EventQuery& query,
                    const EpcisPage& page, const std::string& query_name) {
    if (!page.token.empty() && !EventQuery::is_place(page.token))
        return epcis_problem(refused(Exception::query_parameter, "nextPageToken is none of ours"));
    auto found = routes.events.find(query, page.token, page.size);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return epcis_problem(*refusal);
    const auto& [events, next] = std::get<EpcisEvents::Page>(found);
    auto response = Response::json(200, epcis_query_document(events, query_name, routes.clock()));
    request.subject = epcis_items_in(events);
    if (!next.empty()) link_next(response, request, page.size, next, routes.clock());
    return response;
}

std::vector<std::string> values_of(std::string_view text) {
    std::vector<std::string> out;
    for (;;) {
        const auto bar = text.find('|');
        out.emplace_back(text.substr(0, bar));
        if (bar == std::string_view::npos) return out;
        text.remove_prefix(bar + 1);
    }
}

// Adds the request's own parameters to the query and answers it.
Response answer_query(EpcisRoutes& routes, const Request& request, EventQuery query,
                      const std::string& query_name) {
    const auto page = epcis_page(request);
    if (const auto* refusal = std::get_if<Refusal>(&page)) return epcis_problem(*refusal);
    for (const auto& [name, value] : request.query)
        if (name != "perPage" && name != "nextPageToken")
            if (const auto wrong = query.add(name, values_of(value))) return epcis_problem(*wrong);
    return event_page(routes, request, query, std::get<EpcisPage>(page), query_name);
}

Response get_events(EpcisRoutes& routes, const Request& request) {
    return answer_query(routes, request, {}, "SimpleEventQuery");
}

Response get_event(EpcisRoutes& routes, const Request& request) {
    const auto found = routes.events.find_event(request.parameter("event"));
    if (const auto* refusal = std::get_if<Refusal>(&found)) return epcis_problem(*refusal);
    const auto& shown = std::get<std::optional<Shown>>(found);
    if (!shown)
        return epcis_problem(refused(Exception::no_such_resource,
                                     "there is no such event, or none that this node can read"));
    auto event = shown->event;
    // It stands alone: its prefixes with it.
    auto with = context();
    if (const auto* own = event.if_contains("@context"); own != nullptr && own->is_array())
        for (const auto& one : own->get_array()) with.push_back(one);
    event["@context"] = std::move(with);
    auto response = Response::json(200, json_text(event));
    request.subject = epcis_items_in({*shown});
    return response;
}

// ---- resources ----

struct Resource {
    std::string_view name, parameter, condition;
    bool place;  // an object with an id
};
constexpr Resource kResources[] = {
    {"bizSteps", "bizStep", "EQ_bizStep", false},
    {"dispositions", "disposition", "EQ_disposition", false},
    {"bizLocations", "bizLocation", "EQ_bizLocation", true},
    {"readPoints", "readPoint", "EQ_readPoint", true},
    {"epcs", "epc", "MATCH_anyEPC", false},
};
constexpr std::string_view kEventTypes[] = {"AggregationEvent", "AssociationEvent", "ObjectEvent",
                                            "TransactionEvent", "TransformationEvent"};

std::variant<std::set<std::string>, Refusal> values_in(EpcisRoutes& routes,
                                                       const Resource& resource) {
    std::set<std::string> out;
    auto refusal = routes.events.each([&](const Shown& shown) {
        if (resource.name == "epcs") {
            for (auto& uri : things_in(shown.event)) out.insert(std::move(uri));
            return;
        }
        const auto* value = shown.event.if_contains(resource.parameter);
        const auto* place = value == nullptr ? nullptr : value->if_object();
        out.insert(resource.place && place != nullptr ? text_at(*place, "id")
                                                      : text_at(shown.event, resource.parameter));
    });
    if (refusal) return std::move(*refusal);
    out.erase("");
    return out;
}

Response resource_values(EpcisRoutes& routes, const Request& request, const Resource& resource) {
    const auto found = values_in(routes, resource);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return epcis_problem(*refusal);
    const auto& set = std::get<std::set<std::string>>(found);
    const std::vector<std::string> values(set.begin(), set.end());
    return paged(request, values.size(), routes.clock(), [&](std::size_t from, std::size_t to) {
        json::array out;
        for (; from < to; ++from) out.emplace_back(values[from]);
        return epcis_collection(std::move(out));
    });
}

Response resource_value(EpcisRoutes& routes, const Request& request, const Resource& resource) {
    const auto& value = request.parameter(resource.parameter);
    EventQuery query;
    if (const auto wrong = query.add(std::string(resource.condition), {value}))
        return epcis_problem(*wrong);
    auto found = routes.events.find(query, {}, 1);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return epcis_problem(*refusal);
    if (std::get<EpcisEvents::Page>(found).events.empty())
        return epcis_problem(refused(Exception::no_such_resource, "no event here names that"));
    return epcis_collection({"events"});
}

Response resource_events(EpcisRoutes& routes, const Request& request, std::string_view condition,
                         std::string_view parameter) {
    EventQuery query;
    if (const auto wrong = query.add(std::string(condition), {request.parameter(parameter)}))
        return epcis_problem(*wrong);
    return answer_query(routes, request, std::move(query), "SimpleEventQuery");
}

Response event_types(EpcisRoutes& routes, const Request& request) {
    return paged(request, std::size(kEventTypes), routes.clock(),
                 [&](std::size_t from, std::size_t to) {
                     json::array out;
                     for (; from < to; ++from) out.emplace_back(kEventTypes[from]);
                     return epcis_collection(std::move(out));
                 });
}

Response event_type(const Request& request) {
    const auto& type = request.parameter("eventType");
    if (std::find(std::begin(kEventTypes), std::end(kEventTypes), type) == std::end(kEventTypes))
        return epcis_problem(
            refused(Exception::no_such_resource, "that is no type of events of EPCIS 2.0"));
    return epcis_collection({"events"});
}

// ---- named queries ----

json::object named_json(const NamedQuery& query) {
    return {{"name", query.name}, {"query", query.query}};
}

Refusal no_such_name() {
    return refused(Exception::no_such_name, "there is no query of that name");
}

Response get_queries(EpcisRoutes& routes, const Request& request) {
    const auto queries = routes.queries.list();
    return paged(request, queries.size(), routes.clock(), [&](std::size_t from, std::size_t to) {
        json::array out;
        for (; from < to; ++from) out.emplace_back(named_json(queries[from]));
        return Response::json(200, json_text(out));
    });
}

Response post_query(EpcisRoutes& routes, const Request& request) {
    if (const auto strict = ledger::check_untyped_json_object(request.body, "the body"); !strict)
        return epcis_problem(refused(Exception::validation, strict.error().message));
    const auto body = json::parse(request.body).as_object();
    for (const auto& [name, value] : body)
        if (name != "name" && name != "query" && name != "@context")
            return epcis_problem(
                refused(Exception::validation, "the body has name and query, and nothing else"));
    NamedQuery named;
    named.name = text_at(body, "name");
    const auto* query = body.if_contains("query");
    if (query == nullptr || !query->is_object())
        return epcis_problem(refused(Exception::validation, "query is missing or no object"));
    named.query = query->get_object();
    const auto read = EventQuery::of(named.query);
    if (const auto* refusal = std::get_if<Refusal>(&read)) return epcis_problem(*refusal);
    named.by = described_caller(request);
    const auto name = named.name;
    if (const auto done = routes.queries.add(std::move(named)); !done) {
        const auto kind = done.error().kind;
        return epcis_problem(
            refused(kind == ledger::ErrorKind::malformed   ? Exception::validation
                    : kind == ledger::ErrorKind::conflict  ? Exception::already_exists
                    : kind == ledger::ErrorKind::too_large ? Exception::capture_limit
                                                           : Exception::implementation,
                    done.error().message));
    }
    auto response = Response::empty(201);
    response.headers.set("Location", "/queries/" + url_part(name));
    request.subject = "query " + name;
    return response;
}

Response get_query(EpcisRoutes& routes, const Request& request) {
    const auto query = routes.queries.find(request.parameter("query"));
    if (!query) return epcis_problem(no_such_name());
    return Response::json(200, json_text(named_json(*query)));
}

Response delete_query(EpcisRoutes& routes, const Request& request) {
    const auto& name = request.parameter("query");
    const auto done =
        routes.queries.remove(name, described_caller(request), caller_may(request, kAdminAccess));
    auto response = Response::empty();
    if (!done) {
        const auto kind = done.error().kind;
        if (kind == ledger::ErrorKind::not_found) return epcis_problem(no_such_name());
        return epcis_problem(refused(
            kind == ledger::ErrorKind::untrusted ? Exception::security : Exception::implementation,
            done.error().message));
    }
    routes.subscriptions.end(name);
    request.subject = "query " + name;
    return response;
}

Response query_events(EpcisRoutes& routes, const Request& request) {
    const auto named = routes.queries.find(request.parameter("query"));
    if (!named) return epcis_problem(no_such_name());
    auto query = EventQuery::of(named->query);
    if (const auto* refusal = std::get_if<Refusal>(&query)) return epcis_problem(*refusal);
    if (asks_for_socket(request))
        return epcis_subscription(routes, request, *named, std::get<EventQuery>(std::move(query)));
    for (const auto& [name, value] : request.query)
        if (name == "stream" || epcis::Schedule::is_part(name))
            return epcis_problem(
                refused(Exception::subscription,
                        name + " is for a subscription: open a WebSocket (Upgrade: websocket)"));
    const auto page = epcis_page(request);
    if (const auto* refusal = std::get_if<Refusal>(&page)) return epcis_problem(*refusal);
    if (const auto wrong = only_paging(request)) return epcis_problem(*wrong);
    return event_page(routes, request, std::get<EventQuery>(query), std::get<EpcisPage>(page),
                      named->name);
}

}  // namespace

std::string epcis_query_document(const std::vector<Shown>& events, const std::string& query_name,
                                 ledger::UnixSeconds now, const std::string& subscription) {
    json::array list;
    for (const auto& one : events) list.emplace_back(one.event);
    json::object results{{"queryName", query_name},
                         {"resultsBody", json::object{{"eventList", std::move(list)}}}};
    if (!subscription.empty()) results["subscriptionID"] = subscription;
    return json_text(json::object{{"@context", context()},
                                  {"type", "EPCISQueryDocument"},
                                  {"schemaVersion", "2.0"},
                                  {"creationDate", ledger::to_iso8601(now)},
                                  {"epcisBody", json::object{{"queryResults", results}}}});
}

std::string epcis_items_in(const std::vector<Shown>& events) {
    std::vector<std::string> out;
    for (const auto& shown : events)
        for (const auto& uri : things_in(shown.event))
            if (auto id = ledger::item_id_of_uri(uri);
                !id.empty() && std::find(out.begin(), out.end(), id) == out.end())
                out.push_back(std::move(id));
    return audited(out);
}

void add_epcis_routes(Router& router, EpcisRoutes& routes) {
    EpcisRouter epcis(router, routes.version);
    const auto add = [&](Method method, const std::string& path, std::string_view access,
                         Response (*handler)(EpcisRoutes&, const Request&)) {
        epcis.add(method, path, access,
                  [&routes, handler](const Request& request) { return handler(routes, request); });
    };
    add_epcis_capture(epcis, routes);
    add(Method::get, "/events", kTraceAccess, get_events);
    add(Method::get, "/events/{event}", kTraceAccess, get_event);
    add(Method::get, "/queries", kTraceAccess, get_queries);
    add(Method::post, "/queries", kTraceAccess, post_query);
    add(Method::get, "/queries/{query}", kTraceAccess, get_query);
    add(Method::delete_, "/queries/{query}", kQueriesAccess, delete_query);
    add(Method::get, "/queries/{query}/events", kTraceAccess, query_events);
    add_epcis_subscriptions(epcis);
    add(Method::get, "/eventTypes", kTraceAccess, event_types);
    epcis.add(Method::get, "/eventTypes/{eventType}", kTraceAccess, event_type);
    epcis.add(Method::get, "/eventTypes/{eventType}/events", kTraceAccess,
              [&routes](const Request& request) {
                  return resource_events(routes, request, "eventType", "eventType");
              });
    for (const auto& resource : kResources) {
        const auto path = "/" + std::string(resource.name);
        const auto one = path + "/{" + std::string(resource.parameter) + "}";
        epcis.add(Method::get, path, kTraceAccess, [&routes, &resource](const Request& request) {
            return resource_values(routes, request, resource);
        });
        epcis.add(Method::get, one, kTraceAccess, [&routes, &resource](const Request& request) {
            return resource_value(routes, request, resource);
        });
        epcis.add(Method::get, one + "/events", kTraceAccess,
                  [&routes, &resource](const Request& request) {
                      return resource_events(routes, request, resource.condition,
                                             resource.parameter);
                  });
    }
    epcis.add_options();
}

}  // namespace reelproof::api
