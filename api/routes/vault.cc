#include "api/routes/vault.h"

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::string_view kUploadType = "application/octet-stream";

Result<ledger::VaultId> id_of(const Request& request, std::string_view name) {
    auto id = ledger::parse_vault_id(request.parameter(name), name);
    if (id) return *id;
    return ledger::Error{ledger::ErrorKind::not_found, "there is no such " + std::string(name)};
}

json::object version_json(const VaultVersion& version) {
    json::object out{
        {"version", version.number}, {"size", version.size}, {"body", ledger::to_hex(version.body)},
        {"note", version.note},      {"made", version.made}, {"by", version.by}};
    if (version.shredded == 0) return out;
    out["destroyed"] = version.shredded;
    out["destroyed_by"] = version.shredded_by;
    out["reason"] = version.shredded_why;
    return out;
}

void add_hold(json::object& out, const VaultHold& hold) {
    if (hold.since != 0)
        out["hold"] = json::object{{"since", hold.since}, {"by", hold.by}, {"reason", hold.why}};
}

json::object upload_json(const VaultUpload& upload) {
    json::object out{{"upload", ledger::vault_id_text(upload.id)},
                     {"name", upload.name},
                     {"size", upload.size},
                     {"taken", upload.taken}};
    if (upload.sha256) out["sha256"] = ledger::to_hex(*upload.sha256);
    return out;
}

std::string called(const VaultDocument& document) {
    return "document " + document.name;
}

Response list_projects(const VaultRoutes& routes) {
    json::array out;
    for (const auto& project : routes.vault.projects()) out.emplace_back(project_json(project));
    return Response::json(200, json_text(json::object{{"projects", std::move(out)}}));
}

Response add_project(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"name", "steward", "classification"});
    if (!body) return problem_of(body.error());
    VaultProject project;
    project.name = body->required_text("name");
    project.steward = body->required_text("steward");
    project.by = described_caller(request);
    const auto named = body->has("classification") ? body->text("classification") : "confidential";
    if (body->error()) return problem_of(*body->error());
    const auto classification = ledger::parse_classification(named);
    if (!classification) return problem_of(classification.error());
    project.classification = *classification;
    if (check_vault_name(project.name, "name")) request.subject = "project " + project.name;
    const auto added = routes.vault.add_project(std::move(project));
    if (!added) return problem_of(added.error());
    return Response::json(201, json_text(project_json(*added)));
}

Response list_documents(const VaultRoutes& routes, const Request& request) {
    const auto reader = vault_reader(request);
    json::array out;
    for (const auto& document : routes.vault.documents())
        if (!routes.sharing.own_refusal(document, reader, VaultUse::look))
            out.emplace_back(document_json(routes, document));
    return Response::json(200, json_text(json::object{{"documents", std::move(out)}}));
}

// A document that the caller may see. One that he may not is told as one that is not there.
Result<VaultDocument> readable(const VaultRoutes& routes, const Request& request) {
    const auto id = id_of(request, "document");
    if (!id) return id.error();
    auto document = routes.vault.document(*id);
    if (document) request.subject = called(*document);
    if (document && !routes.sharing.own_refusal(*document, vault_reader(request), VaultUse::look))
        return std::move(*document);
    return ledger::Error{ledger::ErrorKind::not_found,
                         "there is no such document, or no share lets you read it"};
}

Response show_document(const VaultRoutes& routes, const Request& request) {
    const auto document = readable(routes, request);
    if (!document) return problem_of(document.error());
    return Response::json(200, json_text(document_json(routes, *document)));
}

Result<VaultSharing::Range> part_of(Result<ledger::Bytes> bytes, std::uint64_t size) {
    if (!bytes) return bytes.error();
    return VaultSharing::Range{std::move(*bytes), size};
}

Response content(const VaultRoutes& routes, const Request& request) {
    const auto named = vault_version_asked(routes, request, VaultUse::take);
    if (!named) return problem_of(named.error());
    return ranged(request, [&](std::uint64_t offset, std::size_t size) {
        return part_of(routes.vault.read(named->version, named->document.project, offset, size),
                       named->version.size);
    });
}

// The two halves of an age file for our own sealing key.
Response age_header_of(const VaultRoutes& routes, const Request& request) {
    const auto named = vault_version_asked(routes, request, VaultUse::take);
    if (!named) return problem_of(named.error());
    const auto key = routes.vault.key_of(named->version, named->document.project);
    if (!key) return problem_of(key.error());
    const auto current = routes.sealing_keys.current();
    if (!current) return problem_of(current.error());
    const std::array<ledger::AgeRecipient, 1> us{*current};
    return Response::json(
        200, json_text(json::object{{"header", ledger::age_header(*key, us)},
                                    {"recipient", ledger::age_recipient_text(us[0])},
                                    {"size", ledger::age_body_size(named->version.size)}}));
}

