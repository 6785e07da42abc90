// Health and metrics: GET /healthz (public: alive or not), /readyz (public: can it do all its work
// now, and what keeps it from it), /v1/health (in detail), /metrics (Prometheus text). Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http/router.h"
#include "api/service/context.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::api {

struct PartnerHealth {
    std::string org;
    std::string origin;
    std::uint64_t size = 0;           // entries that we hold of its log
    std::int64_t age = 0;             // seconds since it was last checked; -1 never
    std::string error;                // of the last attempt, or empty
    std::string frozen;               // caught misbehaving, and how
    std::string alarm;                // something a person should look at
    std::uint64_t replicated = 0;     // entries of our log that it holds and has cosigned
    std::string not_mirrored;         // why our policy keeps its log out, or empty
    std::string log_key, mirror_key;  // its note keys; empty until they are known
};

struct HealthRoutes {
    ServiceContext& context;
    const vision::ReaderPool& reader;
    std::function<std::vector<PartnerHealth>()> partners;
    // Counters of the HTTP server in Prometheus text; it exists only after the router.
    std::function<std::string()> server_metrics;
    std::string version;
    std::string log_key, mirror_key;  // our own note keys
    // What else somebody should look at, a sentence each.
    std::function<std::vector<std::string>()> more_alarms;
};

// "ok", "alarm" or "refusing", as GET /v1/health says; takes microseconds.
std::string_view health_status(const HealthRoutes& routes);

// `routes` must outlive the router.
void add_health_routes(Router& router, HealthRoutes& routes);

}  // namespace reelproof::api
