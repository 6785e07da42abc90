// EPCIS 2.0 at a real node: what programs capture becomes events of the ledger, and what comes out
// is what this node can read.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "api/service/named_queries.h"
#include "tests/node/epcis_support.h"
#include "tests/node/person_support.h"
#include "tests/shared_data.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

std::vector<std::filesystem::path> files_in(const std::string& folder) {
    std::vector<std::filesystem::path> out;
    const auto found = reelproof::tests::shared_data(folder);
    if (!found) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*found))
        if (entry.is_regular_file() && entry.path().filename() != "reasons.json")
            out.push_back(entry.path());
    return out;
}

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

}  // namespace

TEST_CASE("EPCIS: a reel is made, shipped and taken in by captured events", "[service][epcis]") {
    Pair pair;
    const Door maker{pair.maker}, ems{pair.ems};
    const auto reel = printed(pair.maker);
    const auto name = uri("maker.example", reel);
    // In one document, the second upon the first.
    const auto job = maker.capture({commissioned(name), shipped({name}, "ems.example")});
    INFO(json::serialize(job));
    CHECK(job.at("success") == true);
    CHECK(job.at("captureErrorBehaviour") == "rollback");
    REQUIRE(pair.in_step());
    // The ledger has them as it has its own.
    const auto checked =
        pair.ems.post("/v1/check", with(with_label(reel.text), "place", "receiving"));
    INFO(checked.text);
    CHECK(checked.member("verdict") == "ACCEPT");
    CHECK(checked.body.at("state").at("in_transit_to") == "ems.example");
    auto received = seen({name}, "receiving");
    received["disposition"] = "in_progress";
    received["sourceList"] = party("source", "maker.example");
    received["destinationList"] = party("destination", "ems.example");
    received["ex:dock"] = "north";
    const auto taken = ems.capture({received});
    INFO(json::serialize(taken));
    CHECK(taken.at("success") == true);
    const auto trace = pair.ems.post("/v1/trace", with_label(reel.text));
    CHECK(trace.body.at("state").at("holder") == "ems.example");
    CHECK(trace.text.find("\"receive\"") != std::string::npos);

    // The maker's people find what its programs made and shipped.
    CHECK(eventually([&] {
        const auto found =
            pair.maker.post("/v1/search", {{"kind", "lot"}, {"text", "7AB123"}}).body;
        return found.at("items").as_array().size() == 1;
    }));

    // Who knows the label reads what both recorded, in the words of each.
    const auto events = ems.events("?MATCH_epc=" + encoded(name) + "&orderDirection=ASC");
    REQUIRE(events.size() == 3);
    std::set<std::string> steps;
    for (const auto& one : events) {
        steps.insert(std::string(one.at("bizStep").as_string()));
        CHECK(one.at("epcList") == json::array{name});
        CHECK(one.at("recordTime").is_string());
        CHECK(one.at("eventID").is_string());
    }
    CHECK(steps == std::set<std::string>{"commissioning", "shipping", "receiving"});
    CHECK(ems.events("?EQ_ex:dock=north").size() == 1);
    CHECK(ems.events("?EQ_ILMD_rp:lotCode=7AB123").size() == 1);
    const auto all = ems.get("/events").text;
    CHECK(all.find(reel.text.substr(reel.text.find("RP"), 28)) == std::string::npos);
}

