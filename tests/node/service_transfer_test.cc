// Goods between two organisations: shipment, receipt, HOLD and its release, what is refused, and
// the sums of lot accounting.
#include <future>

#include <catch2/catch.hpp>

#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

constexpr const char* kPolicy = R"(version = "7"
[[manufacturer]]
org = "maker.example"
mpns = ["NL52*"]
)";

json::object of(const Label& label) {
    return with_label(label.text);
}

// How many events of that kind the item has, as `node` sees it.
int count(const ServiceNode& node, const Label& label, std::string_view what) {
    const auto trace = node.post("/v1/trace", of(label));
    int found = 0;
    for (const auto& event : trace.body.at("events").as_array())
        if (event.at("what").as_string() == what) ++found;
    return found;
}

}  // namespace

TEST_CASE("goods go to a partner whose ledger has not arrived, sealed numbers do not",
          "[service]") {
    ServiceNode maker("maker.example"), ems("ems.example", &maker);
    maker.partner(ems);  // which is never started
    maker.start();
    const auto reel = issued();
    maker.record("commission", with_labels({reel.text}));
    const auto to_ems = with(with_labels({reel.text}), "to", ems.org());

    const auto sealed = maker.post("/v1/ship", with(to_ems, "po", "4711"));
    INFO(sealed.text);
    CHECK(sealed.status == 503);
    CHECK(sealed.says("the ledger of ems.example has not been fetched yet"));
    const auto stranger = maker.post("/v1/ship", with(to_ems, "to", "who.example"));
    CHECK(stranger.status == 404);
    CHECK(stranger.says("who.example is not a partner known here"));
    CHECK(count(maker, reel, "ship") == 0);

    CHECK(maker.post("/v1/ship", to_ems).status == 201);
    CHECK(count(maker, reel, "ship") == 1);
}

TEST_CASE("a reel is shipped once and received once", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.ship({reel.text});

    const auto again =
        pair.maker.post("/v1/ship", with(with_labels({reel.text}), "to", pair.ems.org()));
    CHECK(again.status == 409);
    CHECK(again.says("on its way to ems.example"));

    const auto received = pair.ems.post("/v1/receive", of(reel));
    INFO(received.text);
    REQUIRE(received.status == 201);
    CHECK(received.member("verdict") == "ACCEPT");
    CHECK(received.member("policy") == "7");
    CHECK(received.body.at("received").as_bool());
    CHECK_FALSE(received.body.at("already").as_bool());

    const auto size = pair.ems.size();
    const auto twice = pair.ems.post("/v1/receive", of(reel));
    CHECK(twice.status == 200);
    CHECK(twice.body.at("already").as_bool());
    CHECK(twice.member("verdict") == "HOLD");  // the same package, or a copy of its label?
    CHECK_FALSE(twice.body.contains("recorded"));
    CHECK(pair.ems.size() == size);

    // The maker sees it arrive, and can't ship what it no longer has.
    REQUIRE(pair.maker.has_log_of(pair.ems));
    const auto gone =
        pair.maker.post("/v1/ship", with(with_labels({reel.text}), "to", pair.ems.org()));
    CHECK(gone.status == 409);
    CHECK(gone.says("ems.example has it"));
}

TEST_CASE("a receipt that is asked for again gets the verdict of the first time", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.ship({reel.text});
    const auto first = pair.ems.post("/v1/receive", of(reel), "key-1");
    REQUIRE(first.status == 201);
    const auto again = pair.ems.post("/v1/receive", of(reel), "key-1");
    INFO(again.text);
    CHECK(again.status == 200);
    for (const auto* same : {"verdict", "next", "findings", "received", "already"})
        CHECK(again.body.at(same) == first.body.at(same));
    // Also when it is gone by then.
    pair.ems.record("load", with(of(reel), "feeder", "1-07"));
    pair.ems.record("deplete", of(reel));
    CHECK(pair.ems.post("/v1/receive", of(reel), "key-1").member("verdict") == "ACCEPT");
}

TEST_CASE("a HOLD is lifted by those who may release, and nobody else", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued({.mpn = "XQ100"});
    pair.ship({reel.text});
    Person clerk(pair.ems, "cleo", {"warehouse"}), quality(pair.ems, "quinn", {"quality"});
    const auto body = with(of(reel), "release_reason", "checked by X-ray");
    const auto size = pair.ems.size();
    const auto refused = clerk.post("/v1/receive", body);
    INFO(refused.text);
    CHECK(refused.status == 403);
    CHECK(refused.says("those who have it: quality"));
    CHECK(pair.ems.size() == size);
    CHECK(clerk.post("/v1/receive", of(reel)).member("verdict") == "HOLD");
    CHECK(quality.post("/v1/receive", body).status == 201);
}

