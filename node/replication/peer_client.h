// One partner's node over HTTPS: a client that can be pointed elsewhere, with every answer bounded
// and every failure told as a ledger error. One thread makes the calls; cancel() may come from any.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/http/client.h"
#include "ledger/base/bytes.h"
#include "node/replication/log_source.h"

namespace reelproof::node {

// Where a node answers: "https://host:port", and a path before all others, without '/' at its end.
struct NodeBase {
    std::string origin, path;
};
NodeBase base_of(const std::string& url);

class PeerClient : public LogSource {
  public:
    PeerClient(std::string certificate_pem, std::string private_key_pem)
        : certificate_pem_(std::move(certificate_pem)),
          private_key_pem_(std::move(private_key_pem)) {}

    // The next requests go to `url` ("https://host:port", perhaps with a path), whose server must
    // hold one of these keys; no keys: whoever answers. Keeps the connection when nothing changes.
    void use(const std::string& url, const std::vector<ledger::Hash>& pins);

    // Whether a server is asked to pack what it answers; it is not, to begin with. One that packs
    // without being asked is understood as well. Limits hold for what it unpacks to.
    void ask_for_gzip(bool wanted) { gzip_ = wanted; }
    // Whatever is asked for from now on ends by then, with `unavailable`; nothing: each call has
    // its own time alone.
    void end_by(std::optional<std::chrono::steady_clock::time_point> deadline) {
        deadline_ = deadline;
    }

    // The body of a 200. Errors: not_found for 404; untrusted when the server holds another key;
    // too_large for a body over `limit`; malformed when we are turned away and have no certificate
    // to show; unavailable for all else, our own cancel() included.
    ledger::Result<std::string> get(const std::string& path, std::size_t limit) override;

    // What can't be asked for any more, is handed over as one last error.
    void get_each(const std::vector<std::string>& paths, std::size_t limit,
                  const Take& take) override;

    // Any answer, whatever its status; the body at most `limit`. Sent again when a kept connection
    // turns out to be dead: only for what does the same twice as once. Errors as above but
    // not_found.
    ledger::Result<api::Response> post(const std::string& path, std::string_view body,
                                       std::string_view content_type, std::size_t limit);

    // Ends the call in progress and all later ones. For good.
    void cancel();
    [[nodiscard]] const std::string& url() const { return url_; }
    // The last answer was that we may not ask (401 or 403).
    [[nodiscard]] bool turned_away() const { return turned_away_; }
    // The last call failed on the way (no answer, or a server with another key): what it gave says
    // nothing of what is served there.
    [[nodiscard]] bool failed_on_the_way() const { return failed_on_the_way_; }

  private:
    [[nodiscard]] std::shared_ptr<api::HttpClient> client();
    [[nodiscard]] api::Headers wishes() const;
    ledger::Result<std::string> body_of(api::Response response, const std::string& path);

    const std::string certificate_pem_;
    const std::string private_key_pem_;
    std::string url_;                                                // owner: the calling thread
    std::vector<ledger::Hash> pins_;                                 // owner: the calling thread
    std::string base_path_;                                          // owner: the calling thread
    bool turned_away_ = false;                                       // owner: the calling thread
    bool gzip_ = false;                                              // owner: the calling thread
    bool failed_on_the_way_ = false;                                 // owner: the calling thread
    std::optional<std::chrono::steady_clock::time_point> deadline_;  // owner: the calling thread
    std::mutex mutex_;
    bool cancelled_ = false;                   // owner: mutex_
    std::shared_ptr<api::HttpClient> client_;  // owner: mutex_; calls on it need no lock
};

}  // namespace reelproof::node
