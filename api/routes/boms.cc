#include "api/routes/boms.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/http/text.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/known.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/service/live.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kMaxEditBody = 4UL << 20, kMostColumns = 20;
constexpr std::size_t kMostTold = 100;  // edits in one live message

Members field_names() {
    Members out;
    for (std::size_t i = 0; i < ledger::kBomFields; ++i)
        out.emplace_back(to_string(ledger::bom_field(i)));
    return out;
}

json::object revision_json(const BomRevision& revision) {
    const auto& terms = revision.terms;
    json::object out{{"number", terms.number},
                     {"revision", terms.revision},
                     {"lines", terms.lines},
                     {"content", ledger::to_hex(terms.content)},
                     {"document", terms.document},
                     {"version", terms.version},
                     {"statement", ledger::to_base64(revision.statement)},
                     {"at", revision.at}};
    if (!revision.by.empty()) out["by"] = revision.by;
    return out;
}

json::object bom_json(const BomRoutes& routes, const Bom& bom) {
    json::array revisions;
    for (const auto& one : bom.revisions) revisions.emplace_back(revision_json(one));
    json::object out{{"bom", bom.id},
                     {"name", bom.name},
                     {"project", bom.project},
                     {"owner", bom.owner},
                     {"made", bom.made},
                     {"by", bom.by},
                     {"revisions", std::move(revisions)}};
    if (bom.owner == routes.org)
        out["draft"] = json::object{{"lines", bom.draft_lines},
                                    {"edits", bom.edits},
                                    {"unreleased", bom.edits - bom.released_edits}};
    return out;
}

std::string called(const Bom& bom) {
    return "BOM " + bom.project + "/" + bom.name;
}

json::object edited_json(const BomEdited& edit) {
    json::object out{
        {"number", edit.number}, {"at", edit.at}, {"by", edit.by}, {"action", edit.action}};
    if (edit.line != 0) out["line"] = edit.line;
    if (!edit.field.empty()) out["field"] = edit.field;
    if (!edit.was.empty()) out["was"] = edit.was;
    if (!edit.value.empty()) out["value"] = edit.value;
    return out;
}

// Who looks at the draft sees it change. None: more than are told at once, or what no edit tells.
void tell_edits(const BomRoutes& routes, const std::string& bom,
                const std::vector<BomEdited>& edits) {
    auto* live = routes.context.live;
    if (live == nullptr || !live->watched()) return;
    const auto now = routes.boms.find(bom);
    if (!now) return;
    json::array told;
    if (edits.size() <= kMostTold)
        for (const auto& one : edits) told.emplace_back(edited_json(one));
    live->publish({"bom",
                   json::serialize(json::object{
                       {"bom", bom}, {"in_all", now->edits}, {"edits", std::move(told)}}),
                   Live::Message::Audience::boms});
}

Response list(const BomRoutes& routes, const Request& request) {
    const auto reader = vault_reader(request);
    json::array out;
    for (const auto& bom : routes.boms.list())
        if (!routes.boms.refusal(bom, reader)) out.emplace_back(bom_json(routes, bom));
    return Response::json(200, json_text(json::object{{"boms", std::move(out)}}));
}

Response show(const BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    return Response::json(200, json_text(bom_json(routes, *bom)));
}

Result<Boms::Import> import_asked(const Request& request) {
    Boms::Import out;
    for (const auto& [name, value] : request.query) {
        if (auto known =
                check_member(name, {"project", "name", "encoding", "mapping", "seen", "check"});
            !known)
            return ledger::within("query", known.error());
    }
    const auto text = [&](std::string_view name) {
        return std::string(request.query.get(name).value_or(""));
    };
    out.project = text("project");
    out.name = text("name");
    out.encoding = text("encoding");
    out.by = described_caller(request);
    out.check_only = text("check") == "true";
    if (out.project.empty()) return ledger::malformed("query: project is missing");
    if (const auto seen = text("seen"); !seen.empty()) {
        out.seen = whole_number(seen);
        if (!out.seen) return ledger::malformed("query: seen must be a whole number");
    }
    if (text("mapping").empty()) return out;
    const auto mapping = Body::parse(text("mapping"), field_names(), "mapping");
    if (!mapping) return mapping.error();
    for (std::size_t i = 0; i < ledger::kBomFields; ++i) {
        const auto field = ledger::bom_field(i);
        auto columns = mapping->texts(to_string(field), kMostColumns);
        if (columns.size() > 1 && field != ledger::BomField::alternates)
            return ledger::malformed("mapping: only alternates takes more than one column");
        if (!columns.empty()) out.mapping[field] = std::move(columns);
    }
    if (mapping->error()) return ledger::within("mapping", *mapping->error());
    return out;
}