TEST_CASE("the secret of a label is not taken as a reason", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued(), other = issued();
    pair.ship({reel.text});
    REQUIRE(pair.ems.post("/v1/receive", of(reel)).status == 201);
    const auto size = pair.ems.size();
    const auto answer = pair.ems.post(
        "/v1/quarantine", with(of(reel), "reason", "goes with 25SLERPF" + other.serial + " there"));
    CHECK(answer.status == 400);
    CHECK(answer.says("reason holds the secret of a label"));
    CHECK(!answer.says(other.serial));
    CHECK(pair.ems.size() == size);
}

TEST_CASE("a shipment needs a partner, and goods that are here", "[service]") {
    Pair pair;
    const auto reel = issued();
    pair.maker.record("commission", with_labels({reel.text}));
    const auto size = pair.maker.size();
    const auto ship = [&](const Label& label, const char* to) {
        return pair.maker.post("/v1/ship", with(with_labels({label.text}), "to", to));
    };
    const auto stranger = ship(reel, "nobody.example");
    CHECK(stranger.status == 404);
    CHECK(stranger.says("nobody.example is not a partner"));
    CHECK(ship(reel, "maker.example").status == 400);
    CHECK(ship(issued(), "ems.example").status == 409);
    CHECK(pair.maker.size() == size);
}

TEST_CASE("a HOLD is taken in only with a reason, which is an event of its own", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.maker.record("commission", with_labels({reel.text}));
    REQUIRE(pair.ems.has_log_of(pair.maker));  // commissioned, but never shipped to us

    const auto size = pair.ems.size();
    const auto held = pair.ems.post("/v1/receive", of(reel));
    INFO(held.text);
    REQUIRE(held.member("verdict") != "ACCEPT");
    CHECK(held.status == 200);
    CHECK_FALSE(held.body.at("received").as_bool());
    CHECK(pair.ems.size() == size);
}

TEST_CASE("what is released was seen, and does not hold anybody up again", "[service]") {
    // A maker that the policy does not know makes a HOLD.
    Pair pair(kPolicy);
    const auto reel = issued({.mpn = "XQ100"});
    pair.ship({reel.text});
    const auto held = pair.ems.post("/v1/receive", of(reel));
    INFO(held.text);
    REQUIRE(held.member("verdict") == "HOLD");
    CHECK_FALSE(held.body.at("received").as_bool());
    const auto size = pair.ems.size();

    const auto body = with(of(reel), "release_reason", "checked by X-ray");
    const auto taken = pair.ems.post("/v1/receive", body, "rel-1");
    INFO(taken.text);
    REQUIRE(taken.status == 201);
    CHECK(taken.body.at("received").as_bool());
    CHECK(pair.ems.size() == size + 2);
    CHECK(count(pair.ems, reel, "receive") == 1);
    CHECK(count(pair.ems, reel, "release") == 1);
    CHECK(pair.ems.post("/v1/check", of(reel)).member("verdict") == "ACCEPT");

    // The lost answer, asked for again: nothing more is written, and the places are the same.
    const auto retry = pair.ems.post("/v1/receive", body, "rel-1");
    INFO(retry.text);
    CHECK(retry.status == 200);
    CHECK_FALSE(retry.body.at("already").as_bool());
    CHECK(retry.body.at("recorded").at("repeated").as_bool());
    for (int i = 0; i < 2; ++i)
        CHECK(retry.body.at("recorded").at("statements").at(i).at("index") ==
              taken.body.at("recorded").at("statements").at(i).at("index"));
    CHECK(pair.ems.size() == size + 2);
}

TEST_CASE("the reason of a release may come in the query, where pictures have no other place",
          "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued({.mpn = "XQ100"});
    pair.ship({reel.text});
    const std::string path = "/v1/receive?release_reason=";
    const auto taken = pair.ems.post(path + "checked%20by%20X-ray", of(reel), "rel-1");
    INFO(taken.text);
    REQUIRE(taken.status == 201);
    CHECK(taken.body.at("received").as_bool());
    CHECK(count(pair.ems, reel, "release") == 1);
    const auto trace = pair.ems.post("/v1/trace", of(reel));
    CHECK(trace.text.find("checked by X-ray") != std::string::npos);
    // It belongs to the request: the same key for another reason is another request.
    CHECK(pair.ems.post(path + "looked%20at", of(reel), "rel-1").status == 409);
}

