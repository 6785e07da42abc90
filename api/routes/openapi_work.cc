// What is said in the OpenAPI document of routes about the service: items, events, labels, set-up
// lists, what this node knows; openapi.h has the form.
#include "api/routes/openapi_subjects.h"

namespace reelproof::api {

namespace {

constexpr Method kGet = Method::get, kPost = Method::post, kDelete = Method::delete_;
constexpr std::string_view kRecorded =
    "200 application/json @recorded\n201 application/json @recorded";
constexpr std::string_view kItem = "409 422", kKnownItem = "404 409 422";

constexpr Operation kOperations[] = {
    {kPost, "/v1/check", "Items", "ACCEPT, HOLD or REJECT for a label, with reasons and proof",
     "symbols:texts place:stock|receiving|line marking:object typed:object picture",
     "place:stock|receiving|line text:yes|no typed:text", "200 application/json @verdict", "422"},
    {kPost, "/v1/receive", "Items", "Checks a label and, on ACCEPT, records that the item came in",
     "symbols:texts release_reason:text typed:object picture",
     "release_reason:text text:yes|no typed:text",
     "200 application/json @verdict received*:flag already*:flag recorded:object\n"
     "201 application/json @verdict received*:flag already*:flag recorded:object",
     kItem},
    {kPost, "/v1/trace", "Items", "An item's history, all organisations' events",
     "symbols:texts item:text picture", "text:yes|no",
     "200 application/json item*:text uri:text fields:object state*:object events*:list "
     "made_of:list ancestors*:list truncated:flag findings*:list "
     "verdict*:ACCEPT|HOLD|REJECT maker:text\n"
     "200 application/vnd.reelproof.bundle",
     "404 422"},
    {kPost, "/v1/read", "Items", "What a label says", "symbols*:texts picture", "text:yes|no",
     "200 application/json symbols*:list unread*:list fields*:object normalised*:object "
     "sources*:object conflicts*:list labels*:list format*:text recovered*:list warnings*:list "
     "ms*:number text:object hint:text",
     "422"},
    {kPost, "/v1/inspect", "Items",
     "Pictures of parts, against good samples where there are any, and the verdict with it",
     "symbols:texts item:text place:stock|receiving|line lines:texts samples:texts parts*:texts "
     "annotate:flag surface:flag enrol:flag kinds:flag several:flag",
     "", "200 application/json @verdict marking*:object parts*:list rule:list kinds:list",
     "404 422"},
    {kPost, "/v1/commission", "Events", "Records new items, under labels that nobody has used",
     "items*:labels", "", kRecorded, kItem},
    {kPost, "/v1/ship", "Events", "Records that items leave for a partner",
     "items*:labels to*:text po:text so:text invoice:text packing_list:text price:text also:texts",
     "", kRecorded, "404 409 422"},
    {kPost, "/v1/observe", "Events", "Records what was seen of an item's parts",
     "symbols:texts item:text marking*:object", "", kRecorded, kKnownItem},
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
     "symbols*:texts reason*:text", "", kRecorded, kItem},
    {kPost, "/v1/quarantine", "Events", "Blocks an item", "symbols:texts item:text reason:text", "",
     kRecorded, "404 409 422"},
    {kPost, "/v1/release", "Events", "Lifts the block of an item, with a reason",
     "symbols:texts item:text reason:text", "", kRecorded, "404 409 422"},
    {kPost, "/v1/labels", "Labels", "New labels, drawn and read back",
     "mpn:text customer_pn:text supplier_pn:text lot:text date_code:text country:text po:text "
     "manufacturer:text serial:text package_id:text revision:text msl:text expiry:text "
     "packing_list:text quantity:count count:count format:pdf|zpl|png|svg width_mm:count "
     "height_mm:count dpi:count",
     "", "201 application/json type*:text labels*:list lacking_for_eigp_114*:list file:text",
     kItem},
    {kGet, "/v1/jobs", "Line", "Set-up lists", "", "", "200 application/json jobs*:list", ""},
    {kPost, "/v1/jobs", "Line", "Adds a set-up list",
     "job*:text product:text slots*:slots bom:text revision:text lot:text serial:text", "",
     "201 application/json @job", "404 409 422"},
    {kGet, "/v1/jobs/{job}", "Line", "A set-up list, and what is loaded", "", "",
     "200 application/json @job", ""},
    {kDelete, "/v1/jobs/{job}", "Line", "Removes a set-up list", "", "", "204", "409"},
    {kPost, "/v1/jobs/{job}/check", "Line", "A reel against its slot",
     "position*:text symbols*:texts", "",
     "200 application/json @verdict job*:text slot*:object built_by:object floor_life:object",
     "422"},
    {kPost, "/v1/jobs/{job}/load", "Line", "Checks a reel, and on ACCEPT records that it is loaded",
     "position*:text symbols*:texts splice:flag", "",
     "200 application/json @verdict job*:text slot*:object floor_life:object loaded*:flag "
     "recorded:object\n"
     "201 application/json @verdict job*:text slot*:object floor_life:object loaded*:flag "
     "recorded:object",
     kItem},
    {kPost, "/v1/jobs/{job}/unload", "Line", "Records that a reel comes off its slot",
     "position*:text symbols:texts item:text", "", kRecorded, kKnownItem},
    {kPost, "/v1/floor-life", "Line", "Starts or stops an item's floor life",
     "symbols:texts item:text state*:open|dry|baked level:text", "",
     "200 application/json item*:text level*:text open*:flag used_seconds*:count "
     "of_seconds:count",
     kKnownItem},
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
    {kPost, "/v1/search", "Knowledge",
     "Items that this node was shown, by label, lot or part number",
     "symbols:texts text:text kind:any|item|lot|mpn|board after:text limit:count", "",
     "200 application/json items*:list next:text", "422"},
    {kPost, "/v1/report", "Knowledge", "An item's history and verdict as PDF",
     "symbols:texts item:text picture", "text:yes|no", "200 application/pdf", "404 422"},
    {kGet, "/v1/recalls", "Knowledge", "Recalls that trusted organisations published", "", "",
     "200 application/json recalls*:list", ""},
    {kPost, "/v1/recall/reach", "Knowledge", "What a recall hits here, and where it went",
     "mpn:text lots:texts date_codes:texts after:text limit:count", "",
     "200 application/json items*:list in_all*:object next:text", "422"},
    {kGet, "/v1/insight/verdicts", "Knowledge", "Verdicts by day", "", "from:text to:text",
     "200 application/json days*:list", ""},
    {kGet, "/v1/insight/suppliers", "Knowledge", "Suppliers with their findings", "",
     "from:text to:text", "200 application/json from*:text to*:text suppliers*:list", ""},
    {kGet, "/v1/stock", "Knowledge", "What is here, the oldest first", "", "after:text limit:count",
     "200 application/json items*:list in_all*:object next:text", ""},
    {kGet, "/v1/stock/parts", "Knowledge", "Stock by part number", "", "after:text limit:count",
     "200 application/json parts*:list next:text", ""},
    {kGet, "/v1/stock/floor-lives", "Knowledge", "Clocks of moisture-sensitive reels", "", "",
     "200 application/json clocks*:list", ""},
    {kGet, "/v1/parts", "Knowledge", "What was imported of part numbers", "",
     "after:text limit:count", "200 application/json parts*:list next:text", ""},
    {kPost, "/v1/parts", "Knowledge", "Imports what is known of part numbers; as text/csv, too",
     "parts*:list", "", "200 application/json imported*:count removed*:count", "409 422"},
    {kGet, "/v1/shipments", "Knowledge", "Own shipments, and their state at the receiver", "",
     "after:text limit:count", "200 application/json shipments*:list next:text", ""},
    {kGet, "/v1/live", "Knowledge", "What happens, as it happens (Server-Sent Events)", "", "",
     "200 text/event-stream", ""},
};

}  // namespace

std::span<const Operation> work_operations() {
    return kOperations;
}

}  // namespace reelproof::api
