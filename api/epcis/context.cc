#include "api/epcis/context.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 4> kKnown{
    kContext, "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    "https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld",
    "https://gs1.github.io/EPCIS/epcis-context.jsonld"};

// Prefixes that the contexts of all versions define alike, so that nobody may redefine them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFixed{{
    {"epcis", "https://ref.gs1.org/epcis/"},
    {"cbv", "https://ref.gs1.org/cbv/"},
    {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
    {"owl", "http://www.w3.org/2002/07/owl#"},
    {"xsd", "http://www.w3.org/2001/XMLSchema#"},
    {"dcterms", "http://purl.org/dc/terms/"},
}};
// And those that they don't agree about.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOpen{{
    {"gs1", "https://gs1.org/voc/"},
    {"cbvmda", "urn:epcglobal:cbv:mda:"},
}};

// Terms that a document must not give another meaning.
constexpr std::array<std::string_view, 49> kTerms{
    "id",
    "type",
    "ObjectEvent",
    "AggregationEvent",
    "TransformationEvent",
    "AssociationEvent",
    "TransactionEvent",
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "action",
    "certificationInfo",
    "bizStep",
    "disposition",
    "bizLocation",
    "readPoint",
    "transformationID",
    "epcList",
    "sourceList",
    "destinationList",
    "persistentDisposition",
    "quantity",
    "epcClass",
    "uom",
    "quantityList",
    "bizTransactionList",
    "parentID",
    "childEPCs",
    "childQuantityList",
    "inputEPCList",
    "outputEPCList",
    "inputQuantityList",
    "outputQuantityList",
    "sensorElementList",
    "errorDeclaration",
    "eventID",
    "creationDate",
    "sender",
    "receiver",
    "instanceIdentifier",
    "schemaVersion",
    "ilmd",
    "EPCISDocument",
    "EPCISQueryDocument",
    "epcisHeader",
    "epcisBody",
    "queryResults",
    "resultsBody",
    "eventList",
};

// Each event of a document has them all.
constexpr std::size_t kMostPrefixes = 100, kMostPrefixBytes = 16384;

std::string text_of(json::string_view text) {
    return {text.data(), text.size()};
}

Refusal refused(std::string detail, std::string pointer) {
    return {Exception::validation, std::move(detail), std::nullopt, std::move(pointer)};
}

}  // namespace

Namespaces::Namespaces() {
    for (const auto& [prefix, meaning] : kFixed) prefixes_.emplace(prefix, meaning);
    for (const auto& [prefix, meaning] : kOpen) prefixes_.emplace(prefix, meaning);
}

std::optional<Refusal> Namespaces::add(const json::value& context, const std::string& pointer) {
    if (const auto* list = context.if_array()) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            const auto& one = list->at(i);
            const auto at = pointer + "/" + std::to_string(i);
            if (one.is_array()) return refused("@context holds a list in a list", at);
            if (auto no = add(one, at)) return no;
        }
        return std::nullopt;
    }
    if (const auto* object = context.if_object()) return add_object(*object, pointer);
    const auto* address = context.if_string();
    if (address == nullptr) return refused("@context is neither an address nor an object", pointer);
    if (std::find(kKnown.begin(), kKnown.end(), std::string_view(*address)) != kKnown.end())
        return std::nullopt;
    return refused("the context " + text_of(*address) +
                       " is not known here, and none is fetched: use " + std::string(kContext) +
                       " and declare prefixes in an object beside it",
                   pointer);
}

std::optional<Refusal> Namespaces::add_object(const json::object& terms,
                                              const std::string& pointer) {
    for (const auto& [name, meaning] : terms) {
        const auto term = text_of(name);
        const auto at = pointer + "/" + term;
        if (term.starts_with('@')) {
            if (term == "@vocab" || term == "@base" || term == "@import")
                return refused(term + " would give every name another meaning", at);
            continue;
        }
        const auto* text = meaning.if_string();
        const auto given = text == nullptr ? std::string() : text_of(*text);
        const auto fixed = std::find_if(kFixed.begin(), kFixed.end(),
                                        [&](const auto& one) { return one.first == term; });
        if ((fixed != kFixed.end() && fixed->second != given) ||
            std::find(kTerms.begin(), kTerms.end(), term) != kTerms.end())
            return refused(term + " is a term of EPCIS and can't be given another meaning", at);
        if (term == "rp" && given != kOurNamespace)
            return refused("rp stands for " + std::string(kOurNamespace) +
                               " here: give your own namespace another prefix",
                           at);
        if (text == nullptr) continue;  // a term of their own, with more than an address
        bytes_ += term.size() + given.size();
        if (declared_.size() >= kMostPrefixes || bytes_ > kMostPrefixBytes)
            return refused("more than 100 prefixes, or over 16 KiB of them", pointer);
        prefixes_.insert_or_assign(term, given);
        if (fixed == kFixed.end()) declared_.insert_or_assign(term, given);
    }
    return std::nullopt;
}

std::string Namespaces::expanded(std::string_view name) const {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return std::string(name);
    const auto found = prefixes_.find(name.substr(0, colon));
    if (found == prefixes_.end() || name.substr(colon).starts_with("://")) return std::string(name);
    return found->second + std::string(name.substr(colon + 1));
}

json::array Namespaces::written() const {
    json::array out{json::string(kContext)};
    json::object prefixes;
    for (const auto& [prefix, meaning] : declared_) prefixes[prefix] = meaning;
    if (!prefixes.empty()) out.emplace_back(std::move(prefixes));
    return out;
}

}  // namespace reelproof::api::epcis
