#include "node/runtime.h"

#include <algorithm>
#include <sstream>
#include <thread>

#include <spdlog/spdlog.h>

#include "api/http/server.h"
#include "api/people/people.h"
#include "api/routes/administration.h"
#include "api/routes/audit.h"
#include "api/routes/auth.h"
#include "api/routes/epcis.h"
#include "api/routes/events.h"
#include "api/routes/guests.h"
#include "api/routes/health.h"
#include "api/routes/insight.h"
#include "api/routes/inspect.h"
#include "api/routes/jobs.h"
#include "api/routes/labels.h"
#include "api/routes/live.h"
#include "api/routes/news.h"
#include "api/routes/openapi.h"
#include "api/routes/people.h"
#include "api/routes/portal.h"
#include "api/routes/proofs.h"
#include "api/routes/scrapi.h"
#include "api/routes/search.h"
#include "api/routes/session.h"
#include "api/routes/shipments.h"
#include "api/routes/stock.h"
#include "api/routes/submissions.h"
#include "api/routes/transparency.h"
#include "api/service/happenings.h"
#include "api/service/item_index.h"
#include "api/service/live.h"
#include "api/service/trace_codes.h"
#include "api/web/built_in.h"
#include "ledger/base/file.h"
#include "ledger/provenance/compose.h"
#include "node/keyring.h"
#include "node/label_profiles.h"
#include "node/marking_rules.h"
#include "node/replication/intake.h"
#include "node/replication/own_mirrors.h"
#include "node/shell_word.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace {

using ledger::Result;

constexpr unsigned kMostNetworkThreads = 4;

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

// Binds the audit log to a place in our log, where mirrors keep it; tells nothing of what is in it.
std::string audit_head(const ledger::Hash& head) {
    return R"({"type":"audit.head","head":")" + ledger::to_hex(head) + "\"}";
}

std::string server_metrics(const api::ServerStats& stats) {
    std::ostringstream out;
    const auto add = [&](std::string_view name, std::string_view type, std::string_view help,
                         std::uint64_t value) {
        out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n'
            << name << ' ' << value << '\n';
    };
    add("reelproof_http_requests_total", "counter", "Requests answered", stats.requests);
    add("reelproof_http_bad_requests_total", "counter", "Requests that could not be read",
        stats.bad_requests);
    add("reelproof_http_overloaded_total", "counter",
        "Requests refused for want of a worker or of memory", stats.overloaded);
    add("reelproof_http_rate_limited_total", "counter",
        "Requests of strangers refused because their address asks too often", stats.rate_limited);
    add("reelproof_http_connections_refused_total", "counter",
        "Connections closed at once: too many, or too often from one address",
        stats.connections_refused);
    add("reelproof_http_connections_made_room_total", "counter",
        "Connections that only waited, closed for others", stats.connections_made_room);
    add("reelproof_http_connections_open", "gauge", "Open connections", stats.connections_open);
    return out.str();
}

}  // namespace

