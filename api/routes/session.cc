#include "api/routes/session.h"

#include <algorithm>
#include <semaphore>

#include <boost/json.hpp>

#include "api/http/address_key.h"
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/people/secrets.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// A browser in which this user has signed in before, one cookie a user, since stations are shared;
// script never sees it.
std::string browser_cookie_of(std::string_view user) {
    return "__Host-reelproof-browser-" + ledger::to_hex(hash_secret(user)).substr(0, 16);
}

constexpr std::string_view kCookieRules = "; Path=/; Secure; HttpOnly; SameSite=Strict";

std::string cookie(std::string_view name, std::string_view value, ledger::UnixSeconds holds) {
    return std::string(name) + "=" + std::string(value) + "; Max-Age=" + std::to_string(holds) +
           std::string(kCookieRules);
}

const Principal& caller_of(const Request& request) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller == nullptr || !caller->session)
        throw std::logic_error("a session route was entered without a session");
    return *caller;
}

json::object session_json(const SessionRoutes& routes, const User& user, std::string_view cookie,
                          ledger::UnixSeconds until) {
    json::array accesses;
    for (const auto access : accesses_of(user.roles)) accesses.emplace_back(access);
    json::object out(ledger::WipingMemory::get());
    out["org"] = routes.org;
    out["user"] = user.user;
    out["name"] = user.name;
    out["roles"] = json::value_from(user.roles);
    out["accesses"] = std::move(accesses);
    out["csrf"] = csrf_token(cookie);
    out["until"] = until;
    out["recovery_codes_left"] = user.recovery_codes;
    return out;
}

// The codes as JSON; where they were they are wiped.
json::array codes_json(std::vector<std::string> codes) {
    json::array out(ledger::WipingMemory::get());
    for (auto& code : codes) {
        out.emplace_back(code);
        ledger::wipe(code.data(), code.size());
    }
    return out;
}

void concerns(const Request& request, std::string_view user) {
    request.subject = "user " + std::string(user);
}

// Of one that is used up or guessed nobody's name is known.
void concerns_link(const SessionRoutes& routes, const Request& request, std::string_view link) {
    request.subject = "a set-up link";
    if (const auto user = routes.users.user_of(link)) concerns(request, *user);
}

// Both cookies and the session as JSON; a new cookie each time, so nobody can fix one beforehand.
Response signed_in(SessionRoutes& routes, const User& user,
                   std::vector<std::string> recovery_codes = {}) {
    const auto begun = routes.sessions.begin(user.user, user.epoch);
    if (!begun) return problem_of(begun.error());
    const auto session = routes.sessions.find(*begun);
    if (!session) return Problem(503).detail("the clock was set; try again").response();
    auto out = session_json(routes, user, *begun, session->until);
    if (!recovery_codes.empty()) out["recovery_codes"] = codes_json(std::move(recovery_codes));
    auto response = Response::json(200, json_text(out));
    response.headers.add("Set-Cookie", cookie(kSessionCookie, *begun, kSessionHolds));
    response.headers.add("Set-Cookie",
                         cookie(browser_cookie_of(user.user),
                                routes.attempts.browser_cookie(user.user), 90 * 86400));
    return response;
}

Attempts::Who who_of(const Request& request, std::string user) {
    auto browser = std::string(request.cookie(browser_cookie_of(user)).value_or(""));
    return {std::move(user), address_key_of(request.peer.address), std::move(browser)};
}

Response wait_first(std::chrono::seconds wait) {
    return Problem(429, "wait", "Wait before you try again")
        .detail(
            "too many wrong passwords or codes: try again in " + std::to_string(wait.count()) +
            " s. If somebody else was guessing, sign in from a browser that you have used before")
        .header("Retry-After", std::to_string(wait.count()))
        .response();
}

// Who it is when password and code are right; else the refusal, which does not tell what was wrong.
struct Proved {
    std::optional<User> user;
    Response refusal;
};

Proved prove(SessionRoutes& routes, const Request& request, const std::string& user,
             std::string_view password, std::string_view code) {
    const auto who = who_of(request, user);
    if (const auto wait = routes.attempts.begin(who)) return {{}, wait_first(*wait)};
    Attempt attempt(routes.attempts, who);
    auto proof = routes.users.prove(user, password, code);
    if (!proof) return {{}, problem_of(proof.error())};
    switch (proof->kind) {
        case Users::Proof::Kind::right:
            attempt.how = Attempts::End::succeeded;
            return {std::move(proof->user), {}};
        case Users::Proof::Kind::code_needed:
            // Not a failure, nor a success: guessing a code costs as much as guessing a password.
            return {{},
                    Problem(401, "code-needed", "A code is needed")
                        .detail("the app on your phone shows it; a recovery code will do, too")
                        .response()};
        case Users::Proof::Kind::wrong:
            break;
    }
    attempt.how = Attempts::End::failed;
    return {{},
            Problem(401, "not-signed-in", "That is not right")
                .detail("the user, the password or the code is wrong; a code holds once and for "
                        "half a minute")
                .response()};
}

Response sign_in(SessionRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"user", "password", "code"});
    if (!body) return problem_of(body.error());
    const auto user = body->required_text("user");
    const SecretText password(body->required_text("password")), code(body->text("code"));
    if (body->error()) return problem_of(*body->error());
    // What can be nobody's name is neither counted nor recorded.
    if (const auto fits = check_user(user); !fits) return problem_of(fits.error());
    concerns(request, user);
    const auto proved = prove(routes, request, user, password.expose(), code.expose());
    if (!proved.user) return proved.refusal;
    return signed_in(routes, *proved.user);
}

