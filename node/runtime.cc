#include "node/runtime.h"

#include <algorithm>
#include <thread>

#include <spdlog/spdlog.h>

#include "api/routes/audit.h"
#include "api/routes/auth.h"
#include "api/routes/insight.h"
#include "api/routes/news.h"
#include "api/routes/openapi.h"
#include "api/routes/portal.h"
#include "api/routes/proofs.h"
#include "api/routes/submissions.h"
#include "api/routes/transparency.h"
#include "api/web/built_in.h"
#include "node/replication/intake.h"
#include "node/runtime_parts.h"

namespace reelproof::node {

using ledger::Result;

namespace {

constexpr unsigned kMostNetworkThreads = 4;

}  // namespace

void log_line(api::LogLevel level, const std::string& text) {
    switch (level) {
        case api::LogLevel::debug:
            spdlog::debug("{}", text);
            break;
        case api::LogLevel::info:
            spdlog::info("{}", text);
            break;
        case api::LogLevel::warning:
            spdlog::warn("{}", text);
            break;
        case api::LogLevel::error:
            spdlog::error("{}", text);
            break;
    }
}

Result<void> Runtime::Parts::serve() {
    api::Router router;
    router.set_authoriser(api::make_authoriser(
        {people->users, people->sessions, people->tokens,
         [this](const api::SpkiSha256& spki) { return replicator->org_of_certificate(spki); },
         config.limits.callers}));
    router.set_observer(api::make_audit_observer(people->audit));
    api::add_session_routes(router, *session_routes);
    api::add_people_routes(router, *people_routes);
    api::add_audit_routes(router, people->audit, config.org);
    api::add_job_routes(router, *job_routes);
    api::add_label_routes(router, *label_routes);
    api::add_inspect_routes(router, *inspect_routes);
    api::add_administration_routes(router, *administration_routes);
    api::add_search_routes(router, *search_routes);
    api::add_insight_routes(router, *index, clock);
    api::add_stock_routes(router, *stock_routes);
    api::add_shipment_routes(router, *shipment_routes);
    api::add_live_route(router, *live_routes);
    if (vault_routes) {
        api::add_vault_routes(router, *vault_routes);
        api::add_vault_sharing_routes(router, *vault_routes);
        api::add_vault_retention_routes(router, *vault_routes);
        api::add_vault_partner_routes(router, *vault_routes);
        api::add_vault_incident_routes(router, *vault_routes);
        api::add_vault_review_routes(router, *vault_routes);
        api::add_vault_peer_routes(router, *vault_routes);
        api::add_leak_routes(router, *vault_routes);
        api::add_vault_page_routes(router, *vault_routes);
        api::add_bom_routes(router, *bom_routes);
        api::add_bom_view_routes(router, *bom_routes);
        api::add_bom_change_routes(router, *bom_change_routes);
        api::add_production_routes(router, *production);
    }
    api::add_portal_routes(router, api::built_in_portal());
    api::add_event_routes(router, *event_routes);
    api::add_epcis_routes(router, *epcis_routes);
    api::add_health_routes(router, *health_routes);
    api::add_transparency_routes(router,
                                 {*store, [this] { return api::published_checkpoint(*store); }});
    api::add_proof_routes(router, *context);
    api::add_scrapi_routes(router, *scrapi_routes);
    api::add_guest_routes(router, *guest_routes);
    api::add_sealing_key_routes(router, *sealing_key_routes);
    api::add_news_route(router, *store);
    Intake& intake = replicator->intake();
    const auto submit = [&intake](auto method) {
        return [&intake, method](std::string_view body, const api::Peer& peer) {
            return (intake.*method)(body, peer);
        };
    };
    api::add_submission_routes(router,
                               {*store, intake.origins(), submit(&Intake::add_checkpoint),
                                submit(&Intake::add_entries), submit(&Intake::add_genesis)});
    api::add_openapi_route(router, REELPROOF_VERSION);
    api::ServerOptions options;
    options.listen = {config.listen};
    options.certificate_pem = keys.tls_certificate;
    options.private_key_pem = keys.tls_key;
    // TLS is most of what a small answer costs.
    options.io_threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostNetworkThreads);
    options.max_connections = config.limits.connections;
    options.max_connections_per_address = config.limits.connections_per_address;
    options.connection_rate = config.limits.new_connections;
    options.stranger_rate = config.limits.strangers;
    options.logger = log_line;
    options.access_log = [](const api::AccessEntry& entry) {
        spdlog::debug("{} {} {} {} {} us", entry.address, entry.method, entry.path, entry.status,
                      entry.duration.count());
    };
    server = std::make_unique<api::HttpServer>(std::move(options), std::move(router));
    auto ports = server->start();
    if (!ports)
        return ledger::Error{ledger::ErrorKind::unavailable, "listen: " + ports.error().text};
    port = ports->front();
    return {};
}

Runtime::Runtime(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Runtime::~Runtime() {
    stop();
}

Result<std::unique_ptr<Runtime>> Runtime::start(const NodeConfig& config, ledger::Clock clock,
                                                bool accept_clock, const AskPassphrase& ask) {
    auto data_key = load_data_key(config.keys, ask);
    if (!data_key) return data_key.error();
    if (*data_key) {
        const auto sealed = finish_sealing(config.keys, **data_key);
        if (!sealed) return sealed.error();
        for (const auto& file : *sealed)
            spdlog::warn(
                "{} was a plain file though the secret of the data key lies elsewhere: it "
                "is sealed now. Was a wrap cut off? Else somebody put it there",
                file.string());
    }
    auto keys = load_keyring(config.keys, *data_key);
    if (!keys) return keys.error();
    auto parts = std::make_unique<Parts>(config, std::move(clock), accept_clock, std::move(*keys));
    parts->config.store.data_key = *data_key;
    for (const auto step :
         {&Parts::open_store, &Parts::ask_own_mirrors, &Parts::find_keepers, &Parts::make_service,
          &Parts::find_people, &Parts::replicate, &Parts::open_vault, &Parts::serve})
        if (auto done = ((*parts).*step)(); !done) return done.error();
    return std::unique_ptr<Runtime>(new Runtime(std::move(parts)));
}

const std::vector<api::Route>& Runtime::routes() const {
    return parts_->server->router().routes();
}

std::uint16_t Runtime::port() const {
    return parts_->port;
}

void Runtime::stop() {
    if (!parts_) return;
    // What asks partners for documents would keep requests waiting. Then requests, then those who
    // call partners; the sequencer last, so that what was taken is also appended.
    if (parts_->vault_sharing) parts_->vault_sharing->stop_asking();
    if (parts_->server) parts_->server->stop();
    if (parts_->replicator) parts_->replicator->stop();
    parts_.reset();
}

}  // namespace reelproof::node
