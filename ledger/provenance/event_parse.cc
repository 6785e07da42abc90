#include "ledger/format/json_view.h"
#include "ledger/provenance/event_form.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kMaxList = 1000;

// Reads members of one object; the first wrong one is the error, of this object and of those inside
// it. All that share an error belong to one event.
class Members {
  public:
    Members(JsonView::Value object, std::optional<Error>& error, std::string_view inside = {})
        : object_(object), error_(error), inside_(inside) {}

    [[nodiscard]] bool has(std::string_view name) const { return object_.member(name).has_value(); }

    // Ends with the view, as all texts here.
    std::string_view text(std::string_view name) {
        const auto value = object_.member(name);
        return value ? text_of(name, *value) : std::string_view();
    }
    std::optional<std::int64_t> count(std::string_view name) {
        const auto value = object_.member(name);
        if (!value) return std::nullopt;
        const auto count = value->whole();
        if (count && *count >= 0) return count;
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
    std::vector<std::string_view> texts(std::string_view name) {
        std::vector<std::string_view> out;
        const auto array = list(name);
        if (!array) return out;
        out.reserve(array->size());
        for (auto element = array->first(); out.size() < array->size(); element = element.next())
            out.push_back(text_of(name, element));
        return out;
    }
    // An object, or the first object of a list of them.
    std::optional<Members> object(std::string_view name) {
        const auto value = object_.member(name);
        return value ? object_of(name, *value) : std::nullopt;
    }
    std::optional<Members> first(std::string_view name) {
        const auto array = list(name);
        if (!array || array->size() == 0) return std::nullopt;
        return object_of(name, array->first());
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
    std::optional<JsonView::Value> list(std::string_view name) {
        const auto value = object_.member(name);
        if (!value || (value->is_array() && value->size() <= kMaxList)) return value;
        fail(name, "is not a list of at most 1000");
        return std::nullopt;
    }
    std::string_view text_of(std::string_view name, JsonView::Value value) {
        if (!value.is_text())
            fail(name, "is not a text");
        else if (has_control_characters(value.text()))
            fail(name, "has a control character");
        else
            return value.text();
        return {};
    }
    std::optional<Members> object_of(std::string_view name, JsonView::Value value) {
        if (value.is_object()) return Members(value, error_, name);
        fail(name, "is not an object");
        return std::nullopt;
    }

    JsonView::Value object_;
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
void read_item(Members& members, std::string_view type, const std::vector<std::string_view>& epcs,
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

Result<Event> read_event(JsonView::Value object) {
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
    // Parts that leave a carton whole, in their own packages, are not split off.
    if (event.kind == EventKind::split && !members.has("childQuantityList"))
        event.kind = EventKind::other;
    // An inspection of something else than parts' markings tells us nothing.
    if (event.kind == EventKind::inspect && !members.has("rp:marking"))
        event.kind = EventKind::other;
    read_item(members, type, epcs, event);
    if (event.item.empty() && quantities) event.item = quantities->text("epcClass");
    // What is about no item or lot changes nothing, so it may say what it likes.
    const bool names_something = !event.item.empty() || epcs.empty();
    if (!error && names_something && !is_item_or_lot(event.item)) {
        event.kind = EventKind::other;
        return event;
    }
    const auto outputs =
        members.texts(event.kind == EventKind::split ? "rp:splitInto" : "outputEPCList");
    event.outputs.assign(outputs.begin(), outputs.end());
    event.reason = members.text("rp:reason");
    event.successor = members.hash("rp:successor");
    if (event.kind == EventKind::inspect) {
        auto marking = read_marking(*object.member("rp:marking"));
        if (!marking) return within("rp:marking", marking.error());
        event.marking = std::make_shared<const MarkingRecord>(std::move(*marking));
    }
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
    for (const auto hex : members.texts(name)) {
        auto bytes = from_hex(hex, name);
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
    const auto view = JsonView::read(text, "the event body");
    if (!view) return view.error();
    const auto event = view->root().member("event");
    if (!event || !event->is_object()) return malformed("event is not an object");

    SealedBody body;
    auto read = read_event(*event);
    if (!read) return within("event", read.error());
    body.event = std::move(*read);
    std::optional<Error> error;
    Members members(view->root(), error);
    for (const auto hex : members.texts("prev")) {
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
