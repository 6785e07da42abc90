#include "tests/ledger/provenance/event_samples_support.h"

#include <tuple>

namespace reelproof::ledger::tests {

namespace {

auto tied(const ItemFacts& f) {
    return std::tie(f.manufacturer, f.mpn, f.lot, f.date_code, f.date_code_kind, f.country, f.msl,
                    f.serial, f.customer_pn);
}
auto tied(const Event& e) {
    return std::tie(e.kind, e.time, e.item, e.from, e.to, e.quantity, e.feeder, e.work_order,
                    e.outputs, e.reason, e.successor);
}

SealedBody body_of(EventKind kind) {
    SealedBody body;
    body.event.kind = kind;
    body.event.time = 1772440000 + static_cast<UnixSeconds>(kind);
    body.event.item = item_uri("northline.example", "0123456789ABCDEFGHJKMNPQRS");
    return body;
}

}  // namespace

bool same_body(const SealedBody& a, const SealedBody& b) {
    return tied(a.event) == tied(b.event) && tied(a.event.facts) == tied(b.event.facts) &&
           (a.event.marking == nullptr) == (b.event.marking == nullptr) &&
           (a.event.marking == nullptr ||
            format_marking(*a.event.marking) == format_marking(*b.event.marking)) &&
           a.prev == b.prev && a.parents == b.parents && a.children == b.children;
}

std::vector<SealedBody> one_of_every_kind() {
    std::vector<SealedBody> out;
    const auto add = [&](EventKind kind) -> SealedBody& { return out.emplace_back(body_of(kind)); };
    const ItemFacts part{"", "MAX3232ESE+T", "BAT54,215 / ü", "", "", "", "", ""};
    const std::string board = item_uri("ems.example", "ZZZZZZZZZZZZZZZZZZZZZZZZZZ");

    auto& made = add(EventKind::commission);
    made.event.facts = {
        "Northline Semi", "MAX3232ESE+T", "BAT54,215 / ü", "2608", "YYWW", "MT", "3", "S-0001"};
    made.event.quantity = 1000;
    made.parents = {ItemKey(Bytes(32, 0x11)), ItemKey(Bytes(32, 0x12))};
    made.children = {ItemKey(Bytes(32, 0x21))};
    auto& ship = add(EventKind::ship);
    ship.event.from = "northline.example";
    ship.event.to = "dist.example";
    ship.prev = {Hash{1, 2, 3}, Hash{4, 5, 6}};
    auto& receive = add(EventKind::receive);
    receive.event.from = "northline.example";
    receive.event.to = "dist.example";
    receive.event.quantity = 1000;
    auto& split = add(EventKind::split);
    split.event.facts = part;
    split.event.quantity = 300;
    split.event.outputs = {board};
    auto& load = add(EventKind::load);
    load.event.feeder = "FDR8/1233334 left";
    load.event.work_order = "WO-20260402-7";
    auto& unload = add(EventKind::unload);
    unload.event.feeder = "FDR8/1233334 left";
    auto& consume = add(EventKind::consume);
    consume.event.facts = part;
    consume.event.quantity = 2;
    consume.event.work_order = "WO#1";
    consume.event.outputs = {board, board + "2"};
    add(EventKind::deplete);
    add(EventKind::scrap).event.reason = "moisture";
    add(EventKind::relabel).event.reason = "maker's label names only the lot";
    add(EventKind::quarantine).event.reason = "sanding marks on two parts";
    add(EventKind::release).event.reason = "inspected, report 4711";
    for (const auto kind : {EventKind::lot_made, EventKind::lot_taken, EventKind::lot_given}) {
        auto& count = add(kind);
        count.event.facts = part;
        count.event.item = lot_uri("northline.example", part.mpn, part.lot);
        count.event.quantity = 3000;
    }
    MarkingRecord marking;
    marking.state = MarkingRecord::State::differs;
    marking.differing = 1;
    marking.worst = {2, 8, "0", "6", 512, -210, -80, {{1, 2}, {3, 4}}};
    marking.pictures = {std::string(64, 'a')};
    add(EventKind::inspect).event.marking = std::make_shared<const MarkingRecord>(marking);
    return out;
}

}  // namespace reelproof::ledger::tests
