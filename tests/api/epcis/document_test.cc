// EPCIS documents of others: what is valid is taken, and what is not is refused for its reason.
#include "api/epcis/document.h"

#include <fstream>
#include <map>
#include <sstream>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/epcis/event_hash.h"
#include "api/epcis/rules.h"
#include "tests/shared_data.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

constexpr ledger::UnixSeconds kNow = 1'796'083'200;  // 2026-12-01

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

// Of a document or a single event, as the doors take them.
std::optional<Refusal> refused(const std::string& text, ledger::UnixSeconds now = kNow) {
    boost::system::error_code failed;
    const auto value = json::parse(text, failed);
    const auto* object = failed ? nullptr : value.if_object();
    const auto* type = object == nullptr ? nullptr : object->if_contains("type");
    if (type != nullptr && type->is_string() && type->get_string().ends_with("Event")) {
        auto read = read_event(text);
        if (auto* refusal = std::get_if<Refusal>(&read)) return *refusal;
        return check_event(std::get<Read>(read), now);
    }
    auto read = read_document(text);
    if (auto* refusal = std::get_if<Refusal>(&read)) return *refusal;
    const auto& events = std::get<std::vector<Read>>(read);
    for (std::size_t i = 0; i < events.size(); ++i)
        if (auto refusal = check_event(events[i], now)) {
            refusal->event = i;
            return refusal;
        }
    return std::nullopt;
}

std::vector<std::filesystem::path> files_in(const std::string& folder) {
    std::vector<std::filesystem::path> out;
    const auto found = tests::shared_data(folder);
    if (!found) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*found))
        if (entry.is_regular_file() && entry.path().filename() != "reasons.json")
            out.push_back(entry.path());
    return out;
}

// Where a file of ../shared/epcis/invalid is wrong, and a word of why.
struct Why {
    std::string pointer, word;
    std::optional<std::size_t> event = 0;
};
const std::map<std::string, Why> kWhy = {
    {"Combination_of_multiple_invalid_fields.json", {"/bizStep", "transforming"}},
    {"EPCISDocument_without_context.json", {"", "@context is missing", std::nullopt}},
    {"ObjectEvent_with_ilmd_field_without_namespace.json", {"/ilmd/materialType", "namespace"}},
    {"ObjectEvent_with_invalid_action.json", {"/action", "words"}},
    {"ObjectEvent_with_non_standard_bizStep.json", {"/bizStep", "transforming"}},
    {"ObjectEvent_with_non_standard_bizStep_in_second_event.json", {"/bizStep", "transforming", 1}},
    {"ObjectEvent_with_quantity_as_text.json", {"/quantityList/0/quantity", "type"}},
    {"ObjectEvent_with_unknown_field_in_quantityList.json",
     {"/quantityList/0/weight", "not known"}},
    {"ObjectEvent_without_action_and_eventTime.json", {"", "is missing"}},
    {"QueryDocument_with_invalid_action.json", {"/action", "words"}},
    {"i01_missing_eventTimeZoneOffset.json", {"", "eventTimeZoneOffset is missing"}},
    {"i02_missing_eventTime.json", {"", "eventTime is missing"}},
    {"i03_offset_out_of_range.json", {"/eventTimeZoneOffset", "form"}},
    {"i04_offset_Z.json", {"/eventTimeZoneOffset", "form"}},
    {"i05_naive_time.json", {"/eventTime", "zone"}},
    {"i06_observe_with_ilmd.json", {"/ilmd", "ADD"}},
    {"i07_transformation_only_inputs.json", {"/transformationID", "outputs are missing"}},
    {"i08_transaction_without_bizTransactionList.json", {"", "bizTransactionList is missing"}},
    {"i09_association_without_parent.json", {"", "parentID is missing"}},
    {"i10_aggregation_no_children.json", {"/childEPCs", "childQuantityList"}},
    {"i11_epc_not_uri.json", {"/epcList/0", "form"}},
    {"i12_unknown_top_level_field.json", {"/", "namespace"}},
    {"i13_cbv_urn_in_json.json", {"/bizStep", "words"}},
    {"i14_uom_lowercase.json", {"/childQuantityList/0/uom", "form"}},
    {"i15_duplicate_persistent_disposition.json", {"/persistentDisposition/set", "twice"}},
    {"i16_empty_persistent_disposition.json", {"/persistentDisposition", ""}},
    {"i17_source_without_type.json", {"/sourceList/0", "type is missing"}},
    {"i18_quantity_on_epcList_element.json", {"/childQuantityList/0/", "not known"}},
    {"i19_missing_body.json", {"", "epcisBody is missing", std::nullopt}},
    {"i20_schemaVersion_missing.json", {"", "schemaVersion is missing", std::nullopt}},
    {"i21_quantity_string.json", {"/childQuantityList/0/quantity", "type"}},
    {"i22_errorDeclaration_without_time.json", {"/errorDeclaration", "declarationTime is missing"}},
    {"i23_duplicate_epc.json", {"/epcList", "twice"}},
    {"s01_aggregation_add_without_parent.json", {"/parentID", "ADD"}},
    {"s02_empty_epcList.json", {"/epcList", "about nothing"}},
    {"s03_negative_quantity.json", {"/childQuantityList/0/quantity", "negative"}},
    {"s05_undeclared_prefix.json", {"/acme:x", "acme is not declared"}},
    {"s06_prefix_redefines_cbv.json", {"/@context/1/cbv", "term of EPCIS", std::nullopt}},
    {"s07_future_event_time.json", {"/eventTime", "future"}},
    {"s08_event_id_wrong_hash.json", {"/eventID", "hash"}},
    {"s09_offset_disagrees_with_eventTime.json", {"/eventTimeZoneOffset", "another zone"}},
    {"s10_private_uri_looks_like_gs1_dl.json", {"/epcList/0", "check digit"}},
    {"s11_duplicate_json_member.json", {"", "\"action\" twice", std::nullopt}},
    {"s12_no_quantity_for_consumption.json",
     {"/inputQuantityList/0/quantity", "quantity is missing"}},
};

