// What commands about BOMs share: how they are found and shown. Single-threaded.
#pragma once

#include <string>

#include "node/cli/client.h"

namespace reelproof::node {

// "PROJECT/NAME" or an id.
ledger::Result<boost::json::object> find_bom(NodeClient& client, const std::string& named);
// "/v1/boms/<id>".
std::string bom_path(const boost::json::object& bom);
// The number of a revision by its name; empty: of the newest, 0 where there is none. "draft": 0.
ledger::Result<std::uint64_t> revision_number(const boost::json::object& bom,
                                              const std::string& revision);

// Members of answers, safe for a terminal; empty where absent.
std::string member_text(const boost::json::object& object, std::string_view name);
std::int64_t member_number(const boost::json::object& object, std::string_view name);

// "C1, C2  GRM188 > GRM189 (mpn)", a line each.
std::string changes_text(const boost::json::array& changes);
std::string problems_text(const boost::json::array& problems);

}  // namespace reelproof::node