TEST_CASE("EPCIS: the same event is recorded once", "[service][epcis]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    auto inspected = seen({uri("ems.example", reel)});
    const auto first = door.send(kPost, "/events", single(inspected));
    INFO(first.text);
    REQUIRE(first.status == 201);
    const auto size = node.size();
    const auto location = std::string(first.headers.get("Location").value());
    CHECK(location.starts_with("/events/urn%3Auuid%3A"));
    // Said again, written otherwise, or in a document: nothing new.
    CHECK(door.send(kPost, "/events", single(inspected)).headers.get("Location") == location);
    inspected["recordTime"] = "2026-11-20T12:00:00Z";
    CHECK(door.send(kPost, "/events", single(inspected)).headers.get("Location") == location);
    inspected.erase("recordTime");
    CHECK(door.capture({inspected, inspected}).at("success") == true);
    CHECK(node.size() == size);
    const auto shown = door.get(location);
    CHECK(shown.status == 200);
    CHECK(shown.body.at("bizStep") == "inspecting");
    CHECK(shown.body.at("@context").is_array());
    // A history tells it by its step, for no kind of ours fits.
    const auto traced = node.post("/v1/trace", with_label(reel.text));
    CHECK(traced.body.contains("verdict"));
    for (const auto& told : traced.body.at("events").as_array())
        if (told.at("what").as_string() != "commission")
            CHECK(told.at("step").as_string() == "inspecting");
    // Another event under the same name is not.
    inspected["eventID"] = shown.body.at("eventID");
    inspected["disposition"] = "conformant";
    const auto other = door.send(kPost, "/events", single(inspected));
    CHECK(other.status == 409);
    CHECK(other.member("type") == "epcisException:ResourceAlreadyExistsException");
    CHECK(other.member("pointer") == "/eventID");
    CHECK(node.size() == size);
    // Events that were recorded otherwise have a name too.
    const auto made = door.events("?EQ_bizStep=commissioning").at(0).at("eventID").as_string();
    CHECK(door.get("/events/" + encoded(std::string(made))).body.at("eventID") == made);
    CHECK(door.get("/events/urn%3Ax%3A1").status == 404);
}

TEST_CASE("EPCIS: of a document all events are recorded, or those that can be",
          "[service][epcis]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    const auto reel = issued(), stranger = issued();
    node.record("commission", with_labels({reel.text}));
    const auto name = uri("ems.example", reel);
    const auto size = node.size();
    auto scrapped = event("ObjectEvent", "DELETE", "destroying", {name});
    const json::array unknown{seen({name}), seen({uri("ems.example", stranger)}), scrapped};
    auto job = door.capture(unknown);
    CHECK(job.at("success") == false);
    CHECK(job.at("errors").as_array().size() == 1);
    const auto error = job.at("errors").at(0);
    CHECK(error.at("event") == 1);
    CHECK(error.at("pointer") == "/epcisBody/eventList/1");
    CHECK(error.at("type") == "epcisException:ValidationException");
    CHECK(error.at("detail").as_string().find("is not known here") != json::string::npos);
    CHECK(node.size() == size);
    // What contradicts the ledger, or the document itself, undoes all of it as well.
    job = door.capture(
        {scrapped, seen({name}), event("ObjectEvent", "DELETE", "decommissioning", {name})});
    CHECK(job.at("success") == false);
    CHECK(job.at("errors").at(0).at("event") == 2);
    CHECK(job.at("errors").at(0).at("detail").as_string().find("no longer exists") !=
          json::string::npos);
    CHECK(node.size() == size);

    job = door.capture(unknown, "proceed");
    CHECK(job.at("success") == false);
    CHECK(job.at("errors").as_array().size() == 1);
    CHECK(
        door.steps("?MATCH_epc=" + encoded(name) + "&EQ_bizStep=inspecting%7Cdestroying").size() ==
        2);
    // An event that is none of EPCIS's stops a document, or is told with the others.
    auto wrong = seen({name});
    wrong["bizStep"] = "transforming";
    const auto refused = door.send(kPost, "/capture", document({seen({name}), wrong}));
    CHECK(refused.status == 400);
    CHECK(refused.body.at("event") == 1);
    CHECK(refused.member("pointer") == "/epcisBody/eventList/1/bizStep");
    CHECK(door.capture({wrong}, "proceed").at("errors").at(0).at("event") == 0);
    // Told is where it is, and of a long way there as much as fits.
    json::value deep = json::object{{"undeclared:x", 1}};
    for (int i = 0; i < 9; ++i) deep = json::object{{"ex:" + std::string(200, 'y'), deep}};
    auto nested = seen({name});
    nested["ex:z"] = deep;
    const auto told = door.capture({nested}, "proceed").at("errors").at(0).at("pointer");
    CHECK(told.as_string().starts_with("/epcisBody/eventList/0/ex:z/ex:yyy"));
    CHECK(told.as_string().ends_with("yyy"));
    CHECK(told.as_string().size() <= 1024);
    CHECK(
        door.send(kPost, "/capture", document({}), {{"GS1-Capture-Error-Behaviour", "x"}}).status ==
        400);
    const auto jobs = door.get("/capture?perPage=2");
    CHECK(json::parse(jobs.text).as_array().size() == 2);
    CHECK(jobs.headers.get("Link").value_or("").find("rel=\"next\"") != std::string_view::npos);
}

