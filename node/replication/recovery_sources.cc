#include "node/replication/recovery_sources.h"

#include <algorithm>
#include <map>
#include <set>

#include "api/routes/transparency.h"
#include "node/replication/own_mirrors.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

// A partner is asked three things, and nothing waits for us.
constexpr std::chrono::seconds kPatience{20};

bool is_url(const std::string& place) {
    return place.find("://") != std::string::npos;
}

// URLs that the partners themselves named, as far as the old store can be read.
std::map<std::string, std::string> known_urls(const RecoveryOptions& options) {
    std::map<std::string, std::string> out;
    if (!std::filesystem::exists(options.store.folder / "log" / "data.mdb")) return out;
    try {
        ledger::StoreOptions to_read = options.store;
        to_read.read_only = true;
        to_read.data_key.reset();  // only the logs are looked at
        const auto store = ledger::Store::open(to_read);
        if (!store) return out;
        (*store)->load_directory(options.roots);
        const auto directory = (*store)->directory();
        for (const PartnerConfig& partner : options.partners)
            if (const auto* org = directory->org(partner.org)) out[partner.org] = org->url;
    } catch (const ledger::EnvironmentError&) {
        // It is what we are here for.
    }
    return out;
}

class Search {
  public:
    explicit Search(const RecoveryOptions& options) : options_(options) {}

    Result<FoundCopies> run() {
        for (const std::string& from : options_.from) {
            auto [org, place] = split(from);
            if (is_url(place)) {
                add_url(place, org);
            } else {
                if (auto added = add_folder(place); !added) return added.error();
                asked_.insert(org);
            }
        }
        const std::size_t named = nodes_.size();
        const auto moved = known_urls(options_);
        for (const PartnerConfig& partner : options_.partners) {
            if (!partner.pull) continue;
            add_url(partner.url, partner.org);
            if (const auto url = moved.find(partner.org); url != moved.end())
                if (!url->second.empty()) add_url(url->second, partner.org);
        }
        if (auto asked = ask_nodes(named); !asked) return asked.error();
        if (out_.copies.empty())
            return Error{ErrorKind::unavailable,
                         "nobody who was asked holds a copy of " + options_.origin};
        std::stable_sort(out_.copies.begin(), out_.copies.end(),
                         [](const CopyOfOurs& a, const CopyOfOurs& b) {
                             return a.head.checkpoint.size > b.head.checkpoint.size;
                         });
        for (const PartnerConfig& partner : options_.partners) {
            if (asked_.contains(partner.org)) continue;
            std::string why = trouble_[partner.org];
            if (why.empty())
                why = partner.org +
                      " (has no URL): give a folder that `ledger export --raw` wrote there with "
                      "--from " +
                      partner.org + "=FOLDER";
            out_.not_asked.push_back({partner.org, why});
        }
        return std::move(out_);
    }

  private:
    // "org=place", or a place whose partner is known by its URL, or none.
    [[nodiscard]] std::pair<std::string, std::string> split(const std::string& from) const {
        for (const PartnerConfig& partner : options_.partners) {
            if (from.starts_with(partner.org + "="))
                return {partner.org, from.substr(partner.org.size() + 1)};
            if (partner.pull && from == partner.url) return {partner.org, from};
        }
        return {"", from};
    }

    void add_url(const std::string& url, const std::string& org) {
        const auto same = [&](const MirrorAddress& node) { return node.url == url; };
        if (std::any_of(nodes_.begin(), nodes_.end(), same)) return;
        std::string root;
        for (const PartnerConfig& partner : options_.partners)
            if (partner.org == org) root = partner.root;
        nodes_.push_back({url, org, root});
    }

    Result<void> ask_nodes(std::size_t named) {
        const OwnMirrors question{.nodes = nodes_,
                                  .origin = options_.origin,
                                  .log_key = options_.log_key,
                                  .certificate_pem = options_.certificate_pem,
                                  .private_key_pem = options_.private_key_pem,
                                  .patience = kPatience};
        const auto answers = ask_mirrors(question);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto& [url, org, root] = nodes_[i];
            const auto& head = answers[i].head;
            if (head)
                add_node(url, org, *head);
            else if (i < named)
                return within(url, head.error());
            if (answers[i].proven) {
                asked_.insert(org);
                continue;
            }
            std::string& trouble = trouble_[org];
            trouble +=
                (trouble.empty() ? "" : ", ") + org + " (" + url + "): " +
                (head ? "what answers there does not prove to be " + org : head.error().message);
        }
        return {};
    }

    void add_node(const std::string& url, const std::string& org, const SignedCheckpoint& head) {
        auto client =
            std::make_unique<PeerClient>(options_.certificate_pem, options_.private_key_pem);
        client->use(url, {});
        for (const PartnerConfig& partner : options_.partners)
            if (partner.org == org) client->ask_for_gzip(partner.gzip);
        add(url, std::move(client), "/mirror/" + api::mirror_name(options_.origin), head);
    }

    Result<void> add_folder(const std::string& path) {
        auto files = std::make_unique<FolderSource>(path);
        auto head = RemoteLog(*files, "").checkpoint(options_.log_key);
        if (!head) return within(path, head.error());
        add(path, std::move(files), "", *head);
        return {};
    }

    void add(const std::string& name, std::unique_ptr<LogSource> files, const std::string& prefix,
             const SignedCheckpoint& head) {
        auto log = std::make_unique<RemoteLog>(*files, prefix);
        out_.copies.push_back({name, std::move(files), std::move(log), head});
    }

    const RecoveryOptions& options_;
    std::vector<MirrorAddress> nodes_;  // those that were named first
    std::set<std::string> asked_;       // organisations
    std::map<std::string, std::string> trouble_;
    FoundCopies out_;
};

}  // namespace

Result<FoundCopies> find_copies(const RecoveryOptions& options) {
    return Search(options).run();
}

}  // namespace reelproof::node