// In the order in which they are made; taken apart the other way round.
struct Runtime::Parts {
    NodeConfig config;
    ledger::Clock clock;
    bool accept_clock = false;
    Keyring keys;
    std::unique_ptr<ledger::Store> store;
    std::unique_ptr<ledger::Sequencer> sequencer;
    std::optional<ledger::TlogPolicy> replication_policy;
    std::unique_ptr<ledger::Keepers> keepers;
    std::unique_ptr<vision::ReaderPool> reader;
    std::unique_ptr<Replicator> replicator;
    std::unique_ptr<api::Identifier> identifier;
    api::Live live;
    std::shared_ptr<void> heads;  // tells `live` of new ones
    std::unique_ptr<api::ItemIndex> index;
    std::unique_ptr<api::ServiceContext> context;
    std::unique_ptr<api::Recorder> recorder;
    std::unique_ptr<api::Events> events;
    std::unique_ptr<api::HeldItems> held_items;
    std::unique_ptr<api::EventRoutes> event_routes;
    std::unique_ptr<api::Registration> registration;
    std::unique_ptr<api::ScrapiRoutes> scrapi_routes;
    std::unique_ptr<api::GuestRoutes> guest_routes;
    std::unique_ptr<api::HealthRoutes> health_routes;
    std::unique_ptr<api::People> people;
    std::unique_ptr<api::SessionRoutes> session_routes;
    std::unique_ptr<api::PeopleRoutes> people_routes;
    std::unique_ptr<api::JsonRows> work_rows;
    std::unique_ptr<api::Jobs> jobs;
    std::unique_ptr<api::FloorLives> floor_lives;
    std::unique_ptr<api::JobRoutes> job_routes;
    std::unique_ptr<api::LabelRoutes> label_routes;
    std::unique_ptr<api::InspectRoutes> inspect_routes;
    std::unique_ptr<api::EpcisEvents> epcis_events;
    std::unique_ptr<api::CaptureJobs> capture_jobs;
    std::unique_ptr<api::NamedQueries> named_queries;
    std::unique_ptr<api::EpcisRoutes> epcis_routes;
    std::unique_ptr<api::PolicyHistory> policies;
    std::unique_ptr<api::AdministrationRoutes> administration_routes;
    std::unique_ptr<api::Parts> parts;
    std::unique_ptr<api::TraceCodes> traces;
    std::unique_ptr<api::Stock> stock;
    std::unique_ptr<api::StockRoutes> stock_routes;
    std::unique_ptr<api::SearchRoutes> search_routes;
    std::unique_ptr<api::ShipmentRoutes> shipment_routes;
    std::unique_ptr<api::LiveRoutes> live_routes;
    std::unique_ptr<api::HttpServer> server;
    std::uint16_t port = 0;

    Result<void> open_store();
    Result<void> find_witness_key(const std::optional<ledger::NoteVerifier>& named);
    Result<void> ask_own_mirrors();
    Result<void> find_keepers();
    Result<void> make_service();
    Result<void> find_people();
    Result<void> administer();
    Result<void> publish(std::string_view sub, const std::string& payload);
    Result<void> replicate();
    Result<void> serve();
    [[nodiscard]] ledger::UnixSeconds last_checked(const PartnerStatus& partner) const;
    [[nodiscard]] std::map<std::string, ledger::SourceState> sources() const;
    [[nodiscard]] std::vector<api::PartnerHealth> partners() const;
};

Result<void> Runtime::Parts::open_store() {
    auto opened = ledger::Store::open(config.store);
    if (!opened) return opened.error();
    store = std::move(*opened);
    if (store->encrypted() && !config.store.data_key)
        return ledger::Error{ledger::ErrorKind::not_found,
                             "the store in " + config.store.folder.string() +
                                 " is encrypted, and its data key is missing: put data.key back "
                                 "into " +
                                 config.keys.string()};
    if (!config.store.data_key)
        spdlog::warn(
            "business data and private keys lie unencrypted on disk: reelproof ledger "
            "rewrap makes a data key");
    ledger::SequencerOptions options;
    options.origin = config.origin;
    options.org = config.org;
    options.trusted_roots = config.trusted_roots();
    options.clock = clock;
    options.accept_clock = accept_clock;
    for (const auto& log : store->logs())
        if (log.id == ledger::kOwnLog && log.origin != config.origin)
            return ledger::malformed("org in " + config.file.string() + " is " + config.org +
                                     ", but " + config.store.folder.string() +
                                     " keeps the log of " + log.org +
                                     ": put its name back, or name another folder in [store]");
    auto started = ledger::Sequencer::start(*store, options, keys.log_signer(config.org));
    if (!started) return started.error();
    sequencer = std::move(*started);
    if (const auto why = sequencer->refusing(); !why.empty()) spdlog::error("{}", why);
    if (accept_clock)
        spdlog::warn(
            "--accept-clock: a clock that was set back went unnoticed at this start; leave it out "
            "of the next, and of any service unit");
    if (!store->head(ledger::kOwnLog))
        return ledger::Error{ledger::ErrorKind::not_found,
                             config.store.folder.string() +
                                 " holds no log yet: make the organisation with `reelproof org "
                                 "init`"};
    const auto directory = store->directory();
    const auto* own = directory->org(config.org);
    if (own == nullptr || ledger::thumbprint(own->genesis.root) != config.root)
        return ledger::malformed(
            "root in " + config.file.string() + " is not the root key of the log in " +
            config.store.folder.string() + ": put the one back that `org init` printed");
    const auto& key = keys.statement.public_key();
    if (std::none_of(own->keys.begin(), own->keys.end(), [&](const ledger::KeyState& one) {
            return one.grant.key == key && !one.revoked_at;
        }))
        return ledger::Error{
            ledger::ErrorKind::refused,
            (config.keys / "node.key").string() + " is not a key that our log has granted"};
    return find_witness_key(own->genesis.witness_key);
}