Response age_body_of(const VaultRoutes& routes, const Request& request) {
    const auto named = vault_version_asked(routes, request, VaultUse::take);
    if (!named) return problem_of(named.error());
    return ranged(request, [&](std::uint64_t offset, std::size_t size) {
        return part_of(routes.vault.raw(named->version.body, offset, size),
                       ledger::age_body_size(named->version.size));
    });
}

Response shred(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"version", "reason", "early"});
    if (!body) return problem_of(body.error());
    Vault::Shred how;
    if (const auto version = body->optional_count("version"))
        how.version = static_cast<std::uint64_t>(*version);
    how.why = body->required_text("reason");
    how.early = body->flag("early");
    how.by = described_caller(request);
    if (body->error()) return problem_of(*body->error());
    const auto id = id_of(request, "document");
    if (!id) return problem_of(id.error());
    if (const auto document = routes.vault.document(*id)) request.subject = called(*document);
    const auto done = routes.vault.shred(*id, how);
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(document_json(routes, *done)));
}

Response begin_upload(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"project", "name", "size", "sha256",
                                                 "classification", "retain_until", "note"});
    if (!body) return problem_of(body.error());
    Vault::Wanted wanted;
    const auto project_name = body->required_text("project");
    wanted.name = body->required_text("name");
    wanted.note = body->text("note");
    wanted.by = described_caller(request);
    wanted.retain_until = body->optional_count("retain_until");
    const auto size = body->optional_count("size");
    const auto named = body->text("classification"), hash = body->text("sha256");
    if (body->error()) return problem_of(*body->error());
    if (!hash.empty()) {
        const auto sha256 = ledger::array_from_hex<32>(hash, "sha256");
        if (!sha256) return problem_of(sha256.error());
        wanted.sha256 = *sha256;
    }
    if (!size) return problem_of(ledger::malformed("size is missing"));
    wanted.size = static_cast<std::uint64_t>(*size);
    if (!named.empty()) {
        const auto classification = ledger::parse_classification(named);
        if (!classification) return problem_of(classification.error());
        wanted.classification = *classification;
    }
    const auto project = routes.vault.project_named(project_name);
    if (!project)
        return problem_of({ledger::ErrorKind::not_found, "there is no project of that name"});
    wanted.project = project->id;
    if (check_vault_name(wanted.name, "name")) request.subject = "document " + wanted.name;
    const auto upload = routes.vault.begin_upload(std::move(wanted));
    if (!upload) return problem_of(upload.error());
    return Response::json(201, json_text(upload_json(*upload)));
}

Response list_uploads(const VaultRoutes& routes) {
    json::array out;
    for (const auto& upload : routes.vault.uploads()) {
        auto one = upload_json(upload);
        const auto project = routes.vault.project(upload.project);
        one["project"] = project ? project->name : "";
        one["made"] = upload.made;
        one["by"] = upload.by;
        out.emplace_back(std::move(one));
    }
    return Response::json(200, json_text(json::object{{"uploads", std::move(out)}}));
}

Response answer(const Request& request, const Result<VaultUpload>& upload) {
    if (!upload) return problem_of(upload.error());
    request.subject = "document " + upload->name;
    return Response::json(200, json_text(upload_json(*upload)));
}

Response show_upload(const VaultRoutes& routes, const Request& request) {
    const auto id = id_of(request, "upload");
    if (!id) return problem_of(id.error());
    return answer(request, routes.vault.upload(*id));
}

Response take_part(const VaultRoutes& routes, const Request& request) {
    if (!iequals(media_type(request), kUploadType))
        return Problem(415, "media-type", "A part of a document is application/octet-stream")
            .detail("send it with Content-Type: application/octet-stream")
            .response();
    const auto id = id_of(request, "upload");
    if (!id) return problem_of(id.error());
    const auto offset = vault_number(request.query.get("offset").value_or(""), "query: offset");
    if (!offset) return problem_of(offset.error());
    return answer(request, routes.vault.take(*id, *offset, ledger::as_bytes(request.body)));
}

Response finish(const VaultRoutes& routes, const Request& request) {
    const auto id = id_of(request, "upload");
    if (!id) return problem_of(id.error());
    const auto stored = routes.vault.finish(*id);
    if (!stored) return problem_of(stored.error());
    request.subject = called(stored->document) + " version " + std::to_string(stored->version);
    auto out = document_json(routes, stored->document);
    out["version"] = stored->version;
    const auto* version = stored->document.version(stored->version);
    const auto warnings = version == nullptr ? std::vector<std::string>()
                                             : routes.sharing.not_shown(stored->document, *version);
    if (!warnings.empty()) out["warnings"] = json::value_from(warnings);
    return Response::json(201, json_text(out));
}

