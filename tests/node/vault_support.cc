#include "tests/node/vault_support.h"

#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"

namespace reelproof::node::tests {

namespace json = boost::json;

std::string document_text(std::size_t size) {
    std::mt19937 random(static_cast<unsigned>(size));
    std::string out(size, ' ');
    for (char& c : out) c = static_cast<char>(random());
    return out;
}

void add_project(const ServiceNode& node, const std::string& name,
                 const std::string& classification) {
    const auto answer =
        node.post("/v1/vault/projects",
                  {{"name", name}, {"steward", "anna"}, {"classification", classification}});
    INFO(answer.text);
    REQUIRE(answer.status == 201);
}

Answer put_part(const ServiceNode& node, const std::string& upload, std::uint64_t offset,
                std::string_view part) {
    return node.send(api::Method::post,
                     "/v1/vault/uploads/" + upload + "/parts?offset=" + std::to_string(offset),
                     part, "application/octet-stream",
                     {{"Authorization", "Bearer " + node.all_scopes()}});
}

Answer put_document(const ServiceNode& node, const std::string& project, const std::string& name,
                    const std::string& text, json::object more) {
    more["project"] = project;
    more["name"] = name;
    more["size"] = text.size();
    const auto begun = node.post("/v1/vault/uploads", more);
    INFO(begun.text);
    REQUIRE(begun.status == 201);
    const auto upload = begun.member("upload");
    for (std::size_t taken = 0; taken < text.size();) {
        const auto answer =
            put_part(node, upload, taken, std::string_view(text).substr(taken, 300'000));
        INFO(answer.text);
        REQUIRE(answer.status == 200);
        taken = answer.body.at("taken").to_number<std::size_t>();
    }
    return node.post("/v1/vault/uploads/" + upload + "/finish", {});
}

Answer get_range(const ServiceNode& node, const std::string& path, const std::string& range) {
    return node.send(api::Method::get, path, {}, {},
                     {{"Authorization", "Bearer " + node.all_scopes()}, {"Range", range}});
}

std::string get_whole(const ServiceNode& node, const std::string& path, std::size_t size) {
    std::string out;
    while (out.size() < size) {
        const auto answer = get_range(
            node, path,
            "bytes=" + std::to_string(out.size()) + "-" + std::to_string(out.size() + 99'999));
        INFO(answer.text.substr(0, 300));
        REQUIRE(answer.status == 206);
        out += answer.text;
    }
    return out;
}

bool is_in(ledger::ByteView text, const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const auto bytes = ledger::read_file(entry.path(), std::size_t{1} << 30).value();
        if (std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end())
            return true;
    }
    return false;
}

std::string version_path(const std::string& document, std::uint64_t version) {
    return "/v1/vault/documents/" + document + "/versions/" + std::to_string(version);
}

}  // namespace reelproof::node::tests
