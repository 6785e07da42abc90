#include "node/replication/replicator.h"

#include <algorithm>
#include <set>

#include "ledger/format/wire.h"
#include "node/replication/partner.h"

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

}  // namespace

class Replicator::Impl {
  public:
    explicit Impl(ReplicatorDeps deps) : deps_(std::move(deps)) {
        deps_.part_entries = std::max<std::size_t>(deps_.part_entries, 1);
        for (PartnerConfig& partner : deps_.partners) {
            partner.root = lower_case(partner.root);
            partners_.push_back(std::make_unique<Partner>(deps_, partner));
        }
    }
    ~Impl() { stop(); }

    [[nodiscard]] ledger::Result<void> check() const {
        if (deps_.mirror_signer.verifier().type != ledger::wire::kNoteCosignatureV1)
            return ledger::malformed("the mirror key is not one for cosignatures (type 4)");
        if (deps_.partners.size() > kMaxPartners)
            return ledger::malformed(std::to_string(deps_.partners.size()) +
                                     " partners are configured, more than " +
                                     std::to_string(kMaxPartners));
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
            if (!partner.url.starts_with("https://"))
                return ledger::malformed(what + ": the URL does not begin with https://");
        }
        return {};
    }

    void start() {
        for (const auto& partner : partners_) partner->start();
    }
    void stop() {
        for (const auto& partner : partners_) partner->cancel();
        for (const auto& partner : partners_) partner->stop();
    }

    [[nodiscard]] std::vector<PartnerStatus> status() const {
        std::vector<PartnerStatus> out;
        for (const auto& partner : partners_) out.push_back(partner->status());
        return out;
    }

    [[nodiscard]] std::optional<std::string> org_of_certificate(const ledger::Hash& spki) const {
        if (auto org = deps_.store.directory()->org_of_tls(spki)) return org;
        for (std::size_t i = 0; i < partners_.size(); ++i)
            if (partners_[i]->has_certificate(spki)) return deps_.partners[i].org;
        return std::nullopt;
    }

  private:
    ReplicatorDeps deps_;                             // not changed once built
    std::vector<std::unique_ptr<Partner>> partners_;  // not changed once built
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

std::vector<PartnerStatus> Replicator::status() const {
    return impl_->status();
}

std::optional<std::string> Replicator::org_of_certificate(const ledger::Hash& spki) const {
    return impl_->org_of_certificate(spki);
}

}  // namespace reelproof::node
