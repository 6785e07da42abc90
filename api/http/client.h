// An HTTPS client for one origin: one keep-alive connection, blocking calls with deadlines, the
// server known by its public key. For replication between nodes and for stations.
// Requests from several threads wait for each other; cancel() may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/error.h"
#include "api/http/message.h"

namespace reelproof::api {

struct ClientOptions {
    using Duration = std::chrono::milliseconds;

    std::string origin;  // "https://node.acme-ems.example:8443"; no path
    // Acceptable server keys. Empty: any server is taken, which is right only for the first
    // contact; read server_spki() afterwards and pin it.
    std::vector<SpkiSha256> pinned_spki;
    std::string certificate_pem;  // our own, for mutual TLS; both empty: none
    std::string private_key_pem;

    Duration connect_timeout{10'000};     // name, TCP and TLS together
    Duration request_timeout{30'000};     // the whole call, connecting and a retry included
    std::size_t max_response = 16 << 20;  // bytes of the body after decompression
    std::size_t max_header = 32UL * 1024;
    std::string user_agent = "reelproof";
};

// One call's own wishes.
struct CallOptions {
    std::optional<std::chrono::milliseconds> timeout;  // instead of request_timeout
    std::optional<std::size_t> max_response;
    // The server takes the same request twice as once (as with statements), so it may be sent
    // again when a kept connection turns out to be dead. GET, HEAD, PUT and DELETE always are.
    bool idempotent = false;
};

class HttpClient {
  public:
    // Connects at the first request. A bad origin or certificate shows then, as `invalid`.
    explicit HttpClient(ClientOptions options);
    // Cancels.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // `target` is path and query, already percent-encoded: "/v1/items?after=7". Any status is a
    // value, 404 and 500 too; redirects are not followed. gzip is asked for, unless `headers` have
    // an Accept-Encoding, and undone, whatever was asked for. An error means that
    // there is no response; after anything but `invalid`, `resolve`, `connect`, `tls` and
    // `wrong_peer` the server may yet have acted on the request.
    Result<Response> get(std::string_view target, const Headers& headers = {},
                         const CallOptions& call = {});
    // Several GETs on one connection, all asked for at once (RFC 9112 9.3.2): each answer is handed
    // over in order, until `take` says false, which costs the connection when more were to come.
    // Limits and the time of `call` are each answer's own. `take` must make no request here.
    using Take = std::function<bool(Response)>;
    Result<void> get_each(const std::vector<std::string>& targets, const Take& take,
                          const Headers& headers = {}, const CallOptions& call = {});
    Result<Response> post(std::string_view target, std::string_view body,
                          std::string_view content_type, const Headers& headers = {},
                          const CallOptions& call = {});
    Result<Response> request(Method method, std::string_view target, std::string_view body,
                             std::string_view content_type, const Headers& headers = {},
                             const CallOptions& call = {});

    // Ends the request in progress and all later ones with `cancelled`. For good.
    void cancel();

    // The key that the server showed at the last handshake that got so far, pinned or not.
    std::optional<SpkiSha256> server_spki() const;
    // Handshakes so far: how often a kept connection could not be used again.
    std::size_t connections_made() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reelproof::api
