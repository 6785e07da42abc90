// BOMs of a node in this process, for tests.
#pragma once

#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

// A file as it is, into the draft of that BOM of project atlas. `more`: behind the query.
Answer import_bom(const ServiceNode& node, const std::string& csv, const std::string& more = {},
                  const std::string& name = "main");
Answer edit_bom(const ServiceNode& node, const std::string& bom, boost::json::array edits);
boost::json::object set_cell(std::uint64_t line, const std::string& field, const std::string& was,
                             const std::string& value);
// The test fails where it can't be released.
Answer release_bom(const ServiceNode& node, const std::string& bom, const std::string& revision);

}  // namespace reelproof::node::tests
