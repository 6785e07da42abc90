// What is said of each route in the OpenAPI document; openapi.h has the form.
#include <utility>

#include "api/routes/openapi.h"

namespace reelproof::api {

namespace {

constexpr Method kGet = Method::get, kPost = Method::post, kPatch = Method::patch,
                 kDelete = Method::delete_;

// Members that several answers have, by the word that stands for them.
constexpr std::pair<std::string_view, std::string_view> kShared[] = {
    {"@verdict",
     "verdict*:ACCEPT|HOLD|REJECT item*:text lot_level:flag fields*:object findings*:list "
     "state*:object proof*:list sources*:list policy*:text ms*:number"},
    {"@recorded", "items*:list statements*:list repeated*:flag warnings:list"},
    {"@session",
     "org*:text user*:text name*:text roles*:list accesses*:list csrf*:text until*:count "
     "recovery_codes_left*:count"},
    {"@job",
     "job*:text product*:text made*:text by*:text slots_loaded*:count slots_in_all*:count "
     "slots:list"},
    {"@user",
     "user*:text name*:text roles*:list disabled*:flag enrolled*:flag made*:count "
     "recovery_codes_left*:count link_until:count"},
    {"@proof",
     "log*:text index*:count size*:count leaf*:text form*:text key*:text signer:text "
     "statement*:text replicated*:object bytes*:text"},
};
constexpr std::string_view kProblems[] = {
    "audit",       "bad-query", "bad-tile-path", "bad-token",   "busy",        "code-needed",
    "conflict",    "csrf",      "invalid",       "malformed",   "media-type",  "no-portal",
    "no-token",    "not-found", "not-signed-in", "picture",     "refused",     "scope",
    "signed-out",  "too-large", "too-many",      "unavailable", "unknown-log", "unknown-node",
    "unsupported", "untrusted", "wait"};
constexpr std::string_view kRecorded =
    "200 application/json @recorded\n201 application/json @recorded";
constexpr std::string_view kPage = "200 text/html\n304";
constexpr std::string_view kTile = "200 application/octet-stream";
constexpr std::string_view kNote = "200 text/plain\n304";
constexpr std::string_view kStatement = "200 application/cose\n304";
constexpr std::string_view kItem = "409 422";

constexpr Operation kOperations[] = {
    {kPost, "/v1/check", "Items", "ACCEPT, HOLD or REJECT for a label, with reasons and proof",
     "symbols*:texts place:stock|receiving|line picture", "place:stock|receiving|line text:yes|no",
     "200 application/json @verdict", "422"},
    {kPost, "/v1/receive", "Items", "Checks a label and, on ACCEPT, records that the item came in",
     "symbols*:texts release_reason:text picture", "release_reason:text text:yes|no",
     "200 application/json @verdict received*:flag already*:flag recorded:object\n"
     "201 application/json @verdict received*:flag already*:flag recorded:object",
     kItem},
    {kPost, "/v1/trace", "Items", "An item's history, all organisations' events",
     "symbols*:texts picture", "text:yes|no",
     "200 application/json item*:text uri:text fields:object state*:object events*:list "
     "made_of:list ancestors*:list truncated:flag findings*:list\n"
     "200 application/vnd.reelproof.bundle",
     "404 422"},
    {kPost, "/v1/read", "Items", "What a label says", "symbols*:texts picture", "text:yes|no",
     "200 application/json symbols*:list unread*:list fields*:object normalised*:object "
     "sources*:object conflicts*:list labels*:list format*:text recovered*:list warnings*:list "
     "ms*:number text:object hint:text",
     "422"},
    {kPost, "/v1/commission", "Events", "Records new items, under labels that nobody has used",
     "items*:labels", "", kRecorded, kItem},
    {kPost, "/v1/ship", "Events", "Records that items leave for a partner",
     "items*:labels to*:text po:text so:text invoice:text packing_list:text", "", kRecorded,
     "404 409 422"},
    {kPost, "/v1/split", "Events", "Records that parts leave an item for a new one",
     "symbols*:texts new_symbols*:texts quantity*:count", "", kRecorded, kItem},
    {kPost, "/v1/relabel", "Events", "Records that an item goes on under another label",
     "symbols*:texts new_symbols*:texts reason:text", "", kRecorded, kItem},
    {kPost, "/v1/load", "Events", "Records that a reel goes onto a feeder",
     "symbols*:texts feeder*:text work_order:text", "", kRecorded, kItem},
    {kPost, "/v1/unload", "Events", "Records that a reel comes off its feeder",
     "symbols*:texts feeder:text", "", kRecorded, kItem},
    {kPost, "/v1/consume", "Events", "Records that parts of a reel were placed on boards",
     "symbols*:texts quantity*:count boards:labels work_order:text", "", kRecorded, kItem},
    {kPost, "/v1/deplete", "Events", "Records that an item is used up",
     "symbols*:texts reason:text", "", kRecorded, kItem},
    {kPost, "/v1/scrap", "Events", "Records that an item was destroyed",
     "symbols*:texts reason:text", "", kRecorded, kItem},
    {kPost, "/v1/quarantine", "Events", "Blocks an item", "symbols*:texts reason:text", "",
     kRecorded, kItem},
    {kPost, "/v1/release", "Events", "Lifts the block of an item, with a reason",
     "symbols*:texts reason:text", "", kRecorded, kItem},
    {kPost, "/v1/labels", "Labels", "New labels, drawn and read back",
     "mpn:text customer_pn:text supplier_pn:text lot:text date_code:text country:text po:text "
     "manufacturer:text serial:text package_id:text revision:text msl:text expiry:text "
     "packing_list:text quantity:count count:count format:pdf|zpl|png|svg width_mm:count "
     "height_mm:count dpi:count",
     "", "201 application/json type*:text labels*:list lacking_for_eigp_114*:list", kItem},
    {kGet, "/v1/jobs", "Line", "Set-up lists", "", "", "200 application/json jobs*:list", ""},
    {kPost, "/v1/jobs", "Line", "Adds a set-up list", "job*:text product:text slots*:slots", "",
     "201 application/json @job", "409 422"},
    {kGet, "/v1/jobs/{job}", "Line", "A set-up list, and what is loaded", "", "",
     "200 application/json @job", ""},
    {kDelete, "/v1/jobs/{job}", "Line", "Removes a set-up list", "", "", "204", "409"},
    {kPost, "/v1/jobs/{job}/check", "Line", "A reel against its slot",
     "position*:text symbols*:texts", "",
     "200 application/json @verdict job*:text slot*:object floor_life:object", "422"},
    {kPost, "/v1/jobs/{job}/load", "Line", "Checks a reel, and on ACCEPT records that it is loaded",
     "position*:text symbols*:texts splice:flag", "",
     "200 application/json @verdict job*:text slot*:object floor_life:object loaded*:flag "
     "recorded:object\n"
     "201 application/json @verdict job*:text slot*:object floor_life:object loaded*:flag "
     "recorded:object",
     kItem},
    {kPost, "/v1/jobs/{job}/unload", "Line", "Records that a reel comes off its slot",
     "position*:text symbols*:texts", "", "201 application/json @recorded", kItem},
    {kPost, "/v1/floor-life", "Line", "Starts or stops an item's floor life",
     "symbols*:texts state*:open|dry|baked level:text", "",
     "200 application/json item*:text level*:text open*:flag used_seconds*:count "
     "of_seconds:count",
     kItem},
    {kPost, "/v1/recall", "Statements", "Recalls lots or date codes of a part of ours",
     "mpn:text lots:texts date_codes:texts reason:text", "", kRecorded, "409"},
    {kPost, "/v1/authorise", "Statements", "Names an authorised distributor of our parts",
     "org*:text mpns:texts not_before:count not_after:count", "", kRecorded, "409"},
    {kPost, "/v1/statements", "Statements", "Registers a signed statement of ours or of a guest",
     "application/cose", "",
     "201 application/json log*:text index*:count size*:count replicated*:object receipt*:text",
     "409 422"},
    {kGet, "/v1/guests", "Guests", "Who may register in our log, and who might once", "", "",
     "200 application/json guests*:list", ""},
    {kPost, "/v1/guests", "Guests", "Admits an organisation without a node to our log",
     "org*:text root*:text may:texts not_after:count", "", kRecorded, "409"},
    {kPost, "/v1/guests/{org}/dismiss", "Guests", "Ends a guest's right to register",
     "reason*:text", "", kRecorded, "409"},
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
    {kDelete, "/v1/tokens/{name}", "People", "Revokes a token", "", "", "204", "409"},
    {kGet, "/v1/audit", "People", "The audit log, the newest first", "",
     "from:count to:count who:text what:text about:text allowed:true|false before:count",
     "200 application/json entries*:list next:count head:text\n200 text/csv\n"
     "200 application/x-ndjson",
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
    {kGet, "/", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/setup", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/receive", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/line", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/trace", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/ship", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/users", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/tokens", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/audit", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/node", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/account", "Pages", "The portal", "", "", kPage, "404"},
    {kGet, "/try", "Pages", "A page to try this API", "", "", kPage, "404"},
    {kGet, "/try/{name}", "Pages", "Its files", "", "", "200 */*\n304", ""},
    {kGet, "/assets/{name}", "Pages", "Files of the portal", "", "", "200 */*\n304", ""},
    {kGet, "/favicon.svg", "Pages", "The portal's sign", "", "", "200 image/svg+xml\n304", "404"},
};

}  // namespace

std::span<const Operation> operations() {
    return kOperations;
}

std::span<const std::string_view> problem_names() {
    return kProblems;
}

std::string_view shared_members(std::string_view word) {
    for (const auto& [name, members] : kShared)
        if (name == word) return members;
    return {};
}

}  // namespace reelproof::api
