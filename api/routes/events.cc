#include "api/routes/events.h"

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/given_item.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/proofs.h"
#include "api/routes/report.h"
#include "api/routes/request_body.h"
#include "api/routes/request_key.h"
#include "api/routes/subject.h"
#include "api/routes/verdict_json.h"
#include "api/service/happenings.h"
#include "ledger/format/statement.h"
#include "ledger/format/text_rules.h"
#include "ledger/provenance/bundle_build.h"
#include "vision/label/read_image.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kBundleType = "application/vnd.reelproof.bundle";
constexpr std::string_view kCoseType = "application/cose";
constexpr std::size_t kMostReaders = 32;
constexpr std::size_t kMaxItems = 1000;
constexpr std::size_t kMaxSymbols = 64;  // of one label
constexpr std::size_t kMaxEventBody = 2 << 20;

Response answer(int status, const json::object& object) {
    return Response::json(status, json_text(object));
}

Response ok(const json::object& object) {
    return answer(200, object);
}

Response recorded(const EventRoutes& routes, const ledger::Result<Recorded>& result) {
    if (!result) return problem_of(result.error());
    return answer(result->repeated ? 200 : 201, json_of(*result, routes.context));
}

// A member of the body, or of the query where the body is a picture.
std::string text_of(const Request& request, const Body& body, std::string_view name) {
    auto given = body.text(name);
    if (given.empty()) given = request.query.get(name).value_or("");
    return given;
}

enum class Pictures { refused, taken };

// Parses the JSON body with these members (or takes an empty one of a picture), then calls `work`.
template <class Work>
Handler with_body(Members members, Work work, Members in_query = {},
                  Pictures pictures = Pictures::refused) {
    return [members = std::move(members), work, in_query = std::move(in_query),
            pictures](const Request& request) -> Response {
        const bool picture = pictures == Pictures::taken && is_picture(request);
        if (!picture)
            if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
        for (const auto& [name, value] : request.query)
            if (auto known = check_member(name, in_query); !known)
                return problem_of(ledger::within("query", known.error()));
        auto body =
            picture ? ledger::Result<Body>(Body(members)) : Body::parse(request.body, members);
        if (!body) return problem_of(body.error());
        return work(request, *body);
    };
}

// The items of a member that holds a list of labels, each a list of symbol texts or one text.
ledger::Result<std::vector<Identified>> items_of(EventRoutes& routes, const Request& request,
                                                 const Body& body, std::string_view member) {
    std::vector<Identified> out;
    const auto labels = body.labels(member, kMaxItems);
    if (body.error()) return *body.error();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        auto item = routes.context.identifier.identify(read_texts(labels[i]));
        if (!item)
            return ledger::within(std::string(member) + "[" + std::to_string(i) + "]",
                                  item.error());
        concerns_item(request, item->id);
        out.push_back(std::move(*item));
    }
    return out;
}

ledger::Result<Identified> item_of(EventRoutes& routes, const Request& request, const Body& body,
                                   std::string_view member = "symbols") {
    if (member == "symbols" && body.knows("item") && body.has("item"))
        return known_item(routes.context, request, body);
    const auto texts = body.required_texts(member, kMaxSymbols);
    if (body.error()) return *body.error();
    auto item = routes.context.identifier.identify(read_texts(texts));
    if (!item) return ledger::within(member, item.error());
    concerns_item(request, item->id);
    return item;
}

// What was seen of the parts, where the body tells it.
ledger::Result<std::optional<ledger::MarkingRecord>> marking_of(const Body& body) {
    const auto text = body.object_text("marking");
    if (body.error()) return *body.error();
    if (text.empty()) return std::optional<ledger::MarkingRecord>();
    auto marking = ledger::parse_marking(text);
    if (!marking) return ledger::within("marking", marking.error());
    return std::optional(std::move(*marking));
}

Response check(EventRoutes& routes, const Request& request, const Body& body) {
    auto given = labelled_item(routes, request, body);
    if (given.refusal) return std::move(*given.refusal);
    auto place = text_of(request, body, "place");
    if (place.empty()) place = "stock";
    if (body.error()) return problem_of(*body.error());
    // A misspelt place would skip the rules of the place that was meant.
    if (place != "stock" && place != "receiving" && place != "line")
        return problem_of(ledger::malformed("place must be stock, receiving or line"));
    auto marking = marking_of(body);
    if (!marking) return problem_of(marking.error());
    const auto inspection =
        inspect(routes.context, std::move(*given.item), place, {}, std::move(*marking));
    // What stands at goods-in is dealt with by programs too, which know no labels. A store that
    // takes nothing now costs them the item until it is seen again, and nobody the verdict.
    if (place == "receiving" && !inspection.item.lot_level) {
        const auto& key = inspection.item.key;
        (void)(inspection.lineage.items.front().links.empty() ? routes.known.remember_stranger(key)
                                                              : routes.known.remember({key}));
    }
    tell_verdict(routes.context, inspection, {place});
    return ok(verdict_json(routes.context, request, inspection));
}

