// What is said in the OpenAPI document of routes about logs: ours, those that we mirror, and the
// doors of SCITT; openapi.h has the form.
#include "api/routes/openapi_subjects.h"

namespace reelproof::api {

namespace {

constexpr Method kGet = Method::get, kPost = Method::post;
constexpr std::string_view kTile = "200 application/octet-stream";
constexpr std::string_view kNote = "200 text/plain\n304";
constexpr std::string_view kStatement = "200 application/cose\n304";

constexpr Operation kOperations[] = {
    {kPost, "/entries", "SCITT", "Registers a statement that a guest signed; gives its receipt",
     "application/cose", "", "201 application/cose\n303", ""},
    {kGet, "/entries/{entry}", "SCITT",
     "The receipt of an entry, named by its leaf hash; for who may read the log by its index too",
     "", "", "200 application/cose\n200 application/json @proof\n304\n302", ""},
    {kGet, "/.well-known/scitt-keys", "SCITT", "The keys of our receipts, a COSE Key Set", "", "",
     "200 application/cbor\n304", ""},
    {kGet, "/.well-known/scitt-keys/{kid}", "SCITT", "One of them, by its kid in base64url", "", "",
     "200 application/cbor\n304", ""},
    {kGet, "/.well-known/reelproof/genesis", "Log", "Entry 0 of our log", "", "", kStatement,
     "404"},
    {kGet, "/.well-known/reelproof/tls", "Log",
     "Our newest key.grant of a TLS key; 404 where the genesis names it", "", "", kStatement,
     "404"},
    {kGet, "/.well-known/reelproof/sealing", "Log",
     "Our newest key.grant of a sealing key; 404 where the genesis names it", "", "", kStatement,
     "404"},
    {kGet, "/log/checkpoint", "Log", "The signed checkpoint of our log", "", "", kNote, "404"},
    {kGet, "/log/tile/{path...}", "Log", "Hash tiles (C2SP tlog-tiles)", "", "", kTile, ""},
    {kGet, "/log/tile/entries/{path...}", "Log", "Entry bundles (C2SP tlog-tiles)", "", "", kTile,
     ""},
    {kGet, "/log/receipt/{entry}", "Log", "The receipt of an entry", "", "",
     "200 application/scitt-receipt+cose\n200 application/json @proof\n304", ""},
    {kGet, "/log/transparent/{entry}", "Log", "An entry with its receipt", "", "",
     "200 application/scitt-statement+cose\n200 application/json @proof\n304", ""},
    {kGet, "/log/proof/{entry}", "Log", "The tlog-proof of an entry", "", "",
     "200 text/plain\n200 application/json @proof\n304", ""},
    {kGet, "/log/news", "Log", "Waits until our log or our copy of the caller's has grown", "",
     "size:count mirror:text mirrored:count wait:count", "200\n204", ""},
    {kGet, "/mirror/{hash}/checkpoint", "Mirror", "The checkpoint of a log that we mirror", "", "",
     kNote, ""},
    {kGet, "/mirror/{hash}/tile/{path...}", "Mirror", "Its hash tiles", "", "", kTile, ""},
    {kGet, "/mirror/{hash}/tile/entries/{path...}", "Mirror", "Its entry bundles", "", "", kTile,
     ""},
    {kGet, "/witness/{hash}/checkpoint", "Mirror", "The newest checkpoint that we witnessed", "",
     "", kNote, ""},
    {kPost, "/mirror/add-checkpoint", "Mirror", "Witnesses a checkpoint (C2SP tlog-witness)",
     "text/plain", "", "200 text/plain", "403 404 409 422"},
    {kPost, "/mirror/add-entries", "Mirror", "Takes a log's entries (C2SP tlog-mirror)",
     "application/octet-stream", "", "200 text/plain\n202 text/x.tlog.mirror-info", "404 409 422"},
    {kPost, "/mirror/genesis", "Mirror", "Takes the genesis of a partner that can't be reached",
     "application/cose", "", "204", "403 404 409 422"},
};

}  // namespace

std::span<const Operation> log_operations() {
    return kOperations;
}

}  // namespace reelproof::api
