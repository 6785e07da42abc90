#include "tests/node/epcis_support.h"

#include <cctype>

#include <catch2/catch.hpp>

namespace reelproof::node::tests {

namespace json = boost::json;

const json::array kContext{
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    json::object{{"rp", "https://ns.reelproof.example/epcis/"}, {"ex", "https://ex.example/"}}};

std::string uri(const std::string& org, const Label& label) {
    return "https://" + org + "/i/" + label.item;
}

json::object event(const std::string& type, const std::string& action, const std::string& step,
                   std::vector<std::string> epcs) {
    json::object out{{"type", type},
                     {"eventTime", "2026-11-20T12:00:00.000Z"},
                     {"eventTimeZoneOffset", "+00:00"},
                     {"bizStep", step}};
    if (!action.empty()) out["action"] = action;
    if (!epcs.empty()) out["epcList"] = json::value_from(epcs);
    return out;
}

json::object seen(std::vector<std::string> epcs, const std::string& step) {
    return event("ObjectEvent", "OBSERVE", step, std::move(epcs));
}

json::array party(const std::string& member, const std::string& org) {
    return {json::object{{"type", "owning_party"}, {member, "https://" + org + "/org"}}};
}

json::object shipped(std::vector<std::string> epcs, const std::string& to) {
    auto out = seen(std::move(epcs), "shipping");
    out["disposition"] = "in_transit";
    out["destinationList"] = party("destination", to);
    return out;
}

json::object commissioned(const std::string& epc, std::int64_t quantity) {
    auto out = event("ObjectEvent", "ADD", "commissioning", {epc});
    out["ilmd"] = {{"rp:manufacturerPartNumber", "NL52840-QIAA-R"},
                   {"rp:lotCode", "7AB123"},
                   {"rp:dateCode", "2617"},
                   {"rp:quantity", quantity}};
    return out;
}

std::string document(const json::array& events) {
    return json::serialize(json::object{{"@context", kContext},
                                        {"type", "EPCISDocument"},
                                        {"schemaVersion", "2.0"},
                                        {"creationDate", "2026-11-20T12:00:00Z"},
                                        {"epcisBody", json::object{{"eventList", events}}}});
}

std::string single(json::object event) {
    event["@context"] = kContext;
    return json::serialize(event);
}

std::string encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c))) {
            out += c;
            continue;
        }
        static constexpr char kDigits[] = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

Answer Door::send(api::Method method, const std::string& path, const std::string& body,
                  api::Headers headers) const {
    headers.set("Authorization", "Bearer " + node.all_scopes());
    return node.send(method, path, body, body.empty() ? "" : "application/json", headers);
}

json::object Door::capture(const json::array& events, const std::string& behaviour) const {
    api::Headers headers;
    if (!behaviour.empty()) headers.set("GS1-Capture-Error-Behaviour", behaviour);
    const auto accepted = send(kPost, "/capture", document(events), headers);
    INFO(accepted.text);
    REQUIRE(accepted.status == 202);
    const auto job = get(std::string(accepted.headers.get("Location").value()));
    INFO(job.text);
    REQUIRE(job.status == 200);
    CHECK(job.body.at("running") == false);
    return job.body;
}

json::array Door::events(const std::string& query) const {
    const auto answer = get("/events" + query);
    INFO(answer.text);
    REQUIRE(answer.status == 200);
    return list_of(answer);
}

json::array Door::list_of(const Answer& answer) {
    return answer.body.at("epcisBody")
        .at("queryResults")
        .at("resultsBody")
        .at("eventList")
        .as_array();
}

std::vector<std::string> Door::steps(const std::string& query) const {
    std::vector<std::string> out;
    for (const auto& one : events(query)) out.emplace_back(one.at("bizStep").as_string());
    return out;
}

Label printed(const ServiceNode& node) {
    const auto answer = node.post("/v1/labels", {{"mpn", "NL52840-QIAA-R"},
                                                 {"lot", "7AB123"},
                                                 {"date_code", "2617"},
                                                 {"quantity", 3000},
                                                 {"format", "zpl"}});
    INFO(answer.text);
    REQUIRE(answer.status == 201);
    const auto& label = answer.body.at("labels").at(0);
    Label out;
    out.item = label.at("item").as_string();
    out.text = label.at("symbols").at(0).as_string();
    return out;
}

}  // namespace reelproof::node::tests
