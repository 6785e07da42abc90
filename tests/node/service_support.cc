#include "tests/node/service_support.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "tests/paths.h"
#include "vision/label/render.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

// Nodes that wait for each other to start are not worth a line; who wants to read sets it.
[[maybe_unused]] const bool quiet = [] {
    spdlog::set_level(spdlog::level::off);
    return true;
}();

template <class T>
T must(ledger::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

vision::Fields fields_of(const SomePart& part) {
    vision::Fields fields;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) fields[name] = value;
    };
    add("mpn", part.mpn);
    add("lot", part.lot);
    add("date_code", part.date_code);
    add("manufacturer", part.manufacturer);
    add("serial", part.serial);
    if (part.quantity > 0) fields["quantity"] = part.quantity;
    return fields;
}

}  // namespace

std::string Answer::member(std::string_view name) const {
    const auto* value = body.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

bool Answer::says(std::string_view words) const {
    return member("detail").find(words) != std::string::npos;
}

Label issued_with(const vision::Fields& fields) {
    const auto seed = ledger::ItemSeed::random();
    Label out;
    out.serial = ledger::issued_serial(seed);
    out.item = ledger::public_item_id(ledger::issued_item_key(seed));
    out.text = vision::issued_label_payload(fields, "LERPF" + out.serial).value();
    return out;
}

Label issued(const SomePart& part) {
    return issued_with(fields_of(part));
}

std::string makers_label(const SomePart& part) {
    return vision::issued_label_payload(fields_of(part), "").value();
}

Label board() {
    return issued_with({{"customer_pn", std::string("KST-CTRL-04")}});
}

json::object with_label(const std::string& text) {
    return {{"symbols", json::array{text}}};
}

json::object with_labels(const std::vector<std::string>& texts) {
    return {{"items", json::value_from(texts)}};
}

ServiceNode::ServiceNode(const std::string& org, const ServiceNode* salt_of) {
    NewOrg wanted;
    wanted.folder = folder_.path() / "node";
    wanted.org = org;
    wanted.listen = "127.0.0.1:" + std::to_string(free_port());
    if (salt_of != nullptr) wanted.salt_file = salt_of->folder() / "node/network.salt";
    const auto made = must(make_org(wanted));
    link_ = made.link;
    config = must(load_config(made.config));
    config.poll_interval = 50ms;
    // Tests ask faster than people and programs; those about the limits set their own.
    config.limits.new_connections = config.limits.callers = {100'000, 100'000};
    config.reader_program = reelproof::tests::build_dir() / "reelproof";
    config.store.map_size = std::uint64_t{1} << 28;
    const auto bytes = must(ledger::read_file(made.cli_token, 1024));
    token_.assign(bytes.begin(), bytes.end());
    token_.pop_back();
    quality_token_ = token("quality", {"quality"});
    const auto certificate = must(ledger::read_file(config.keys / "tls.crt", 64 * 1024));
    pin_ = api::spki_sha256_of_certificate(ledger::as_text(certificate)).value();
}

ServiceNode::~ServiceNode() {
    stop();
}

void ServiceNode::partner(const ServiceNode& other) {
    config.partners.push_back({other.org(), other.root(), other.config.url});
}

void ServiceNode::policy(const std::string& toml) const {
    std::ofstream(config.policy_file) << toml;
}

std::string ServiceNode::token(const std::string& name,
                               const std::vector<std::string>& scopes) const {
    const auto token = make_token(name, scopes);
    std::ofstream(config.tokens_file, std::ios::app) << "\n" << token.entry;
    return token.token;
}

void ServiceNode::start() {
    runtime_ = must(Runtime::start(config, clock));
    port_ = runtime_->port();
}

void ServiceNode::stop() {
    runtime_.reset();
}

api::ClientOptions ServiceNode::client(const api::TlsIdentity* certificate) const {
    api::ClientOptions options;
    options.origin = "https://127.0.0.1:" + std::to_string(port_);
    options.pinned_spki = {pin_};
    if (certificate != nullptr) {
        options.certificate_pem = certificate->certificate_pem;
        options.private_key_pem = certificate->private_key_pem;
    }
    return options;
}

Answer ServiceNode::send(api::Method method, const std::string& path, std::string_view body,
                         std::string_view content_type, const api::Headers& headers,
                         const api::TlsIdentity* certificate) const {
    api::HttpClient caller(client(certificate));
    const auto response = caller.request(method, path, body, content_type, headers);
    if (!response) throw std::runtime_error(path + ": " + response.error().text);
    Answer out;
    out.status = response->status;
    out.text = response->body_view();
    out.headers = response->headers;
    out.headers.set("Content-Type", response->content_type);
    boost::system::error_code failure;
    auto value = json::parse(out.text, failure);
    if (!failure && value.is_object()) out.body = std::move(value.get_object());
    return out;
}

Answer ServiceNode::post(const std::string& path, const json::object& body,
                         const std::string& idempotency_key) const {
    api::Headers headers{{"Authorization", "Bearer " + token_}};
    if (!idempotency_key.empty()) headers.set("Idempotency-Key", idempotency_key);
    return send(api::Method::post, path, json::serialize(body), "application/json", headers);
}

Answer ServiceNode::get(const std::string& path) const {
    return send(api::Method::get, path, {}, {}, {{"Authorization", "Bearer " + token_}});
}

void ServiceNode::record(const std::string& verb, const json::object& body) const {
    const auto answer = post("/v1/" + verb, body);
    INFO(verb << ": " << answer.text);
    REQUIRE(answer.status == 201);
}

std::uint64_t ServiceNode::size() const {
    const auto health = get("/v1/health");
    return health.body.at("log").at("size").to_number<std::uint64_t>();
}

bool ServiceNode::has_log_of(const ServiceNode& other) const {
    const auto size = other.size();
    return eventually([&] {
        const auto health = get("/v1/health");
        for (const auto& partner : health.body.at("partners").as_array())
            if (partner.at("org").as_string() == other.org())
                return partner.at("size").to_number<std::uint64_t>() >= size;
        return false;
    });
}

Pair::Pair(const std::string& policy) : maker("maker.example"), ems("ems.example", &maker) {
    maker.partner(ems);
    ems.partner(maker);
    maker.policy(policy);
    ems.policy(policy);
    maker.start();
    ems.start();
    REQUIRE(in_step());
}

void Pair::ship(const std::vector<std::string>& labels) {
    maker.record("commission", with_labels(labels));
    maker.record("ship", with(with_labels(labels), "to", ems.org()));
    REQUIRE(ems.has_log_of(maker));
}

bool Pair::in_step() const {
    return ems.has_log_of(maker) && maker.has_log_of(ems);
}

std::string sealed_in(const ServiceNode& node, const Label& label) {
    json::value out;
    REQUIRE(eventually([&] {
        const auto told = node.post("/v1/trace", with_label(label.text));
        const auto* events = told.body.if_contains("events");
        if (events == nullptr || events->as_array().size() < 2) return false;
        const auto* found = events->at(1).as_object().if_contains("sealed");
        out = found == nullptr ? json::value() : *found;
        return true;
    }));
    return json::serialize(out);
}

api::TlsIdentity identity_of(const ServiceNode& node) {
    const auto read = [&](const char* name) {
        const auto bytes = ledger::read_file(node.config.keys / name, 64 * 1024).value();
        return std::string(bytes.begin(), bytes.end());
    };
    api::TlsIdentity out;
    out.certificate_pem = read("tls.crt");
    out.private_key_pem = read("tls.key");
    return out;
}

}  // namespace reelproof::node::tests