TEST_CASE("a history tells which events are kept elsewhere too", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued(), later = issued();
    const auto mirrors_of = [](const ServiceNode& node, const Label& label) {
        const auto told = node.post("/v1/trace", of(label));
        INFO(told.text);
        return told.body.at("events").as_array().at(0).at("mirrors").to_number<int>();
    };
    pair.ship({reel.text});
    CHECK(eventually([&] { return mirrors_of(pair.maker, reel) == 1; }));
    CHECK(mirrors_of(pair.ems, reel) == 1);  // that is us
    const auto checked = pair.maker.post("/v1/check", of(reel));
    CHECK(checked.body.at("proof").as_array().at(0).at("mirrors") == 1);

    pair.ems.stop();
    pair.maker.record("commission", with_labels({later.text}));
    CHECK(mirrors_of(pair.maker, later) == 0);
    CHECK(mirrors_of(pair.maker, reel) == 1);
}

TEST_CASE("a HOLD of a reel that is here already can be released, once", "[service]") {
    // As after a crash between the receipt and its release.
    Pair pair(kPolicy);
    const auto reel = issued({.mpn = "XQ100"});
    pair.ship({reel.text});
    pair.ems.stop();
    pair.ems.policy("version = \"8\"\n");
    pair.ems.start();
    REQUIRE(pair.ems.has_log_of(pair.maker));
    const auto first = pair.ems.post("/v1/receive", of(reel));
    INFO(first.text);
    REQUIRE(first.status == 201);
    pair.ems.stop();
    pair.ems.policy(kPolicy);
    pair.ems.start();

    const auto body = with(of(reel), "release_reason", "checked");
    const auto released = pair.ems.post("/v1/receive", body);
    INFO(released.text);
    CHECK(released.status == 201);
    CHECK(released.body.at("already").as_bool());
    CHECK(count(pair.ems, reel, "release") == 1);
    const auto size = pair.ems.size();
    CHECK(pair.ems.post("/v1/receive", body).status == 200);
    CHECK(pair.ems.size() == size);
}

TEST_CASE("a node that was started again knows how old its copies are", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.ship({reel.text});
    pair.maker.stop();  // its node is away, its log is here
    pair.ems.stop();
    pair.ems.start();
    const auto check = pair.ems.post("/v1/check", of(reel));
    INFO(check.text);
    CHECK(check.member("verdict") == "ACCEPT");
    for (const auto& source : check.body.at("sources").as_array())
        CHECK(source.at("age_seconds").as_int64() < 3600);
}

TEST_CASE("a REJECT is never taken in, whatever the reason", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.ship({reel.text});
    pair.maker.record("recall", {{"mpn", "NL52840-QIAA-R"}, {"reason", "die crack"}});
    REQUIRE(pair.ems.has_log_of(pair.maker));
    const auto size = pair.ems.size();
    const auto answer = pair.ems.post("/v1/receive", with(of(reel), "release_reason", "hurry"));
    INFO(answer.text);
    CHECK(answer.member("verdict") == "REJECT");
    CHECK_FALSE(answer.body.at("received").as_bool());
    CHECK(answer.status == 200);
    CHECK(pair.ems.size() == size);
}

TEST_CASE("a label that nobody recorded is not received but relabelled", "[service]") {
    Pair pair(kPolicy);
    const auto size = pair.ems.size();
    for (const auto& label : {issued().text, makers_label(), makers_label({.serial = "S4711"})}) {
        const auto held = pair.ems.post("/v1/receive", with_label(label));
        CHECK(held.member("verdict") == "HOLD");
        const auto forced =
            pair.ems.post("/v1/receive", with(with_label(label), "release_reason", "known broker"));
        INFO(forced.text);
        CHECK(forced.status == 409);
        CHECK(forced.says("relabel"));
    }
    CHECK(pair.ems.size() == size);
}