Response import(const BomRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_file(request, "A BOM is sent")) return std::move(*refusal);
    const auto how = import_asked(request);
    if (!how) return problem_of(how.error());
    if (check_vault_name(how->name, "name"))
        request.subject = "BOM " + how->project + "/" + how->name;
    const auto done = routes.boms.import(*how, ledger::as_bytes(request.body));
    if (!done) return problem_of(done.error());
    const auto& read = done->read;
    auto problems = bom_problems_json(read.problems);
    if (read.problems.errors() > 0 && !how->check_only)
        return Problem(400, "malformed", "The BOM can't be taken")
            .detail("the file has " + ledger::counted(read.problems.errors(), "error") +
                    ", and nothing of it was taken")
            .member("errors", static_cast<std::int64_t>(read.problems.errors()))
            .member("warnings", static_cast<std::int64_t>(read.problems.warnings()))
            .member_json("problems", json_text(problems))
            .response();
    json::object mapping;
    for (const auto& [field, columns] : read.mapping)
        mapping[to_string(field)] = json::value_from(columns);
    if (done->bom && done->edits > 0) tell_edits(routes, done->bom->id, {});
    auto out = done->bom ? bom_json(routes, *done->bom) : json::object();
    out["lines"] = read.lines.size();
    out["edits"] = done->edits;
    out["mapping"] = std::move(mapping);
    out["unused"] = json::value_from(read.unused);
    out["encoding"] = read.encoding;
    out["heading"] = read.heading;
    out["errors"] = read.problems.errors();
    out["warnings"] = read.problems.warnings();
    out["problems"] = std::move(problems);
    return Response::json(done->bom ? 201 : 200, json_text(out));
}

Response draft(const BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto lines = routes.boms.draft(bom->id);
    if (!lines) return problem_of(lines.error());
    json::array out;
    for (const auto& line : *lines) {
        auto one = bom_line_json(line.line);
        one["edit"] = *std::max_element(line.edits.begin(), line.edits.end());
        out.emplace_back(std::move(one));
    }
    return Response::json(
        200, json_text(json::object{{"edits", bom->edits}, {"lines", std::move(out)}}));
}

Result<BomEdit> edit_of(const Body& one) {
    BomEdit out;
    const auto action = one.required_text("action");
    if (one.error()) return *one.error();
    if (action == "add") {
        out.action = BomEdit::Action::add;
        const auto cells = one.object("cells", field_names());
        if (!cells) return ledger::malformed("cells is missing");
        for (std::size_t i = 0; i < ledger::kBomFields; ++i)
            out.cells[i] = cells->text(to_string(ledger::bom_field(i)));
        if (cells->error()) return *cells->error();
        return out;
    }
    out.line = static_cast<std::uint64_t>(one.count("line"));
    if (action == "remove") {
        out.action = BomEdit::Action::remove;
        out.seen = static_cast<std::uint64_t>(one.count("seen"));
        if (one.error()) return *one.error();
        return out;
    }
    if (action != "set") return ledger::malformed("action must be set, add or remove");
    const auto field = one.required_text("field");
    out.was = one.text("was");
    out.value = one.text("value");
    if (one.error()) return *one.error();
    const auto parsed = ledger::parse_bom_field(field);
    if (!parsed) return ledger::within("field", parsed.error());
    out.field = *parsed;
    return out;
}

Response edit(const BomRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"edits"});
    if (!body) return problem_of(body.error());
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    std::vector<BomEdit> edits;
    for (const auto& one :
         body->objects("edits", {"action", "line", "field", "was", "value", "cells", "seen"},
                       Boms::kMostEdits)) {
        auto parsed = edit_of(one);
        if (!parsed)
            return problem_of(
                ledger::within("edits[" + std::to_string(edits.size()) + "]", parsed.error()));
        edits.push_back(std::move(*parsed));
    }
    if (body->error()) return problem_of(*body->error());
    if (edits.empty()) return problem_of(ledger::malformed("edits is missing"));
    const auto done = routes.boms.edit(bom->id, edits, described_caller(request));
    if (!done) return problem_of(done.error());
    if (!done->conflicts.empty()) {
        json::array conflicts;
        for (const auto& one : done->conflicts) {
            json::object what{{"edit", one.edit}, {"line", one.line}, {"now", one.now}};
            if (!one.field.empty()) what["field"] = one.field;
            if (one.by.number != 0) what["by"] = edited_json(one.by);
            conflicts.emplace_back(std::move(what));
        }
        const auto& first = done->conflicts.front();
        if (first.by.number == 0 && first.line >= bom->next_line)
            return problem_of({ledger::ErrorKind::not_found,
                               "line " + std::to_string(first.line) +
                                   " was never in the draft: nothing was changed; `reelproof bom "
                                   "show` with --revision draft lists its lines"});
        return Problem(409, "conflict", "Contradicts what is recorded")
            .detail("line " + std::to_string(first.line) +
                    (first.by.number == 0
                         ? " is not in the draft any more"
                         : (first.field.empty() ? "" : " " + first.field) + " was changed by " +
                               first.by.by + " at " + ledger::to_iso8601(first.by.at)) +
                    " meanwhile: nothing was changed; look at it and try again")
            .member_json("conflicts", json_text(conflicts))
            .response();
    }
    if (!done->done.empty()) tell_edits(routes, bom->id, done->done);
    json::array out;
    for (const auto& one : done->done) out.emplace_back(edited_json(one));
    return Response::json(200, json_text(json::object{{"edits", std::move(out)}}));
}

