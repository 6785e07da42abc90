// Documents of a node in this process, for tests of the vault.
#pragma once

#include <filesystem>

#include "tests/node/service_support.h"

namespace reelproof::node::tests {

// Bytes that don't repeat.
std::string document_text(std::size_t size);

// A project; the test fails where it can't be made.
void add_project(const ServiceNode& node, const std::string& name,
                 const std::string& classification = "confidential");
// The next version of that document, uploaded in parts; gives the answer of its end.
Answer put_document(const ServiceNode& node, const std::string& project, const std::string& name,
                    const std::string& text, boost::json::object more = {});
Answer put_part(const ServiceNode& node, const std::string& upload, std::uint64_t offset,
                std::string_view part);
Answer get_range(const ServiceNode& node, const std::string& path, const std::string& range);
// All of it, in ranges of 100,000 bytes.
std::string get_whole(const ServiceNode& node, const std::string& path, std::size_t size);
// Whether it stands in any file below the folder.
bool is_in(ledger::ByteView text, const std::filesystem::path& folder);
std::string version_path(const std::string& document, std::uint64_t version);

}  // namespace reelproof::node::tests
