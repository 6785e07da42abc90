// What a running node is made of, and how its parts find each other. Internal to runtime*.cc.
#pragma once

#include "api/http/server.h"
#include "api/people/people.h"
#include "api/routes/administration.h"
#include "api/routes/bom_changes.h"
#include "api/routes/epcis.h"
#include "api/routes/events.h"
#include "api/routes/guests.h"
#include "api/routes/health.h"
#include "api/routes/inspect.h"
#include "api/routes/jobs.h"
#include "api/routes/labels.h"
#include "api/routes/live.h"
#include "api/routes/people.h"
#include "api/routes/production.h"
#include "api/routes/scrapi.h"
#include "api/routes/sealing_keys.h"
#include "api/routes/search.h"
#include "api/routes/session.h"
#include "api/routes/shipments.h"
#include "api/routes/stock.h"
#include "api/routes/vault.h"
#include "api/service/item_index.h"
#include "api/service/live.h"
#include "api/service/subscriptions.h"
#include "api/service/trace_codes.h"
#include "node/keyring.h"
#include "node/replication/replicator.h"
#include "node/runtime.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

// To the node's log of its own doings.
void log_line(api::LogLevel level, const std::string& text);

// In the order in which they are made; taken apart the other way round.
struct Runtime::Parts {
    Parts(const NodeConfig& with, ledger::Clock by, bool accept, Keyring keyring)
        : config(with), clock(std::move(by)), accept_clock(accept), keys(std::move(keyring)) {}

    NodeConfig config;
    const ledger::Clock clock;
    const bool accept_clock;
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
    std::unique_ptr<api::SealingKeys> sealing_keys;
    std::unique_ptr<api::ServiceContext> context;
    std::unique_ptr<api::Recorder> recorder;
    std::unique_ptr<api::Events> events;
    std::unique_ptr<api::HeldItems> held_items;
    std::unique_ptr<api::EventRoutes> event_routes;
    std::unique_ptr<api::Registration> registration;
    std::unique_ptr<api::ScrapiRoutes> scrapi_routes;
    std::unique_ptr<api::GuestRoutes> guest_routes;
    std::unique_ptr<api::SealingKeyRoutes> sealing_key_routes;
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
    std::unique_ptr<api::Subscriptions> subscriptions;
    std::unique_ptr<api::EpcisRoutes> epcis_routes;
    std::unique_ptr<api::PolicyHistory> policies;
    std::unique_ptr<api::Configuration> configuration;
    std::unique_ptr<api::AdministrationRoutes> administration_routes;
    std::unique_ptr<api::Parts> parts;
    std::unique_ptr<api::TraceCodes> traces;
    std::unique_ptr<api::Stock> stock;
    std::unique_ptr<api::StockRoutes> stock_routes;
    std::unique_ptr<api::SearchRoutes> search_routes;
    std::unique_ptr<api::ShipmentRoutes> shipment_routes;
    std::unique_ptr<api::LiveRoutes> live_routes;
    std::shared_ptr<void> read_heads;  // tells `subscriptions` of new ones
    std::unique_ptr<ledger::VaultKeys> vault_keys;
    std::unique_ptr<api::JsonRows> vault_rows;
    std::unique_ptr<api::Vault> vault;
    std::unique_ptr<api::PartnerPapers> partner_papers;
    std::unique_ptr<api::Leaks> leaks;
    std::unique_ptr<vision::PageRenderer> renderer;
    std::unique_ptr<vision::SheetReader> sheets;
    std::unique_ptr<api::VaultSharing> vault_sharing;
    std::unique_ptr<api::PartnerExits> partner_exits;
    std::unique_ptr<api::DataIncidents> data_incidents;
    std::unique_ptr<api::VaultReviews> vault_reviews;
    std::unique_ptr<api::AccessWatch> access_watch;
    std::unique_ptr<api::VaultDuties> vault_duties;
    std::unique_ptr<api::VaultRoutes> vault_routes;  // null: without a data key there is no vault
    std::unique_ptr<api::Boms> boms;                 // null as well, and what follows
    std::unique_ptr<api::BomChanges> bom_changes;
    std::unique_ptr<api::BomRoutes> bom_routes;
    std::unique_ptr<api::BomChangeRoutes> bom_change_routes;
    std::unique_ptr<api::Production> production;
    std::unique_ptr<api::HttpServer> server;
    std::uint16_t port = 0;

    // runtime_store.cc: the ledger, and the copies of others'
    ledger::Result<void> open_store();
    ledger::Result<void> find_witness_key(const std::optional<ledger::NoteVerifier>& named);
    ledger::Result<void> ask_own_mirrors();
    ledger::Result<void> find_keepers();
    ledger::Result<void> replicate();
    // runtime_service.cc: what is done with it
    ledger::Result<void> make_service();
    void find_sealing_keys();
    ledger::Result<void> find_people();
    ledger::Result<void> administer();
    ledger::Result<void> publish(std::string_view sub, const std::string& payload);
    // runtime_vault.cc
    ledger::Result<void> open_vault();
    // runtime.cc
    ledger::Result<void> serve();
    // runtime_store.cc
    [[nodiscard]] ledger::UnixSeconds last_checked(const PartnerStatus& partner) const;
    [[nodiscard]] std::map<std::string, ledger::SourceState> sources() const;
    [[nodiscard]] std::vector<api::PartnerHealth> partners() const;
};

}  // namespace reelproof::node
