// A node's ledger: the store, who keeps copies of it, and the copies of others'.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "node/replication/own_mirrors.h"
#include "node/runtime_parts.h"
#include "node/shell_word.h"

namespace reelproof::node {

using ledger::Result;

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

}  // namespace reelproof::node