Response show(SessionRoutes& routes, const Request& request) {
    const auto& caller = caller_of(request);
    const auto user = routes.users.find(caller.name);
    if (!user) return Problem(401).response();
    return Response::json(
        200, json_text(session_json(routes, *user, request.cookie(kSessionCookie).value_or(""),
                                    caller.session->until)));
}

Response sign_out(SessionRoutes& routes, const Request& request) {
    const auto& caller = caller_of(request);
    concerns(request, caller.name);
    if (const auto done = routes.sessions.end(caller.session->id); !done)
        return problem_of(done.error());
    auto response = Response::empty();
    response.headers.add("Set-Cookie", cookie(kSessionCookie, "", 0));
    response.headers.add("Clear-Site-Data", "\"cache\", \"storage\"");
    return response;
}

Response open_link(SessionRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"link"});
    if (!body) return problem_of(body.error());
    const SecretText link(body->required_text("link"));
    if (body->error()) return problem_of(*body->error());
    concerns_link(routes, request, link.expose());
    auto setup = routes.users.open_link(link.expose());
    if (!setup) return problem_of(setup.error());
    const SecretText secret(std::move(setup->secret)), uri(std::move(setup->uri));
    json::object out(ledger::WipingMemory::get());
    out["org"] = routes.org;
    out["user"] = setup->user.user;
    out["name"] = setup->user.name;
    out["roles"] = json::value_from(setup->user.roles);
    out["secret"] = secret.expose();
    out["uri"] = uri.expose();
    return Response::json(200, json_text(out));
}

Response enrol(SessionRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"link", "password", "code"});
    if (!body) return problem_of(body.error());
    const SecretText link(body->required_text("link")), password(body->required_text("password")),
        code(body->required_text("code"));
    if (body->error()) return problem_of(*body->error());
    concerns_link(routes, request, link.expose());
    auto enrolled = routes.users.enrol(link.expose(), password.expose(), code.expose());
    if (!enrolled) return problem_of(enrolled.error());
    // Somebody who lost password or phone: whoever found them is signed out.
    if (const auto done = routes.sessions.end_all(enrolled->user.user); !done)
        return problem_of(done.error());
    return signed_in(routes, enrolled->user, std::move(enrolled->recovery_codes));
}

Response change_password(SessionRoutes& routes, const Request& request) {
    const auto& caller = caller_of(request);
    const auto body = Body::parse(request.body, {"password", "code", "new_password"});
    if (!body) return problem_of(body.error());
    const SecretText password(body->required_text("password")), code(body->required_text("code")),
        fresh(body->required_text("new_password"));
    if (body->error()) return problem_of(*body->error());
    concerns(request, caller.name);
    const auto proved = prove(routes, request, caller.name, password.expose(), code.expose());
    if (!proved.user) return proved.refusal;
    const auto epoch = routes.users.set_password(caller.name, fresh.expose());
    if (!epoch) return problem_of(epoch.error());
    if (const auto done = routes.sessions.end_others(*caller.session, *epoch); !done)
        return problem_of(done.error());
    return Response::empty();
}

Response new_codes(SessionRoutes& routes, const Request& request) {
    const auto& caller = caller_of(request);
    const auto body = Body::parse(request.body, {"password", "code"});
    if (!body) return problem_of(body.error());
    const SecretText password(body->required_text("password")), code(body->required_text("code"));
    if (body->error()) return problem_of(*body->error());
    concerns(request, caller.name);
    const auto proved = prove(routes, request, caller.name, password.expose(), code.expose());
    if (!proved.user) return proved.refusal;
    auto codes = routes.users.new_recovery_codes(caller.name);
    if (!codes) return problem_of(codes.error());
    json::object out(ledger::WipingMemory::get());
    out["recovery_codes"] = codes_json(std::move(*codes));
    return Response::json(200, json_text(out));
}

// Hashing a password takes tens of milliseconds and 64 MiB. Those who sign in must not take the
// workers and the memory that checks need, so no more than two are at it.
std::counting_semaphore<2> turns{2};

template <class Handler>
auto in_turn(Handler handler) {
    return [handler](SessionRoutes& routes, const Request& request) -> Response {
        if (!turns.try_acquire())
            return Problem(503, "busy", "Others are signing in")
                .detail("try again in a second")
                .header("Retry-After", "1")
                .response();
        struct Turn {
            Turn() = default;
            Turn(const Turn&) = delete;
            Turn& operator=(const Turn&) = delete;
            ~Turn() { turns.release(); }
        } const turn;
        return handler(routes, request);
    };
}

}  // namespace

void add_session_routes(Router& router, SessionRoutes& routes) {
    const auto add = [&](Method method, const char* path, std::string_view access, auto handler) {
        RouteOptions options;
        options.compression = Compression::never;  // secrets beside what the caller chose
        router.add(
            method, path, std::string(access),
            [&routes, handler](const Request& request) -> Response {
                if (request.method == Method::post)
                    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
                return handler(routes, request);
            },
            options);
    };
    add(Method::post, "/v1/session", kPublicAccess, in_turn(sign_in));
    add(Method::get, "/v1/session", kSessionAccess, show);
    add(Method::delete_, "/v1/session", kSessionAccess, sign_out);
    add(Method::post, "/v1/session/password", kSessionAccess, in_turn(change_password));
    add(Method::post, "/v1/session/recovery-codes", kSessionAccess, in_turn(new_codes));
    add(Method::post, "/v1/setup", kPublicAccess, open_link);
    add(Method::post, "/v1/setup/finish", kPublicAccess, in_turn(enrol));
}

}  // namespace reelproof::api