// An organisation older than witnesses gets its key here; its genesis does not name it.
Result<void> Runtime::Parts::find_witness_key(const std::optional<ledger::NoteVerifier>& named) {
    if (!keys.witness && !named) keys.witness = add_witness_key(config.keys, config.store.data_key);
    const auto signer = keys.witness_signer(config.org);
    if (named && (!signer || signer->verifier().public_key != named->public_key))
        return ledger::Error{ledger::ErrorKind::refused,
                             (config.keys / "witness.key").string() +
                                 (signer ? " is not the witness key that our genesis names"
                                         : " is missing, and our genesis names it")};
    return {};
}

// Where the store was set back together with its anchor, only others know how far our log had come.
Result<void> Runtime::Parts::ask_own_mirrors() {
    OwnMirrors question{.nodes = {},
                        .origin = config.origin,
                        .log_key = keys.log_signer(config.org).verifier(),
                        .certificate_pem = keys.tls_certificate,
                        .private_key_pem = keys.tls_key};
    const auto directory = store->directory();
    for (const auto& partner : config.partners) {
        if (!partner.pull) continue;  // it can't be reached
        const auto* known = directory->org(partner.org);
        const bool moved = known != nullptr && !known->url.empty() && known->url != partner.url;
        for (const auto& url : {partner.url, moved ? known->url : std::string()}) {
            if (url.empty()) continue;
            question.nodes.push_back({url, partner.org, partner.root});
        }
    }
    const auto answers = ask_mirrors(question);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& [url, org, root] = question.nodes[i];
        const auto& head = answers[i].head;
        if (!answers[i].proven)
            spdlog::info(
                "{} could not be asked for its copy of our log, and is asked later: {}", org,
                head ? "what answers there does not prove to be it" : head.error().message);
        if (!head) continue;
        const auto held = hold_own_log_to(head->checkpoint, *store, *sequencer);
        if (!held)
            return ledger::Error{ledger::ErrorKind::refused,
                                 org + ": " + held.error().message +
                                     "; signing would fork it. Rebuild it from the mirrors: "
                                     "reelproof ledger recover --config " +
                                     shell_word(config.file.string()) + " --from " +
                                     shell_word(url)};
    }
    return {};
}

Result<void> Runtime::Parts::find_keepers() {
    const auto& file = config.replication_policy_file;
    if (!file.empty()) {
        auto policy = load_replication_policy(file);
        if (!policy) return policy.error();
        replication_policy = std::move(*policy);
    }
    std::vector<std::string> partners;
    for (const auto& partner : config.partners) partners.push_back(partner.org);
    const auto mirror = keys.mirror_signer(config.org).verifier();
    keepers = std::make_unique<ledger::Keepers>(mirror, replication_policy, partners);
    if (!replication_policy) return {};
    const auto refuse = [&](const std::string& key) {
        return ledger::Error{ledger::ErrorKind::refused,
                             file.string() + " names another key for " + key + " than ours"};
    };
    if (!keepers->learn(mirror)) return refuse(mirror.name);
    for (const auto& log : replication_policy->logs()) {
        const auto is_of = [&](const std::string& org) { return log.key.name == org + "/ledger"; };
        if (is_of(config.org)) {
            if (log.key != keys.log_signer(config.org).verifier()) return refuse(log.key.name);
        } else if (std::none_of(partners.begin(), partners.end(), is_of)) {
            // One file may serve many, who have not all the same partners.
            spdlog::warn("{} names the log {}, which is no partner's: it is not mirrored",
                         file.string(), log.key.name);
        }
    }
    return {};
}