TEST_CASE("scans of one reel at the same moment give one receipt", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.ship({reel.text});
    std::vector<std::future<Answer>> scans;
    for (int i = 0; i < 6; ++i)
        scans.push_back(
            std::async(std::launch::async, [&] { return pair.ems.post("/v1/receive", of(reel)); }));
    int received = 0;
    for (auto& scan : scans) {
        const auto answer = scan.get();
        INFO(answer.text);
        if (answer.status == 201)
            ++received;
        else
            CHECK((answer.status == 200 || answer.status == 409));
    }
    CHECK(received == 1);
    CHECK(count(pair.ems, reel, "receive") == 1);
}

TEST_CASE("lot accounting adds up across organisations", "[service]") {
    const std::string policy = std::string("lot_accounting = true\n") + kPolicy;
    Pair pair(policy);
    std::vector<std::string> labels;
    for (int i = 0; i < 3; ++i) labels.push_back(issued({.quantity = 1000}).text);
    pair.ship(labels);
    for (const auto& label : labels) {
        const auto answer = pair.ems.post("/v1/receive", with_label(label));
        INFO(answer.text);
        REQUIRE(answer.status == 201);
        CHECK(answer.body.at("recorded").at("items").as_array().size() == 1);
    }
    // What was sealed under the lot's key: 3,000 made, three times 1,000 taken in.
    const auto trace = pair.ems.post("/v1/trace", with_label(makers_label()));
    INFO(trace.text);
    std::map<std::string, std::int64_t> sums;
    for (const auto& event : trace.body.at("events").as_array())
        sums[std::string(event.at("what").as_string())] += event.at("quantity").as_int64();
    CHECK(sums == std::map<std::string, std::int64_t>{{"lot_made", 3000}, {"lot_taken", 3000}});

    // One package more than was made.
    const auto extra = issued({.quantity = 1000});
    pair.ems.record("relabel",
                    with(with_label(makers_label({.quantity = 1000})), "new_symbols", extra.text));
    const auto verdict = pair.ems.post("/v1/check", of(extra));
    INFO(verdict.text);
    CHECK(verdict.member("verdict") == "REJECT");
    CHECK(verdict.text.find("quantity.overissue") != std::string::npos);
}

TEST_CASE("goods that come back undelivered are received by their sender", "[service]") {
    Pair pair(kPolicy);
    const auto reel = issued();
    pair.ship({reel.text});
    // It may as well be a copy of the label: a person says that it is not.
    CHECK(pair.maker.post("/v1/receive", of(reel)).member("verdict") == "HOLD");
    const auto back = pair.maker.post("/v1/receive", with(of(reel), "release_reason", "refused"));
    INFO(back.text);
    CHECK(back.status == 201);
    REQUIRE(pair.ems.has_log_of(pair.maker));
    const auto late = pair.ems.post("/v1/receive", of(reel));
    INFO(late.text);
    CHECK_FALSE(late.body.at("received").as_bool());
}

TEST_CASE("numbers of an order are for whom they were sealed, and nobody else", "[service]") {
    ServiceNode maker("maker.example"), ems("ems.example", &maker), bank("bank.example", &maker);
    for (auto* one : {&maker, &ems, &bank})
        for (auto* other : {&maker, &ems, &bank})
            if (one != other) one->partner(*other);
    for (auto* one : {&maker, &ems, &bank}) one->start();
    const auto open = issued(), closed = issued();
    maker.record("commission", with_labels({open.text, closed.text}));
    const json::object order{{"to", "ems.example"}, {"po", "4711"}, {"price", "EUR 0.42"}};
    const auto ship = [&](const Label& label, const json::array& also) {
        auto body = with_labels({label.text});
        for (const auto& [name, value] : order) body[name] = value;
        body["also"] = also;
        return maker.post("/v1/ship", body);
    };
    CHECK(eventually([&] {
        return ship(open, {"nobody.example"}).says("also: nobody.example is not a partner");
    }));
    CHECK(eventually([&] { return ship(open, {"bank.example"}).status == 201; }));
    CHECK(eventually([&] { return ship(closed, {}).status == 201; }));
    const std::string all = R"({"po":"4711","price":"EUR 0.42"})";
    CHECK(sealed_in(ems, open) == all);
    CHECK(sealed_in(bank, open) == all);
    CHECK(sealed_in(maker, open) == all);
    CHECK(sealed_in(ems, closed) == all);
    CHECK(sealed_in(bank, closed) == "null");
    // Nobody is named to read nothing.
    auto empty = with_labels({open.text});
    empty["to"] = "ems.example";
    empty["also"] = json::array{"bank.example"};
    CHECK(maker.post("/v1/ship", empty).says("nothing is sealed"));
}

}  // namespace reelproof::node::tests