const std::string kEvent = R"({"@context":["https://ref.gs1.org/standards/epcis/2.0.0/)"
                           R"(epcis-context.jsonld",{"ex":"https://ex.example/"}],)"
                           R"("type":"ObjectEvent","eventTime":"2026-11-20T12:00:00.000Z",)"
                           R"("eventTimeZoneOffset":"+00:00","action":"OBSERVE",)"
                           R"("epcList":["https://maker.example/i/1"])";

}  // namespace

TEST_CASE("EPCIS: what others' validators accept is accepted", "[epcis]") {
    for (const auto* folder : {"epcis/valid", "epcis/reelproof"})
        for (const auto& file : files_in(folder)) {
            const auto refusal = refused(text_of(file));
            INFO(file.filename() << ": "
                                 << (refusal ? refusal->pointer + ": " + refusal->detail : ""));
            CHECK(!refusal);
        }
}

TEST_CASE("EPCIS: what is invalid is refused, each for its reason", "[epcis]") {
    for (const auto& file : files_in("epcis/invalid")) {
        if (file.parent_path().filename() == "openepcis-queries") continue;
        INFO(file.filename());
        const auto refusal = refused(text_of(file));
        CHECK(refusal);
        const auto why = kWhy.find(file.filename());
        if (!refusal || why == kWhy.end()) continue;
        INFO(refusal->pointer << ": " << refusal->detail);
        CHECK(refusal->exception == Exception::validation);
        CHECK(refusal->event == why->second.event);
        auto pointer = refusal->pointer;
        if (const auto list = pointer.find("/eventList/"); list != std::string::npos)
            pointer = pointer.substr(std::min(pointer.find('/', list + 11), pointer.size()));
        if (why->second.pointer.ends_with('/'))
            CHECK(pointer.starts_with(why->second.pointer));
        else
            CHECK(pointer == why->second.pointer);
        CHECK(refusal->detail.find(why->second.word) != std::string::npos);
    }
}

