#include <boost/json.hpp>

#include "ledger/base/secret.h"
#include "ledger/format/strict_json.h"
#include "ledger/format/wiping_memory.h"
#include "ledger/provenance/event_form.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxList = 1000;
// An ordinary event needs no more memory than this to be read.
constexpr std::size_t kParseBuffer = 6UL * 1024, kParserBuffer = 2UL * 1024;

// Reads members of one object; the first wrong one is the error, of this object and of those inside
// it. All that share an error belong to one event.
class Members {
  public:
    Members(const json::object& object, std::optional<Error>& error, std::string_view inside = {})
        : object_(object), error_(error), inside_(inside) {}

    [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }

    std::string text(std::string_view name) {
        const auto* value = object_.if_contains(name);
        return value == nullptr ? std::string() : text_of(name, *value);
    }
    std::optional<std::int64_t> count(std::string_view name) {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return std::nullopt;
        if (value->is_int64() && value->get_int64() >= 0) return value->get_int64();
        fail(name, "is not a whole number of parts");
        return std::nullopt;
    }
    std::optional<Hash> hash(std::string_view name) {
        if (!has(name)) return std::nullopt;
        const auto hash = array_from_hex<32>(text(name), name);
        if (hash) return *hash;
        if (!error_) error_ = hash.error();
        return std::nullopt;
    }
    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> out;
        if (const auto* array = list(name))
            for (const auto& element : *array) out.push_back(text_of(name, element));
        return out;
    }
    // An object, or the first object of a list of them.
    std::optional<Members> object(std::string_view name) {
        const auto* value = object_.if_contains(name);
        return value == nullptr ? std::nullopt : object_of(name, *value);
    }
    std::optional<Members> first(std::string_view name) {
        const auto* array = list(name);
        if (array == nullptr || array->empty()) return std::nullopt;
        return object_of(name, array->front());
    }
    // A text made of one of ours by decoding has to be a text as well.
    std::string checked(std::string_view name, std::string decoded) {
        if (!is_utf8(as_bytes(decoded)))
            fail(name, "is not UTF-8 once decoded");
        else if (has_control_characters(decoded))
            fail(name, "has a control character");
        else
            return decoded;
        return {};
    }
    void fail(std::string_view name, std::string_view what) {
        if (error_) return;
        std::string message(inside_);
        if (!message.empty()) message += ' ';
        error_ = malformed(message.append(name).append(" ").append(what));
    }

  private:
    const json::array* list(std::string_view name) {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return nullptr;
        if (value->is_array() && value->get_array().size() <= kMaxList) return &value->get_array();
        fail(name, "is not a list of at most 1000");
        return nullptr;
    }
    std::string text_of(std::string_view name, const json::value& value) {
        if (value.is_string()) return checked(name, std::string(value.get_string()));
        fail(name, "is not a text");
        return {};
    }
    std::optional<Members> object_of(std::string_view name, const json::value& value) {
        if (value.is_object()) return Members(value.get_object(), error_, name);
        fail(name, "is not an object");
        return std::nullopt;
    }

    const json::object& object_;
    std::optional<Error>& error_;
    std::string_view inside_;  // where this object stands
};

void read_facts(Members ilmd, Event& event) {
    const auto read = [&](std::string_view name, std::string& into) {
        if (ilmd.has(name)) into = ilmd.text(name);
    };
    read("rp:manufacturer", event.facts.manufacturer);
    read("rp:manufacturerPartNumber", event.facts.mpn);
    read("rp:lotCode", event.facts.lot);
    read("rp:dateCode", event.facts.date_code);
    read("rp:dateCodeKind", event.facts.date_code_kind);
    read("rp:countryOfOrigin", event.facts.country);
    read("rp:moistureSensitivityLevel", event.facts.msl);
    read("rp:serial", event.facts.serial);
    read("rp:customerPartNumber", event.facts.customer_pn);
    if (const auto count = ilmd.count("rp:quantity")) event.quantity = count;
}

void read_quantity(Members element, Event& event) {
    if (const auto count = element.count("quantity")) event.quantity = count;
    const auto uri = element.text("epcClass");
    if (auto lot = lot_of_uri(uri)) {
        event.facts.mpn = element.checked("epcClass", std::move(lot->mpn));
        event.facts.lot = element.checked("epcClass", std::move(lot->lot));
    }
    if (event.item.empty()) event.item = uri;
}

// What the event is about: where it stands depends on the type.
void read_item(Members& members, std::string_view type, const std::vector<std::string>& epcs,
               Event& event) {
    const auto parent = members.text("parentID");
    if (!epcs.empty()) event.item = epcs.front();
    if (type == "AssociationEvent") {
        const auto children = members.texts("childEPCs");
        if (!children.empty()) event.item = children.front();
        event.feeder = members.checked("parentID", name_behind(parent, kFeederPath));
    }
    if (type == "AggregationEvent") event.item = parent;
    if (type == "TransformationEvent") event.item = members.text("rp:consumedFrom");
}

