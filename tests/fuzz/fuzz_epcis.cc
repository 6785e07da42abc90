// Any bytes as an EPCIS document, as a single event and as a query: no crash, refusals with a
// reason, and what is taken becomes parts that the ledger reads and that join to the event again.
#include <cstdlib>

#include <boost/json.hpp>

#include "api/epcis/document.h"
#include "api/epcis/event_hash.h"
#include "api/epcis/parts.h"
#include "api/epcis/query.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;
using namespace reelproof::api;

namespace {

constexpr ledger::UnixSeconds kNow = 1'796'083'200;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const epcis::Refusal& refusal) {
    require(!refusal.detail.empty());
    require(refusal.pointer.empty() || refusal.pointer.front() == '/');
}

void use(epcis::Read read) {
    if (const auto wrong = epcis::check_event(read, kNow)) return check(*wrong);
    (void)epcis::event_hash(read.event, read.names);
    const auto id = epcis::made_event_id(read.event, read.names);
    require(id == epcis::made_event_id(read.event, read.names));
    if (read.event.if_contains("eventID") == nullptr) read.event["eventID"] = id;
    const auto parts = epcis::parts_of(read.event, read.names, read.pointer);
    if (const auto* refusal = std::get_if<epcis::Refusal>(&parts)) return check(*refusal);
    std::vector<boost::json::object> told;
    for (const auto& part : std::get<std::vector<epcis::Part>>(parts)) {
        require(part.event.kind == ledger::EventKind::other || part.event.item == part.uri);
        ledger::SealedBody body;
        body.told = part.text;
        const auto again = ledger::parse_body(ledger::format_body(body));
        require(again && again->event.kind == part.event.kind &&
                again->event.item == part.event.item);
        told.push_back(boost::json::parse(part.text).as_object());
    }
    require(!told.empty());
    const auto event = epcis::joined(told);
    for (const auto* list : {"epcList", "childEPCs"})
        if (event.if_contains(list) != nullptr && told.size() == 1)
            require(event.at(list).as_array().size() <= read.event.at(list).as_array().size());
    epcis::Shown shown{event, kNow, "x.example"};
    epcis::EventQuery all;
    require(all.takes(shown) && epcis::EventQuery::is_place(all.place(shown)));
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const std::string document(1, '\0'), event(1, '\1'), query(1, '\2');
    const std::string context =
        R"("@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",)"
        R"({"rp":"https://ns.reelproof.example/epcis/","ex":"https://ex.example/"}])";
    const std::string when =
        R"("eventTime":"2026-11-20T12:00:00.000Z","eventTimeZoneOffset":"+00:00")";
    const std::string object =
        R"({"type":"ObjectEvent",)" + when +
        R"(,"action":"OBSERVE","bizStep":"shipping","epcList":["https://a.example/i/1",)"
        R"("urn:epc:id:sgtin:4012345.011111.1"],"destinationList":[{"type":"owning_party",)"
        R"("destination":"https://b.example/org"}],"ex:colour":{"ex:x":[1,"a",true]}})";
    const std::string transformation =
        R"({"type":"TransformationEvent",)" + when +
        R"(,"bizStep":"commissioning","inputQuantityList":[{"epcClass":)"
        R"("https://a.example/c/1P/X/1T/Y","quantity":4}],"outputEPCList":)"
        R"(["https://a.example/i/2"],"rp:consumedFrom":"https://a.example/i/1"})";
    const auto whole = [&](const std::string& events) {
        return document + "{" + context +
               R"(,"type":"EPCISDocument","schemaVersion":"2.0",)"
               R"("creationDate":"2026-11-20T12:00:00Z","epcisBody":{"eventList":[)" +
               events + "]}}";
    };
    return {
        whole(object + "," + transformation),
        whole(""),
        event + "{" + context + "," + object.substr(1),
        query + R"({"eventType":["ObjectEvent"],"GE_eventTime":"2026-11-20T12:00:00Z",)"
                R"("EQ_quantity":1,"EQ_bizTransaction_po":["x"],"EQ_ILMD_ex:a":["b"]})",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) {
        auto read = epcis::read_document(text);
        if (const auto* refusal = std::get_if<epcis::Refusal>(&read))
            check(*refusal);
        else
            for (auto& one : std::get<std::vector<epcis::Read>>(read)) use(std::move(one));
    } else if (data[0] % 3 == 1) {
        auto read = epcis::read_event(text);
        if (const auto* refusal = std::get_if<epcis::Refusal>(&read))
            check(*refusal);
        else
            use(std::move(std::get<epcis::Read>(read)));
    } else {
        boost::system::error_code failed;
        const auto value = boost::json::parse(text, failed);
        if (failed || !value.is_object()) return 0;
        const auto query = epcis::EventQuery::of(value.get_object());
        if (const auto* refusal = std::get_if<epcis::Refusal>(&query)) {
            check(*refusal);
            return 0;
        }
        epcis::Shown shown{value.get_object(), kNow, "x.example"};
        (void)std::get<epcis::EventQuery>(query).takes(shown);
        (void)std::get<epcis::EventQuery>(query).things();
    }
    return 0;
}