TEST_CASE("EPCIS: an event about several things is kept as parts and told as one",
          "[service][epcis]") {
    Pair pair;
    const Door maker{pair.maker}, ems{pair.ems};
    const auto first = issued(), second = issued();
    pair.maker.record("commission", with_labels({first.text, second.text}));
    const auto one = uri("maker.example", first), two = uri("maker.example", second);
    const std::string carton = "urn:epc:id:sscc:4012345.0111111111";
    auto packed = event("AggregationEvent", "ADD", "packing", {});
    packed["parentID"] = carton;
    packed["childEPCs"] = json::array{one, two};
    CHECK(maker.capture({packed}).at("success") == true);
    const auto told = maker.events("?MATCH_parentID=" + encoded(carton));
    REQUIRE(told.size() == 1);
    CHECK(told.at(0).at("childEPCs") == json::array{one, two});
    CHECK(maker.events("?EQ_bizStep=packing").size() == 1);
    // Who has one label learns of that item alone.
    REQUIRE(pair.in_step());
    CHECK(ems.events().empty());
    REQUIRE(pair.ems.post("/v1/check", with(with_label(first.text), "place", "receiving")).status ==
            200);
    const auto part = ems.events("?EQ_bizStep=packing");
    REQUIRE(part.size() == 1);
    CHECK(part.at(0).at("childEPCs") == json::array{one});
    CHECK(part.at(0).at("parentID").as_string() == carton);
    CHECK(ems.get("/events").text.find(second.item) == std::string::npos);
    CHECK(ems.events("?MATCH_parentID=" + encoded(carton)).empty());
}

TEST_CASE("EPCIS: parts are used up, and boards are made of them", "[service][epcis]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto name = uri("ems.example", reel);
    auto loaded = event("AssociationEvent", "ADD",
                        "https://ns.reelproof.example/epcis/bizstep/feeder_loading", {});
    loaded["parentID"] = "https://ems.example/asset/feeder/1-07";
    loaded["childEPCs"] = json::array{name};
    loaded["disposition"] = "in_progress";
    CHECK(door.capture({loaded}).at("success") == true);
    const auto panel = printed(node);
    auto placed = event("TransformationEvent", "", "commissioning", {});
    placed["inputQuantityList"] = json::array{json::object{
        {"epcClass", "https://ems.example/c/1P/NL52840-QIAA-R/1T/7AB123"}, {"quantity", 4}}};
    placed["outputEPCList"] = json::array{uri("ems.example", panel)};
    placed["rp:consumedFrom"] = name;
    auto job = door.capture({placed});
    INFO(json::serialize(job));
    CHECK(job.at("success") == true);
    const auto state = node.post("/v1/check", with_label(reel.text));
    CHECK(state.body.at("state").at("remaining").to_number<int>() == 2996);
    CHECK(node.post("/v1/trace", with_label(panel.text)).body.at("made_of") ==
          json::array{reel.item});
    CHECK(door.events("?MATCH_outputEPC=" + encoded(uri("ems.example", panel))).size() == 1);
    placed["inputQuantityList"].at(0).as_object()["quantity"] = 5000;
    job = door.capture({placed});
    CHECK(job.at("success") == false);
    CHECK(job.at("errors").at(0).at("detail").as_string().find("2996 parts left") !=
          json::string::npos);
}

TEST_CASE("EPCIS: events of others' things are kept, and nobody else reads them",
          "[service][epcis]") {
    Pair pair;
    const Door maker{pair.maker}, ems{pair.ems};
    auto measured = event("ObjectEvent", "OBSERVE", "sensor_reporting", {});
    measured["readPoint"] = {{"id", "https://maker.example/loc/dry-cabinet"}};
    measured["sensorElementList"] = json::array{json::object{
        {"sensorReport", json::array{json::object{{"type", "RelativeHumidity"}, {"value", 4.5}}}}}};
    const std::string foreign = "https://id.gs1.org/01/09521141012345/21/2017";
    CHECK(maker.capture({measured, seen({foreign}, "storing")}).at("success") == true);
    CHECK(maker.events("?EQ_readPoint=" + encoded("https://maker.example/loc/dry-cabinet"))
              .at(0)
              .at("sensorElementList")
              .at(0)
              .at("sensorReport")
              .at(0)
              .at("value") == 4.5);
    CHECK(maker.events("?MATCH_epc=" + encoded(foreign)).size() == 1);
    REQUIRE(pair.in_step());
    CHECK(ems.events().empty());
    CHECK(ems.events("?MATCH_epc=" + encoded(foreign)).empty());
}

