#include "tests/node/bom_support.h"

#include <catch2/catch.hpp>

namespace reelproof::node::tests {

namespace json = boost::json;

Answer import_bom(const ServiceNode& node, const std::string& csv, const std::string& more,
                  const std::string& name) {
    return node.send(kPost, "/v1/boms?project=atlas&name=" + name + more, csv,
                     "application/octet-stream",
                     {{"Authorization", "Bearer " + node.all_scopes()}});
}

Answer edit_bom(const ServiceNode& node, const std::string& bom, json::array edits) {
    return node.post("/v1/boms/" + bom + "/edits", {{"edits", std::move(edits)}});
}

json::object set_cell(std::uint64_t line, const std::string& field, const std::string& was,
                      const std::string& value) {
    return {{"action", "set"}, {"line", line}, {"field", field}, {"was", was}, {"value", value}};
}

Answer release_bom(const ServiceNode& node, const std::string& bom, const std::string& revision) {
    const auto answer = node.post("/v1/boms/" + bom + "/release", {{"revision", revision}});
    INFO(answer.text);
    REQUIRE(answer.status == 201);
    return answer;
}

}  // namespace reelproof::node::tests
