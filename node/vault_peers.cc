#include "node/vault_peers.h"

#include <map>
#include <mutex>

#include <boost/json.hpp>

#include "api/http/client.h"
#include "node/replication/peer_client.h"

namespace reelproof::node {
namespace {

namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

// Calls of ours that a partner answers while a worker of ours waits. Fewer than a node has workers,
// so that two nodes that ask each other don't wait for each other.
constexpr int kMostAtATime = 2;
constexpr std::size_t kMostOfAnswer = std::size_t{8} << 20;

Error error_of(const api::Response& response) {
    json::error_code failed;
    const auto value = json::parse(response.body_view(), failed);
    const auto* problem = failed ? nullptr : value.if_object();
    const auto member = [&](std::string_view name) {
        const auto* found = problem == nullptr ? nullptr : problem->if_contains(name);
        return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                      : std::string();
    };
    auto text = member("detail");
    if (text.empty()) text = "its node answered " + std::to_string(response.status);
    switch (response.status) {
        case 400:
            return ledger::malformed(text);
        case 403:
            // Else it has not met us yet.
            if (member("type").ends_with(":untrusted")) return {ErrorKind::untrusted, text};
            return {ErrorKind::unavailable, text};
        case 404:
            return {ErrorKind::not_found, text};
        case 409:
            return {ErrorKind::conflict, text};
        case 413:
            return {ErrorKind::too_large, text};
        case 422:
            return ledger::invalid(text);
        default:
            return {ErrorKind::unavailable, text};
    }
}

class Peers {
  public:
    Peers(FindPartner find, std::string certificate_pem, std::string private_key_pem)
        : find_(std::move(find)),
          certificate_pem_(std::move(certificate_pem)),
          private_key_pem_(std::move(private_key_pem)) {}

    Result<std::string> ask(const std::string& org, api::Method method, const std::string& path,
                            std::string_view body, std::string_view type,
                            const api::Headers& headers) {
        const auto address = find_(org);
        if (!address || address->url.empty())
            return Error{ErrorKind::unavailable,
                         org + " has no node that can be reached from here"};
        if (address->pins.empty())
            return Error{ErrorKind::unavailable, "the node of " + org + " was not met yet"};
        const Place place(*this);
        if (!place.taken)
            return Error{ErrorKind::unavailable, "other partners are being asked; try again"};
        const auto base = base_of(address->url);
        const auto client = client_of(org, *address, base);
        api::CallOptions call;
        call.max_response = kMostOfAnswer;
        call.idempotent = true;
        auto answer = client->request(method, base.path + path, body, type, headers, call);
        if (!answer) return Error{ErrorKind::unavailable, answer.error().text};
        if (answer->status < 200 || answer->status > 299) return error_of(*answer);
        return std::string(answer->body_view());
    }

    void cancel() {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        for (const auto& [org, known] : known_)
            if (known.client) known.client->cancel();
    }

  private:
    struct Place {
        explicit Place(Peers& given) : peers(given) {
            const std::lock_guard lock(peers.mutex_);
            taken = peers.asking_ < kMostAtATime;
            if (taken) ++peers.asking_;
        }
        ~Place() {
            if (!taken) return;
            const std::lock_guard lock(peers.mutex_);
            --peers.asking_;
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Peers& peers;
        bool taken = false;
    };
    struct Known {
        PeerAddress address;
        std::shared_ptr<api::HttpClient> client;
    };

    std::shared_ptr<api::HttpClient> client_of(const std::string& org, const PeerAddress& address,
                                               const NodeBase& base) {
        const std::lock_guard lock(mutex_);
        auto& known = known_[org];
        if (known.client && known.address.url == address.url && known.address.pins == address.pins)
            return known.client;
        api::ClientOptions options;
        options.origin = base.origin;
        options.pinned_spki = address.pins;
        options.certificate_pem = certificate_pem_;
        options.private_key_pem = private_key_pem_;
        known = {address, std::make_shared<api::HttpClient>(std::move(options))};
        if (cancelled_) known.client->cancel();
        return known.client;
    }

    const FindPartner find_;
    const std::string certificate_pem_, private_key_pem_;
    std::mutex mutex_;
    int asking_ = 0;                      // owner: mutex_
    bool cancelled_ = false;              // owner: mutex_
    std::map<std::string, Known> known_;  // owner: mutex_
};

}  // namespace

api::VaultPeers make_vault_peers(FindPartner find, const std::string& certificate_pem,
                                 const std::string& private_key_pem) {
    auto peers = std::make_shared<Peers>(std::move(find), certificate_pem, private_key_pem);
    api::VaultPeers out;
    out.post = [peers](const std::string& org, const std::string& path,
                       ledger::ByteView statement) {
        return peers->ask(org, api::Method::post, path, ledger::as_text(statement),
                          "application/cose", {});
    };
    out.get = [peers](const std::string& org, const std::string& path, std::uint64_t offset,
                      std::size_t size) {
        api::Headers headers{{"Accept-Encoding", "identity"}};
        if (size > 0)
            headers.add("Range", "bytes=" + std::to_string(offset) + "-" +
                                     std::to_string(offset + size - 1));
        return peers->ask(org, api::Method::get, path, {}, {}, headers);
    };
    out.cancel = [peers] { peers->cancel(); };
    return out;
}

}  // namespace reelproof::node
