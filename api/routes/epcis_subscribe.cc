// Standing queries of EPCIS 2.0: GET /queries/{query}/events as a WebSocket. Callbacks to addresses
// that callers name (POST /queries/{query}/subscriptions) are not served: this node calls nobody
// but its partners, or whoever may query could make it call what only it can reach.
#include <boost/json.hpp>

#include "api/http/message_stream.h"
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/epcis.h"
#include "api/routes/epcis_http.h"
#include "ledger/base/secret.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using epcis::Exception;
using epcis::Refusal;

// Close codes for applications (RFC 6455 7.4.2), as the statuses of HTTP.
constexpr std::uint16_t kSignedOut = 4401, kQueryGone = 4404, kTooSlow = 4408, kTooLarge = 4413,
                        kUnavailable = 4503;

class EventStream : public MessageStream {
  public:
    EventStream(EpcisRoutes& routes, Principal caller,
                std::unique_ptr<Subscriptions::Subscriber> subscriber)
        : routes_(routes), caller_(std::move(caller)), subscriber_(std::move(subscriber)) {}

    void open(std::function<void()> wake) override { subscriber_->on_more(std::move(wake)); }

    std::optional<std::string> next(bool /*idle*/) override {
        if (!still_holds(caller_, routes_.people)) {
            closing_ = {kSignedOut, "the session is over, or the token holds no more"};
            return std::nullopt;
        }
        if (auto message = subscriber_->take()) return message;
        const auto ended = subscriber_->ended();
        if (!ended) return std::string();
        closing_ = closing_for(*ended);
        return std::nullopt;
    }

    [[nodiscard]] Closing closing() const override { return closing_; }

  private:
    static Closing closing_for(Subscriptions::End why) {
        switch (why) {
            case Subscriptions::End::query_gone:
                return {kQueryGone, "the query was deleted"};
            case Subscriptions::End::too_slow:
                return {kTooSlow, "too slow: subscribe again with initialRecordTime"};
            case Subscriptions::End::too_large:
                return {kTooLarge, "the query looks at too much by now: name what is meant"};
            case Subscriptions::End::unavailable:
                break;
        }
        return {kUnavailable, "this node does not keep up: subscribe again later"};
    }

    EpcisRoutes& routes_;
    const Principal caller_;
    const std::unique_ptr<Subscriptions::Subscriber> subscriber_;
    Closing closing_;
};

struct Controls {
    std::optional<epcis::Schedule> schedule;
    bool report_if_empty = false;
    std::optional<ledger::UnixSeconds> since;
};

Refusal wrong_control(std::string detail) {
    return refused(Exception::subscription, std::move(detail));
}

std::variant<Controls, Refusal> controls_of(const Request& request) {
    Controls out;
    bool stream = false;
    epcis::Schedule::Parts parts;
    for (const auto& [name, value] : request.query) {
        if (request.query.all(name).size() > 1) return wrong_control(name + " comes once");
        if (name == "stream") {
            if (value != "true") return wrong_control("stream must be true, or left out");
            stream = true;
        } else if (epcis::Schedule::is_part(name)) {
            parts.emplace(name, value);
        } else if (name == "reportIfEmpty") {
            if (value != "true" && value != "false")
                return wrong_control("reportIfEmpty must be true or false");
            out.report_if_empty = value == "true";
        } else if (name == "initialRecordTime") {
            out.since = ledger::parse_event_time(value);
            if (!out.since) return wrong_control("initialRecordTime is no time with a zone");
        } else {
            return wrong_control(
                "a subscription takes stream or a schedule (second, minute, hour, dayOfMonth, "
                "month, dayOfWeek), reportIfEmpty and initialRecordTime");
        }
    }
    if (stream == !parts.empty())
        return wrong_control("a subscription needs stream=true or a schedule, and not both");
    if (parts.empty()) return out;
    auto schedule = epcis::Schedule::of(parts);
    if (auto* refusal = std::get_if<Refusal>(&schedule)) return std::move(*refusal);
    out.schedule = std::get<epcis::Schedule>(schedule);
    return out;
}

Response full(Subscriptions::Full why) {
    const bool own = why == Subscriptions::Full::of_this_caller;
    return Problem(own ? 429 : 503, own ? "too-many" : "busy", "Too many subscriptions")
        .detail(own ? "this caller has as many as one may have: end some"
                    : "so many are served already: ask with GET instead, or come again later")
        .header("Retry-After", "60")
        .response();
}

std::string drawn_id() {
    std::array<std::uint8_t, 8> random{};
    ledger::fill_random(random);
    return ledger::to_hex(random);
}

Response no_callbacks(const Request&) {
    return epcis_problem(refused(
        Exception::not_supported,
        "this node sends nothing to addresses that are given to it: subscribe by WebSocket, GET "
        "/queries/{query}/events?stream=true"));
}

}  // namespace

Response epcis_subscription(EpcisRoutes& routes, const Request& request, const NamedQuery& named,
                            epcis::EventQuery query) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller == nullptr) throw std::logic_error("a query was entered by a stranger");
    if (auto wrong = wrong_handshake(request)) return std::move(*wrong);
    // A page of another site could open it with this browser's cookie, and read along.
    if (caller->kind == Principal::Kind::person && !from_own_page(request))
        return epcis_problem(refused(Exception::security,
                                     "Origin must be that of this node's own pages; programs show "
                                     "a token, and no cookie"));
    auto controls = controls_of(request);
    if (const auto* refusal = std::get_if<Refusal>(&controls)) return epcis_problem(*refusal);
    if (query.first() || query.most())
        return epcis_problem(
            wrong_control("a query with eventCountLimit or maxEventCount can't be subscribed to: "
                          "it would hide what is new"));
    const auto& [schedule, report_if_empty, since] = std::get<Controls>(controls);
    Subscriptions::Asked asked;
    asked.name = named.name;
    asked.caller = caller->described();
    asked.query = std::move(query);
    asked.schedule = schedule;
    asked.report_if_empty = report_if_empty;
    asked.since = since;
    // Who saw what is in the audit log before he sees it.
    asked.render = [&routes, name = named.name, id = drawn_id(),
                    entry = AuditEntry{.number = 0,
                                       .hash = {},
                                       .time = 0,
                                       .who = caller->described(),
                                       .address = request.peer.address,
                                       .what = "GET " + request.route,
                                       .about = {},
                                       .status = kSwitchingProtocols}](
                       const std::vector<epcis::Shown>& events) -> std::optional<std::string> {
        auto told = entry;
        told.about = epcis_items_in(events);
        if (!events.empty() && !routes.people.audit.append(std::move(told))) return std::nullopt;
        return epcis_query_document(events, name, routes.clock(), id);
    };
    auto subscribed = routes.subscriptions.subscribe(std::move(asked));
    if (const auto* why = std::get_if<Subscriptions::Full>(&subscribed)) return full(*why);
    if (const auto* refusal = std::get_if<Refusal>(&subscribed)) return epcis_problem(*refusal);
    request.subject = "query " + named.name;
    auto response = Response::empty(kSwitchingProtocols);
    response.stream = std::make_shared<EventStream>(
        routes, *caller,
        std::move(std::get<std::unique_ptr<Subscriptions::Subscriber>>(subscribed)));
    return response;
}

void add_epcis_subscriptions(EpcisRouter& router) {
    for (const auto method : {Method::get, Method::post})
        router.add(method, "/queries/{query}/subscriptions", kTraceAccess, no_callbacks);
}

}  // namespace reelproof::api