Result<void> Runtime::Parts::make_service() {
    auto policy = load_policy(config.policy_file);
    if (!policy) return policy.error();
    if (policy->manufacturers.empty())
        spdlog::warn(
            "{} names no [[manufacturer]]: whoever records a part first is taken for its "
            "maker (docs/RULES.md)",
            config.policy_file.string());
    for (const auto& softened : softened_rules(*policy))
        spdlog::warn("{}: {}", config.policy_file.string(), softened);
    std::optional<ledger::NetworkSalt> salt;
    if (!config.salt_file.empty()) {
        auto given = load_salt(config.salt_file);
        if (!given) return given.error();
        salt = *given;
    }
    identifier = std::make_unique<api::Identifier>(salt);
    if (!config.label_profiles.empty()) {
        auto profiles = load_profiles(config.label_profiles);
        if (!profiles) return profiles.error();
        vision::use_profiles(std::move(*profiles));
    }
    vision::ReaderOptions reader_options;
    reader_options.command = {config.reader_program, "reader"};
    reader_options.processes = config.readers;
    reader_options.on_no_text = [](const vision::Error& why) {
        log_line(api::LogLevel::warning, why.text);
    };
    reader = std::make_unique<vision::ReaderPool>(reader_options);
    std::set<std::string> guests;
    for (const auto& guest : config.guests) guests.insert(guest.org);
    index = std::make_unique<api::ItemIndex>(*store, *sequencer, config.org, clock);
    heads = store->watch_heads([this](ledger::LogId log) {
        if (log != ledger::kOwnLog) api::tell_log(live, *store, log);
    });
    context = std::make_unique<api::ServiceContext>(
        api::ServiceContext{*store, *sequencer, keys.statement, keys.receipt, config.org,
                            config.origin, std::move(guests), std::move(*policy), *identifier,
                            *keepers, [this] { return sources(); }, index.get(), &live, clock});
    context->sealing_key = &keys.sealing;
    recorder = std::make_unique<api::Recorder>(*context);
    events = std::make_unique<api::Events>(*context, *recorder);
    api::JsonRows rows(*store, *sequencer, ledger::Table::work);
    // A node that may not write now records nothing under it either.
    const auto kept = api::kept_key(rows, "things without a label");
    held_items = std::make_unique<api::HeldItems>(*store, *sequencer,
                                                  kept ? *kept : ledger::Secret<32>::random());
    event_routes = std::make_unique<api::EventRoutes>(
        api::EventRoutes{*context, *recorder, *events, *reader, *held_items});
    registration = std::make_unique<api::Registration>(*context);
    scrapi_routes = std::make_unique<api::ScrapiRoutes>(*context, *registration);
    guest_routes = std::make_unique<api::GuestRoutes>(api::GuestRoutes{*context, *recorder});
    health_routes = std::make_unique<api::HealthRoutes>(api::HealthRoutes{
        *context, *reader, [this] { return partners(); },
        [this] { return server ? server_metrics(server->stats()) : std::string(); },
        REELPROOF_VERSION, keys.log_signer(config.org).verifier().vkey(),
        keys.mirror_signer(config.org).verifier().vkey()});
    return {};
}

