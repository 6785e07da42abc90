// The nine scenes.
#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/format/bundle.h"
#include "ledger/provenance/compose.h"
#include "ledger/provenance/history.h"
#include "node/cli/graph_svg.h"
#include "node/config.h"
#include "node/demo/demo.h"
#include "node/keyring.h"

namespace reelproof::node {

namespace fs = std::filesystem;
namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

json::object symbols(const PrintedLabel& label) {
    return {{"symbols", json::array{label.payload}}};
}

json::object with(json::object body, std::string_view name, json::value value) {
    body[name] = std::move(value);
    return body;
}

ledger::ItemKey key_of(const PrintedLabel& label) {
    return ledger::issued_item_key(*ledger::seed_of_25s(label.unique_id));
}

}  // namespace

Result<SceneResult> Demo::genuine() {
    // All reels of the story go to the EMS on one truck; scenes take in theirs.
    if (auto sent = deliver({genuine_, altered_, refilled_, recalled_, last_of_lot_}, *distributor_,
                            *ems_, false);
        !sent)
        return sent.error();
    act("the EMS photographs the label at goods-in");
    const auto picture = props_.photograph(genuine_, "1-genuine-reel");
    auto received = ems_->client().post_picture("/v1/receive", picture);
    if (!received) return received.error();
    auto scene = told(*received, "ACCEPT", "");
    if (!received->at("received").as_bool()) return scene;
    act("ACCEPT; it is in stock, and goes onto a feeder");
    auto on_line = check(*ems_, genuine_, "1-genuine-at-line", "line");
    if (!on_line) return on_line.error();
    scene = told(*on_line, "ACCEPT", "");
    auto loaded = record(
        *ems_, "load",
        with(with(symbols(genuine_), "feeder", "NXT3-B1-45"), "work_order", "WO-20260402-7"));
    if (!loaded) return loaded.error();
    Print print;
    print.customer_pn = "KST-CTRL-04";
    print.serial = "PNL23423432-1";
    print.country = "DE";
    board_ = props_.issue(print);
    auto placed = record(*ems_, "consume",
                         with(with(with(symbols(genuine_), "quantity", 4), "boards",
                                   json::array{json::array{board_.payload}}),
                              "work_order", "WO-20260402-7"));
    if (!placed) return placed.error();
    act("4 parts are placed on board PNL23423432-1, which goes to the OEM");
    if (auto sent = deliver({board_}, *ems_, *oem_, true); !sent) return sent.error();
    scene.detail = "maker, authorised distributor and EMS agree about this reel";
    return scene;
}

Result<SceneResult> Demo::copied_label() {
    auto verdict = check(*oem_, genuine_, "2-copied-label", "receiving");
    if (!verdict) return verdict.error();
    return told(*verdict, "REJECT", "custody.elsewhere");
}

Result<SceneResult> Demo::altered_date() {
    auto print = altered_.print;
    print.date_code = date_code_of(4);
    const auto forged = props_.altered(altered_, print);
    act("the printed date code " + altered_.print.date_code + " became " + print.date_code);
    auto verdict = check(*ems_, forged, "3-altered-date", "receiving");
    if (!verdict) return verdict.error();
    return told(*verdict, "REJECT", "identity.date");
}

Result<SceneResult> Demo::recalled_lot() {
    auto received = record(*ems_, "receive", symbols(recalled_));
    if (!received) return received.error();
    act("received: " + std::string(received->at("verdict").as_string()));
    auto recalled = record(*maker_, "recall",
                           {{"mpn", recalled_.print.mpn},
                            {"lots", json::array{recalled_.print.lot}},
                            {"reason", "die crack after reflow"}});
    if (!recalled) return recalled.error();
    act("the maker recalls lot " + recalled_.print.lot + ", for everyone to see");
    if (auto there = wait_for_log(*ems_, *maker_); !there) return there.error();
    auto verdict = check(*ems_, recalled_, "4-recalled-lot", "line");
    if (!verdict) return verdict.error();
    return told(*verdict, "REJECT", "recall.lot");
}

Result<SceneResult> Demo::refilled_reel() {
    auto received = record(*ems_, "receive", symbols(refilled_));
    if (!received) return received.error();
    auto used = record(*ems_, "consume", with(symbols(refilled_), "quantity", 3000));
    if (!used) return used.error();
    auto emptied = record(*ems_, "deplete", symbols(refilled_));
    if (!emptied) return emptied.error();
    act("all 3,000 parts are placed; somebody refills the empty reel and puts it back");
    auto verdict = check(*ems_, refilled_, "5-refilled-reel", "line");
    if (!verdict) return verdict.error();
    return told(*verdict, "REJECT", "status.consumed");
}

