#include "node/replication/replicator.h"

#include <algorithm>
#include <map>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"
#include "node/replication/incidents.h"
#include "node/replication/intake.h"
#include "node/replication/partner.h"
#include "node/replication/pusher.h"

namespace reelproof::node {
namespace {

bool is_thumbprint(const std::string& text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

// What is said already is not said again.
void add_line(std::string& all, const std::string& more) {
    if (more.empty() || all.find(more) != std::string::npos) return;
    all += (all.empty() ? "" : "; ") + more;
}

}  // namespace

class Replicator::Impl {
  public:
    explicit Impl(ReplicatorDeps deps)
        : deps_(std::move(deps)), incidents_(deps_), intake_(deps_, incidents_) {
        deps_.part_entries = std::max<std::size_t>(deps_.part_entries, 1);
        for (PartnerConfig& partner : deps_.partners) {
            partner.root = lower_case(partner.root);
            partners_.push_back(std::make_unique<Partner>(deps_, incidents_, partner,
                                                          [this] { return neighbours(); }));
            const Partner& made = *partners_.back();
            if (partner.push)
                pushers_.emplace(partner.org, std::make_unique<Pusher>(deps_, partner, [&made] {
                                     return made.address();
                                 }));
        }
        recall_cosignatures();
    }
    ~Impl() { stop(); }

    [[nodiscard]] ledger::Result<void> check() const {
        if (deps_.witness_signer && deps_.witness_signer->verifier().public_key ==
                                        deps_.mirror_signer.verifier().public_key)
            return ledger::malformed("the witness key is the mirror key as well");
        if (deps_.mirror_signer.verifier().type != ledger::wire::kNoteCosignatureV1)
            return ledger::malformed("the mirror key is not one for cosignatures (type 4)");
        if (deps_.partners.size() > kMaxPartners)
            return ledger::malformed(ledger::counted(deps_.partners.size(), "partner") +
                                     " are configured, more than " + std::to_string(kMaxPartners));
        std::set<std::string> seen{deps_.org};
        for (const PartnerConfig& partner : deps_.partners) {
            const std::string what = "partner " + partner.org;
            if (partner.org.empty()) return ledger::malformed("a partner has no organisation");
            if (!seen.insert(partner.org).second)
                return ledger::malformed(what + (partner.org == deps_.org
                                                     ? " is our own organisation"
                                                     : " is configured twice"));
            if (!is_thumbprint(partner.root))
                return ledger::malformed(what + ": the root is not a thumbprint of 64 hex digits");
            if (partner.pull && !partner.url.starts_with("https://"))
                return ledger::malformed(what + ": the URL does not begin with https://");
        }
        return {};
    }

    void start() {
        for (const auto& partner : partners_) partner->start();
        for (const auto& [org, pusher] : pushers_) pusher->start();
    }
    void stop() {
        for (const auto& partner : partners_) partner->cancel();
        for (const auto& [org, pusher] : pushers_) pusher->cancel();
        for (const auto& partner : partners_) partner->stop();
        for (const auto& [org, pusher] : pushers_) pusher->stop();
    }

    [[nodiscard]] std::vector<PartnerStatus> status() const {
        std::vector<PartnerStatus> out;
        for (const auto& partner : partners_) {
            PartnerStatus one = partner->status();
            const Intake::Heard heard = intake_.heard(one.org);
            one.last_checked = std::max(one.last_checked, heard.time);
            add_line(one.alarm, heard.alarm);
            add_incidents(one);
            if (const auto pusher = pushers_.find(one.org); pusher != pushers_.end()) {
                const Pusher::Status pushed = pusher->second->status();
                one.cosigned = std::max(one.cosigned, pushed.cosigned);
                add_line(one.error, pushed.error);
                add_line(one.alarm, pushed.alarm);
            }
            out.push_back(std::move(one));
        }
        return out;
    }

    [[nodiscard]] std::optional<std::string> org_of_certificate(const ledger::Hash& spki) const {
        const auto directory = deps_.store.directory();
        if (auto org = directory->org_of_tls(spki, deps_.clock())) return org;
        api::Peer peer;
        peer.certificate_spki = spki;
        return intake_.org_of(peer);
    }

    // The configuration's order of partners_.
    [[nodiscard]] std::optional<PeerAddress> address_of(const std::string& org) const {
        for (std::size_t i = 0; i < partners_.size(); ++i)
            if (deps_.partners[i].org == org) return partners_[i]->address();
        return std::nullopt;
    }

    Intake& intake() { return intake_; }
    [[nodiscard]] const Incidents& incidents() const { return incidents_; }

  private:
    // A log that is frozen can do nothing more.
    void add_incidents(PartnerStatus& one) const {
        if (!one.frozen.empty()) add_line(one.alarm, "its log is frozen: " + one.frozen);
        for (const Incident& incident : incidents_.lasting(one.org + "/ledger")) {
            if (!one.frozen.empty() && is_of_log(incident.kind)) continue;
            add_line(one.alarm, incident.text);
            if (is_of_log(incident.kind)) add_line(one.log_alarm, incident.text);
        }
    }

    // What was seen before the last stop. The newest first: older ones are then not looked at.
    void recall_cosignatures() const {
        const auto own = deps_.store.cosigned_checkpoints(0);
        for (auto one = own.rbegin(); one != own.rend(); ++one)
            deps_.keepers.saw(ledger::format_note(one->text, one->cosignatures));
        deps_.store.scan(ledger::Table::mirrors, [&](ledger::ByteView, ledger::ByteView note) {
            deps_.keepers.saw(ledger::as_text(note));
            return true;
        });
    }

    [[nodiscard]] std::vector<Neighbour> neighbours() const {
        std::vector<Neighbour> out;
        for (std::size_t i = 0; i < partners_.size(); ++i)
            if (deps_.partners[i].pull)
                out.push_back(
                    {deps_.partners[i].org, partners_[i]->address(), deps_.partners[i].gzip});
        return out;
    }

    ReplicatorDeps deps_;  // not changed once built
    Incidents incidents_;
    Intake intake_;
    std::vector<std::unique_ptr<Partner>> partners_;          // not changed once built
    std::map<std::string, std::unique_ptr<Pusher>> pushers_;  // not changed once built; by org
};

Replicator::Replicator(ReplicatorDeps deps) : impl_(std::make_unique<Impl>(std::move(deps))) {}
Replicator::~Replicator() = default;

ledger::Result<void> Replicator::start() {
    if (auto good = impl_->check(); !good) return good;
    impl_->start();
    return {};
}

void Replicator::stop() {
    impl_->stop();
}

const Incidents& Replicator::incidents() const {
    return impl_->incidents();
}

std::optional<PeerAddress> Replicator::address_of(const std::string& org) const {
    return impl_->address_of(org);
}

Intake& Replicator::intake() {
    return impl_->intake();
}

std::vector<PartnerStatus> Replicator::status() const {
    return impl_->status();
}

std::optional<std::string> Replicator::org_of_certificate(const ledger::Hash& spki) const {
    return impl_->org_of_certificate(spki);
}

}  // namespace reelproof::node