Result<void> Runtime::Parts::find_people() {
    auto tokens = load_tokens(config.tokens_file);
    if (!tokens) return tokens.error();
    api::JsonRows rows(*store, *sequencer, ledger::Table::people);
    // A node that may not write now still serves: then its browsers are strangers at the next
    // start.
    const auto kept = api::kept_key(rows, "browser cookies");
    const auto browsers = kept ? *kept : ledger::Secret<32>::random();
    people = std::make_unique<api::People>(
        *store, *sequencer, config.org, std::move(*tokens), browsers, clock,
        [this](const ledger::Hash& head) { return publish("audit.head", audit_head(head)); },
        [](const std::string& trouble) { log_line(api::LogLevel::error, trouble); });
    session_routes = std::make_unique<api::SessionRoutes>(
        api::SessionRoutes{people->users, people->sessions, people->attempts, config.org});
    people_routes = std::make_unique<api::PeopleRoutes>(
        api::PeopleRoutes{people->users, people->sessions, people->tokens, config.url});
    work_rows = std::make_unique<api::JsonRows>(*store, *sequencer, ledger::Table::work);
    jobs = std::make_unique<api::Jobs>(*work_rows, clock);
    floor_lives = std::make_unique<api::FloorLives>(*work_rows, clock);
    job_routes =
        std::make_unique<api::JobRoutes>(api::JobRoutes{*context, *events, *jobs, *floor_lives});
    auto rules = load_marking_rules(config.marking_rules);
    if (!rules) return rules.error();
    inspect_routes =
        std::make_unique<api::InspectRoutes>(api::InspectRoutes{*event_routes, std::move(*rules)});
    label_routes =
        std::make_unique<api::LabelRoutes>(api::LabelRoutes{*reader, config.org, *held_items});
    epcis_events = std::make_unique<api::EpcisEvents>(*context, *recorder, *events, *held_items);
    capture_jobs = std::make_unique<api::CaptureJobs>(*work_rows);
    named_queries = std::make_unique<api::NamedQueries>(*work_rows);
    epcis_routes = std::make_unique<api::EpcisRoutes>(
        api::EpcisRoutes{*epcis_events, *capture_jobs, *named_queries, clock, REELPROOF_VERSION});
    parts = std::make_unique<api::Parts>(*work_rows);
    traces = std::make_unique<api::TraceCodes>(*work_rows);
    context->parts = parts.get();
    context->traces = traces.get();
    stock = std::make_unique<api::Stock>(*index, *parts, clock);
    stock_routes = std::make_unique<api::StockRoutes>(
        api::StockRoutes{*index, *parts, *stock, *floor_lives, config.org, clock});
    search_routes = std::make_unique<api::SearchRoutes>(api::SearchRoutes{*context, *index});
    shipment_routes = std::make_unique<api::ShipmentRoutes>(api::ShipmentRoutes{*context, *index});
    live_routes = std::make_unique<api::LiveRoutes>(
        api::LiveRoutes{live, people->users, people->sessions, clock,
                        [this] { return std::string(api::health_status(*health_routes)); }});
    return administer();
}

// What the policy was is told to administrators; a node that may not write now still serves.
Result<void> Runtime::Parts::administer() {
    policies = std::make_unique<api::PolicyHistory>(*work_rows);
    constexpr std::size_t kMostOfFile = std::size_t{1} << 20;
    const auto text = ledger::read_file(config.policy_file, kMostOfFile);
    if (!text) return text.error();
    if (const auto kept =
            policies->keep(context->policy.version, std::string(ledger::as_text(*text)), clock());
        !kept)
        spdlog::warn("{}: this version is not noted: {}", config.policy_file.string(),
                     kept.error().message);
    administration_routes = std::make_unique<api::AdministrationRoutes>(
        *context, std::vector<api::TrustedOrg>(), *policies, config.backups);
    auto& partners = administration_routes->partners;
    for (const auto& one : config.partners) partners.push_back({one.org, one.root, one.url, false});
    for (const auto& one : config.guests) partners.push_back({one.org, one.root, "", true});
    return {};
}

// A public statement of this node.
Result<void> Runtime::Parts::publish(std::string_view sub, const std::string& payload) {
    auto statement = ledger::compose_public(keys.statement, config.org, clock(), sub, payload);
    if (!statement) return statement.error();
    auto placed = sequencer->submit(std::move(*statement)).get();
    if (!placed) return placed.error();
    return {};
}

