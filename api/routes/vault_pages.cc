// Declared in vault.h: documents as pages on a screen, each with the name of who sees it.
#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/vault.h"
#include "api/service/table_pages.h"
#include "ledger/base/clock.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

// A version whose plain text is wiped with it.
struct Shown {
    std::string name;
    ledger::Hash body{};
    ledger::Bytes text;

    Shown() = default;
    Shown(Shown&&) = default;
    Shown& operator=(Shown&&) = delete;
    ~Shown() { ledger::wipe(text.data(), text.size()); }
};

using Read = std::function<Result<ledger::Bytes>(std::uint64_t offset, std::size_t size)>;

Result<Shown> shown(std::string name, const ledger::Hash& body, std::uint64_t size,
                    const Read& read) {
    if (size > vision::kMostShown)
        return ledger::invalid("documents of more than " +
                               ledger::counted(vision::kMostShown, "byte") +
                               " are not shown as pages");
    Shown out;
    out.name = std::move(name);
    out.body = body;
    // Never moved while it grows: no copy is left behind.
    out.text.reserve(static_cast<std::size_t>(size));
    while (out.text.size() < size) {
        auto part = read(out.text.size(), kVaultPart);
        if (!part) return part.error();
        if (part->empty()) return ledger::invalid("the document is shorter than it was");
        out.text.insert(out.text.end(), part->begin(), part->end());
        ledger::wipe(part->data(), part->size());
    }
    return out;
}

Result<Shown> own(const VaultRoutes& routes, const Request& request) {
    const auto asked = vault_version_asked(routes, request, VaultUse::look);
    if (!asked) return asked.error();
    const auto& version = asked->version;
    return shown(asked->document.name, version.body, version.size,
                 [&](std::uint64_t offset, std::size_t size) {
                     return routes.vault.read(version, asked->document.project, offset, size);
                 });
}

Result<Shown> held(const VaultRoutes& routes, const Request& request) {
    const auto reading = vault_held_asked(routes, request, VaultUse::look);
    if (!reading) return reading.error();
    return shown(reading->release->name, reading->release->body, reading->release->size,
                 [&](std::uint64_t offset, std::size_t size) -> Result<ledger::Bytes> {
                     auto range = routes.sharing.read_held(*reading, offset, size);
                     if (!range) return range.error();
                     return std::move(range->bytes);
                 });
}

vision::Watermark watermark(const VaultRoutes& routes, const Request& request, const Shown& shown) {
    const auto time = ledger::to_iso8601(routes.clock());
    const auto who = vault_reader(request).described;
    const auto hash = ledger::to_hex(shown.body);
    return {
        who + " \xc2\xb7 " + routes.org + " \xc2\xb7 " + time + " \xc2\xb7 " + hash.substr(0, 8),
        shown.name + "  |  seen by " + who + ", " + routes.org + ", " + time + "  |  " + hash};
}

vision::Error not_shown() {
    return {
        "pages.unknown",
        "files of this kind are not shown as pages: PDF, pictures, Gerber and drill files and zip "
        "archives of these, tables in CSV and text in UTF-8 are"};
}

vision::ShownDocument document_of(vision::PageKind kind, const Shown& shown) {
    return {kind, shown.text, ledger::to_hex(shown.body)};
}

Response count(const VaultRoutes& routes, const Shown& shown) {
    json::object out{{"name", shown.name}};
    if (const auto kind = vision::page_kind(shown.text)) {
        out["kind"] = to_string(*kind);
        if (*kind == vision::PageKind::layers) {
            const auto layers = routes.renderer.layers(document_of(*kind, shown));
            if (!layers) return problem_of(layers.error());
            out["layers"] = json::value_from(*layers);
            out["pages"] = layers->size();
            return Response::json(200, json_text(out));
        }
        const auto pages = routes.renderer.pages(document_of(*kind, shown));
        if (!pages) return problem_of(pages.error());
        out["pages"] = *pages;
    } else if (const auto table = TablePages::of(ledger::as_text(shown.text))) {
        out["kind"] = "table";
        out["pages"] = table->pages();
    } else {
        return problem_of(not_shown());
    }
    return Response::json(200, json_text(out));
}

vision::Result<std::string> draw(const VaultRoutes& routes, const Request& request,
                                 const Shown& shown, std::uint64_t page) {
    const auto mark = watermark(routes, request, shown);
    if (const auto kind = vision::page_kind(shown.text))
        return routes.renderer.draw(document_of(*kind, shown), page, mark);
    const auto table = TablePages::of(ledger::as_text(shown.text));
    if (!table) return not_shown();
    if (page < 1 || page > table->pages())
        return vision::Error{"pages.missing", "the document has no such page"};
    return vision::Result<std::string>(boost::system::in_place_value,
                                       vision::draw_table_page(table->page(page), mark));
}

using Find = Result<Shown> (*)(const VaultRoutes&, const Request&);

Response count_pages(const VaultRoutes& routes, const Request& request, Find find) {
    const auto shown = find(routes, request);
    if (!shown) return problem_of(shown.error());
    return count(routes, *shown);
}

Response show_page(const VaultRoutes& routes, const Request& request, Find find) {
    const auto page = vault_number(request.parameter("page"), "page");
    if (!page) return problem_of(page.error());
    const auto shown = find(routes, request);
    if (!shown) return problem_of(shown.error());
    request.subject += " page " + std::to_string(*page);
    auto png = draw(routes, request, *shown, *page);
    if (!png) return problem_of(png.error());
    auto response = Response::bytes(200, "image/png", std::move(*png));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

}  // namespace

void add_vault_page_routes(Router& router, VaultRoutes& routes) {
    const auto add = [&](const std::string& version, Find find) {
        router.add(
            Method::get, version + "/pages", std::string(kDocumentsAccess),
            [&routes, find](const Request& request) { return count_pages(routes, request, find); });
        router.add(
            Method::get, version + "/pages/{page}", std::string(kDocumentsAccess),
            [&routes, find](const Request& request) { return show_page(routes, request, find); },
            {.compression = Compression::never});
    };
    add("/v1/vault/documents/{document}/versions/{version}", own);
    add("/v1/vault/shares/{share}/documents/{document}/versions/{version}", held);
}

}  // namespace reelproof::api
