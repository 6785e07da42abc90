// Two nodes that share documents: maker.example owns, ems.example receives. For the test's one
// thread.
#pragma once

#include "ledger/vault/objects.h"
#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

inline constexpr std::int64_t kFar = 4'000'000'000;

// The row of a list with that id.
boost::json::object row_of(const ServiceNode& node, const std::string& list,
                           const std::string& member, const std::string& id);
// Waits until an agreement is in that state.
bool has_state(const ServiceNode& node, const std::string& agreement, const std::string& state);
// Waits until a node knows of a share, or of its end.
bool knows_share(const ServiceNode& node, const std::string& share, bool ended = false);

// Types of the public statements in a node's log, from a place on; what is in all of them.
std::vector<std::string> published(const ServiceNode& node, std::uint64_t from,
                                   std::string* all = nullptr);

// With the project "atlas" at the maker.
struct Sharing : Pair {
    std::string agreement;

    Sharing();
    // Signed by both, in force.
    std::string agree(std::int64_t end = kFar, boost::json::object more = {});
    [[nodiscard]] boost::json::object share_body(const std::string& document,
                                                 const std::string& mode = "download") const;
    // Granted, and known to the recipient.
    std::string share(const boost::json::object& body);
    [[nodiscard]] Answer open(const std::string& share, const std::string& document,
                              std::uint64_t version) const;
    static std::string held_path(const std::string& share, const std::string& document,
                                 std::uint64_t version);
};

// "sub.example" joins the two: a partner of ems.example alone.
struct Chain : Sharing {
    ServiceNode sub{"sub.example", &maker};

    Chain();
    // Between ems and sub, in force.
    [[nodiscard]] std::string agree_below() const;
    [[nodiscard]] boost::json::object pass_body(const std::string& share,
                                                const std::string& below) const;
    [[nodiscard]] Answer open_below(const std::string& share, const std::string& document) const;
};

// Hands `to` that object, signed by `from` with the key of its node.
[[nodiscard]] Answer hand_in(const ServiceNode& from, const ServiceNode& to,
                             const ledger::VaultObject& object,
                             const std::string& path = "/vault/objects");
// The statement of that object, signed by that node.
[[nodiscard]] ledger::Bytes signed_by(const ServiceNode& node, const ledger::VaultObject& object);
// What was signed already, as that node's own.
[[nodiscard]] Answer hand_in_as(const ServiceNode& from, const ServiceNode& to,
                                const ledger::Bytes& statement,
                                const std::string& path = "/vault/objects");

}  // namespace reelproof::node::tests