Result<void> Runtime::Parts::replicate() {
    ReplicatorDeps deps{.store = *store,
                        .sequencer = *sequencer,
                        .keepers = *keepers,
                        .mirror_signer = keys.mirror_signer(config.org),
                        .witness_signer = keys.witness_signer(config.org),
                        .org = config.org,
                        .origin = config.origin,
                        .certificate_pem = keys.tls_certificate,
                        .private_key_pem = keys.tls_key,
                        .partners = config.partners,
                        .logs = replication_policy ? replication_policy->logs()
                                                   : std::vector<ledger::TlogPolicy::Log>(),
                        .poll_interval = config.poll_interval,
                        .clock = clock,
                        .log = log_line,
                        .publish = {}};
    deps.publish = [this](std::string_view sub, const std::string& payload) {
        return publish(sub, payload);
    };
    replicator = std::make_unique<Replicator>(std::move(deps));
    return replicator->start();
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
    api::add_portal_routes(router, api::built_in_portal());
    api::add_event_routes(router, *event_routes);
    api::add_epcis_routes(router, *epcis_routes);
    api::add_health_routes(router, *health_routes);
    api::add_transparency_routes(router,
                                 {*store, [this] { return api::published_checkpoint(*store); }});
    api::add_proof_routes(router, *context);
    api::add_scrapi_routes(router, *scrapi_routes);
    api::add_guest_routes(router, *guest_routes);
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

// After a restart, until the partner has answered: it was checked when our copy was stored.
ledger::UnixSeconds Runtime::Parts::last_checked(const PartnerStatus& partner) const {
    if (partner.last_checked != 0) return partner.last_checked;
    const auto log = store->log_by_origin(partner.origin);
    const auto head = log ? store->head(log->id) : std::nullopt;
    return head ? head->time : 0;
}

std::map<std::string, ledger::SourceState> Runtime::Parts::sources() const {
    std::map<std::string, ledger::SourceState> out;
    const auto now = clock();
    ledger::SourceState own;
    own.origin = config.origin;
    own.own = true;
    if (const auto head = store->head(ledger::kOwnLog)) own.size = head->checkpoint.size;
    out.emplace(config.org, std::move(own));
    for (const auto& partner : replicator->status()) {
        // We have no copy of its log, and by our policy never will.
        if (!partner.not_mirrored.empty() && partner.size == 0) continue;
        ledger::SourceState state;
        state.origin = partner.origin.empty() ? partner.org + "/ledger" : partner.origin;
        state.size = partner.size;
        state.age = std::max<ledger::UnixSeconds>(0, now - last_checked(partner));
        state.frozen = partner.frozen;
        state.alarm = partner.log_alarm;
        out.emplace(partner.org, std::move(state));
    }
    return out;
}

std::vector<api::PartnerHealth> Runtime::Parts::partners() const {
    std::vector<api::PartnerHealth> out;
    const auto now = clock();
    for (const auto& partner : replicator->status()) {
        const auto checked = last_checked(partner);
        out.push_back({partner.org, partner.origin, partner.size,
                       checked == 0 ? -1 : std::max<ledger::UnixSeconds>(0, now - checked),
                       partner.error, partner.frozen, partner.alarm, partner.cosigned,
                       partner.not_mirrored, partner.log_key, partner.mirror_key});
    }
    return out;
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
    auto parts = std::unique_ptr<Parts>(new Parts{.config = config,
                                                  .clock = std::move(clock),
                                                  .accept_clock = accept_clock,
                                                  .keys = std::move(*keys),
                                                  .store = {},
                                                  .sequencer = {},
                                                  .replication_policy = {},
                                                  .keepers = {},
                                                  .reader = {},
                                                  .replicator = {},
                                                  .identifier = {},
                                                  .live = {},
                                                  .heads = {},
                                                  .index = {},
                                                  .context = {},
                                                  .recorder = {},
                                                  .events = {},
                                                  .held_items = {},
                                                  .event_routes = {},
                                                  .registration = {},
                                                  .scrapi_routes = {},
                                                  .guest_routes = {},
                                                  .health_routes = {},
                                                  .people = {},
                                                  .session_routes = {},
                                                  .people_routes = {},
                                                  .work_rows = {},
                                                  .jobs = {},
                                                  .floor_lives = {},
                                                  .job_routes = {},
                                                  .label_routes = {},
                                                  .inspect_routes = {},
                                                  .epcis_events = {},
                                                  .capture_jobs = {},
                                                  .named_queries = {},
                                                  .epcis_routes = {},
                                                  .policies = {},
                                                  .administration_routes = {},
                                                  .parts = {},
                                                  .traces = {},
                                                  .stock = {},
                                                  .stock_routes = {},
                                                  .search_routes = {},
                                                  .shipment_routes = {},
                                                  .live_routes = {},
                                                  .server = {}});
    parts->config.store.data_key = *data_key;
    for (const auto step :
         {&Parts::open_store, &Parts::ask_own_mirrors, &Parts::find_keepers, &Parts::make_service,
          &Parts::find_people, &Parts::replicate, &Parts::serve})
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
    // Requests first, then those who call partners; the sequencer last, so that what was taken is
    // also appended.
    if (parts_->server) parts_->server->stop();
    if (parts_->replicator) parts_->replicator->stop();
    parts_.reset();
}

}  // namespace reelproof::node
