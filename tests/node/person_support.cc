#include "tests/node/person_support.h"

#include <catch2/catch.hpp>

#include "tests/api/people/base32_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

std::string secret_of(const std::string& link) {
    const auto at = link.find('#');
    return at == std::string::npos ? std::string() : link.substr(at + 1);
}

Person::Person(const ServiceNode& node, const std::string& called,
               const std::vector<std::string>& roles)
    : node_(node) {
    const auto invited = node.post(
        "/v1/users",
        {{"user", called}, {"name", "Person " + called}, {"roles", json::value_from(roles)}});
    INFO(invited.text);
    REQUIRE(invited.status == 201);
    const auto done = enrol(invited.member("link"), "five quiet reels for " + called);
    INFO(done.text);
    REQUIRE(done.status == 200);
}

Answer Person::enrol(const std::string& link, const std::string& with_password) {
    const auto opened = post("/v1/setup", {{"link", secret_of(link)}});
    if (opened.status != 200) return opened;
    user = opened.member("user");
    secret_ = api::tests::secret_from(opened.member("secret"));
    password = with_password;
    auto done =
        post("/v1/setup/finish",
             {{"link", secret_of(link)}, {"password", password}, {"code", code(node_.clock())}});
    if (done.status == 200) {
        csrf = done.member("csrf");
        recovery_codes.clear();
        for (const auto& one : done.body.at("recovery_codes").as_array())
            recovery_codes.emplace_back(one.as_string());
    }
    return done;
}

Answer Person::sign_in(const std::string& code) {
    json::object body{{"user", user}, {"password", password}};
    if (!code.empty()) body["code"] = code;
    auto answer = post("/v1/session", body);
    if (answer.status == 200) csrf = answer.member("csrf");
    return answer;
}

Answer Person::send(api::Method method, const std::string& path, const json::object& body,
                    const api::Headers& more) {
    api::Headers headers;
    std::string all;
    for (const auto& [name, value] : cookies) all += (all.empty() ? "" : "; ") + name + "=" + value;
    if (!all.empty()) headers.set("Cookie", all);
    if (!csrf.empty()) headers.set("Reelproof-CSRF", csrf);
    for (const auto& [name, value] : more) headers.set(name, value);
    const bool has_body = method == api::Method::post || method == api::Method::patch;
    auto answer = node_.send(method, path, has_body ? json::serialize(body) : "",
                             has_body ? "application/json" : "", headers);
    for (const auto& [name, value] : answer.headers) {
        if (!api::iequals(name, "Set-Cookie")) continue;
        const auto equals = value.find('='), end = value.find(';');
        cookies[value.substr(0, equals)] = value.substr(equals + 1, end - equals - 1);
    }
    return answer;
}

std::string Person::code(ledger::UnixSeconds now) const {
    return api::totp_code(*secret_, static_cast<std::uint64_t>(now / 30));
}

}  // namespace reelproof::node::tests
