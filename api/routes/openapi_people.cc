// What is said in the OpenAPI document of routes about people, programs and administration: who
// signs in, health, the portal's pages; openapi.h has the form.
#include "api/routes/openapi_subjects.h"

namespace reelproof::api {

namespace {

constexpr Method kGet = Method::get, kPost = Method::post, kPatch = Method::patch,
                 kDelete = Method::delete_;
constexpr std::string_view kPage = "200 text/html\n304";

constexpr Operation kOperations[] = {
    {kGet, "/v1/users", "People", "Users and the roles there are", "", "",
     "200 application/json users*:list roles*:list", ""},
    {kPost, "/v1/users", "People", "Invites a person", "user*:text name*:text roles*:texts", "",
     "201 application/json user*:text link*:text link_until:count", "409"},
    {kPatch, "/v1/users/{user}", "People", "Changes a user", "name:text roles:texts disabled:flag",
     "", "200 application/json @user", "409"},
    {kDelete, "/v1/users/{user}", "People", "Removes a user", "", "", "204", "409"},
    {kPost, "/v1/users/{user}/invite", "People", "A new link for who lost password or phone", "",
     "", "200 application/json user*:text link*:text link_until:count", "409"},
    {kGet, "/v1/tokens", "People", "Tokens of stations and programs", "", "",
     "200 application/json tokens*:list scopes*:list", ""},
    {kPost, "/v1/tokens", "People", "A new token, shown once",
     "name*:text scopes*:texts until:count", "", "201 application/json name*:text token*:text",
     "409"},
    {kDelete, "/v1/tokens/{token}", "People", "Revokes a token", "", "", "204", "409"},
    {kGet, "/v1/audit", "People", "The audit log, the newest first", "",
     "from:count to:count who:text what:text about:text allowed:true|false before:count "
     "format:json|jsonl|csv|syslog",
     "200 application/json entries*:list next:count head:text\n200 text/csv\n"
     "200 application/x-ndjson\n200 text/plain",
     ""},
    {kPost, "/v1/session", "Session", "Signs in", "user*:text password*:text code:text", "",
     "200 application/json @session", "401"},
    {kGet, "/v1/session", "Session", "Who is signed in", "", "", "200 application/json @session",
     ""},
    {kDelete, "/v1/session", "Session", "Signs out", "", "", "204", ""},
    {kPost, "/v1/session/password", "Session", "A new password",
     "password*:text code*:text new_password*:text", "", "204", ""},
    {kPost, "/v1/session/recovery-codes", "Session", "New recovery codes, shown once",
     "password*:text code*:text", "", "200 application/json recovery_codes*:list", ""},
    {kPost, "/v1/setup", "Session", "Opens a set-up link", "link*:text", "",
     "200 application/json org*:text user*:text name*:text roles*:list secret*:text uri*:text",
     "403 404 409"},
    {kPost, "/v1/setup/finish", "Session", "Chooses a password and enrols the second factor",
     "link*:text password*:text code*:text", "",
     "200 application/json @session recovery_codes*:list", "401 403 404 409"},
    {kGet, "/healthz", "Health", "Whether this node lives and signs", "", "",
     "200 application/json status*:ok|refusing\n503 application/json status*:ok|refusing", ""},
    {kGet, "/readyz", "Health", "Whether this node takes new statements, and why not", "", "",
     "200 application/json ready*:flag reasons*:list\n"
     "503 application/json ready*:flag reasons*:list",
     ""},
    {kGet, "/v1/health", "Health", "Health in detail", "", "",
     "200 application/json status*:ok|alarm|refusing version*:text org*:text log*:object "
     "store*:object partners*:list alarms*:list refusing:text",
     ""},
    {kGet, "/metrics", "Health", "Metrics for Prometheus", "", "", "200 text/plain", ""},
    {kGet, "/openapi.json", "Health", "This document", "", "", "200 application/json\n304", ""},
    {kGet, "/v1/partners", "Administration", "Partners with their keys, and what they may", "", "",
     "200 application/json partners*:list trouble:text", ""},
    {kPost, "/v1/partners", "Administration", "Trusts an organisation, from the next start on",
     "org*:text root*:text url:text unreachable:flag push:flag gzip:flag", "",
     "201 application/json org*:text from_next_start*:text", "409"},
    {kDelete, "/v1/partners/{org}", "Administration",
     "Trusts an organisation no more, from the next start on", "", "",
     "200 application/json org*:text from_next_start*:text warnings*:list", "409"},
    {kPost, "/v1/policy", "Administration",
     "Another policy, from the next start on; or what would be made of it",
     "text*:text before:text check:flag", "",
     "200 application/json version:text versions:list file:object trouble:text", "409"},
    {kGet, "/v1/policy", "Administration", "The policy in force, and those before it", "", "",
     "200 application/json version*:text versions*:list file:object trouble:text", ""},
    {kGet, "/v1/backups", "Administration", "Backups that were made", "", "",
     "200 application/json folder*:text backups*:list", ""},
    {kPost, "/v1/backups", "Administration", "Makes a backup", "", "",
     "201 application/json folder*:text backups*:list", "409"},
    {kGet, "/v1/sealing-keys", "Administration", "The keys that partners seal to, the newest first",
     "", "", "200 application/json keys*:list", ""},
    {kPost, "/v1/sealing-keys", "Administration",
     "The sealing key that waits for its grant; made where there is none", "", "",
     "200 application/json key*:text use*:text\n201 application/json key*:text use*:text", "409"},
    {kPost, "/v1/sealing-keys/{key}/discard", "Administration",
     "Discards an earlier sealing key: what is sealed to it alone opens no more", "", "",
     "200 application/json keys*:list", "404 409"},
    {kGet, "/", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/setup", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/receive", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/line", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/trace", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/ship", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/vault", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/users", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/tokens", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/audit", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/node", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/overview", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/boms", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/changes", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/exits", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/incidents", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/reviews", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/production", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/partners", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/account", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/try", "Pages", "A page to try this API", "", "", kPage, "404"},
    {kGet, "/try/{name}", "Pages", "Its files", "", "", "200 */*\n304", ""},
    {kGet, "/assets/{name}", "Pages", "Files of the portal", "", "", "200 */*\n304", ""},
    {kGet, "/favicon.svg", "Pages", "The portal's sign", "", "", "200 image/svg+xml\n304", "404"},
};

}  // namespace

std::span<const Operation> people_operations() {
    return kOperations;
}

}  // namespace reelproof::api