std::string read_party(Members& members, std::string_view list, std::string_view member) {
    auto party = members.first(list);
    return party ? party->checked(member, org_of_uri(party->text(member))) : std::string();
}

bool needs_quantity(EventKind kind) {
    return kind == EventKind::split || kind == EventKind::consume || kind == EventKind::lot_made ||
           kind == EventKind::lot_taken || kind == EventKind::lot_given;
}

Result<Event> read_event(const json::object& object) {
    std::optional<Error> error;
    Members members(object, error);
    Event event;
    const auto type = members.text("type");
    if (type.empty()) members.fail("type", "is missing");
    const auto time = parse_event_time(members.text("eventTime"));
    if (!time) members.fail("eventTime", "is missing or not a time with a zone");
    event.time = time.value_or(0);
    const auto epcs = members.texts("epcList");
    auto quantities = members.first("quantityList");
    event.kind = kind_of(type, members.text("action"), members.text("bizStep"),
                         epcs.empty() && quantities.has_value());
    read_item(members, type, epcs, event);
    event.outputs =
        members.texts(event.kind == EventKind::split ? "rp:splitInto" : "outputEPCList");
    event.reason = members.text("rp:reason");
    event.successor = members.hash("rp:successor");
    event.quantity = members.count("rp:quantity");
    for (const auto* list : {"quantityList", "childQuantityList", "inputQuantityList"})
        if (auto element = members.first(list)) read_quantity(*element, event);
    if (auto order = members.first("bizTransactionList"))
        event.work_order = order->checked(
            "bizTransaction", name_behind(order->text("bizTransaction"), kWorkOrderPath));
    event.from = read_party(members, "sourceList", "source");
    event.to = read_party(members, "destinationList", "destination");
    if (auto ilmd = members.object("ilmd")) read_facts(*ilmd, event);
    if (error) return *error;
    if ((event.kind == EventKind::ship || event.kind == EventKind::receive) && event.to.empty())
        return malformed("destinationList names no organisation");
    if (needs_quantity(event.kind) && !event.quantity) return malformed("quantity is missing");
    return event;
}

Result<std::vector<ItemKey>> read_keys(Members& members, std::string_view name) {
    std::vector<ItemKey> out;
    for (auto& hex : members.texts(name)) {
        auto bytes = from_hex(hex, name);
        wipe(hex.data(), hex.size());
        if (!bytes) return bytes.error();
        if (bytes->size() != 32)
            return malformed(std::string(name) + " holds a key not of 32 bytes");
        out.emplace_back(*bytes);
        wipe(bytes->data(), bytes->size());
    }
    return out;
}

}  // namespace

Result<SealedBody> parse_body(std::string_view text) {
    if (text.size() > kMaxBodySize) return Error{ErrorKind::too_large, "the event is over 48 KiB"};
    if (auto checked = check_untyped_json_object(text, "the event body"); !checked)
        return checked.error();
    json::parse_options options;
    options.max_depth = kJsonMaxDepth;
    boost::system::error_code failure;
    // The parents' keys pass through it.
    Secret<kParseBuffer> buffer;
    Secret<kParserBuffer> working;
    json::monotonic_resource memory(buffer.expose_mutable().data(), kParseBuffer,
                                    WipingMemory::get());
    json::parser parser(WipingMemory::get(), options, working.expose_mutable().data(),
                        kParserBuffer);
    parser.reset(&memory);
    parser.write(text, failure);
    const auto value = failure ? json::value() : parser.release();
    if (failure) return malformed("the event body is not JSON: " + failure.message());
    const auto* event = value.get_object().if_contains("event");
    if (event == nullptr || !event->is_object()) return malformed("event is not an object");

    SealedBody body;
    auto read = read_event(event->get_object());
    if (!read) return within("event", read.error());
    body.event = std::move(*read);
    std::optional<Error> error;
    Members members(value.get_object(), error);
    for (const auto& hex : members.texts("prev")) {
        auto hash = array_from_hex<32>(hex, "prev");
        if (!hash) {
            if (!error) error = hash.error();
            break;
        }
        body.prev.push_back(*hash);
    }
    auto parents = read_keys(members, "parents");
    auto children = read_keys(members, "children");
    if (error) return *error;
    if (!parents) return parents.error();
    if (!children) return children.error();
    body.parents = std::move(*parents);
    body.children = std::move(*children);
    return body;
}

}  // namespace reelproof::ledger