TEST_CASE("EPCIS: of a place there are more events than one history holds",
          "[service][epcis][.slow]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    const std::string thing = "urn:example:cabinet:1";
    const auto events = [&](int from, int to) {
        json::array out;
        for (int i = from; i < to; ++i) {
            auto one = seen({thing}, "storing");
            one["readPoint"] = {{"id", "urn:example:place:" + std::to_string(i)}};
            out.push_back(std::move(one));
        }
        return out;
    };
    for (int i = 0; i < 1500; i += 500)
        CHECK(door.capture(events(i, i + 500)).at("success") == true);
    CHECK(door.events("?perPage=1000").size() == 1000);
    CHECK(door.events("?perPage=1000&MATCH_epc=" + encoded(thing) +
                      "&EQ_readPoint=urn:example:place:7")
              .size() == 1);
    CHECK(door.events("?perPage=1000&MATCH_epc=" + encoded(thing) +
                      "&EQ_readPoint=urn:example:place:1499")
              .size() == 1);
    const auto last =
        door.events("?MATCH_anyEPC=" + encoded(thing) + "&EQ_readPoint=urn:example:place:1499")
            .at(0);
    CHECK(door.get("/events/" + encoded(std::string(last.at("eventID").as_string()))).status ==
          200);
    const auto items = [&] { return door.get("/epcs").body.at("member").as_array().size(); };
    CHECK(items() == 1);
}

TEST_CASE("EPCIS: queries are ordered, paged and named", "[service][epcis]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    json::array events;
    for (int i = 0; i < 7; ++i) {
        auto one =
            seen({"urn:example:thing:" + std::to_string(i % 3)}, i < 4 ? "storing" : "picking");
        one["eventTime"] = "2026-11-2" + std::to_string(i) + "T12:00:00.000Z";
        one["disposition"] = "active";
        events.push_back(std::move(one));
    }
    REQUIRE(door.capture(events).at("success") == true);
    std::string path = "/events?orderBy=eventTime&orderDirection=ASC&perPage=3";
    std::vector<std::string> times;
    for (int pages = 0; !path.empty(); ++pages) {
        REQUIRE(pages < 4);
        const auto answer = door.get(path);
        REQUIRE(answer.status == 200);
        for (const auto& one : Door::list_of(answer))
            times.emplace_back(one.at("eventTime").as_string());
        const std::string link(answer.headers.get("Link").value_or(""));
        CHECK(answer.headers.has("GS1-Next-Page-Token-Expires") == !link.empty());
        path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    }
    CHECK(times.size() == 7);
    CHECK(std::is_sorted(times.begin(), times.end()));
    CHECK(door.events("?GE_eventTime=2026-11-22T12:00:00Z&LT_eventTime=2026-11-24T12:00:00Z")
              .size() == 2);
    CHECK(door.events("?EQ_bizStep=storing%7Cpicking&EQ_action=OBSERVE").size() == 7);
    CHECK(door.events("?eventType=AggregationEvent").empty());
    CHECK(door.events("?eventCountLimit=2").size() == 2);
    CHECK(door.get("/events?maxEventCount=2").status == 413);
    for (const auto* wrong : {"?GE_eventTime=yesterday", "?EQ_action=MOVE", "?orderBy=colour",
                              "?perPage=0", "?nextPageToken=x", "?EQ_quantity=many", "?unknown=1",
                              "?orderDirection=UP", "?eventCountLimit=1&maxEventCount=1"}) {
        const auto answer = door.get("/events" + std::string(wrong));
        INFO(wrong << ": " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.member("type") == "epcisException:QueryParameterException");
    }
    // Resources.
    CHECK(door.get("/bizSteps").body.at("member") == json::array{"picking", "storing"});
    CHECK(door.get("/epcs?perPage=2").body.at("member").as_array().size() == 2);
    CHECK(door.get("/eventTypes").body.at("member").as_array().size() == 5);
    CHECK(door.get("/eventTypes/ObjectEvent").status == 200);
    CHECK(door.get("/eventTypes/NoEvent").status == 404);
    CHECK(door.get("/bizSteps/picking").body.at("member") == json::array{"events"});
    CHECK(door.get("/bizSteps/cooking").status == 404);
    CHECK(Door::list_of(door.get("/bizSteps/picking/events")).size() == 3);
    CHECK(Door::list_of(
              door.get("/epcs/" + encoded("urn:example:thing:0") + "/events?EQ_bizStep=storing"))
              .size() == 2);
    // Named.
    const std::string named =
        R"({"name":"picked","query":{"EQ_bizStep":["picking"],"orderBy":"eventTime"}})";
    CHECK(door.send(kPost, "/queries", named).status == 201);
    CHECK(door.send(kPost, "/queries", named).status == 409);
    CHECK(door.send(kPost, "/queries", R"({"name":"x","query":{"EQ_colour":"y"}})").status == 400);
    CHECK(json::parse(door.get("/queries").text).as_array().size() == 1);
    CHECK(door.get("/queries/picked").body.at("query").at("orderBy") == "eventTime");
    CHECK(Door::list_of(door.get("/queries/picked/events?perPage=2")).size() == 2);
    const auto missing = door.get("/queries/none/events");
    CHECK(missing.status == 404);
    CHECK(missing.member("type") == "epcisException:NoSuchNameException");
    CHECK(door.send(kDelete, "/queries/picked").status == 204);
    CHECK(door.get("/queries/picked").status == 404);
}