Response edits(const BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto after = revision_asked(request, "after");
    if (!after) return problem_of(after.error());
    const auto all = routes.boms.edits(bom->id, after->value_or(0));
    if (!all) return problem_of(all.error());
    json::array out;
    for (const auto& one : *all) out.emplace_back(edited_json(one));
    return Response::json(
        200, json_text(json::object{{"edits", std::move(out)}, {"in_all", bom->edits}}));
}

Response check(const BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto problems = routes.boms.check(bom->id);
    if (!problems) return problem_of(problems.error());
    return Response::json(200, json_text(json::object{{"errors", problems->errors()},
                                                      {"warnings", problems->warnings()},
                                                      {"problems", bom_problems_json(*problems)}}));
}

Response release(const BomRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"revision"});
    if (!body) return problem_of(body.error());
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto revision = body->required_text("revision");
    if (body->error()) return problem_of(*body->error());
    const auto done = routes.boms.release(bom->id, revision, described_caller(request));
    if (!done) return problem_of(done.error());
    request.subject = called(*bom) + " revision " + revision;
    return Response::json(201, json_text(revision_json(*done)));
}

Response give(const BomRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"number", "to"});
    if (!body) return problem_of(body.error());
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto number = static_cast<std::uint64_t>(body->count("number"));
    const auto to = body->required_text("to");
    if (body->error()) return problem_of(*body->error());
    const auto done = routes.boms.give(bom->id, number, to);
    if (!done) return problem_of(done.error());
    request.subject = called(*bom) + " revision " + done->terms.revision + " for " + to;
    return Response::json(200, json_text(revision_json(*done)));
}

Response open(const BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto number = whole_number(request.parameter("number"));
    if (!number) return problem_of(ledger::malformed("a revision is named by its number"));
    const auto done = routes.boms.open(bom->id, *number, vault_reader(request));
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(json::object{{"complete", *done}}));
}

}  // namespace

std::optional<Response> refuse_other_than_file(const Request& request, std::string_view what) {
    const std::string type(request.headers.get("Content-Type").value_or(""));
    if (iequals(trim_ows(std::string_view(type).substr(0, type.find(';'))),
                "application/octet-stream"))
        return std::nullopt;
    return Problem(415, "media-type", std::string(what) + " as the file that it is in")
        .detail("send it with Content-Type: application/octet-stream")
        .response();
}

Result<Bom> bom_asked(const BomRoutes& routes, const Request& request) {
    auto bom = routes.boms.find(request.parameter("bom"));
    if (!bom) return bom.error();
    request.subject = called(*bom);
    if (const auto no = routes.boms.refusal(*bom, vault_reader(request)))
        return ledger::Error{ledger::ErrorKind::not_found,
                             "there is no such BOM, or no share lets you see it"};
    return bom;
}

Result<std::optional<std::uint64_t>> revision_asked(const Request& request, std::string_view name) {
    const auto text = request.query.get(name);
    if (!text) return std::optional<std::uint64_t>();
    const auto number = whole_number(*text);
    if (!number)
        return ledger::malformed("query: " + std::string(name) + " must be a whole number");
    return number;
}

json::object bom_line_json(const ledger::BomLine& line) {
    json::object out{{"line", line.number}};
    for (std::size_t i = 0; i < ledger::kBomFields; ++i)
        if (!line.cells[i].empty()) out[to_string(ledger::bom_field(i))] = line.cells[i];
    return out;
}

json::array bom_problems_json(const ledger::BomProblems& problems) {
    json::array out;
    for (const auto& one : problems.list()) {
        json::object problem{{"line", one.line}, {"text", one.text}, {"warning", one.warning}};
        if (!one.field.empty()) problem["field"] = one.field;
        out.emplace_back(std::move(problem));
    }
    return out;
}

void add_bom_routes(Router& router, BomRoutes& routes) {
    const std::string manage(kVaultAccess), read(kDocumentsAccess);
    const auto add = [&](Method method, const char* pattern, const std::string& access,
                         Response (*handle)(const BomRoutes&, const Request&),
                         RouteOptions options = {}) {
        router.add(
            method, pattern, access,
            [&routes, handle](const Request& request) { return handle(routes, request); },
            std::move(options));
    };
    add(Method::get, "/v1/boms", read, list);
    add(Method::post, "/v1/boms", manage, import, {.max_body = ledger::kMaxBomFile});
    add(Method::get, "/v1/boms/{bom}", read, show);
    add(Method::get, "/v1/boms/{bom}/draft", manage, draft);
    add(Method::post, "/v1/boms/{bom}/edits", manage, edit, {.max_body = kMaxEditBody});
    add(Method::get, "/v1/boms/{bom}/edits", manage, edits);
    add(Method::get, "/v1/boms/{bom}/check", manage, check);
    add(Method::post, "/v1/boms/{bom}/release", manage, release);
    add(Method::post, "/v1/boms/{bom}/give", manage, give);
    add(Method::post, "/v1/boms/{bom}/revisions/{number}/open", read, open);
}

}  // namespace reelproof::api
