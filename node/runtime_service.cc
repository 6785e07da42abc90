// What a node does with its ledger: the service, its people, and what its routes work with.
#include <algorithm>
#include <sstream>

#include <spdlog/spdlog.h>

#include "api/service/happenings.h"
#include "ledger/base/file.h"
#include "ledger/provenance/compose.h"
#include "node/file_configuration.h"
#include "node/label_profiles.h"
#include "node/marking_rules.h"
#include "node/runtime_parts.h"

namespace reelproof::node {

using ledger::Result;

namespace {

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

void Runtime::Parts::find_sealing_keys() {
    sealing_keys = std::make_unique<api::SealingKeys>(
        std::move(keys.sealing), *store, config.org,
        [this](const std::vector<ledger::SealingKey>& kept) {
            return save_sealing_keys(config.keys, kept, config.store.data_key);
        });
    for (const auto& key : sealing_keys->all())
        if (key.use == api::SealingKeyUse::missing)
            spdlog::error(
                "partners seal to {}, which is not in {}: nothing that they seal from now on can "
                "be opened here. Put sealing.key back from your copy of the keys folder and start "
                "the node again, or make a new one with reelproof org sealing-key rotate",
                ledger::to_hex(key.key), (config.keys / "sealing.key").string());
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
    find_sealing_keys();
    context->sealing_keys = sealing_keys.get();
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
    sealing_key_routes =
        std::make_unique<api::SealingKeyRoutes>(api::SealingKeyRoutes{*sealing_keys, *context});
    health_routes = std::make_unique<api::HealthRoutes>(api::HealthRoutes{
        *context, *reader, [this] { return partners(); },
        [this] { return server ? server_metrics(server->stats()) : std::string(); },
        REELPROOF_VERSION, keys.log_signer(config.org).verifier().vkey(),
        keys.mirror_signer(config.org).verifier().vkey(),
        [this] { return vault_duties ? vault_duties->alarms() : std::vector<std::string>(); }});
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
    subscriptions = std::make_unique<api::Subscriptions>(*epcis_events, clock);
    read_heads = store->watch_heads([this](ledger::LogId) { subscriptions->changed(); });
    epcis_routes = std::make_unique<api::EpcisRoutes>(
        api::EpcisRoutes{*epcis_events, *capture_jobs, *named_queries, *subscriptions, *people,
                         clock, REELPROOF_VERSION});
    parts = std::make_unique<api::Parts>(*work_rows);
    context->parts = parts.get();
    context->floor_lives = floor_lives.get();
    traces = std::make_unique<api::TraceCodes>(*work_rows);
    context->traces = traces.get();
    stock = std::make_unique<api::Stock>(*index, *parts, clock);
    stock_routes = std::make_unique<api::StockRoutes>(
        api::StockRoutes{*index, *parts, *stock, *floor_lives, config.org, clock});
    search_routes.reset(new api::SearchRoutes{*context, *index});
    shipment_routes = std::make_unique<api::ShipmentRoutes>(api::ShipmentRoutes{*context, *index});
    live_routes = std::make_unique<api::LiveRoutes>(api::LiveRoutes{
        live, *people, clock, [this] { return std::string(api::health_status(*health_routes)); }});
    return administer();
}

// What the policy was is told to administrators; a node that may not write now still serves.
Result<void> Runtime::Parts::administer() {
    policies = std::make_unique<api::PolicyHistory>(*work_rows);
    configuration = std::make_unique<FileConfiguration>(config.file, config.policy_file);
    auto file = configuration->policy();
    if (!file) return file.error();
    if (const auto kept = policies->keep(file->version, file->text, clock()); !kept)
        spdlog::warn("{}: this version is not noted: {}", config.policy_file.string(),
                     kept.error().message);
    administration_routes = std::make_unique<api::AdministrationRoutes>(
        *context, FileConfiguration::trusted_in(config), *policies, *configuration,
        std::move(file->text), config.backups);
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

}  // namespace reelproof::node