TEST_CASE("EPCIS: a query's name is one that can be asked for, and goes with its maker or an admin",
          "[service][epcis]") {
    ServiceNode node("ems.example");
    const auto maker = node.token("line-7", {"read"}), other = node.token("line-8", {"read"}),
               admin = node.token("admin", {"admin"});
    node.start();
    const Door door{node};
    const auto as = [&](const std::string& token, api::Method method, const std::string& path,
                        const std::string& body = {}) {
        return node.send(method, path, body, body.empty() ? "" : "application/json",
                         {{"Authorization", "Bearer " + token}});
    };
    const auto named = [](const std::string& name) {
        return json::serialize(json::object{{"name", name}, {"query", json::object()}});
    };
    for (const auto* name : {".", "..", "a\\..", "..\\b", "a/b", ""}) {
        const auto refused = as(maker, kPost, "/queries", named(name));
        INFO(name << ": " << refused.text);
        CHECK(refused.status == 400);
        CHECK(refused.member("detail").starts_with("name must be"));
    }
    CHECK(as(maker, kPost, "/queries", named("a..b")).status == 201);
    CHECK(as(maker, kPost, "/queries", named("...")).status == 201);
    CHECK(as(maker, kPost, "/queries", named("old")).status == 201);
    CHECK(as(other, kDelete, "/queries/a..b").status == 403);
    CHECK(as(maker, kDelete, "/queries/a..b").status == 204);
    CHECK(door.send(kDelete, "/queries/...").status == 204);
    // Who administers need not be able to read what it is of.
    CHECK(as(admin, kGet, "/queries/old").status == 403);
    CHECK(as(admin, kDelete, "/queries/old").status == 204);
    // One maker leaves room for the others.
    for (std::size_t i = 0; i < api::NamedQueries::kMostEach; ++i)
        REQUIRE(as(maker, kPost, "/queries", named("q" + std::to_string(i))).status == 201);
    const auto more = as(maker, kPost, "/queries", named("one-more"));
    CHECK(more.status == 413);
    CHECK(more.says("you have 50 queries"));
    CHECK(as(other, kPost, "/queries", named("one-more")).status == 201);
}

TEST_CASE("EPCIS: versions and forms are agreed by headers", "[service][epcis]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    const auto options = node.send(kOptions, "/capture", "", "", {});
    CHECK(options.status == 204);
    CHECK(options.headers.get("Allow") == "GET, HEAD, OPTIONS, POST");
    CHECK(options.headers.get("GS1-EPCIS-Version") == "2.0.0");
    CHECK(options.headers.get("GS1-CBV-Max") == "2.0.0");
    CHECK(options.headers.get("GS1-EPCIS-Capture-Limit") == "1000");
    CHECK(options.headers.get("GS1-Capture-Error-Behaviour") == "all");
    const auto events = door.get("/events");
    CHECK(events.headers.get("GS1-EPCIS-Version") == "2.0.0");
    CHECK(events.headers.has("GS1-Extensions"));
    const auto with_header = [&](const char* name, const char* value) {
        return door.send(kGet, "/events", "", {{name, value}}).status;
    };
    CHECK(with_header("GS1-EPCIS-Min", "2.0") == 200);
    CHECK(with_header("GS1-EPCIS-Min", "2.1") == 406);
    CHECK(with_header("GS1-EPCIS-Max", "1.2") == 406);
    CHECK(with_header("GS1-CBV-Version", "2") == 200);
    CHECK(with_header("GS1-EPC-Format", "Always_EPC_URN") == 406);
    CHECK(with_header("Accept", "application/xml") == 406);
    CHECK(with_header("Accept", "text/html, application/ld+json;q=0.5") == 200);
    const auto xml = node.send(kPost, "/capture", "<epcis/>", "application/xml",
                               {{"Authorization", "Bearer " + node.all_scopes()}});
    CHECK(xml.status == 415);
    CHECK(xml.member("type") == "epcisException:UnsupportedMediaTypeException");
}

