// The rows of BOMs as JSON, and back. An EnvironmentError names what is damaged. Pure, thread-safe.
#pragma once

#include <boost/json/object.hpp>

#include "api/service/boms.h"

namespace reelproof::api::bom_rows {

inline constexpr std::string_view kBom = "bom/", kLine = "bom.line/", kEdit = "bom.edit/",
                                  kRevision = "bom.revision/", kColumns = "bom.columns/";

// "<id>/<number>", in order.
std::string numbered(const std::string& id, std::uint64_t number);

boost::json::object of_bom(const Bom& bom);
Bom to_bom(std::string_view id, const boost::json::object& row);
boost::json::object of_line(const BomDraftLine& line);
BomDraftLine to_line(std::uint64_t number, const boost::json::object& row);
boost::json::object of_edit(const BomEdited& edit);
BomEdited to_edit(std::uint64_t number, const boost::json::object& row);
boost::json::object of_revision(const BomRevision& revision);
BomRevision to_revision(const boost::json::object& row);
boost::json::object of_columns(const ledger::BomMapping& mapping);
ledger::BomMapping to_columns(const boost::json::object& row);

}  // namespace reelproof::api::bom_rows
