#include "tests/node/sharing_support.h"

#include <catch2/catch.hpp>

#include "ledger/format/statement.h"
#include "ledger/format/tile.h"
#include "node/data_key.h"
#include "node/keyring.h"

namespace reelproof::node::tests {

namespace json = boost::json;

json::object row_of(const ServiceNode& node, const std::string& list, const std::string& member,
                    const std::string& id) {
    const auto answer = node.get("/v1/vault/" + list);
    for (const auto& value : answer.body.at(list).as_array())
        if (value.at(member).as_string() == id) return value.get_object();
    return {};
}

bool has_state(const ServiceNode& node, const std::string& agreement, const std::string& state) {
    return eventually([&] {
        const auto row = row_of(node, "agreements", "agreement", agreement);
        return !row.empty() && row.at("state").as_string() == state;
    });
}

bool knows_share(const ServiceNode& node, const std::string& share, bool ended) {
    return eventually([&] {
        const auto row = row_of(node, "shares", "share", share);
        return !row.empty() && row.contains("ended") == ended;
    });
}

std::vector<std::string> published(const ServiceNode& node, std::uint64_t from, std::string* all) {
    const ledger::TileId tile{
        .level = 0, .entries = true, .index = 0, .width = static_cast<int>(node.size())};
    const auto text = node.get("/log/" + ledger::tile_path(tile)).text;
    const auto entries = ledger::parse_bundle(ledger::as_bytes(text), tile.width).value();
    std::vector<std::string> out;
    for (auto index = from; index < entries.size(); ++index) {
        const auto statement = ledger::parse_statement(entries[index]).value();
        out.push_back(statement.header.sub);
        if (all != nullptr) *all += ledger::as_text(statement.payload);
    }
    return out;
}

Sharing::Sharing() {
    add_project(maker, "atlas");
}

std::string Sharing::agree(std::int64_t end, json::object more) {
    more.insert({{"partner", ems.org()}, {"scope", "NDA 7"}, {"end", end}});
    const auto draft = maker.post("/v1/vault/agreements", more);
    INFO(draft.text);
    REQUIRE(draft.status == 201);
    agreement = draft.member("agreement");
    CHECK(draft.member("state") == "to be signed by them");
    REQUIRE(has_state(ems, agreement, "to be signed by us"));
    const auto signed_by_ems = ems.post("/v1/vault/agreements/" + agreement + "/sign", {});
    INFO(signed_by_ems.text);
    REQUIRE(signed_by_ems.status == 200);
    REQUIRE(has_state(maker, agreement, "in force"));
    REQUIRE(has_state(ems, agreement, "in force"));
    return agreement;
}

json::object Sharing::share_body(const std::string& document, const std::string& mode) const {
    json::object out{{"project", "atlas"},
                     {"recipient", ems.org()},
                     {"purpose", "pilot run"},
                     {"mode", mode},
                     {"end", kFar}};
    if (!document.empty()) out["document"] = document;
    if (!agreement.empty()) out["agreement"] = agreement;
    return out;
}

std::string Sharing::share(const json::object& body) {
    const auto granted = maker.post("/v1/vault/shares", body);
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    const auto id = granted.member("share");
    REQUIRE(knows_share(ems, id));
    return id;
}

Answer Sharing::open(const std::string& share, const std::string& document,
                     std::uint64_t version) const {
    return ems.post("/v1/vault/shares/" + share + "/open",
                    {{"document", document}, {"version", version}});
}

std::string Sharing::held_path(const std::string& share, const std::string& document,
                               std::uint64_t version) {
    return "/v1/vault/shares/" + share + "/documents/" + document + "/versions/" +
           std::to_string(version);
}

Chain::Chain() {
    ems.stop();
    ems.partner(sub);
    sub.partner(ems);
    sub.policy("version = \"1\"\n");
    ems.start();
    sub.start();
    REQUIRE(sub.has_log_of(ems));
    REQUIRE(ems.has_log_of(sub));
}

std::string Chain::agree_below() const {
    const auto draft = ems.post("/v1/vault/agreements",
                                {{"partner", sub.org()}, {"scope", "NDA 8"}, {"end", kFar}});
    REQUIRE(draft.status == 201);
    const auto id = draft.member("agreement");
    REQUIRE(has_state(sub, id, "to be signed by us"));
    REQUIRE(sub.post("/v1/vault/agreements/" + id + "/sign", {}).status == 200);
    REQUIRE(has_state(ems, id, "in force"));
    return id;
}

json::object Chain::pass_body(const std::string& share, const std::string& below) const {
    return {{"of", share},        {"recipient", sub.org()}, {"purpose", "coating"},
            {"mode", "download"}, {"end", kFar - 1},        {"agreement", below}};
}

Answer Chain::open_below(const std::string& share, const std::string& document) const {
    return sub.post("/v1/vault/shares/" + share + "/open",
                    {{"document", document}, {"version", 1}});
}

ledger::Bytes signed_by(const ServiceNode& node, const ledger::VaultObject& object) {
    const auto keys =
        load_keyring(node.config.keys, load_data_key(node.config.keys).value()).value();
    return ledger::sign_vault_object(keys.statement, node.org(), ledger::system_now(),
                                     ledger::format_vault_object(object))
        .value()
        .statement;
}

Answer hand_in_as(const ServiceNode& from, const ServiceNode& to, const ledger::Bytes& statement,
                  const std::string& path) {
    const auto identity = identity_of(from);
    return to.send(kPost, path, ledger::as_text(statement), "application/cose", {}, &identity);
}

Answer hand_in(const ServiceNode& from, const ServiceNode& to, const ledger::VaultObject& object,
               const std::string& path) {
    return hand_in_as(from, to, signed_by(from, object), path);
}

}  // namespace reelproof::node::tests
