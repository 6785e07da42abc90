#include "node/replication/peer_client.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;

constexpr std::chrono::seconds kPostTimeout{30};
constexpr std::size_t kSlowestBytesASecond = 16UL * 1024;

Error from_http(const api::HttpError& error) {
    switch (error.kind) {
        case api::HttpErrorKind::wrong_peer:
            return {ErrorKind::untrusted, error.text};
        case api::HttpErrorKind::too_large:
            return {ErrorKind::too_large, error.text};
        default:
            return {ErrorKind::unavailable, error.text};
    }
}

Error from_status(int status, const std::string& path) {
    if (status == 404) return {ErrorKind::not_found, path + " is not there"};
    if (status == 401 || status == 403)
        return {ErrorKind::unavailable,
                "the partner does not admit us to " + path + " (status " + std::to_string(status) +
                    "): it may not know our certificate yet, or not have us as its partner"};
    return {ErrorKind::unavailable, "the partner answers " + path + " with status " +
                                        std::to_string(status) + " (" +
                                        std::string(api::reason_phrase(status)) + ")"};
}

}  // namespace

NodeBase base_of(const std::string& url) {
    const auto scheme = url.find("://");
    const auto path = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
    NodeBase out{url.substr(0, path), path == std::string::npos ? "" : url.substr(path)};
    while (out.path.ends_with('/')) out.path.pop_back();
    return out;
}

void PeerClient::use(const std::string& url, const std::vector<ledger::Hash>& pins) {
    if (client_ && url == url_ && pins == pins_) return;
    auto base = base_of(url);
    api::ClientOptions options;
    options.origin = base.origin;
    options.pinned_spki = pins;
    options.certificate_pem = certificate_pem_;
    options.private_key_pem = private_key_pem_;
    auto client = std::make_shared<api::HttpClient>(std::move(options));
    std::string new_url = url;
    std::vector<ledger::Hash> new_pins = pins;
    // From here on nothing throws: the client and what it is taken for change together.
    url_.swap(new_url);
    pins_.swap(new_pins);
    base_path_.swap(base.path);
    const std::lock_guard lock(mutex_);
    if (cancelled_) client->cancel();
    client_ = std::move(client);
}

std::shared_ptr<api::HttpClient> PeerClient::client() {
    const std::lock_guard lock(mutex_);
    return client_;
}

api::Headers PeerClient::wishes() const {
    return {{"Accept-Encoding", gzip_ ? "gzip" : "identity"}};
}

ledger::Result<std::string> PeerClient::body_of(api::Response response, const std::string& path) {
    turned_away_ = response.status == 401 || response.status == 403;
    if (turned_away_ && certificate_pem_.empty())
        return Error{ErrorKind::malformed, path + " is for partners only (status " +
                                               std::to_string(response.status) +
                                               "), and we showed no certificate"};
    if (response.status != 200) return from_status(response.status, path);
    if (auto* body = std::get_if<std::string>(&response.body)) return std::move(*body);
    return std::string(response.body_view());
}

ledger::Result<std::string> PeerClient::get(const std::string& path, std::size_t limit) {
    api::CallOptions call;
    call.max_response = limit;
    call.until = deadline_;
    auto response = client()->get(base_path_ + path, wishes(), call);
    turned_away_ = false;
    failed_on_the_way_ = !response && response.error().kind != api::HttpErrorKind::too_large;
    if (!response) return from_http(response.error());
    return body_of(std::move(*response), path);
}

void PeerClient::get_each(const std::vector<std::string>& paths, std::size_t limit,
                          const Take& take) {
    api::CallOptions call;
    call.max_response = limit;
    call.until = deadline_;
    std::vector<std::string> targets;
    for (const std::string& path : paths) targets.push_back(base_path_ + path);
    auto path = paths.begin();
    turned_away_ = failed_on_the_way_ = false;
    auto all = client()->get_each(
        targets,
        [&](api::Response response) { return take(body_of(std::move(response), *path++)); },
        wishes(), call);
    if (all) return;
    failed_on_the_way_ = all.error().kind != api::HttpErrorKind::too_large;
    take(from_http(all.error()));
}

ledger::Result<api::Response> PeerClient::post(const std::string& path, std::string_view body,
                                               std::string_view content_type, std::size_t limit) {
    api::CallOptions call;
    call.max_response = limit;
    call.until = deadline_;
    call.idempotent = true;
    call.timeout = kPostTimeout + std::chrono::seconds(body.size() / kSlowestBytesASecond);
    auto response = client()->post(base_path_ + path, body, content_type, {}, call);
    if (!response) return from_http(response.error());
    return std::move(*response);
}

void PeerClient::cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (client_) client_->cancel();
}

}  // namespace reelproof::node
