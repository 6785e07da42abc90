#include <fstream>

#include <boost/json.hpp>

#include "ledger/base/secret.h"
#include "ledger/provenance/event_form.h"
#include "tests/ledger/format/vectors_support.h"
#include "tests/ledger/provenance/event_samples_support.h"
#include "tests/memory_scan.h"
#include "tests/paths.h"

namespace reelproof::ledger::tests {

TEST_CASE("every kind of event reads back as it was written") {
    const auto bodies = one_of_every_kind();
    CHECK(bodies.size() == static_cast<std::size_t>(EventKind::other));
    for (const auto& body : bodies) {
        const auto text = format_body(body);
        INFO(text);
        const auto read = parse_body(text);
        REQUIRE(read);
        CHECK(same_body(*read, body));
        CHECK(format_body(*read) == text);
    }
}

// The file holds what has been checked against the JSON schema of EPCIS 2.0.1. Sealed events are
// kept for decades: a difference here is a change of a persistent format.
TEST_CASE("the form of every kind of event is the one that was checked against EPCIS 2.0") {
    std::ifstream file(reelproof::tests::source_dir() / "tests/ledger/provenance/events.jsonl");
    std::string line;
    for (const auto& body : one_of_every_kind()) {
        REQUIRE(std::getline(file, line));
        CHECK(format_body(body) == line);
    }
    CHECK_FALSE(std::getline(file, line));
}

TEST_CASE("a relabel event commits to the item that the old one goes on as") {
    SealedBody body;
    body.event.kind = EventKind::relabel;
    body.event.time = 1772440009;
    body.event.item = item_uri("northline.example", "0123456789ABCDEFGHJKMNPQRS");
    body.event.successor =
        successor_commitment(ItemKey(Bytes(32, 0x11)), item_id_of_uri(body.event.item));
    const auto text = format_body(body);
    CHECK(text ==
          R"({"event":{"type":"ObjectEvent","eventTime":"2026-03-02T08:26:49.000Z",)"
          R"("eventTimeZoneOffset":"+00:00","epcList":)"
          R"(["https://northline.example/i/0123456789ABCDEFGHJKMNPQRS"],"action":"DELETE",)"
          R"("bizStep":"repackaging","disposition":"inactive","rp:successor":)"
          R"("044d22f697448b240433d0c92a95eb3f81e58615620024242a31554dbbc0d944"},"prev":[]})");
    const auto read = parse_body(text);
    REQUIRE(read);
    CHECK(same_body(*read, body));
    CHECK(successor_commitment(ItemKey(Bytes(32, 0x12)), item_id_of_uri(body.event.item)) !=
          *body.event.successor);
    CHECK(successor_commitment(ItemKey(Bytes(32, 0x11)), "0") != *body.event.successor);
}

TEST_CASE("the customer's part number on a label is kept") {
    auto body = one_of_every_kind().front();
    body.event.facts.customer_pn = "KST-CTRL-04";
    const auto text = format_body(body);
    CHECK(text.find(R"("rp:customerPartNumber":"KST-CTRL-04")") != std::string::npos);
    const auto read = parse_body(text);
    REQUIRE(read);
    CHECK(same_body(*read, body));
}

TEST_CASE("nothing of a large body is left in memory once it was read") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    const reelproof::tests::Marker secret('e');
    auto text = format_body(one_of_every_kind().front());
    text.pop_back();
    text.reserve(kMaxBodySize);
    text += R"(,"x":")";
    for (int i = 0; i < 400; ++i) secret.append_to(text);
    text += "\"}";
    {
        const auto read = parse_body(text);
        INFO(why(read));
        CHECK(read);
    }
    CHECK(secret.present());
    wipe(text.data(), text.size());
    CHECK_FALSE(secret.present());
}

TEST_CASE("an event of a kind that is only read is never written") {
    SealedBody body;
    CHECK_THROWS_AS(format_body(body), std::logic_error);
}

TEST_CASE("kinds have names") {
    CHECK(to_string(EventKind::commission) == "commission");
    CHECK(to_string(EventKind::lot_given) == "lot_given");
    CHECK(to_string(EventKind::other) == "other");
}

namespace {

// The events of one of the shared EPCIS samples, each as the body of an envelope.
std::vector<SealedBody> sample(const std::string& name) {
    std::vector<SealedBody> out;
    const auto file = load_shared("epcis/reelproof/" + name);
    if (file.empty()) return out;
    const auto document = boost::json::parse(as_text(file));
    for (const auto& event : document.at("epcisBody").at("eventList").as_array()) {
        const auto text = boost::json::serialize(
            boost::json::object{{"event", event}, {"prev", boost::json::array()}});
        auto body = parse_body(text);
        INFO(name << ": " << why(body));
        REQUIRE(body);
        out.push_back(std::move(*body));
    }
    return out;
}

}  // namespace