TEST_CASE("EPCIS: the hash of an event is that of others where all agree", "[epcis]") {
    const auto hash = [](const std::string& text) {
        auto read = read_event(text);
        REQUIRE(std::holds_alternative<Read>(read));
        return event_hash(std::get<Read>(read).event, std::get<Read>(read).names);
    };
    const auto plain = hash(kEvent + "}");
    CHECK(plain);
    // Written otherwise, said the same.
    CHECK(hash(kEvent + R"(,"recordTime":"2026-11-20T12:00:00.000Z","eventID":"urn:x:1"})") ==
          plain);
    CHECK(hash(kEvent + R"(,"ex:colour":"blue"})") != plain);
    for (const auto* disputed :
         {R"(,"ex:number":"0071"})", R"(,"ex:number":1.5})", R"(,"certificationInfo":"urn:x:1"})",
          R"(,"parentID":"urn:epc:id:sscc:4012345.0111111111"})",
          R"(,"parentID":"https://ex.example/01/09521141012345"})",
          R"(,"bizTransactionList":[{"bizTransaction":"urn:x:1"}]})"})
        CHECK(!hash(kEvent + disputed));
}

TEST_CASE("EPCIS: the secret of a label is refused wherever it stands", "[epcis]") {
    const std::string secret = "LEABCRP" + std::string(26, '7');
    for (const auto& member :
         {std::string(R"(,"ex:serial":")") + secret + "\"}",
          std::string(R"(,"ex:deep":[{"ex:er":")") + secret + "\"}]}",
          std::string(R"(,"readPoint":{"id":"https://ex.example/)") + secret + "\"}}",
          std::string(R"(,"ex:note":"[)>{RS}06{GS}25S)") + secret + "{GS}Q3000{RS}\"}",
          std::string(R"(,"ex:note":"seen: )") + "rp7777 777777 777777-777777 7777 next" + "\"}",
          std::string(R"(,"ex:)") + secret + "\":\"x\"}"}) {
        const auto refusal = refused(kEvent + member);
        REQUIRE(refusal);
        CHECK(refusal->detail.find("secret of a label") != std::string::npos);
        CHECK(refusal->detail.find("7777") == std::string::npos);
    }
}

TEST_CASE("EPCIS: a public id is no secret, whatever the name before it", "[epcis]") {
    for (const std::string& text : {"https://corp.example/i/" + std::string(26, '7'),
                                    "RP" + std::string(25, '7'), "rp/" + std::string(26, '7'),
                                    "RP8" + std::string(25, '7'), "CORP i " + std::string(24, '7')})
        CHECK(!refused(kEvent + R"(,"ex:note":")" + text + "\"}"));
}

