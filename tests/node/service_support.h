// A whole node in this process for the tests of service and API: real store, sequencer, HTTPS
// server and replication, made as `reelproof org init` makes it. For the test's one thread, but
// post() and get() may be called from several.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "api/http/client.h"
#include "node/runtime.h"
#include "node/setup.h"
#include "tests/node/replication_support.h"
#include "vision/label/label.h"

namespace reelproof::node::tests {

inline constexpr auto kGet = api::Method::get;
inline constexpr auto kPost = api::Method::post;
inline constexpr auto kPatch = api::Method::patch;
inline constexpr auto kDelete = api::Method::delete_;
inline constexpr auto kOptions = api::Method::options;

// What the node answered; `body` is empty when that was not a JSON object.
struct Answer {
    int status = 0;
    boost::json::object body;
    std::string text;
    api::Headers headers;

    [[nodiscard]] std::string member(std::string_view name) const;
    [[nodiscard]] bool says(std::string_view words) const;
};

// An issued label with a fresh secret, as its Data Matrix reads; see SomePart for what it says.
struct Label {
    std::string text;
    std::string serial;  // the 25S serial: a secret
    std::string item;    // public id
};
struct SomePart {
    std::string mpn = "NL52840-QIAA-R";
    std::string lot = "7AB123";
    std::string date_code = "2617";
    std::string manufacturer = {};
    std::int64_t quantity = 3000;
    std::string serial = {};  // of a maker's own label: unique to the package
};
Label issued(const SomePart& part = {});
Label issued_with(const vision::Fields& fields);
// A maker's own label: no secret.
std::string makers_label(const SomePart& part = {});
// A label without any MPN, as a board has.
Label board();

boost::json::object with_label(const std::string& text);
boost::json::object with_labels(const std::vector<std::string>& texts);
// `body` with one more member.
template <class T>
boost::json::object with(boost::json::object body, std::string_view name, const T& value) {
    body[name] = boost::json::value_from(value);
    return body;
}

class ServiceNode {
  public:
    // `salt_of`: the node whose network it joins.
    explicit ServiceNode(const std::string& org, const ServiceNode* salt_of = nullptr);
    ~ServiceNode();
    ServiceNode(const ServiceNode&) = delete;
    ServiceNode& operator=(const ServiceNode&) = delete;

    // Before start(): partners, guests, clock.
    NodeConfig config;
    ledger::Clock clock = ledger::system_now;
    void partner(const ServiceNode& other);
    void policy(const std::string& toml) const;  // the whole file
    // Adds a token to the file.
    [[nodiscard]] std::string token(const std::string& name,
                                    const std::vector<std::string>& scopes) const;

    void start();
    void stop();

    [[nodiscard]] const std::string& org() const { return config.org; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::string& root() const { return config.root; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] const std::string& all_scopes() const { return token_; }
    // Has the role quality, which may do what no scope does.
    [[nodiscard]] const std::string& quality() const { return quality_token_; }
    // The set-up link of the first administrator.
    [[nodiscard]] const std::string& first_link() const { return link_; }

    // With the token of all scopes.
    [[nodiscard]] Answer post(const std::string& path, const boost::json::object& body,
                              const std::string& idempotency_key = {}) const;
    [[nodiscard]] Answer get(const std::string& path) const;
    // As it is given; a connection of its own.
    [[nodiscard]] Answer send(api::Method method, const std::string& path, std::string_view body,
                              std::string_view content_type, const api::Headers& headers,
                              const api::TlsIdentity* certificate = nullptr) const;
    // A client of this node that keeps its connection.
    [[nodiscard]] api::ClientOptions client(const api::TlsIdentity* certificate = nullptr) const;
    // All that it answers to.
    [[nodiscard]] const std::vector<api::Route>& routes() const { return runtime_->routes(); }
    // Records an event; the test fails when that does not give 201.
    void record(const std::string& verb, const boost::json::object& body) const;

    // Entries in our own log.
    [[nodiscard]] std::uint64_t size() const;
    // Waits until this node has all of the other's log.
    [[nodiscard]] bool has_log_of(const ServiceNode& other) const;

  private:
    TempFolder folder_;
    std::string token_, quality_token_, link_;
    std::unique_ptr<Runtime> runtime_;
    std::uint16_t port_ = 0;
    api::SpkiSha256 pin_{};
};

// What a shipment tells this node alone, as JSON; "null" where it can't open that.
std::string sealed_in(const ServiceNode& node, const Label& label);

// What it shows to partners.
api::TlsIdentity identity_of(const ServiceNode& node);

// "maker.example" and "ems.example", running, each with the other's log from the start.
struct Pair {
    ServiceNode maker, ems;
    explicit Pair(const std::string& policy = "version = \"1\"\n");
    // The reel goes from the maker to the EMS, which knows of it; not received yet.
    void ship(const std::vector<std::string>& labels);
    [[nodiscard]] bool in_step() const;
};

}  // namespace reelproof::node::tests
