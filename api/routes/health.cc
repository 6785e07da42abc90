#include "api/routes/health.h"

#include <algorithm>
#include <sstream>

#include <boost/json.hpp>

#include "api/routes/auth.h"
#include "api/routes/json_text.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// What keeps this node from doing its work, in words; empty when nothing does.
std::string trouble(const HealthRoutes& routes) {
    return routes.context.sequencer.refusing();
}

// How much of our own log counts as replicated, and how much doesn't yet.
struct Replicated {
    std::uint64_t size = 0, lag = 0;
};
Replicated replicated(const HealthRoutes& routes, const std::optional<ledger::LogHead>& head) {
    const std::uint64_t size = head ? head->checkpoint.size : 0;
    const auto enough = std::min(size, routes.context.keepers.quorum_size(routes.context.origin));
    return {enough, size - enough};
}

std::vector<std::string> alarms_of(const HealthRoutes& routes,
                                   const std::vector<PartnerHealth>& partners) {
    std::vector<std::string> out;
    if (auto paused = routes.context.sequencer.mirrors_paused(); !paused.empty())
        out.push_back(std::move(paused));
    if (auto much = routes.context.sequencer.public_warning(); !much.empty())
        out.push_back(std::move(much));
    for (const auto& partner : partners) {
        if (!partner.frozen.empty()) out.push_back(partner.origin + ": " + partner.frozen);
        // Not the same twice.
        if (!partner.alarm.empty() &&
            (partner.frozen.empty() || partner.alarm.find(partner.frozen) == std::string::npos))
            out.push_back(partner.org + ": " + partner.alarm);
    }
    for (auto& one : routes.more_alarms()) out.push_back(std::move(one));
    return out;
}

std::string_view status_of(const std::string& what, const std::vector<std::string>& alarms) {
    if (!what.empty()) return "refusing";
    return alarms.empty() ? "ok" : "alarm";
}

Response alive(const HealthRoutes& routes) {
    const auto what = trouble(routes);
    json::object out{{"status", what.empty() ? "ok" : "refusing"}};
    return Response::json(what.empty() ? 200 : 503, json_text(out));
}

// Why no new statement would be taken now, as names that say nothing of what is within: whoever may
// know more asks /v1/health. A store that is not open, or whose log is not read yet, answers
// nothing at all.
std::vector<std::string_view> reasons(const HealthRoutes& routes) {
    const auto counters = routes.context.sequencer.counters();
    std::vector<std::string_view> out;
    if (counters.stopped) out.emplace_back("store-stopped");
    if (!trouble(routes).empty()) out.emplace_back("refusing-to-sign");
    if (counters.index_full)
        out.emplace_back("index-full");
    else if (counters.index_behind)
        out.emplace_back("index-behind");
    return out;
}

Response ready(const HealthRoutes& routes) {
    const auto why = reasons(routes);
    json::array names;
    for (const auto name : why) names.emplace_back(name);
    auto response = Response::json(
        why.empty() ? 200 : 503,
        json_text(json::object{{"ready", why.empty()}, {"reasons", std::move(names)}}));
    if (!why.empty()) response.headers.set("Retry-After", "5");
    return response;
}

