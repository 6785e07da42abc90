// The audit report of a partner's exit on paper: what was ended, what the partner held, what it
// has confirmed, and what is open. Pure but for what it asks of its parts; thread-safe.
#pragma once

#include <string>

#include "api/routes/vault.h"

namespace reelproof::api {

// PDF, A4. `by`: for whom it was made.
std::string exit_report_pdf(const VaultRoutes& routes, const PartnerExit& exit,
                            const std::string& by);

}  // namespace reelproof::api