TEST_CASE("EPCIS: who may read is let in, and each look is in the audit log", "[service][epcis]") {
    ServiceNode node("ems.example");
    const auto other = node.token("other", {"write"});
    node.start();
    const Door door{node};
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    Person quality(node, "vera", {"quality"}), supplier(node, "sam", {"supplier"});
    CHECK(supplier.get("/events").status == 403);
    CHECK(supplier.get("/epcs").status == 403);
    const auto seen = quality.get("/events");
    REQUIRE(seen.status == 200);
    CHECK(Door::list_of(seen).size() == 1);
    CHECK(quality.get("/capture").status == 403);
    // On disk within two commits after the answer.
    const auto tells = [&](const std::string& query, const char* who) {
        return eventually(
            [&] { return node.get("/v1/audit?" + query).text.find(who) != std::string::npos; });
    };
    CHECK(tells("what=/events&about=" + reel.item, "person vera"));
    CHECK(tells("what=/events&allowed=false", "person sam"));
    // A job is told to who handed it in.
    const auto accepted = door.send(kPost, "/capture", document({}));
    CHECK(accepted.status == 202);
    CHECK(node.send(kGet, std::string(accepted.headers.get("Location").value()), "", "",
                    {{"Authorization", "Bearer " + other}})
              .status == 404);
}

TEST_CASE("EPCIS: others' documents are accepted or refused at the door", "[service][epcis]") {
    ServiceNode node("ems.example");
    node.start();
    const Door door{node};
    const auto size = node.size();
    for (const auto* folder : {"epcis/valid", "epcis/reelproof"})
        for (const auto& file : files_in(folder)) {
            const auto text = text_of(file);
            const bool one = file.parent_path().filename() == "openepcis-events";
            const auto answer = door.send(kPost, one ? "/events" : "/capture", text);
            INFO(file.filename() << ": " << answer.status << " " << answer.text);
            // Several of the examples are different events under one eventID.
            CHECK((answer.status == (one ? 201 : 202) || (one && answer.status == 409)));
        }
    const auto after = node.size();
    CHECK((after > size || files_in("epcis/valid").empty()));
    for (const auto& file : files_in("epcis/invalid")) {
        if (file.parent_path().filename() == "openepcis-queries") continue;
        const auto answer = door.send(kPost, "/capture", text_of(file));
        INFO(file.filename() << ": " << answer.status << " " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.member("type") == "epcisException:ValidationException");
    }
    CHECK(node.size() == after);
    for (const auto& file : files_in("epcis/invalid/openepcis-queries")) {
        const auto answer =
            door.send(kPost, "/queries", R"({"name":"wrong","query":)" + text_of(file) + "}");
        INFO(file.filename() << ": " << answer.text);
        CHECK(answer.status == 400);
    }
}

TEST_CASE("EPCIS: what a document records at once is bounded", "[service][epcis]") {
    ServiceNode node("maker.example");
    node.start();
    const Door door{node};
    json::array events;
    for (int i = 0; i < 9; ++i) {
        json::array things;
        for (int n = 0; n < 250; ++n)
            things.emplace_back("urn:ex:" + std::to_string(i) + "." + std::to_string(n));
        auto event = seen({}, "inspecting");
        event["epcList"] = things;
        events.push_back(event);
    }
    const auto size = node.size();
    const auto job = door.capture(events);
    INFO(json::serialize(job).substr(0, 500));
    CHECK(job.at("success") == false);
    CHECK(json::serialize(job).find("more than 2000 things") != std::string::npos);
    CHECK(node.size() == size);
}

}  // namespace reelproof::node::tests