Response detail(const HealthRoutes& routes) {
    const auto& store = routes.context.store;
    const auto what = trouble(routes);
    const auto use = store.stats();
    const auto counters = routes.context.sequencer.counters();
    const auto partner_list = routes.partners();
    const auto alarms = alarms_of(routes, partner_list);
    json::array partners;
    for (const auto& partner : partner_list) {
        json::object one{{"org", partner.org},
                         {"origin", partner.origin},
                         {"size", partner.size},
                         {"replicated", partner.replicated}};
        if (partner.age >= 0) one["age_seconds"] = partner.age;
        for (const auto& [name, value] :
             {std::pair("log_key", partner.log_key), std::pair("mirror_key", partner.mirror_key),
              std::pair("not_mirrored", partner.not_mirrored)})
            if (!value.empty()) one[name] = value;
        if (!partner.error.empty()) one["error"] = partner.error;
        if (!partner.frozen.empty()) one["frozen"] = partner.frozen;
        if (!partner.alarm.empty()) one["alarm"] = partner.alarm;
        partners.emplace_back(std::move(one));
    }
    const auto head = store.head(ledger::kOwnLog);
    const auto [quorum_size, quorum_lag] = replicated(routes, head);
    json::object out{
        {"status", status_of(what, alarms)},
        {"version", routes.version},
        {"org", routes.context.org},
        {"log", json::object{{"origin", routes.context.origin},
                             {"size", head ? head->checkpoint.size : 0},
                             {"root", head ? ledger::to_hex(head->checkpoint.root) : ""},
                             {"time", head ? ledger::to_iso8601(head->time) : ""},
                             {"quorum_size", quorum_size},
                             {"quorum_lag", quorum_lag},
                             {"log_key", routes.log_key},
                             {"mirror_key", routes.mirror_key}}},
        {"store", json::object{{"map_bytes", use.map_size},
                               {"used_bytes", use.map_used},
                               {"index_used_bytes", use.index_used},
                               {"waiting_bytes", counters.pool_bytes}}},
        {"partners", std::move(partners)},
        {"alarms", json::value_from(alarms)}};
    if (!what.empty()) out["refusing"] = what;
    return Response::json(200, json_text(out));
}

class Metrics {
  public:
    template <class Number>
    void add(std::string_view name, std::string_view type, std::string_view help, Number value) {
        head(name, type, help);
        out_ << name << ' ' << value << '\n';
    }
    void head(std::string_view name, std::string_view type, std::string_view help) {
        out_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
    }
    template <class Number>
    void of_partner(std::string_view name, const std::string& org, Number value) {
        out_ << name << "{partner=\"";
        for (const char c : org) {
            if (c == '"' || c == '\\') out_ << '\\';
            out_ << (c == '\n' ? ' ' : c);
        }
        out_ << "\"} " << value << '\n';
    }
    [[nodiscard]] std::string text() const { return out_.str(); }

  private:
    std::ostringstream out_;
};

