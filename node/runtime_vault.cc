// Runtime: documents and what partners agreed about them.
#include <spdlog/spdlog.h>

#include "node/runtime_parts.h"
#include "node/vault_peers.h"

namespace reelproof::node {

ledger::Result<void> Runtime::Parts::open_vault() {
    if (!config.store.data_key) {
        spdlog::warn("without a data key there is no vault: reelproof ledger rewrap makes one");
        return {};
    }
    auto opened =
        ledger::VaultKeys::open(config.keys / ledger::kVaultKeysFile, *config.store.data_key);
    if (!opened) return opened.error();
    vault_keys = std::move(*opened);
    vault_rows = std::make_unique<api::JsonRows>(*store, *sequencer, ledger::Table::work);
    vault = std::make_unique<api::Vault>(*vault_rows, *vault_keys, config.store.folder / "vault",
                                         config.org, clock);
    const auto marks = api::kept_key(*vault_rows, "leak marks");
    if (!marks) return marks.error();
    leaks = std::make_unique<api::Leaks>(*vault_rows, *vault, *marks, clock);
    partner_papers = std::make_unique<api::PartnerPapers>(*vault_rows, clock);
    const auto peers =
        make_vault_peers([this](const std::string& org) { return replicator->address_of(org); },
                         keys.tls_certificate, keys.tls_key);
    vault_sharing = std::make_unique<api::VaultSharing>(api::VaultSharingDeps{
        *vault, *vault_rows, *store, keys.statement, *sealing_keys, config.org, clock,
        [this](std::string_view sub, const std::string& payload) { return publish(sub, payload); },
        peers, [](const std::string& trouble) { log_line(api::LogLevel::warning, trouble); },
        [this](const std::string& org, ledger::Classification classification) {
            return partner_papers->refusal(org, classification);
        },
        [this](const api::VaultDocument& document, std::uint64_t version,
               const ledger::Share& share, std::string_view csv) -> ledger::Result<std::string> {
            auto marked = leaks->mark({.document = document.id,
                                       .version = version,
                                       .recipient = api::share_recipient(share),
                                       .by = "share " + share.id},
                                      {}, csv);
            if (!marked) return marked.error();
            return std::move(marked->csv);
        }});
    renderer = std::make_unique<vision::PageRenderer>(
        std::vector<std::string>{config.reader_program, "reader"});
    sheets = std::make_unique<vision::SheetReader>(
        std::vector<std::string>{config.reader_program, "reader"});
    partner_exits =
        std::make_unique<api::PartnerExits>(*vault_sharing, *vault_rows, config.org, clock);
    data_incidents = std::make_unique<api::DataIncidents>(*vault_sharing, *vault, *vault_rows,
                                                          config.org, clock);
    vault_reviews = std::make_unique<api::VaultReviews>(
        *vault, people->audit, *vault_rows, clock,
        [this](std::string_view sub, const std::string& payload) { return publish(sub, payload); });
    access_watch = std::make_unique<api::AccessWatch>(
        people->audit, clock, [this](const std::string& who, const std::string& text) {
            data_incidents->suspect("access", who, text);
        });
    vault_duties = std::make_unique<api::VaultDuties>(api::VaultDutiesDeps{
        *vault, *vault_sharing, *partner_exits, *partner_papers, *data_incidents, *vault_reviews,
        *access_watch, config.org, clock,
        [this](std::string_view what, const std::string& about) {
            api::AuditEntry entry;
            entry.time = clock();
            entry.who = "node";
            entry.what = "retention " + std::string(what);
            entry.about = about;
            entry.status = 200;
            people->audit.append(std::move(entry));
        },
        [](const std::string& trouble) {
            log_line(api::LogLevel::error, "what is due in the vault: " + trouble);
        }});
    vault_routes = std::make_unique<api::VaultRoutes>(api::VaultRoutes{
        *vault, *vault_sharing, *leaks, *renderer, *partner_exits, *partner_papers, *data_incidents,
        *vault_reviews, *vault_duties, people->audit, config.org, *sealing_keys, clock});
    boms = std::make_unique<api::Boms>(*vault_rows, *vault, *vault_sharing, config.org, clock);
    bom_changes =
        std::make_unique<api::BomChanges>(*vault_rows, *boms, *vault_sharing, config.org, clock);
    job_routes->boms = boms.get();
    job_routes->changes = bom_changes.get();
    bom_routes = std::make_unique<api::BomRoutes>(
        api::BomRoutes{*boms, *context, *index, *jobs, *parts, *stock, config.org, *sheets});
    bom_change_routes = std::make_unique<api::BomChangeRoutes>(
        api::BomChangeRoutes{*bom_routes, *bom_changes, clock});
    production = std::make_unique<api::Production>(api::ProductionDeps{
        *vault_rows, *vault_sharing, peers, *boms, *bom_changes, *jobs, *index, *context, clock});
    return {};
}

}  // namespace reelproof::node