Response receive(EventRoutes& routes, const Request& request, const Body& body) {
    auto given = labelled_item(routes, request, body);
    if (given.refusal) return std::move(*given.refusal);
    const auto reason = text_of(request, body, "release_reason");
    if (body.error()) return problem_of(*body.error());
    // It ends a hold: the same right as where nothing is taken in.
    if (!reason.empty())
        if (auto refusal = refuse_without(request, kReleaseAccess)) return std::move(*refusal);
    auto received = routes.events.receive(*given.item, reason, request_key(request));
    if (!received) return problem_of(received.error());
    tell_verdict(routes.context, received->inspection, {"receiving"});
    auto out = verdict_json(routes.context, request, received->inspection);
    out["received"] = received->recorded.has_value() || received->already;
    out["already"] = received->already;
    if (received->recorded) out["recorded"] = json_of(*received->recorded, routes.context);
    const bool is_new = received->recorded && !received->recorded->repeated;
    return answer(is_new ? 201 : 200, out);
}

Response trace(EventRoutes& routes, const Request& request, const Body& body) {
    auto given = given_item(routes, request, body);
    if (given.refusal) return std::move(*given.refusal);
    const auto inspection = inspect(routes.context, std::move(*given.item), "trace");
    tell_looked_at(routes.context, inspection.item);
    if (!request.headers.has_token("Accept", kBundleType))
        return ok(trace_json(inspection, log_names(routes.context.store), routes.context));
    if (inspection.lineage.items.front().links.empty())
        return Problem(404, "not-found", "Nothing is known of this label").response();
    auto bundle = ledger::build_bundle(routes.context.store, inspection.lineage,
                                       routes.context.keepers.policy(), routes.context.org,
                                       routes.context.clock());
    if (!bundle) return problem_of(bundle.error());
    auto bytes = ledger::encode_bundle(*bundle);
    auto answer =
        Response::bytes(200, std::string(kBundleType), std::string(bytes.begin(), bytes.end()));
    ledger::wipe(bytes.data(), bytes.size());  // it holds item keys
    return answer;
}

Response report(EventRoutes& routes, const Request& request, const Body& body) {
    auto given = given_item(routes, request, body);
    if (given.refusal) return std::move(*given.refusal);
    const auto inspection = inspect(routes.context, std::move(*given.item), "trace");
    tell_looked_at(routes.context, inspection.item);
    auto answer = Response::bytes(
        200, "application/pdf", report_pdf(inspection, routes.context, described_caller(request)));
    answer.headers.add("Content-Disposition",
                       "attachment; filename=\"" + inspection.item.id + ".pdf\"");
    return answer;
}

Response read(EventRoutes& routes, const Request& request, const Body& body) {
    auto label = label_of(routes, request, body);
    if (label.refusal) return std::move(*label.refusal);
    if (!is_picture(request) && label.reading.fields.empty())
        return problem_of(ledger::malformed(
            "symbols say nothing that can be read: scan the label again, or photograph it"));
    return ok(label_json(label.reading));
}

void add_picture_routes(Router& router, EventRoutes& routes) {
    RouteOptions pictures;
    pictures.max_body = vision::max_picture_bytes;
    // Answers repeat what the label says next to what we know: never compressed together.
    pictures.compression = Compression::never;
    const auto add = [&](const char* path, std::string_view access, Members members, auto handler,
                         Members in_query = {}) {
        router.add(Method::post, path, std::string(access),
                   with_body(
                       std::move(members),
                       [&routes, handler](const Request& request, const Body& body) {
                           return handler(routes, request, body);
                       },
                       std::move(in_query), Pictures::taken),
                   pictures);
    };
    add("/v1/check", kCheckAccess, {"symbols", "place", "marking", "typed"}, check,
        {"place", "text", "typed"});
    add("/v1/receive", kReceiveAccess, {"symbols", "release_reason", "typed"}, receive,
        {"release_reason", "text", "typed"});
    add("/v1/trace", kTraceAccess, {"symbols", "item"}, trace, {"text"});
    add("/v1/report", kTraceAccess, {"symbols", "item"}, report, {"text"});
    add("/v1/read", kCheckAccess, {"symbols"}, read, {"text"});
}

