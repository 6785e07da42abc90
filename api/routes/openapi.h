// The OpenAPI 3.1 description of everything that a node answers, made of its own table of routes
// (method, path, who may) and of what is said of each here. A route without a description is left
// out, and tests/node/openapi_test.cc fails. Thread-safe: immutable once built.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/http/router.h"

namespace reelproof::api {

// What a route's own table does not say of it.
//
// Members (of bodies, queries and answers) are words "name:type", with a '*' behind the name of one
// that is needed: `text`, `texts` (a text or a list of them), `list`, `object`, `number`, `count`
// (a whole number from 0), `flag`, `labels` (1 to 1,000, each a text or a list of texts), `slots`,
// or the texts that are allowed, with '|' between them. A word "@name" stands for members that
// several have (shared_members).
struct Operation {
    Method method;
    std::string_view pattern;
    std::string_view group, summary;
    // Members of a JSON body, or a media type; "picture" among the words: a photograph will do,
    // too.
    std::string_view body;
    std::string_view query;
    // Lines "STATUS MEDIA-TYPE members…" or "STATUS" of what is no refusal.
    std::string_view answers;
    // Statuses of refusals besides those that any such route has.
    std::string_view refusals;
};
std::span<const Operation> operations();
// Empty for a word that stands for nothing.
std::string_view shared_members(std::string_view word);

// Names of the types that problems have, behind "urn:reelproof:problem:"; "about:blank" is one
// more.
std::span<const std::string_view> problem_names();

// The document as JSON text. Routes and descriptions that have no counterpart are left out.
std::string openapi_document(const std::vector<Route>& routes, std::string_view version);

// Adds GET /openapi.json, for everyone. The last one: it describes the routes that are there.
void add_openapi_route(Router& router, std::string_view version);

}  // namespace reelproof::api
