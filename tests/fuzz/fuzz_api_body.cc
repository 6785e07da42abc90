// Any bytes as the body of a request, as a file of shipments and as the body of an event: no crash,
// one reading only, and what was taken can be told again.
#include <cstdlib>
#include <set>

#include "api/routes/request_body.h"
#include "ledger/provenance/event.h"
#include "node/cli/shipment_csv.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read_request(std::string_view text) {
    const api::Members members{"symbols", "items", "to", "quantity", "boards", "a"};
    const auto body = api::Body::parse(text, members);
    if (!body) {
        require(!body.error().message.empty());
        return;
    }
    // Every kind of every member that a route asks for; the first error stays.
    for (const auto& name : members) {
        const auto one = *body;
        const auto list = one.texts(name, 64);
        require(list.size() <= 64 && (body->has(name) || list.empty()));
        const auto two = *body;
        for (const auto& label : two.labels(name, 64)) require(!label.empty());
        require(body->has(name) || two.error());
        const auto three = *body;
        require(three.count(name) >= 0);
        const auto first = three.error();
        (void)three.required_text(name);
        (void)three.required_texts(name, 64);
        require(!first || three.error()->message == first->message);
        // A member is of one kind: not a number and a text.
        const auto four = *body;
        require(four.required_text(name).empty() || !four.error());
    }
}

void read_shipments(std::string_view text) {
    const auto shipments = node::parse_shipments(text);
    if (!shipments) {
        require(!shipments.error().message.empty());
        return;
    }
    require(!shipments->empty());
    std::set<std::string> labels, keys;
    for (const auto& shipment : *shipments) {
        require(!shipment.to.empty() && keys.insert(shipment.idempotency_key).second);
        require(!shipment.labels.empty() && shipment.labels.size() <= node::kMaxShipmentItems);
        for (const auto& label : shipment.labels)
            require(!label.empty() && labels.insert(label).second);
    }
}

void read_event(std::string_view text) {
    const auto body = ledger::parse_body(text);
    if (!body) return;
    require(!body->event.quantity || *body->event.quantity >= 0);
    // What was understood is written in a form that is understood the same way.
    // Nobody writes events of kinds that we don't know.
    if (body->event.kind == ledger::EventKind::other) return;
    const auto again = ledger::format_body(*body);
    const auto reread = ledger::parse_body(again);
    require(reread.has_value() && ledger::format_body(*reread) == again);
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const std::string request(1, '\0'), shipments(1, '\1'), event(1, '\2');
    ledger::SealedBody body;
    body.event.kind = ledger::EventKind::ship;
    body.event.time = 1'767'225'600;
    body.event.item = ledger::item_uri("maker.example", std::string(26, '0'));
    body.event.from = "maker.example";
    body.event.to = "ems.example";
    return {
        request + R"({"symbols":["a","b"],"quantity":5,"to":"ems.example"})",
        request + R"({"items":[["a","b"],"c"],"boards":[]})",
        shipments + "label,to,po\nA1,x.example,1\n\"A\"\"2\",y.example,\n",
        shipments + "to,label,so,invoice,packing_list\r\nx.example,\"[)>{GS}\n\",1,2,3\r\n",
        event + ledger::format_body(body),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_request(text);
            break;
        case 1:
            read_shipments(text);
            break;
        default:
            read_event(text);
    }
    return 0;
}