// Routes about one item in "symbols", of which and of these members `work` makes an event.
template <class Work>
void add_item_route(Router& router, EventRoutes& routes, const std::string& path,
                    std::string_view access, Members members, Work work) {
    members.insert(members.begin(), "symbols");
    router.add(Method::post, path, std::string(access),
               with_body(std::move(members),
                         [&routes, work](const Request& request, const Body& body) -> Response {
                             auto item = item_of(routes, request, body);
                             if (!item) return problem_of(item.error());
                             return recorded(routes, work(*item, request, body));
                         }));
}

// Routes whose event takes the item and one text of the body. All is read before anything is
// recorded, so that a wrong member changes nothing.
template <class Record>
void add_text_route(Router& router, EventRoutes& routes, ledger::EventKind kind,
                    std::string_view access, const std::string& member, Record record) {
    // Quality finds an item by search, and not always with its label in hand.
    Members members{member};
    if (kind == ledger::EventKind::quarantine || kind == ledger::EventKind::release)
        members.emplace_back("item");
    add_item_route(router, routes, "/v1/" + std::string(ledger::to_string(kind)), access, members,
                   [member, record](const Identified& item, const Request& request,
                                    const Body& body) -> ledger::Result<Recorded> {
                       const auto text = body.text(member);
                       if (body.error()) return *body.error();
                       return record(item, text, request_key(request));
                   });
}

void add_item_routes(Router& router, EventRoutes& routes) {
    using Outcome = ledger::Result<Recorded>;
    using ledger::EventKind;
    add_text_route(router, routes, EventKind::unload, kLineAccess, "feeder",
                   [&routes](const Identified& item, std::string_view feeder, RequestKey key) {
                       return routes.events.unload(item, feeder, std::move(key));
                   });
    for (const auto kind :
         {EventKind::scrap, EventKind::quarantine, EventKind::release, EventKind::deplete})
        add_text_route(
            router, routes, kind, kind == EventKind::release ? kReleaseAccess : kHandleAccess,
            "reason",
            [&routes, kind](const Identified& item, std::string_view reason, RequestKey key) {
                return routes.events.mark(item, kind, reason, std::move(key));
            });
    add_item_route(
        router, routes, "/v1/observe", kHandleAccess, {"item", "marking"},
        [&routes](const Identified& item, const Request& request, const Body& body) -> Outcome {
            const auto marking = marking_of(body);
            if (!marking) return marking.error();
            if (!*marking) return ledger::malformed("marking is missing");
            return routes.events.observe(item, **marking, request_key(request));
        });
    add_item_route(
        router, routes, "/v1/load", kLineAccess, {"feeder", "work_order"},
        [&routes](const Identified& item, const Request& request, const Body& body) -> Outcome {
            const auto feeder = body.required_text("feeder");
            const auto work_order = body.text("work_order");
            if (body.error()) return *body.error();
            return routes.events.load(item, feeder, work_order, request_key(request));
        });
    add_item_route(
        router, routes, "/v1/split", kHandleAccess, {"new_symbols", "quantity"},
        [&routes](const Identified& item, const Request& request, const Body& body) -> Outcome {
            auto child = item_of(routes, request, body, "new_symbols");
            if (!child) return child.error();
            const auto quantity = body.count("quantity");
            if (body.error()) return *body.error();
            return routes.events.split(item, *child, quantity, request_key(request));
        });
    add_item_route(
        router, routes, "/v1/relabel", kHandleAccess, {"new_symbols", "reason"},
        [&routes](const Identified& item, const Request& request, const Body& body) -> Outcome {
            auto fresh = item_of(routes, request, body, "new_symbols");
            if (!fresh) return fresh.error();
            const auto reason = body.text("reason");
            if (body.error()) return *body.error();
            return routes.events.relabel(item, *fresh, reason, request_key(request));
        });
    add_item_route(
        router, routes, "/v1/consume", kLineAccess, {"quantity", "boards", "work_order"},
        [&routes](const Identified& item, const Request& request, const Body& body) -> Outcome {
            const auto quantity = body.count("quantity");
            const auto work_order = body.text("work_order");
            auto boards = body.has("boards") ? items_of(routes, request, body, "boards")
                                             : std::vector<Identified>();
            if (!boards) return boards.error();
            if (body.error()) return *body.error();
            return routes.events.consume(item, quantity, *boards, work_order, request_key(request));
        });
}