Response metrics(const HealthRoutes& routes) {
    Metrics m;
    const auto counters = routes.context.sequencer.counters();
    const auto stats = routes.context.store.stats();
    const auto reader = routes.reader.stats();
    const auto head = routes.context.store.head(ledger::kOwnLog);
    m.add("reelproof_log_entries", "gauge", "Entries in our own log",
          head ? head->checkpoint.size : 0);
    const auto [quorum_size, quorum_lag] = replicated(routes, head);
    m.add("reelproof_log_quorum_entries", "gauge",
          "Entries in our own log that count as replicated", quorum_size);
    m.add("reelproof_log_quorum_lag_entries", "gauge",
          "Entries in our own log that don't count as replicated yet", quorum_lag);
    m.add("reelproof_statements_total", "counter", "Statements appended", counters.statements);
    m.add("reelproof_duplicates_total", "counter", "Statements that were there already",
          counters.duplicates);
    m.add("reelproof_rejected_total", "counter", "Statements refused", counters.rejected);
    m.add("reelproof_commits_total", "counter", "Durable commits", counters.commits);
    m.add("reelproof_pool_statements", "gauge", "Statements waiting to be sequenced",
          counters.pool_statements);
    m.add("reelproof_pool_bytes", "gauge", "Bytes waiting to be sequenced", counters.pool_bytes);
    m.add("reelproof_last_commit_seconds", "gauge", "Time the last commit took",
          counters.last_commit_seconds);
    m.add("reelproof_log_signed_timestamp_seconds", "gauge",
          "When our newest checkpoint was signed, UNIX time", head ? head->time : 0);
    m.add("reelproof_log_public_bytes", "gauge", "Bytes of public statements in our own log",
          counters.public_bytes);
    m.add("reelproof_refusing", "gauge", "1 while this node refuses to sign",
          trouble(routes).empty() ? 0 : 1);
    m.add("reelproof_store_map_bytes", "gauge", "Size of the store's map", stats.map_size);
    m.add("reelproof_store_used_bytes", "gauge", "Used part of the store's map", stats.map_used);
    m.add("reelproof_index_used_bytes", "gauge",
          "Used part of the tag index, whose map is as large as the store's", stats.index_used);
    m.add("reelproof_index_filter_ready", "gauge",
          "1 once look-ups of absent tags are answered from memory", stats.filter_ready ? 1 : 0);
    m.add("reelproof_index_filter_bytes", "gauge", "Memory of the filter that answers them",
          stats.filter_bytes);
    m.add("reelproof_mirrors_paused", "gauge",
          "1 while the store has no room for partners' logs, or one of them; /v1/health says why",
          routes.context.sequencer.mirrors_paused().empty() ? 0 : 1);
    m.add("reelproof_pictures_total", "counter", "Pictures read", reader.pictures);
    m.add("reelproof_reader_crashes_total", "counter", "Reader processes that crashed",
          reader.crashed);
    m.add("reelproof_reader_timeouts_total", "counter", "Reader processes that hung",
          reader.timed_out);
    m.add("reelproof_text_reader_crashes_total", "counter",
          "Reader processes for print that crashed", reader.text_crashed);
    m.add("reelproof_text_reader_timeouts_total", "counter", "Reader processes for print that hung",
          reader.text_timed_out);
    const auto partners = routes.partners();
    m.head("reelproof_mirror_entries", "gauge", "Entries held of a partner's log");
    for (const auto& one : partners) m.of_partner("reelproof_mirror_entries", one.org, one.size);
    m.head("reelproof_mirror_age_seconds", "gauge", "Since a partner's log was last checked");
    for (const auto& one : partners)
        if (one.age >= 0) m.of_partner("reelproof_mirror_age_seconds", one.org, one.age);
    m.head("reelproof_mirror_frozen", "gauge", "1 when a partner's log was caught misbehaving");
    for (const auto& one : partners)
        m.of_partner("reelproof_mirror_frozen", one.org, one.frozen.empty() ? 0 : 1);
    m.head("reelproof_partner_alarm", "gauge",
           "1 when a partner did what it must not do; /v1/health says what");
    for (const auto& one : partners)
        m.of_partner("reelproof_partner_alarm", one.org, one.alarm.empty() ? 0 : 1);
    m.head("reelproof_partner_trouble", "gauge", "1 when the last round with a partner failed");
    for (const auto& one : partners)
        m.of_partner("reelproof_partner_trouble", one.org, one.error.empty() ? 0 : 1);
    m.head("reelproof_replicated_entries", "gauge", "Entries of our log cosigned by a partner");
    for (const auto& one : partners)
        m.of_partner("reelproof_replicated_entries", one.org, one.replicated);
    return Response::bytes(200, "text/plain; version=0.0.4; charset=utf-8",
                           m.text() + routes.server_metrics());
}

}  // namespace

std::string_view health_status(const HealthRoutes& routes) {
    return status_of(trouble(routes), alarms_of(routes, routes.partners()));
}

void add_health_routes(Router& router, HealthRoutes& routes) {
    // Must answer when all workers are busy.
    RouteOptions quick;
    quick.on_network_thread = true;
    router.add(
        Method::get, "/healthz", std::string(kPublicAccess),
        [&routes](const Request&) { return alive(routes); }, quick);
    router.add(
        Method::get, "/readyz", std::string(kPublicAccess),
        [&routes](const Request&) { return ready(routes); }, quick);
    router.add(Method::get, "/v1/health", std::string(kHealthAccess),
               [&routes](const Request&) { return detail(routes); });
    router.add(Method::get, "/metrics", std::string(kHealthAccess),
               [&routes](const Request&) { return metrics(routes); });
}

}  // namespace reelproof::api