Result<SceneResult> Demo::broker_reel() {
    auto print = part("LX99810");
    print.quantity = 2500;
    const auto brokers = props_.plain(print);
    auto verdict = check(*ems_, brokers, "6-broker-reel", "receiving");
    if (!verdict) return verdict.error();
    return told(*verdict, "HOLD", "pedigree.none");
}

// What a distributor's own software would write that looks the other way: two splits of 2,000 out
// of one reel of 3,000, signed with the distributor's own key. Its node's API would refuse the
// second.
Result<void> Demo::split_twice(const PrintedLabel& reel, const PrintedLabel& first,
                               const PrintedLabel& second) {
    const auto keys = load_keyring(distributor_->folder() / "keys");
    if (!keys) return keys.error();
    auto known = distributor_->client().post("/v1/trace", symbols(reel));
    if (!known) return known.error();
    const auto& events = known->at("events").as_array();
    std::uint64_t n = 0;
    for (const auto& event : events)
        if (event.at("org").as_string() == distributor_->org()) ++n;
    auto prev = ledger::array_from_hex<32>(events.back().at("envelope").as_string(), "envelope");
    if (!prev) return prev.error();
    std::vector<ledger::EnvelopeDraft> drafts;
    for (const auto* child : {&first, &second}) {
        ledger::EnvelopeDraft out;
        out.key = key_of(reel);
        out.n = n++;
        out.body.event.kind = ledger::EventKind::split;
        out.body.event.time = ledger::system_now();
        out.body.event.item = std::string(known->at("uri").as_string());
        out.body.event.facts.mpn = reel.print.mpn;
        out.body.event.facts.lot = reel.print.lot;
        out.body.event.quantity = child->print.quantity;
        out.body.event.outputs = {
            ledger::item_uri(distributor_->org(), ledger::public_item_id(key_of(*child)))};
        out.body.prev = {*prev};
        drafts.push_back(std::move(out));

        ledger::EnvelopeDraft into;
        into.key = key_of(*child);
        into.body.event.kind = ledger::EventKind::commission;
        into.body.event.time = ledger::system_now();
        into.body.event.item =
            ledger::item_uri(distributor_->org(), ledger::public_item_id(into.key));
        into.body.event.facts.manufacturer = maker_->org();
        into.body.event.facts.mpn = child->print.mpn;
        into.body.event.facts.lot = child->print.lot;
        into.body.event.facts.date_code = child->print.date_code;
        into.body.event.quantity = child->print.quantity;
        into.body.parents = {key_of(reel)};
        drafts.push_back(std::move(into));
    }
    const auto statement =
        ledger::compose_sealed(keys->statement, distributor_->org(), ledger::system_now(), drafts);
    if (!statement) return statement.error();
    auto placed = distributor_->client().post_statement(*statement);
    if (!placed) return placed.error();
    return {};
}

Result<SceneResult> Demo::too_many_parts() {
    auto received = record(*ems_, "receive", symbols(last_of_lot_));
    if (!received) return received.error();
    act("lot 7AB125: 3,000 made, and 3,000 taken in by the EMS");
    const auto brokers = props_.plain(part("7AB125"));
    auto lot = check(*oem_, brokers, "7-more-than-made", "receiving");
    if (!lot) return lot.error();
    auto scene = told(*lot, "REJECT", "quantity.overissue");
    if (!scene.as_told) return scene;
    const auto first_detail = scene.detail;

    auto half = part("7AB126");
    half.quantity = 2000;
    const auto first = props_.issue(half), second = props_.issue(half);
    if (auto done = split_twice(split_, first, second); !done) return done.error();
    act("a reel of 3,000 is split into two of 2,000");
    if (auto sent = deliver({second}, *distributor_, *ems_, false); !sent) return sent.error();
    auto child = check(*ems_, second, "7-split-too-far", "receiving");
    if (!child) return child.error();
    scene = told(*child, "REJECT", "quantity.overissue");
    scene.detail = first_detail + "; " + scene.detail;
    return scene;
}

