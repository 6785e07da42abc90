// The operations of the OpenAPI document by subject, each in a file of its own. Thread-safe:
// immutable. Internal to openapi_*.cc.
#pragma once

#include <span>

#include "api/routes/openapi.h"

namespace reelproof::api {

std::span<const Operation> work_operations();
std::span<const Operation> people_operations();
std::span<const Operation> log_operations();
std::span<const Operation> epcis_operations();
std::span<const Operation> vault_operations();
std::span<const Operation> bom_operations();

}  // namespace reelproof::api
