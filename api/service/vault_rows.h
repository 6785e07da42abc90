// The rows of the vault as JSON, and back. An EnvironmentError names what is damaged. Pure,
// thread-safe.
#pragma once

#include <boost/json/object.hpp>

#include "api/service/vault.h"

namespace reelproof::api::vault_rows {

inline constexpr std::string_view kProject = "vault.project/", kDocument = "vault.document/",
                                  kUpload = "vault.upload/";

boost::json::object of_project(const VaultProject& project);
VaultProject to_project(std::string_view id, const boost::json::object& row);
boost::json::object of_copy(const VaultCopy& copy);
VaultCopy to_copy(const boost::json::object& row);
boost::json::object of_document(const VaultDocument& document);
VaultDocument to_document(std::string_view id, const boost::json::object& row);

struct UploadRow {
    VaultUpload upload;
    ledger::VaultId key{};
    ledger::Bytes wrapped;
};
boost::json::object of_upload(const UploadRow& upload);
UploadRow to_upload(std::string_view id, const boost::json::object& row);

// Members that are hex or base64.
ledger::VaultId id_in(const boost::json::object& row, std::string_view name);
ledger::Hash hash_in(const boost::json::object& row, std::string_view name);
ledger::Bytes bytes_in(const boost::json::object& row, std::string_view name);
ledger::VaultId id_of(std::string_view text);
ledger::Bytes bytes_of(std::string_view base64);

}  // namespace reelproof::api::vault_rows
