// A person at a node's API, with a browser's cookies and an app for the second factor. For the
// test's one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/people/totp.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

class Person {
  public:
    explicit Person(const ServiceNode& node) : node_(node) {}
    // Invited by the node's command line, enrolled and signed in.
    Person(const ServiceNode& node, const std::string& called,
           const std::vector<std::string>& roles);

    // Opens a set-up link and finishes it; the answer of the last step.
    Answer enrol(const std::string& link, const std::string& with_password);
    Answer sign_in(const std::string& code);

    // With the cookies and the CSRF token; cookies that are set are kept.
    Answer send(api::Method method, const std::string& path, const boost::json::object& body = {},
                const api::Headers& more = {});
    Answer get(const std::string& path) { return send(api::Method::get, path); }
    Answer post(const std::string& path, const boost::json::object& body = {}) {
        return send(api::Method::post, path, body);
    }

    // What the app shows at that time.
    [[nodiscard]] std::string code(ledger::UnixSeconds now) const;

    std::string user, password, csrf;
    std::map<std::string, std::string> cookies;
    std::vector<std::string> recovery_codes;

  private:
    const ServiceNode& node_;
    std::optional<api::TotpSecret> secret_;
};

// The secret of a set-up link.
std::string secret_of(const std::string& link);

}  // namespace reelproof::node::tests
