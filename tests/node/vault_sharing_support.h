// Documents between two nodes in this process: agreements signed by both, and shares.
#pragma once

#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

inline constexpr std::int64_t kFar = 4'000'000'000;

// The row of a list with that id.
boost::json::object row_of(const ServiceNode& node, const std::string& list,
                           const std::string& member, const std::string& id);
bool has_state(const ServiceNode& node, const std::string& agreement, const std::string& state);
bool knows_share(const ServiceNode& node, const std::string& share, bool ended = false);

// maker.example owns; ems.example receives.
struct Sharing : Pair {
    std::string agreement;

    Sharing();
    std::string agree(std::int64_t end = kFar);
    [[nodiscard]] boost::json::object share_body(const std::string& document,
                                                 const std::string& mode = "download") const;
    std::string share(const boost::json::object& body);
    [[nodiscard]] Answer open(const std::string& share, const std::string& document,
                              std::uint64_t version) const;
    static std::string held_path(const std::string& share, const std::string& document,
                                 std::uint64_t version);
};

}  // namespace reelproof::node::tests
