// Documents, agreements, shares and readings. openapi.h has the form.
#include "api/routes/openapi_subjects.h"

namespace reelproof::api {

namespace {

constexpr Method kGet = Method::get, kPost = Method::post, kDelete = Method::delete_;

constexpr std::string_view kParts = "200 application/octet-stream\n206 application/octet-stream";

constexpr Operation kOperations[] = {
    {kGet, "/v1/vault/projects", "Vault", "Projects, in which documents lie", "", "",
     "200 application/json projects*:list", ""},
    {kPost, "/v1/vault/projects", "Vault", "A new project",
     "name*:text steward*:text classification:public|internal|confidential|restricted", "",
     "201 application/json @project", "409"},
    {kGet, "/v1/vault/documents", "Vault", "Documents that the caller may read", "", "",
     "200 application/json documents*:list", ""},
    {kGet, "/v1/vault/documents/{document}", "Vault", "A document, with its versions", "", "",
     "200 application/json @document", ""},
    {kGet, "/v1/vault/documents/{document}/versions/{version}", "Vault",
     "What is in a version, by ranges of 4 MiB", "", "", kParts, "416 422"},
    {kGet, "/v1/vault/documents/{document}/versions/{version}/header", "Vault",
     "The header of its age file, for our own sealing key", "", "",
     "200 application/json header*:text recipient*:text size*:count", ""},
    {kGet, "/v1/vault/documents/{document}/versions/{version}/body", "Vault",
     "The rest of its age file: what lies on the disk, by ranges of 4 MiB", "", "", kParts,
     "416 422"},
    {kPost, "/v1/vault/documents/{document}/shred", "Vault",
     "Destroys the keys of a version, or of all: nobody can open it any more",
     "version:count reason*:text early:flag", "", "200 application/json @document", "409"},
    {kPost, "/v1/vault/uploads", "Vault", "Begins the next version of a document",
     "project*:text name*:text size*:count "
     "classification:public|internal|confidential|restricted retain_until:count note:text",
     "", "201 application/json @upload", "404"},
    {kGet, "/v1/vault/uploads/{upload}", "Vault", "How much of an upload is here", "", "",
     "200 application/json @upload", ""},
    {kDelete, "/v1/vault/uploads/{upload}", "Vault", "Gives an upload up", "", "", "204", ""},
    {kPost, "/v1/vault/uploads/{upload}/parts", "Vault", "The next part, of at most 4 MiB",
     "application/octet-stream", "offset:count", "200 application/json @upload", "409"},
    {kPost, "/v1/vault/uploads/{upload}/finish", "Vault", "Makes an upload a version", "", "",
     "201 application/json @document version*:count", "409"},
    {kGet, "/v1/vault/agreements", "Vault", "Agreements with partners", "", "",
     "200 application/json agreements*:list", ""},
    {kPost, "/v1/vault/agreements", "Vault", "Drafts and signs an agreement",
     "partner*:text scope*:text systems:texts roles:texts retention_days:count "
     "breach_notice_hours:count sub_tiers:flag audit_right:flag start:count end*:count",
     "", "201 application/json @agreement", "404"},
    {kPost, "/v1/vault/agreements/{agreement}/sign", "Vault", "Signs a partner's draft", "", "",
     "200 application/json @agreement", "409"},
    {kPost, "/v1/vault/agreements/{agreement}/end", "Vault", "Ends an agreement", "reason*:text",
     "", "200 application/json @agreement", ""},
    {kGet, "/v1/vault/shares", "Vault", "Shares that we granted, and that we hold", "", "",
     "200 application/json shares*:list", ""},
    {kPost, "/v1/vault/shares", "Vault", "Grants a share",
     "project*:text document:text recipient*:text role:text person:text purpose*:text "
     "columns:texts mode:view|download end*:count agreement:text marked:flag",
     "", "201 application/json @share", "404 409"},
    {kPost, "/v1/vault/shares/{share}/end", "Vault", "Ends a share of ours", "reason*:text", "",
     "200 application/json @share", ""},
    {kPost, "/v1/vault/shares/{share}/destroy", "Vault",
     "Destroys the keys of all that came under a share, and confirms it to its owner",
     "reason*:text", "", "200 application/json @share", ""},
    {kPost, "/v1/vault/offboard", "Vault",
     "Ends all agreements and shares with a partner, and destroys what we hold of it",
     "org*:text reason*:text", "",
     "200 application/json agreements*:list shares*:list destroyed*:list held*:list", "404"},
    {kGet, "/v1/vault/shares/{share}/documents", "Vault", "What its owner shows under a share", "",
     "", "200 application/json documents*:list", "409"},
    {kPost, "/v1/vault/shares/{share}/open", "Vault",
     "Asks the owner's node for the key of a version, and fetches some of its file",
     "document*:text version*:count", "",
     "200 application/json share*:text partner*:text document*:text version*:count reader*:text "
     "asked*:count request*:text release*:text name*:text body*:text size*:count "
     "classification*:text complete*:flag have*:count of*:count",
     "409 422"},
    {kGet, "/v1/vault/shares/{share}/documents/{document}/versions/{version}", "Vault",
     "What is in a version that was opened, by ranges of 4 MiB", "", "", kParts, "409 416 422"},
    {kGet, "/v1/vault/readings", "Vault", "Everything that was ever passed on", "", "",
     "200 application/json readings*:list", ""},
    {kGet, "/v1/vault/documents/{document}/versions/{version}/pages", "Vault",
     "How many pages a version has, and what it is", "", "",
     "200 application/json name*:text kind*:pdf|picture|gerber|table pages*:count", "409 422"},
    {kGet, "/v1/vault/documents/{document}/versions/{version}/pages/{page}", "Vault",
     "A page as a picture that names who sees it", "", "", "200 image/png", "409 422"},
    {kGet, "/v1/vault/shares/{share}/documents/{document}/versions/{version}/pages", "Vault",
     "The same of a version that was opened under a share", "", "",
     "200 application/json name*:text kind*:pdf|picture|gerber|table pages*:count", "409 422"},
    {kGet, "/v1/vault/shares/{share}/documents/{document}/versions/{version}/pages/{page}", "Vault",
     "A page of it", "", "", "200 image/png", "409 422"},
    {kGet, "/v1/vault/leaks", "Vault", "Marked copies and canaries that were given away", "", "",
     "200 application/json copies*:list canaries*:list", ""},
    {kPost, "/v1/vault/documents/{document}/versions/{version}/mark", "Vault",
     "A copy of a table that is marked for its recipient and builds the same",
     "recipient*:text decoys:count not_fitted:text", "",
     "200 application/json csv*:text spellings*:count units*:count orders*:count swaps*:count "
     "decoys*:count",
     "409 422"},
    {kPost, "/v1/vault/canaries", "Vault", "A table of parts that exist nowhere else",
     "name*:text lines:count recipient:text", "", "201 application/json name*:text csv*:text",
     "409"},
    {kPost, "/v1/vault/leaks/trace", "Vault",
     "Whose marks a found file bears, and which canaries are in it", "application/octet-stream",
     "document:text",
     "200 application/json tried*:count tables*:list canaries*:list unreadable*:texts", ""},
    {kPost, "/vault/objects", "Vault", "Takes what a partner's node signed for us",
     "application/cose", "", "204", "404 409 422"},
    {kPost, "/vault/releases", "Vault", "Answers a signed request with the wrapped key",
     "application/cose", "", "200 application/json release*:text header*:text", "404 409 422"},
    {kGet, "/vault/shares/{share}/documents", "Vault", "What a share shows its recipient", "", "",
     "200 application/json documents*:list", ""},
    {kGet, "/vault/shares/{share}/bodies/{body}", "Vault",
     "An age body that was released, by ranges of 4 MiB", "", "", kParts, "409 416 422"},
};

}  // namespace

std::span<const Operation> vault_operations() {
    return kOperations;
}

}  // namespace reelproof::api
