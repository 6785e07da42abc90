#include "api/routes/administration.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "ledger/format/public_statement.h"
#include "ledger/store/check.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kLongestSubject = 100, kLargestPolicy = std::size_t{1} << 20;

json::value time_or_null(const std::optional<ledger::UnixSeconds>& time) {
    return time ? json::value(ledger::to_iso8601(*time)) : json::value(nullptr);
}

json::object json_of(const ledger::KeyState& key) {
    return {{"key", ledger::thumbprint(key.grant.key)},
            {"role", key.grant.role},
            {"may", json::value_from(key.grant.may)},
            {"not_before", time_or_null(key.grant.not_before)},
            {"not_after", time_or_null(key.grant.not_after)},
            {"revoked", key.revoked_at.has_value()}};
}

json::object json_of(const TrustedOrg& partner, const ledger::Directory& directory,
                     const ledger::Policy& policy) {
    json::object out{{"org", partner.org},          {"root", partner.root}, {"url", partner.url},
                     {"guest", partner.guest},      {"known", false},       {"keys", json::array{}},
                     {"authorised", json::array{}}, {"recalls", 0}};
    json::array makes;
    for (const auto& one : policy.manufacturers)
        if (one.org == partner.org)
            makes.push_back(json::object{{"mpns", json::value_from(one.mpns)},
                                         {"names", json::value_from(one.names)}});
    out["makes"] = std::move(makes);
    const auto* org = directory.org(partner.org);
    if (org == nullptr) return out;
    out["known"] = true;
    json::array keys, authorised;
    for (const auto& key : org->keys) keys.push_back(json_of(key));
    for (const auto& source : org->authorised)
        authorised.push_back(json::object{{"org", source.what.org},
                                          {"mpns", json::value_from(source.what.mpns)},
                                          {"not_before", time_or_null(source.what.not_before)},
                                          {"not_after", time_or_null(source.what.not_after)}});
    out["keys"] = std::move(keys);
    out["authorised"] = std::move(authorised);
    out["recalls"] = org->recalls.size();
    return out;
}

const TrustedOrg* find(const std::vector<TrustedOrg>& all, std::string_view org) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const TrustedOrg& one) { return one.org == org; });
    return found == all.end() ? nullptr : &*found;
}

// Those in force, then those that come with the next start.
Response partners(const AdministrationRoutes& routes) {
    const auto next = routes.configuration.partners();
    const auto directory = routes.context.store.directory();
    json::array out;
    const auto add = [&](const TrustedOrg& partner, const char* from_next_start) {
        auto one = json_of(partner, *directory, routes.context.policy);
        if (from_next_start != nullptr) one["from_next_start"] = from_next_start;
        out.push_back(std::move(one));
    };
    for (const auto& partner : routes.partners) {
        const auto* then = next ? find(*next, partner.org) : &partner;
        const bool same = then != nullptr && then->root == partner.root &&
                          then->url == partner.url && then->push == partner.push &&
                          then->gzip == partner.gzip;
        add(partner, then == nullptr ? "removed" : same ? nullptr : "changed");
    }
    if (next)
        for (const auto& partner : *next)
            if (find(routes.partners, partner.org) == nullptr) add(partner, "added");
    json::object answer{{"partners", std::move(out)}};
    if (!next) answer["trouble"] = next.error().message;
    return Response::json(200, json_text(answer));
}

Response add_partner(AdministrationRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body =
        Body::parse(request.body, {"org", "root", "url", "unreachable", "push", "gzip"});
    if (!body) return problem_of(body.error());
    TrustedOrg wanted;
    wanted.org = body->required_text("org");
    wanted.root = body->required_text("root");
    wanted.url = body->text("url");
    const bool unreachable = body->flag("unreachable");
    wanted.push = body->flag("push");
    wanted.gzip = body->flag("gzip");
    if (body->error()) return problem_of(*body->error());
    if (wanted.org.size() <= kLongestSubject) request.subject = "partner " + wanted.org;
    if (unreachable == wanted.url.empty()) {
        const std::lock_guard one_at_a_time(routes.changing);
        if (const auto done = routes.configuration.add_partner(wanted); !done)
            return problem_of(done.error());
        return Response::json(
            201, json_text(json::object{{"org", wanted.org}, {"from_next_start", "added"}}));
    }
    return problem_of(ledger::malformed(
        unreachable ? "url and unreachable exclude each other"
                    : "url is missing: the address of its node, or unreachable: true"));
}

Response remove_partner(AdministrationRoutes& routes, const Request& request) {
    const auto& org = request.parameter("org");
    request.subject = "partner " + org;
    const std::lock_guard one_at_a_time(routes.changing);
    if (const auto* known = find(routes.partners, org); known != nullptr && known->guest)
        return problem_of(ledger::Error{ledger::ErrorKind::conflict,
                                        org + " is a guest: POST /v1/guests/{org}/dismiss ends "
                                              "that, and holds at once"});
    if (const auto done = routes.configuration.remove_partner(org); !done)
        return problem_of(done.error());
    json::array warnings;
    const auto policy = routes.configuration.policy();
    if (policy && std::find(policy->named.begin(), policy->named.end(), org) != policy->named.end())
        warnings.emplace_back("the policy names " + org + ": take it out there too");
    return Response::json(
        200, json_text(json::object{
                 {"org", org}, {"from_next_start", "removed"}, {"warnings", std::move(warnings)}}));
}

json::object file_json(const AdministrationRoutes& routes, const Configuration::PolicyFile& file) {
    return {{"version", file.version},
            {"text", file.text},
            {"softened", json::value_from(file.softened)},
            {"in_force", file.text == routes.policy_text}};
}

