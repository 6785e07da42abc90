// Rows of agreements, shares and readings as JSON, and back. An EnvironmentError names what is
// damaged. Pure, thread-safe.
#pragma once

#include "api/service/vault_rows.h"
#include "api/service/vault_sharing.h"

namespace reelproof::api::vault_rows {

inline constexpr std::string_view kAgreement = "vault.agreement/", kShare = "vault.share/",
                                  kReading = "vault.reading/", kOutbox = "vault.outbox/",
                                  kPassed = "vault.passed/", kRefused = "vault.refused/";

boost::json::object of_agreement(const VaultAgreement& agreement);
VaultAgreement to_agreement(std::string_view name, const boost::json::object& row);
boost::json::object of_share(const VaultShare& share);
VaultShare to_share(std::string_view name, const boost::json::object& row);
boost::json::object of_reading(const VaultReading& reading);
VaultReading to_reading(const boost::json::object& row);
boost::json::object of_refused(const VaultRefused& refused);
VaultRefused to_refused(std::string_view key, const boost::json::object& row);
boost::json::object of_passed(const VaultPassed& passed);
VaultPassed to_passed(std::string_view key, const boost::json::object& row);

}  // namespace reelproof::api::vault_rows