void add_batch_routes(Router& router, EventRoutes& routes) {
    RouteOptions large;
    large.max_body = kMaxEventBody;
    router.add(Method::post, "/v1/commission", std::string(kShipAccess),
               with_body({"items"},
                         [&routes](const Request& request, const Body& body) -> Response {
                             auto items = items_of(routes, request, body, "items");
                             if (!items) return problem_of(items.error());
                             return recorded(
                                 routes, routes.events.commission(*items, request_key(request)));
                         }),
               large);
    router.add(Method::post, "/v1/ship", std::string(kShipAccess),
               with_body({"items", "to", "po", "so", "invoice", "packing_list", "price", "also"},
                         [&routes](const Request& request, const Body& body) -> Response {
                             auto items = items_of(routes, request, body, "items");
                             if (!items) return problem_of(items.error());
                             ShipOrder order;
                             order.to = body.required_text("to");
                             order.po = body.text("po");
                             order.so = body.text("so");
                             order.invoice = body.text("invoice");
                             order.packing_list = body.text("packing_list");
                             order.price = body.text("price");
                             order.also = body.texts("also", kMostReaders);
                             order.by = described_caller(request);
                             if (body.error()) return problem_of(*body.error());
                             return recorded(
                                 routes, routes.events.ship(*items, order, request_key(request)));
                         }),
               large);
}

void add_public_routes(Router& router, EventRoutes& routes) {
    router.add(Method::post, "/v1/recall", std::string(kRecallAccess),
               with_body({"mpn", "lots", "date_codes", "reason"},
                         [&routes](const Request& request, const Body& body) -> Response {
                             ledger::Recall recall;
                             recall.mpn = body.text("mpn");
                             recall.lots = body.texts("lots", kMaxItems);
                             recall.date_codes = body.texts("date_codes", kMaxItems);
                             recall.reason = body.text("reason");
                             if (body.error()) return problem_of(*body.error());
                             request.subject = described(recall);
                             return recorded(routes,
                                             routes.events.recall(recall, request_key(request)));
                         }));
    router.add(
        Method::post, "/v1/authorise", std::string(kAdminAccess),
        with_body({"org", "mpns", "not_before", "not_after"},
                  [&routes](const Request& request, const Body& body) -> Response {
                      ledger::SourceAuthorise authorise;
                      authorise.org = body.required_text("org");
                      authorise.mpns = body.texts("mpns", kMaxItems);
                      authorise.not_before = body.optional_count("not_before");
                      authorise.not_after = body.optional_count("not_after");
                      if (body.error()) return problem_of(*body.error());
                      if (!ledger::is_org_name(authorise.org))
                          return problem_of(ledger::malformed(
                              "org must be a name like acme-dist.example, in lower case"));
                      request.subject = "organisation " + authorise.org;
                      if (authorise.not_before && authorise.not_after &&
                          *authorise.not_before > *authorise.not_after)
                          return problem_of(ledger::malformed(
                              "not_after comes before not_before: it would hold on no day"));
                      const auto key = request_key(request);
                      auto done = routes.recorder.publish(authorise, key.key, key.request);
                      if (done && authorise.not_after &&
                          *authorise.not_after < routes.context.clock())
                          done->warnings.push_back(
                              "its last day is past: " + authorise.org +
                              " is authorised for nothing from today on; is the year right?");
                      // It may join later; a misspelt name never does.
                      if (done && routes.context.store.directory()->org(authorise.org) == nullptr)
                          done->warnings.push_back(authorise.org +
                                                   " is not known here: check the spelling, or add "
                                                   "it as a partner");
                      if (done) tell_published(routes.context, "source.authorise", *done);
                      return recorded(routes, done);
                  }));
    RouteOptions statement;
    statement.max_body = 65535;
    router.add(
        Method::post, "/v1/statements", std::string(kAdminAccess),
        [&routes](const Request& request) -> Response {
            if (request.headers.get("Content-Type").value_or("") != kCoseType)
                return Problem(415, "media-type", "A statement is application/cose").response();
            // As the log would name it.
            request.subject =
                "statement " + ledger::to_hex(ledger::leaf_hash(ledger::as_bytes(request.body)));
            auto place =
                routes.recorder.submit(ledger::Bytes(request.body.begin(), request.body.end()));
            if (!place) return problem_of(place.error());
            const auto kept = routes.context.keepers.of(routes.context.origin, place->index);
            const auto path = receipt_path(place->index);
            auto answer =
                Response::json(201, json_text(json::object{{"log", routes.context.origin},
                                                           {"index", place->index},
                                                           {"size", place->size},
                                                           {"replicated", kept_json(kept)},
                                                           {"receipt", path}}));
            answer.headers.set("Location", path);
            return answer;
        },
        statement);
}

}  // namespace

void add_event_routes(Router& router, EventRoutes& routes) {
    add_picture_routes(router, routes);
    add_item_routes(router, routes);
    add_batch_routes(router, routes);
    add_public_routes(router, routes);
}

}  // namespace reelproof::api
