// Conditions of queries, each against events that fit it and events that don't.
#include "api/epcis/query.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

Shown shown(const std::string& event) {
    return {json::parse(event).as_object(), 1'796'083'200, "ems.example"};
}

bool takes(const std::string& name, const std::vector<std::string>& values,
           const std::string& event) {
    EventQuery query;
    const auto refused = query.add(name, values);
    INFO(name << ": " << (refused ? refused->detail : ""));
    REQUIRE_FALSE(refused);
    return query.takes(shown(event));
}

std::string at(const std::string& place, const std::string& member = "readPoint") {
    return R"({"type":"ObjectEvent",")" + member + R"(":{"id":")" + place + R"("}})";
}

}  // namespace

TEST_CASE("a place is asked for alone, or with the places within it", "[epcis]") {
    const std::string hall = "https://ems.example/l/hall-2";
    CHECK(takes("EQ_readPoint", {hall}, at(hall)));
    CHECK_FALSE(takes("EQ_readPoint", {hall}, at(hall + "/gate-1")));
    for (const std::string member : {"readPoint", "bizLocation"}) {
        const auto name = "WD_" + member;
        CHECK(takes(name, {hall}, at(hall, member)));
        CHECK(takes(name, {"https://x.example/", hall}, at(hall + "/gate-1", member)));
        CHECK(takes(name, {"https://ems.example/l/"}, at(hall + "/gate-1", member)));
        CHECK_FALSE(takes(name, {hall}, at("https://ems.example/l/hall-20", member)));
        CHECK_FALSE(takes(name, {hall + "/gate-1"}, at(hall, member)));
        CHECK_FALSE(takes(name, {hall}, R"({"type":"ObjectEvent"})"));
    }
    CHECK_FALSE(takes("WD_readPoint", {hall}, at(hall, "bizLocation")));
    // GS1: what a Digital Link adds, and the extensions of a site.
    CHECK(takes("WD_readPoint", {"https://id.gs1.org/414/9521321000010"},
                at("https://id.gs1.org/414/9521321000010/254/4711")));
    CHECK(takes("WD_readPoint", {"urn:epc:id:sgln:0614141.00777.0"},
                at("urn:epc:id:sgln:0614141.00777.4711")));
    CHECK_FALSE(takes("WD_readPoint", {"urn:epc:id:sgln:0614141.00777.4"},
                      at("urn:epc:id:sgln:0614141.00777.4711")));
    CHECK_FALSE(takes("WD_readPoint", {"urn:epc:id:sgln:0614141.00777.0"},
                      at("urn:epc:id:sgln:0614141.00778.0")));
    CHECK_FALSE(takes("WD_readPoint", {""}, at(hall)));
}

TEST_CASE("members of one's own are compared, also in ilmd and error declarations", "[epcis]") {
    const std::string event = R"({"type":"ObjectEvent","ex:weight":12.5,"ex:at":
        "2026-11-20T12:00:00+01:00","ex:tags":["a","b"],"ex:flag":true,
        "ilmd":{"ex:grade":"B","ex:hours":[40]},"errorDeclaration":{"ex:who":"anna"}})";
    const auto fits = [&](const std::string& name, const std::string& value) {
        return takes(name, {value}, event);
    };
    CHECK(fits("EQ_ex:weight", "12.5"));
    CHECK(fits("EQ_ex:tags", "b"));
    CHECK(fits("EQ_ex:flag", "true"));
    CHECK_FALSE(fits("EQ_ex:tags", "c"));
    for (const auto& [name, value, expected] :
         std::vector<std::tuple<std::string, std::string, bool>>{
             {"GT_ex:weight", "12.5", false},
             {"GE_ex:weight", "12.5", true},
             {"LT_ex:weight", "12.5", false},
             {"LE_ex:weight", "12.5", true},
             {"GT_ex:weight", "3", true},
             {"GE_ex:at", "2026-11-20T11:00:00Z", true},
             {"LT_ex:at", "2026-11-20T11:00:00Z", false},
             {"LT_ex:at", "5", false},       // a time with a number
             {"GE_ex:tags", "1", false},     // no number at all
             {"GE_ex:missing", "1", false},  // nothing there
             {"EQ_ILMD_ex:grade", "B", true},
             {"EQ_ILMD_ex:weight", "12.5", false},
             {"LE_ILMD_ex:hours", "40", true},
             {"EXISTS_ILMD_ex:grade", "true", true},
             {"EXISTS_ex:grade", "true", false},
             {"EQ_ERROR_DECLARATION_ex:who", "anna", true},
             {"EXISTS_ERROR_DECLARATION_ex:why", "true", false}}) {
        INFO(name << " " << value);
        CHECK(fits(name, value) == expected);
    }
}

TEST_CASE("inner members are those within one's own, at any depth", "[epcis]") {
    const std::string event = R"({"type":"ObjectEvent","bizStep":"packing",
        "ex:reflow":{"ex:zone":{"ex:peak":245,"name":"z"},"ex:oven":"R-2"},
        "ex:list":[{"ex:shelf":"7"}],"ex:top":"T",
        "sensorElementList":[{"ex:peak":999}],
        "ilmd":{"ex:box":{"ex:seal":"S1"}},"errorDeclaration":{"ex:form":{"ex:no":4}}})";
    for (const auto& [name, value, expected] :
         std::vector<std::tuple<std::string, std::string, bool>>{
             {"EQ_INNER_ex:peak", "245", true},
             {"EQ_INNER_ex:peak", "999", false},  // not within a member of one's own
             {"GE_INNER_ex:peak", "245", true},
             {"GT_INNER_ex:peak", "245", false},
             {"LT_INNER_ex:peak", "250", true},
             {"LE_INNER_ex:peak", "240", false},
             {"EQ_INNER_ex:shelf", "7", true},
             {"EXISTS_INNER_ex:oven", "true", true},
             {"EXISTS_INNER_ex:top", "true", false},  // outermost
             {"EQ_INNER_ILMD_ex:seal", "S1", true},
             {"EXISTS_INNER_ILMD_ex:box", "true", false},
             {"EQ_INNER_ex:seal", "S1", false},
             {"EQ_INNER_ERROR_DECLARATION_ex:no", "4", true}}) {
        INFO(name << " " << value);
        CHECK(takes(name, {value}, event) == expected);
    }
}

TEST_CASE("what can't be asked for is refused, with the reason", "[epcis]") {
    for (const auto& [name, values, why] :
         std::vector<std::tuple<std::string, std::vector<std::string>, std::string>>{
             {"HASATTR_bizLocation", {"x"}, "master data"},
             {"EQATTR_readPoint_colour", {"red"}, "master data"},
             {"EQ_INNER_weight", {"1"}, "not a parameter"},
             {"WD_colour", {"1"}, "not a parameter"},
             {"EQ_:x", {"1"}, "not a parameter"},
             {"GE_ex:weight", {"heavy"}, "neither a number nor a time"},
             {"LT_INNER_ILMD_ex:weight", {"1", "2"}, "takes one value"}}) {
        EventQuery query;
        const auto refused = query.add(name, values);
        INFO(name);
        REQUIRE(refused);
        CHECK(refused->exception == Exception::query_parameter);
        CHECK(refused->detail.find(why) != std::string::npos);
    }
}

}  // namespace reelproof::api::epcis
