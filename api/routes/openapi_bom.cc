// Bills of materials and engineering changes. openapi.h has the form.
#include "api/routes/openapi_subjects.h"

namespace reelproof::api {

namespace {

constexpr Method kGet = Method::get, kPost = Method::post;

constexpr Operation kOperations[] = {
    {kGet, "/v1/boms", "BOM", "BOMs that the caller may see", "", "",
     "200 application/json boms*:list", ""},
    {kPost, "/v1/boms", "BOM", "A CSV export of another program, into the draft of a BOM",
     "application/octet-stream",
     "project*:text name*:text encoding:utf-8|utf-16|windows-1252 mapping:text seen:count "
     "check:text",
     "200 application/json @bom_import\n201 application/json @bom_import @bom", "404 409"},
    {kGet, "/v1/boms/{bom}", "BOM", "A BOM, with its revisions", "", "",
     "200 application/json @bom", ""},
    {kGet, "/v1/boms/{bom}/draft", "BOM", "The lines of its draft", "", "",
     "200 application/json edits*:count lines*:list", "409"},
    {kPost, "/v1/boms/{bom}/edits", "BOM", "Edits of the draft, all or none", "edits*:list", "",
     "200 application/json edits*:list", "409"},
    {kGet, "/v1/boms/{bom}/edits", "BOM", "Who changed which cell, and when", "", "after:count",
     "200 application/json edits*:list in_all*:count", "409"},
    {kGet, "/v1/boms/{bom}/check", "BOM", "What stands in the way of a release", "", "",
     "200 application/json errors*:count warnings*:count problems*:list", "409"},
    {kPost, "/v1/boms/{bom}/release", "BOM", "Makes the draft a revision, for good",
     "revision*:text", "", "201 application/json @bom_revision", "409"},
    {kPost, "/v1/boms/{bom}/give", "BOM", "Hands a signed revision to a partner",
     "number*:count to*:text", "", "200 application/json @bom_revision", "409"},
    {kPost, "/v1/boms/{bom}/revisions/{number}/open", "BOM",
     "Asks a partner's node for the key of its revision, and fetches some of it", "", "",
     "200 application/json complete*:flag", "409 422"},
    {kGet, "/v1/boms/{bom}/revisions/{number}", "BOM", "The lines of a revision", "", "",
     "200 application/json revision*:text number*:count hidden*:list lines*:list", "409 422"},
    {kGet, "/v1/boms/{bom}/difference", "BOM",
     "What two revisions differ in, by designator; 0 is the draft", "", "from:count to:count",
     "200 application/json from*:text to*:text changes*:list", "409 422"},
    {kGet, "/v1/boms/{bom}/parts", "BOM",
     "Life cycle, stock, reorder point and second sources of its parts", "", "revision:count",
     "200 application/json revision*:text flagged*:count low*:count lines*:list", "409 422"},
    {kGet, "/v1/boms/{bom}/consumption", "BOM", "Against what a job really consumed", "",
     "job*:text revision:count boards:count",
     "200 application/json revision*:text job*:text boards*:count differ*:count lines*:list "
     "not_in_revision*:list",
     "409 422"},
    {kGet, "/v1/where-used", "BOM", "BOMs that name a part", "", "part*:text",
     "200 application/json used*:list", ""},
    {kGet, "/v1/changes", "BOM", "Engineering changes", "", "",
     "200 application/json changes*:list", ""},
    {kPost, "/v1/changes", "BOM", "Proposes a change from one released revision to another",
     "bom*:text number*:text partner*:text from*:text to*:text reason*:text "
     "effect*:date|lot|serial effect_value*:text emergency_hours:count",
     "", "201 application/json @change", "404 409"},
    {kGet, "/v1/changes/{change}", "BOM",
     "A change, with what it changes and the jobs, stock and shipments that it touches here", "",
     "", "200 application/json @change", ""},
    {kPost, "/v1/changes/{change}/approve", "BOM", "Signs a change that was shown", "digest*:text",
     "", "200 application/json @change", "409"},
    {kPost, "/v1/changes/{change}/reject", "BOM", "Rejects a change", "digest*:text reason*:text",
     "", "200 application/json @change", "409"},
    {kGet, "/v1/production", "Production",
     "Partners who see the production of their products here, and those with an agreement", "", "",
     "200 application/json grants*:list partners*:list", ""},
    {kPost, "/v1/production", "Production",
     "Shows a partner the production of its products here, or no more; to these of its roles board "
     "by board",
     "partner*:text roles:texts shown:flag", "",
     "200 application/json partner*:text roles*:list by*:text at*:count ended*:count", "404 409"},
    {kGet, "/v1/production/{org}", "Production",
     "The production of our products at a partner, as its node tells it now", "", "",
     "200 application/json partner*:text at*:count roles*:list jobs*:list truncated:flag", "409"},
    {kPost, "/v1/jobs/{job}/tests", "Production",
     "What testers measured on the boards of a job: their CSV", "application/octet-stream", "",
     "200 application/json taken*:count known*:count", "409"},
    {kGet, "/vault/production", "Production", "The production of the calling partner's products",
     "", "", "200 application/json at*:count roles*:list jobs*:list truncated:flag", "409"},
};

}  // namespace

std::span<const Operation> bom_operations() {
    return kOperations;
}

}  // namespace reelproof::api