Response abandon(const VaultRoutes& routes, const Request& request) {
    const auto id = id_of(request, "upload");
    if (!id) return problem_of(id.error());
    const auto done = routes.vault.abandon(*id);
    if (!done) return problem_of(done.error());
    return Response::empty();
}

}  // namespace

Result<std::uint64_t> vault_number(std::string_view text, std::string_view name) {
    if (const auto number = whole_number(text)) return *number;
    return ledger::malformed(std::string(name) + " must be a whole number");
}

Result<VaultVersionAsked> vault_version_asked(const VaultRoutes& routes, const Request& request,
                                              VaultUse use) {
    auto document = readable(routes, request);
    if (!document) return document.error();
    if (const auto no = routes.sharing.own_refusal(*document, vault_reader(request), use))
        return ledger::Error{ledger::ErrorKind::conflict,
                             std::string(no->rule) + ": " + no->reason};
    const auto number = vault_number(request.parameter("version"), "version");
    if (!number) return number.error();
    const auto* version = document->version(*number);
    if (version == nullptr)
        return ledger::Error{ledger::ErrorKind::not_found,
                             "the document has no version " + std::to_string(*number)};
    request.subject += " version " + std::to_string(*number);
    return VaultVersionAsked{*document, *version};
}

json::object project_json(const VaultProject& project) {
    json::object out{{"project", ledger::vault_id_text(project.id)},
                     {"name", project.name},
                     {"owner", project.owner},
                     {"steward", project.steward},
                     {"classification", to_string(project.classification)},
                     {"made", project.made},
                     {"by", project.by}};
    add_hold(out, project.hold);
    return out;
}

json::object document_json(const VaultRoutes& routes, const VaultDocument& document) {
    const auto project = routes.vault.project(document.project);
    json::array versions;
    for (const auto& version : document.versions) versions.emplace_back(version_json(version));
    json::object out{{"document", ledger::vault_id_text(document.id)},
                     {"project", project ? project->name : ""},
                     {"name", document.name},
                     {"classification", to_string(document.classification)},
                     {"made", document.made},
                     {"versions", std::move(versions)}};
    if (document.retain_until != 0) out["retain_until"] = document.retain_until;
    if (document.shred_at_end) out["shred_at_end"] = true;
    add_hold(out, routes.vault.held_by(document));
    return out;
}

void add_vault_routes(Router& router, VaultRoutes& routes) {
    const std::string manage(kVaultAccess), read(kDocumentsAccess);
    const auto add = [&](Method method, const char* pattern, const std::string& access,
                         Response (*handle)(const VaultRoutes&, const Request&),
                         RouteOptions options = {}) {
        router.add(
            method, pattern, access,
            [&routes, handle](const Request& request) { return handle(routes, request); },
            std::move(options));
    };
    // A document may be what an attacker chose a part of: not packed.
    const RouteOptions plain{.compression = Compression::never};
    router.add(Method::get, "/v1/vault/projects", manage,
               [&routes](const Request&) { return list_projects(routes); });
    add(Method::post, "/v1/vault/projects", manage, add_project);
    add(Method::get, "/v1/vault/documents", read, list_documents);
    add(Method::get, "/v1/vault/documents/{document}", read, show_document);
    add(Method::get, "/v1/vault/documents/{document}/versions/{version}", read, content, plain);
    add(Method::get, "/v1/vault/documents/{document}/versions/{version}/header", manage,
        age_header_of, plain);
    add(Method::get, "/v1/vault/documents/{document}/versions/{version}/body", manage, age_body_of,
        plain);
    add(Method::post, "/v1/vault/documents/{document}/shred", manage, shred);
    add(Method::post, "/v1/vault/uploads", manage, begin_upload);
    router.add(Method::get, "/v1/vault/uploads", manage,
               [&routes](const Request&) { return list_uploads(routes); });
    add(Method::get, "/v1/vault/uploads/{upload}", manage, show_upload);
    add(Method::delete_, "/v1/vault/uploads/{upload}", manage, abandon);
    add(Method::post, "/v1/vault/uploads/{upload}/parts", manage, take_part,
        {.max_body = kVaultPart, .compression = Compression::never});
    add(Method::post, "/v1/vault/uploads/{upload}/finish", manage, finish);
}

}  // namespace reelproof::api
