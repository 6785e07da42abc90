// The report of an item for people: its verdict and history on paper. Pure, thread-safe.
#pragma once

#include <string>

#include "api/service/inspect.h"

namespace reelproof::api {

// PDF, A4. `by`: for whom it was made.
std::string report_pdf(const Inspection& inspection, const ServiceContext& context,
                       const std::string& by);

}  // namespace reelproof::api