json::object policy_json(const AdministrationRoutes& routes) {
    const auto all = routes.policies.all();
    json::array versions;
    std::for_each(all.rbegin(), all.rend(), [&](const PolicyVersion& one) {
        versions.push_back(json::object{{"number", one.number},
                                        {"version", one.version},
                                        {"since", ledger::to_iso8601(one.since)},
                                        {"by", one.by},
                                        {"in_force", one.text == routes.policy_text},
                                        {"text", one.text}});
    });
    json::object out{{"version", routes.context.policy.version}, {"versions", std::move(versions)}};
    const auto file = routes.configuration.policy();
    if (file)
        out["file"] = file_json(routes, *file);
    else
        out["trouble"] = file.error().message;
    return out;
}

Response policy(const AdministrationRoutes& routes, const Request& request) {
    request.subject = "policy";
    return Response::json(200, json_text(policy_json(routes)));
}

Response change_policy(AdministrationRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"text", "before", "check"});
    if (!body) return problem_of(body.error());
    const auto text = body->required_text("text"), before = body->text("before");
    const bool only_check = body->flag("check");
    if (body->error()) return problem_of(*body->error());
    request.subject = "policy";
    const std::lock_guard one_at_a_time(routes.changing);
    const auto file = only_check ? routes.configuration.check_policy(text)
                                 : routes.configuration.write_policy(text, before);
    if (!file) return problem_of(file.error());
    request.subject += " " + file->version.substr(0, kLongestSubject);
    if (only_check)
        return Response::json(200, json_text(json::object{{"file", file_json(routes, *file)}}));
    // The file is changed: where the store takes nothing now, the next start notes it.
    (void)routes.policies.keep(file->version, file->text, routes.context.clock(),
                               described_caller(request));
    return Response::json(200, json_text(policy_json(routes)));
}

struct Backup {
    std::string name;  // "2026-11-30T07-25-10Z"
    std::uint64_t bytes = 0;
};

// The newest first. What else lies in the folder, and what was cut off, is none.
std::vector<Backup> backups_in(const std::filesystem::path& folder) {
    std::vector<Backup> out;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator(folder, gone)) {
        if (!entry.is_directory(gone) || ledger::takes_backup(entry.path())) continue;
        Backup one{entry.path().filename().string()};
        if (one.name.size() != 20 || !one.name.ends_with('Z')) continue;
        for (const auto& file : std::filesystem::recursive_directory_iterator(entry.path(), gone))
            if (file.is_regular_file(gone)) one.bytes += file.file_size(gone);
        out.push_back(std::move(one));
    }
    std::sort(out.begin(), out.end(),
              [](const Backup& a, const Backup& b) { return a.name > b.name; });
    return out;
}

Response list_backups(const AdministrationRoutes& routes, int status) {
    json::array list;
    if (!routes.backups.empty())
        for (const auto& one : backups_in(routes.backups))
            list.push_back(json::object{{"name", one.name}, {"bytes", one.bytes}});
    return Response::json(
        status, json_text(json::object{{"folder", routes.backups.string()}, {"backups", list}}));
}

Response back_up(AdministrationRoutes& routes, const Request& request) {
    using ledger::ErrorKind;
    if (routes.backups.empty())
        return problem_of(ledger::Error{
            ErrorKind::conflict,
            "no folder is configured for backups: write backups = \"/volume/folder\" under [store] "
            "in node.toml, best on another disk, and start the node again"});
    const std::unique_lock turn(routes.backing_up, std::try_to_lock);
    if (!turn)
        return problem_of(ledger::Error{ErrorKind::unavailable, "a backup is being made already"});
    std::error_code wrong;
    std::filesystem::create_directories(routes.backups, wrong);
    const auto space = std::filesystem::space(routes.backups, wrong);
    if (wrong)
        return problem_of(ledger::Error{ErrorKind::unavailable,
                                        routes.backups.string() + ": " + wrong.message()});
    const auto use = routes.context.store.stats();
    if (space.available < use.map_used + use.index_used)
        return problem_of(ledger::Error{
            ErrorKind::unavailable,
            routes.backups.string() + " has not enough room: " + std::to_string(space.available) +
                " bytes of " + std::to_string(use.map_used + use.index_used)});
    auto name = ledger::to_iso8601(routes.context.clock());
    std::replace(name.begin(), name.end(), ':', '-');
    const auto folder = routes.backups / name;
    if (!ledger::takes_backup(folder))
        return problem_of(ledger::Error{ErrorKind::conflict, "there is a backup " + name});
    request.subject = "backup " + name;
    ledger::backup_store(routes.context.store, folder);
    return list_backups(routes, 201);
}

}  // namespace

void add_administration_routes(Router& router, AdministrationRoutes& routes) {
    router.add(Method::get, "/v1/partners", std::string(kAdminAccess),
               [&routes](const Request&) { return partners(routes); });
    router.add(Method::get, "/v1/policy", std::string(kAdminAccess),
               [&routes](const Request& request) { return policy(routes, request); });
    router.add(Method::post, "/v1/partners", std::string(kAdminAccess),
               [&routes](const Request& request) { return add_partner(routes, request); });
    router.add(Method::delete_, "/v1/partners/{org}", std::string(kAdminAccess),
               [&routes](const Request& request) { return remove_partner(routes, request); });
    RouteOptions file;
    file.max_body = kLargestPolicy;
    router.add(
        Method::post, "/v1/policy", std::string(kAdminAccess),
        [&routes](const Request& request) { return change_policy(routes, request); }, file);
    router.add(Method::get, "/v1/backups", std::string(kAdminAccess),
               [&routes](const Request&) { return list_backups(routes, 200); });
    router.add(Method::post, "/v1/backups", std::string(kAdminAccess),
               [&routes](const Request& request) { return back_up(routes, request); });
}

}  // namespace reelproof::api