TEST_CASE("EPCIS events of others are read as what they mean") {
    if (!has_shared("epcis/reelproof")) return;
    const std::string reel = "https://id.northline.example/i/3S/NL00012345";
    const std::string split_off = "https://id.brightline-ems.example/i/3S/BL77000001";

    const auto made = sample("01_commission_reel.json").at(0).event;
    CHECK(made.kind == EventKind::commission);
    CHECK(made.item == reel);
    CHECK(made.facts.mpn == "STM32F407VGT6");
    CHECK(made.facts.lot == "7AB123");
    CHECK(made.facts.date_code == "2608");
    CHECK(made.quantity == 1000);
    CHECK(to_iso8601(made.time) == "2026-03-02T08:15:00Z");

    const auto received = sample("04_receive_reel.json").at(0).event;
    CHECK(received.kind == EventKind::receive);
    CHECK(received.from == "id.northline.example");
    CHECK(received.to == "id.dist.example");

    const auto split = sample("06_split_reel.json");
    CHECK(split.at(0).event.kind == EventKind::commission);
    CHECK(split.at(1).event.kind == EventKind::split);
    CHECK(split.at(1).event.item == reel);
    CHECK(split.at(1).event.quantity == 300);
    CHECK(split.at(2).event.kind == EventKind::other);

    const auto load = sample("07_load_reel_on_feeder.json").at(0).event;
    CHECK(load.kind == EventKind::load);
    CHECK(load.item == split_off);
    CHECK(load.feeder == "FDR8-1233334");
    CHECK(load.work_order == "WO-20260402-7");

    const auto consume = sample("08_consume_into_pcba.json").at(0).event;
    CHECK(consume.kind == EventKind::consume);
    CHECK(consume.item == split_off);
    CHECK(consume.quantity == 2);
    CHECK(consume.outputs.size() == 2);
    CHECK(consume.facts.lot == "7AB123");

    CHECK(sample("12_quarantine_reel.json").at(0).event.kind == EventKind::quarantine);
    CHECK(sample("15_release_from_quarantine.json").at(0).event.kind == EventKind::release);
    CHECK(sample("17_depleted_reel.json").at(0).event.kind == EventKind::deplete);
    CHECK(sample("20_scrap_destroy.json").at(0).event.kind == EventKind::scrap);
}

TEST_CASE("EPCIS events that change nothing we replay are read as other") {
    if (!has_shared("epcis/reelproof")) return;
    for (const auto* name : {"02_aggregate_lot_into_reel.json", "09_install_serialised_module.json",
                             "10_transaction_link_coc.json",
                             "13_clone_detected_no_pedigree_match.json", "14_recall_lot.json"})
        for (const auto& body : sample(name)) CHECK(body.event.kind == EventKind::other);
}

TEST_CASE("odd part numbers and lots survive their URI") {
    for (const std::string odd :
         {"MAX3232ESE+T", "BAT54,215", "a/b", "/1T/", "100%", "%41", "ü–漢", "a b#c?d", "..", ""}) {
        const auto uri = lot_uri("northline.example", odd, odd);
        const auto back = lot_of_uri(uri);
        INFO(uri);
        REQUIRE(back);
        CHECK(back->mpn == odd);
        CHECK(back->lot == odd);
        CHECK(uri.find_first_of(" +,#?") == std::string::npos);
    }
    CHECK(lot_uri("o.example", "MAX3232ESE+T", "a/b") ==
          "https://o.example/c/1P/MAX3232ESE%2BT/1T/a%2Fb");
}

TEST_CASE("URIs that are not of our form name nothing") {
    CHECK(org_of_uri("https://dist.example/org") == "dist.example");
    for (const auto* uri :
         {"https://org", "https:///org", "https://a/b/org", "http://a.example/org",
          "https://a.example/orgs", "urn:epc:id:pgln:1", ""})
        CHECK(org_of_uri(uri).empty());
    CHECK(org_of_uri(org_uri("Müller & Söhne/Ost")) == "Müller & Söhne/Ost");
    CHECK(item_id_of_uri("https://o.example/i/ABC") == "ABC");
    for (const auto* uri : {"https://o.example/c/1P/A/1T/i/ABC", "https://o.example/x/i/ABC",
                            "https://o.example", "urn:i/ABC", ""})
        CHECK(item_id_of_uri(uri).empty());
    CHECK_FALSE(lot_of_uri("https://o.example/c/1P/ABC"));
    CHECK_FALSE(lot_of_uri("https://o.example/1T/ABC/c/1P/X"));
}

TEST_CASE("a percent sign without two hex digits stands for itself") {
    CHECK(percent_decode("%4") == "%4");
    CHECK(percent_decode("%") == "%");
    CHECK(percent_decode("%zz%4g%41%e2%82%ac") == "%zz%4gA€");
    CHECK(percent_decode("%+1%-1% 1") == "%+1%-1% 1");
}

}  // namespace reelproof::ledger::tests