Result<SceneResult> Demo::rewritten_past() {
    SceneResult scene;
    scene.expected = "frozen by 3 mirrors";
    distributor_->stop();
    const auto store = distributor_->folder() / "store";
    fs::remove_all(store);
    fs::copy(old_store_, store, fs::copy_options::recursive);
    auto refused = distributor_->start();
    if (refused) {
        scene.got = "started on an old ledger";
        return scene;
    }
    act("restored, the node refuses: " + refused.error().message);
    // Its owner is the forger, and deletes what stands in his way.
    fs::remove(distributor_->folder() / "anchor");
    const auto accepted = run_program(
        {"ledger", "anchor", "--accept", "--yes", "--config", distributor_->config().string()});
    if (accepted.exit_code != 0) return Error{ErrorKind::unavailable, "anchor: " + accepted.output};
    // A node asks its partners before it signs anything: he waits until none of them can answer.
    for (auto* mirror : {maker_, ems_, oem_}) mirror->stop();
    if (auto started = distributor_->start(); !started) return started.error();
    // Another history, longer than the old copy: the deliveries of before never happened.
    for (const auto* mpn : {"NL52832*", "NL52833*", "NL52811*"}) {
        auto other =
            record(*distributor_, "authorise", {{"org", oem_->org()}, {"mpns", json::array{mpn}}});
        if (!other) return other.error();
    }
    act("its owner deletes the rollback anchor, and signs another history where no mirror answers");
    for (auto* mirror : {maker_, ems_, oem_})
        if (auto started = mirror->start(); !started) return started.error();
    int frozen = 0;
    for (auto* mirror : {maker_, ems_, oem_}) {
        std::string why;
        wait_until([&] {
            const auto health = mirror->client().get("/v1/health");
            if (!health) return false;
            for (const auto& partner : health->at("partners").as_array())
                if (partner.at("org").as_string() == distributor_->org())
                    if (const auto* reason = partner.as_object().if_contains("frozen"))
                        why = reason->as_string();
            return !why.empty();
        });
        if (why.empty()) continue;
        ++frozen;
        if (scene.detail.empty()) scene.detail = why;
        act(mirror->org() + " raises the alarm and keeps both signed checkpoints");
    }
    scene.got = "frozen by " + ledger::counted(frozen, "mirror");
    scene.as_told = frozen == 3;
    // A verdict that rests on that log says so from now on.
    auto verdict = check(*ems_, genuine_, "8-rests-on-a-frozen-log", "line");
    if (!verdict) return verdict.error();
    const auto held = told(*verdict, "HOLD", "ledger.evidence");
    if (!held.as_told) {
        scene.as_told = false;
        scene.got += ", but the verdict is " + held.got;
    }
    return scene;
}

Result<SceneResult> Demo::offline_audit() {
    SceneResult scene;
    scene.expected = "verified offline";
    const auto file = folder_ / "board.reelproof";
    auto bundle = oem_->client().post_for_bundle("/v1/trace", symbols(board_));
    if (!bundle) return bundle.error();
    ledger::write_file_durably(file, *bundle, 0600);
    auto history = oem_->client().post("/v1/trace", symbols(board_));
    if (!history) return history.error();
    ledger::write_file_durably(folder_ / "board.svg", ledger::as_bytes(graph_svg(*history)));
    for (const auto& node : nodes_) node->stop();
    act("board PNL23423432-1: " + ledger::counted(bundle->size(), "byte") +
        " of proof; every node is switched off");
    const auto verified = run_program(
        {"proof", "verify", file.string(), "--trust", oem_->config().string(), "--json"});
    scene.got = verified.exit_code == 0 ? "verified offline" : "not verified";
    scene.detail = verified.output;
    if (verified.exit_code != 0) return scene;
    const bool back_to_maker = verified.output.find(maker_->org()) != std::string::npos;
    auto tampered = ledger::parse_bundle_file(*bundle);
    if (!tampered) return tampered.error();
    // Any statement will do. Not any byte of the file: who made it and when is signed by nobody,
    // and a cosignature whose key id was changed is one by an unknown mirror (docs/FORMATS.md 11).
    auto& statement = tampered->logs.front().entries.back().statement;
    statement[statement.size() / 2] ^= 1;
    const auto bad = folder_ / "tampered.reelproof";
    ledger::write_file_durably(bad, ledger::encode_bundle(*tampered), 0600);
    const auto rejected = run_program({"proof", "verify", bad.string()});
    scene.as_told = back_to_maker && rejected.exit_code != 0;
    scene.detail =
        "board, reel, distributor, maker: each signature, inclusion path and checkpoint "
        "holds; with a byte of a statement changed it is refused";
    if (!back_to_maker) scene.detail = "the bundle does not lead back to the maker";
    if (rejected.exit_code == 0) scene.detail = "a changed bundle was taken for good";
    return scene;
}

}  // namespace reelproof::node
