#include "api/routes/people.h"

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/people/secrets.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostRoles = 20;

json::object user_json(const User& user) {
    json::object out{{"user", user.user},
                     {"name", user.name},
                     {"roles", json::value_from(user.roles)},
                     {"disabled", user.disabled},
                     {"enrolled", user.enrolled},
                     {"made", user.made},
                     {"recovery_codes_left", user.recovery_codes}};
    if (user.link_until != 0) out["link_until"] = user.link_until;
    return out;
}

json::object token_json(const Token& token, ledger::UnixSeconds now) {
    json::object out{{"name", token.name},
                     {"scopes", json::value_from(token.scopes)},
                     {"configured", token.by.empty()},
                     {"expired", token.until != 0 && token.until <= now}};
    if (token.until != 0) out["until"] = token.until;
    if (token.made != 0) out["made"] = token.made;
    if (!token.by.empty()) out["by"] = token.by;
    if (token.used != 0) out["used"] = token.used;
    return out;
}

Response list_users(PeopleRoutes& routes, const Request&) {
    json::array users;
    for (const auto& user : routes.users.list()) users.emplace_back(user_json(user));
    json::array all;
    for (const auto& role : roles())
        all.emplace_back(
            json::object{{"name", role.name}, {"accesses", json::value_from(role.accesses)}});
    return Response::json(
        200, json_text(json::object{{"users", std::move(users)}, {"roles", std::move(all)}}));
}

Response invited(const PeopleRoutes& routes, const std::string& user,
                 ledger::Result<std::string> given, int status) {
    if (!given) return problem_of(given.error());
    const SecretText secret(std::move(*given)), link(setup_link(routes.url, secret.expose()));
    const auto known = routes.users.find(user);
    json::object out(ledger::WipingMemory::get());
    out["user"] = user;
    out["link"] = link.expose();
    if (known) out["link_until"] = known->link_until;
    return Response::json(status, json_text(out));
}

Response invite(PeopleRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"user", "name", "roles"});
    if (!body) return problem_of(body.error());
    const auto user = body->required_text("user"), name = body->required_text("name");
    const auto given = body->required_texts("roles", kMostRoles);
    if (body->error()) return problem_of(*body->error());
    if (const auto fits = check_user(user); !fits) return problem_of(fits.error());
    request.subject = "user " + user;
    return invited(routes, user, routes.users.invite(user, name, given), 201);
}

Response invite_again(PeopleRoutes& routes, const Request& request) {
    const auto& user = request.parameter("user");
    return invited(routes, user, routes.users.invite_again(user), 200);
}

Response change_user(PeopleRoutes& routes, const Request& request) {
    const auto& user = request.parameter("user");
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"name", "roles", "disabled"});
    if (!body) return problem_of(body.error());
    Users::Change change;
    if (body->has("name")) change.name = body->text("name");
    if (body->has("roles")) change.roles = body->texts("roles", kMostRoles);
    if (body->has("disabled")) change.disabled = body->flag("disabled");
    if (body->error()) return problem_of(*body->error());
    const auto changed = routes.users.change(user, change);
    if (!changed) return problem_of(changed.error());
    if (changed->disabled)
        if (const auto done = routes.sessions.end_all(user); !done) return problem_of(done.error());
    return Response::json(200, json_text(user_json(*changed)));
}

Response remove_user(PeopleRoutes& routes, const Request& request) {
    const auto& user = request.parameter("user");
    if (const auto done = routes.users.remove(user); !done) return problem_of(done.error());
    if (const auto done = routes.sessions.end_all(user); !done) return problem_of(done.error());
    return Response::empty();
}

Response list_tokens(PeopleRoutes& routes, const Request&) {
    json::array tokens, all;
    const auto now = ledger::system_now();
    for (const auto& token : routes.tokens.list()) tokens.emplace_back(token_json(token, now));
    for (const auto grants : {scopes(), roles()})
        for (const auto& one : grants)
            all.emplace_back(
                json::object{{"name", one.name}, {"accesses", json::value_from(one.accesses)}});
    return Response::json(
        200, json_text(json::object{{"tokens", std::move(tokens)}, {"scopes", std::move(all)}}));
}

Response give_token(PeopleRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"name", "scopes", "until"});
    if (!body) return problem_of(body.error());
    const auto name = body->required_text("name");
    const auto given = body->required_texts("scopes", kMostRoles);
    const auto until = body->optional_count("until").value_or(0);
    if (body->error()) return problem_of(*body->error());
    if (name.size() <= kLongestTokenName) request.subject = "token " + name;
    auto drawn = routes.tokens.give(name, given, until, described_caller(request));
    if (!drawn) return problem_of(drawn.error());
    const SecretText token(std::move(*drawn));
    json::object out(ledger::WipingMemory::get());
    out["name"] = name;
    out["token"] = token.expose();
    return Response::json(201, json_text(out));
}

Response revoke_token(PeopleRoutes& routes, const Request& request) {
    if (const auto done = routes.tokens.revoke(request.parameter("token")); !done)
        return problem_of(done.error());
    return Response::empty();
}

}  // namespace

void add_people_routes(Router& router, PeopleRoutes& routes) {
    const auto add = [&](Method method, const char* path, auto handler) {
        RouteOptions options;
        options.compression = Compression::never;  // links and tokens beside what the caller chose
        router.add(
            method, path, std::string(kPeopleAccess),
            [&routes, handler](const Request& request) { return handler(routes, request); },
            options);
    };
    add(Method::get, "/v1/users", list_users);
    add(Method::post, "/v1/users", invite);
    add(Method::patch, "/v1/users/{user}", change_user);
    add(Method::delete_, "/v1/users/{user}", remove_user);
    add(Method::post, "/v1/users/{user}/invite", invite_again);
    add(Method::get, "/v1/tokens", list_tokens);
    add(Method::post, "/v1/tokens", give_token);
    add(Method::delete_, "/v1/tokens/{token}", revoke_token);
}

std::string setup_link(std::string_view url, std::string_view secret) {
    constexpr std::string_view kPage = "/setup#";
    std::string out;
    out.reserve(url.size() + kPage.size() + secret.size());
    out.append(url).append(kPage).append(secret);
    return out;
}

}  // namespace reelproof::api
