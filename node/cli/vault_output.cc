#include "node/cli/vault_output.h"

#include <cstdio>
#include <filesystem>

#include <boost/json.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "node/cli/arguments.h"

namespace reelproof::node {

namespace json = boost::json;

using ledger::Result;

Result<json::object> find_vault_document(NodeClient& client, const std::string& named) {
    const auto answer = client.get("/v1/vault/documents");
    if (!answer) return answer.error();
    for (const auto& value : answer->at("documents").as_array()) {
        const auto& one = value.get_object();
        const auto path = std::string(one.at("project").as_string()) + "/" +
                          std::string(one.at("name").as_string());
        if (named == path || named == one.at("document").as_string()) return one;
    }
    return ledger::Error{ledger::ErrorKind::not_found,
                         "there is no document " + printable(named) +
                             ", or no share lets you read it; `reelproof vault list` lists them as "
                             "PROJECT/NAME"};
}

Result<std::string> vault_project_path(NodeClient& client, const std::string& name) {
    const auto answer = client.get("/v1/vault/projects");
    if (!answer) return answer.error();
    for (const auto& value : answer->at("projects").as_array())
        if (value.at("name").as_string() == name)
            return "/v1/vault/projects/" + std::string(value.at("project").as_string());
    return ledger::Error{ledger::ErrorKind::not_found, "there is no project " + name};
}

VaultOutput::VaultOutput(std::string path) : path_(std::move(path)), to_stdout_(path_ == "-") {
    if (to_stdout_) return;
    // For its owner alone, and not where a link of that name leads.
    const auto part = path_ + ".part";
    ::unlink(part.c_str());
    const int made =
        ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (made < 0) return;  // told by write()
    ::close(made);
    file_.open(part, std::ios::binary);
}

VaultOutput::~VaultOutput() {
    if (!to_stdout_ && !finished_) ::unlink((path_ + ".part").c_str());
}

Result<void> VaultOutput::write(std::string_view bytes) {
    if (!to_stdout_ && !file_.is_open())
        return ledger::Error{ledger::ErrorKind::unavailable, path_ + ".part can't be made"};
    if (to_stdout_) {
        // As it is, which standard output's stream is not (TerminalGuard).
        if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
    } else if (file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
        return {};
    }
    return ledger::Error{ledger::ErrorKind::unavailable, path_ + " can't be written"};
}

Result<void> VaultOutput::finish() {
    if (to_stdout_) {
        if (std::fflush(stdout) == 0) return {};
        return ledger::Error{ledger::ErrorKind::unavailable, "standard output can't be written"};
    }
    file_.close();
    std::error_code failed;
    if (file_) std::filesystem::rename(path_ + ".part", path_, failed);
    finished_ = file_ && !failed;
    if (finished_) return {};
    return ledger::Error{ledger::ErrorKind::unavailable, path_ + " can't be written"};
}

Result<void> copy_vault_ranges(NodeClient& client, const std::string& path, std::uint64_t size,
                               VaultOutput& out) {
    for (std::uint64_t at = 0; at < size;) {
        const auto bytes = client.get_range(path, at, kVaultRange);
        if (!bytes) return bytes.error();
        if (bytes->empty())
            return ledger::Error{ledger::ErrorKind::unavailable, "the node sent too little"};
        if (auto done = out.write(*bytes); !done) return done.error();
        at += bytes->size();
    }
    return {};
}

}  // namespace reelproof::node