TEST_CASE("EPCIS: documents are bounded, and contexts are never fetched", "[epcis]") {
    const auto document = [](const std::string& context, const std::string& events) {
        return R"({"@context":)" + context +
               R"(,"type":"EPCISDocument","schemaVersion":"2.0",)"
               R"("creationDate":"2026-11-20T12:00:00Z","epcisBody":{"eventList":[)" +
               events + "]}}";
    };
    const std::string known = "\"" + std::string(kContext) + "\"";
    CHECK(!refused(document(known, "")));
    const auto unknown = refused(document(R"(["https://evil.example/context.jsonld"])", ""));
    REQUIRE(unknown);
    CHECK(unknown->pointer == "/@context/0");
    CHECK(unknown->detail.find("none is fetched") != std::string::npos);
    std::string many = "{}";
    for (std::size_t i = 0; i < kMostEvents; ++i) many += ",{}";
    CHECK(refused(document(known, many))->exception == Exception::capture_limit);
    CHECK(refused(document(known, "\"" + std::string(kLargestDocument, 'x') + "\""))->exception ==
          Exception::capture_limit);
    CHECK(refused(document(known, std::string(40, '[') + std::string(40, ']'))));
    CHECK(refused(document(known, R"({"type":")" + std::string(kLongestText + 1, 'x') + "\"}"))
              ->detail.find("4,096") != std::string::npos);
    CHECK(refused(document(known, "1"))->event == 0U);
}

TEST_CASE("EPCIS: sizes are judged before the schema, and reasons looked for in what is small",
          "[epcis]") {
    const auto list_of = [](std::size_t count, const std::string& one) {
        auto out = "[" + one;
        for (std::size_t i = 1; i < count; ++i) out += "," + one;
        return out + "]";
    };
    const auto event = [](const std::string& type, const std::string& members) {
        auto text = kEvent.substr(0, kEvent.find(",\"epcList\"")) + members + "}";
        return text.replace(text.find("ObjectEvent"), 11, type);
    };
    // Each of these twice, and of the wrong type, and not known: the size is what is told.
    for (const auto* name : {"epcList", "childEPCs", "inputQuantityList"})
        for (const auto* one : {"\"a:\"", "1"}) {
            const auto members = ",\"" + std::string(name) + "\":";
            const auto refusal = refused(event("ObjectEvent", members + list_of(257, one)));
            REQUIRE(refusal);
            CHECK(refusal->pointer == "/" + std::string(name));
            CHECK(refusal->detail.find("256") != std::string::npos);
        }
    const auto large =
        refused(event("ObjectEvent", ",\"bizStep\":1,\"ex:x\":" + list_of(49 * 512, "1")));
    REQUIRE(large);
    CHECK(large->detail.find("48 KiB") != std::string::npos);
    // A wrong element in many.
    const auto in_transactions = [&](std::size_t count) {
        return refused(event("ObjectEvent", ",\"epcList\":[\"ex:1\"],\"bizTransactionList\":" +
                                                list_of(count, "1")));
    };
    REQUIRE(in_transactions(100));
    CHECK(in_transactions(100)->pointer == "/bizTransactionList/0");
    REQUIRE(in_transactions(5000));
    CHECK(in_transactions(5000)->detail.find("4,096") != std::string::npos);
    const auto document = [](const std::string& header, const std::string& events) {
        return R"({"@context":[")" + std::string(kContext) +
               R"("],"type":"EPCISDocument","schemaVersion":"2.0",)"
               R"("creationDate":"2026-11-20T12:00:00Z",)" +
               header + R"("epcisBody":{"eventList":)" + events + "}}";
    };
    const auto header = [&](std::size_t count) {
        return R"("epcisHeader":{"epcisMasterData":{"vocabularyList":)" + list_of(count, "{}") +
               "}},";
    };
    CHECK(refused(document(header(5000), "[]"))->detail.find("4,096") != std::string::npos);
    // The events don't count as values of the document's frame.
    CHECK(refused(document(header(5), list_of(1000, R"({"ex:x":[1,2,3,4,5]})")))
              ->detail.find("is missing") != std::string::npos);
}

TEST_CASE("EPCIS: no element stands twice where the standard says so", "[epcis]") {
    const auto with = [](const std::string& members) { return refused(kEvent + members + "}"); };
    const auto twice = with(R"(,"persistentDisposition":{"unset":["expired","expired"]})");
    REQUIRE(twice);
    CHECK(twice->pointer == "/persistentDisposition/unset");
    CHECK(twice->detail == "unset has the same element twice");
    CHECK(!with(R"(,"persistentDisposition":{"set":["expired"],"unset":["active"]})"));
    const auto outputs = [](const std::string& list) {
        return refused(R"({"@context":[")" + std::string(kContext) +
                       R"("],"type":"TransformationEvent","eventTime":"2026-11-20T12:00:00.000Z",)"
                       R"("eventTimeZoneOffset":"+00:00","inputEPCList":["https://x.example/i/1"],)"
                       R"("outputEPCList":)" +
                       list + "}");
    };
    CHECK(!outputs(R"(["https://x.example/i/2","https://x.example/i/3"])"));
    const auto same = outputs(R"(["https://x.example/i/2","https://x.example/i/2"])");
    REQUIRE(same);
    CHECK(same->pointer == "/outputEPCList");
}

TEST_CASE("EPCIS: what a document declares is bounded, as each of its events has it", "[epcis]") {
    const auto declaring = [](std::size_t prefixes, std::size_t bytes) {
        std::string context;
        for (std::size_t i = 0; i < prefixes; ++i)
            context += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + "\":\"https://" +
                       std::string(bytes, 'a') + "/\"";
        auto text = kEvent + "}";
        return refused(text.replace(text.find("\"ex\":"), 5, context + ",\"ex\":"));
    };
    CHECK(!declaring(90, 50));
    REQUIRE(declaring(9, 2000));
    CHECK(declaring(9, 2000)->detail.find("16 KiB") != std::string::npos);
    CHECK(declaring(101, 50));
}

}  // namespace reelproof::api::epcis
