#include "ledger/provenance/event.h"

#include <charconv>

#include <boost/json.hpp>

namespace reelproof::ledger {

namespace json = boost::json;

namespace {

constexpr std::string_view kFeederLoading =
    "https://ns.reelproof.example/epcis/bizstep/feeder_loading";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kOrgPath = "/org";
constexpr std::string_view kFeederPath = "/asset/feeder/";
constexpr std::string_view kWorkOrderPath = "/wo/";
constexpr std::size_t kMaxList = 1000;

// How each kind stands in EPCIS (CBV 2.0 bare words). The pair (type, bizStep) with the presence of
// epcList tells the kinds apart when reading.
struct Form {
    EventKind kind;
    std::string_view name;
    std::string_view type;
    std::string_view action;
    std::string_view biz_step;
    std::string_view disposition;
    bool lot;  // about a quantity of a lot, not about one item
};
constexpr Form kForms[] = {
    {EventKind::commission, "commission", "ObjectEvent", "ADD", "commissioning", "active", false},
    {EventKind::ship, "ship", "ObjectEvent", "OBSERVE", "shipping", "in_transit", false},
    {EventKind::receive, "receive", "ObjectEvent", "OBSERVE", "receiving", "in_progress", false},
    {EventKind::split, "split", "AggregationEvent", "DELETE", "unpacking", "", false},
    {EventKind::load, "load", "AssociationEvent", "ADD", kFeederLoading, "in_progress", false},
    {EventKind::unload, "unload", "AssociationEvent", "DELETE", "removing", "available", false},
    {EventKind::consume, "consume", "TransformationEvent", "", "commissioning", "in_progress",
     false},
    {EventKind::deplete, "deplete", "ObjectEvent", "DELETE", "decommissioning", "inactive", false},
    {EventKind::scrap, "scrap", "ObjectEvent", "DELETE", "destroying", "destroyed", false},
    {EventKind::relabel, "relabel", "ObjectEvent", "DELETE", "repackaging", "inactive", false},
    {EventKind::quarantine, "quarantine", "ObjectEvent", "OBSERVE", "holding", "unavailable",
     false},
    {EventKind::release, "release", "ObjectEvent", "OBSERVE", "accepting", "available", false},
    {EventKind::lot_made, "lot_made", "ObjectEvent", "ADD", "creating_class_instance", "active",
     true},
    {EventKind::lot_taken, "lot_taken", "ObjectEvent", "OBSERVE", "receiving", "in_progress", true},
    {EventKind::lot_given, "lot_given", "ObjectEvent", "OBSERVE", "shipping", "in_transit", true},
};

const Form* form_of(EventKind kind) {
    for (const auto& form : kForms)
        if (form.kind == kind) return &form;
    return nullptr;
}

std::string percent_encode(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if ((u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z') ||
            u == '-' || u == '.' || u == '_' || u == '~') {
            out += c;
        } else {
            out += '%';
            out += kDigits[u >> 4];
            out += kDigits[u & 15];
        }
    }
    return out;
}

std::string percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
                text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string org_uri(std::string_view org) {
    return std::string(kHttps).append(org).append(kOrgPath);
}

// "https://<org>/org" -> "<org>"; empty when it is not of that form.
std::string org_of_uri(std::string_view uri) {
    if (!uri.starts_with(kHttps) || !uri.ends_with(kOrgPath)) return {};
    uri.remove_prefix(kHttps.size());
    uri.remove_suffix(kOrgPath.size());
    return uri.find('/') == std::string_view::npos ? std::string(uri) : std::string();
}

std::string host_of_uri(std::string_view uri) {
    if (!uri.starts_with(kHttps)) return {};
    uri.remove_prefix(kHttps.size());
    return std::string(uri.substr(0, uri.find('/')));
}

// The part behind `marker`, decoded; empty when the marker is not there.
std::string after(std::string_view uri, std::string_view marker) {
    const auto at = uri.find(marker);
    return at == std::string_view::npos ? std::string()
                                        : percent_decode(uri.substr(at + marker.size()));
}

json::object facts_json(const Event& event) {
    json::object out;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    add("rp:manufacturer", event.facts.manufacturer);
    add("rp:manufacturerPartNumber", event.facts.mpn);
    add("rp:lotCode", event.facts.lot);
    add("rp:dateCode", event.facts.date_code);
    add("rp:dateCodeKind", event.facts.date_code_kind);
    add("rp:countryOfOrigin", event.facts.country);
    add("rp:moistureSensitivityLevel", event.facts.msl);
    add("rp:serial", event.facts.serial);
    if (event.quantity) out["rp:quantity"] = *event.quantity;
    return out;
}

json::array party(std::string_view member, const std::string& org) {
    json::object one;
    one["type"] = "owning_party";
    one[member] = org_uri(org);
    return {std::move(one)};
}

json::array quantity_list(const Event& event) {
    json::object one;
    one["epcClass"] = lot_uri(host_of_uri(event.item), event.facts.mpn, event.facts.lot);
    if (event.quantity) one["quantity"] = *event.quantity;
    return {std::move(one)};
}

json::array work_order(const Event& event) {
    json::object one;
    one["type"] = "prodorder";
    one["bizTransaction"] = std::string(kHttps)
                                .append(host_of_uri(event.item))
                                .append(kWorkOrderPath)
                                .append(percent_encode(event.work_order));
    return {std::move(one)};
}

json::object event_json(const Event& event) {
    const Form* form = form_of(event.kind);
    if (form == nullptr) throw std::logic_error("an event of this kind is never written");
    json::object out;
    out["type"] = form->type;
    auto time = to_iso8601(event.time);
    time.insert(time.size() - 1, ".000");
    out["eventTime"] = time;
    out["eventTimeZoneOffset"] = "+00:00";
    if (form->type == "ObjectEvent") {
        if (form->lot)
            out["quantityList"] = quantity_list(event);
        else
            out["epcList"] = json::array{event.item};
    } else if (form->type == "AggregationEvent") {
        out["parentID"] = event.item;
        out["childQuantityList"] = quantity_list(event);
    } else if (form->type == "AssociationEvent") {
        out["parentID"] = std::string(kHttps)
                              .append(host_of_uri(event.item))
                              .append(kFeederPath)
                              .append(percent_encode(event.feeder));
        out["childEPCs"] = json::array{event.item};
    } else {
        out["inputQuantityList"] = quantity_list(event);
        out["outputEPCList"] = json::value_from(event.outputs);
    }
    if (!form->action.empty()) out["action"] = form->action;
    out["bizStep"] = form->biz_step;
    if (!form->disposition.empty()) out["disposition"] = form->disposition;
    if (event.kind == EventKind::quarantine)
        out["persistentDisposition"] = {{"set", json::array{"non_conformant"}}};
    if (event.kind == EventKind::release)
        out["persistentDisposition"] = {{"unset", json::array{"non_conformant"}}};
    if (!event.work_order.empty()) out["bizTransactionList"] = work_order(event);
    if (!event.from.empty()) out["sourceList"] = party("source", event.from);
    if (!event.to.empty()) out["destinationList"] = party("destination", event.to);
    if (event.kind == EventKind::commission) out["ilmd"] = facts_json(event);
    if (event.kind == EventKind::consume) out["rp:consumedFrom"] = event.item;
    if (event.kind == EventKind::receive && event.quantity) out["rp:quantity"] = *event.quantity;
    if (!event.reason.empty()) out["rp:reason"] = event.reason;
    return out;
}

// Reads members of one object; the first wrong one is the error.
class Members {
  public:
    explicit Members(const json::object& object) : object_(object) {}

    std::string text(std::string_view name) {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return {};
        if (value->is_string()) return std::string(value->get_string());
        fail(name, "is not a text");
        return {};
    }
    std::optional<std::int64_t> count(std::string_view name) {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return std::nullopt;
        if (value->is_int64() && value->get_int64() >= 0) return value->get_int64();
        fail(name, "is not a whole number of parts");
        return std::nullopt;
    }
    const json::array* list(std::string_view name) {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return nullptr;
        if (!value->is_array() || value->get_array().size() > kMaxList) {
            fail(name, "is not a list of at most 1000");
            return nullptr;
        }
        return &value->get_array();
    }
    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> out;
        const auto* array = list(name);
        if (array == nullptr) return out;
        for (const auto& element : *array) {
            if (!element.is_string()) {
                fail(name, "holds something that is not a text");
                return {};
            }
            out.emplace_back(element.get_string());
        }
        return out;
    }
    // The first object of a list of objects.
    const json::object* first(std::string_view name) {
        const auto* array = list(name);
        if (array == nullptr || array->empty()) return nullptr;
        if (array->front().is_object()) return &array->front().get_object();
        fail(name, "holds something that is not an object");
        return nullptr;
    }
    void fail(std::string_view name, std::string_view what) {
        if (!error_) error_ = malformed(std::string(name).append(" ").append(what));
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    const json::object& object_;
    std::optional<Error> error_;
};

std::optional<UnixSeconds> parse_time(std::string_view text) {
    // YYYY-MM-DDTHH:MM:SS[.fff](Z|±HH:MM); the schema of EPCIS demands a zone.
    const auto number = [&](std::size_t at, std::size_t digits) -> std::optional<int> {
        int value = 0;
        if (at + digits > text.size()) return std::nullopt;
        const auto* begin = text.data() + at;
        const auto [end, failure] = std::from_chars(begin, begin + digits, value);
        if (failure != std::errc() || end != begin + digits || *begin == '-') return std::nullopt;
        return value;
    };
    if (text.size() < 20 || text.size() > 40) return std::nullopt;
    const auto year = number(0, 4), month = number(5, 2), day = number(8, 2), hour = number(11, 2),
               minute = number(14, 2), second = number(17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    std::size_t at = 19;
    if (text[at] == '.') {
        ++at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    }
    UnixSeconds offset = 0;
    if (at + 1 == text.size() && text[at] == 'Z') {
        offset = 0;
    } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-')) {
        const auto hours = number(at + 1, 2), minutes = number(at + 4, 2);
        if (!hours || !minutes || text[at + 3] != ':') return std::nullopt;
        offset = (*hours * 3600 + *minutes * 60) * (text[at] == '-' ? -1 : 1);
    } else {
        return std::nullopt;
    }
    return std::chrono::sys_days(date).time_since_epoch().count() * UnixSeconds{86400} +
           *hour * 3600 + *minute * 60 + *second - offset;
}

EventKind kind_of(std::string_view type, std::string_view action, std::string_view biz_step,
                  bool lot) {
    for (const auto& form : kForms)
        if (form.type == type && form.action == action && form.biz_step == biz_step &&
            form.lot == lot)
            return form.kind;
    return EventKind::other;
}

void read_facts(const json::object& ilmd, Event& event, Members& members) {
    Members in(ilmd);
    event.facts.manufacturer = in.text("rp:manufacturer");
    event.facts.mpn = in.text("rp:manufacturerPartNumber");
    event.facts.lot = in.text("rp:lotCode");
    event.facts.date_code = in.text("rp:dateCode");
    event.facts.date_code_kind = in.text("rp:dateCodeKind");
    event.facts.country = in.text("rp:countryOfOrigin");
    event.facts.msl = in.text("rp:moistureSensitivityLevel");
    event.facts.serial = in.text("rp:serial");
    event.quantity = in.count("rp:quantity");
    if (in.error()) members.fail("ilmd", in.error()->message);
}

void read_quantity(const json::object& element, Event& event, Members& members) {
    Members in(element);
    event.quantity = in.count("quantity");
    const auto uri = in.text("epcClass");
    const auto lot = uri.find("/1T/");
    const auto mpn = uri.find("/c/1P/");
    if (mpn != std::string::npos && lot != std::string::npos && lot > mpn) {
        event.facts.mpn = percent_decode(std::string_view(uri).substr(mpn + 6, lot - mpn - 6));
        event.facts.lot = percent_decode(std::string_view(uri).substr(lot + 4));
    }
    if (event.item.empty()) event.item = uri;
    if (in.error()) members.fail("quantityList", in.error()->message);
}

Result<Event> read_event(const json::object& object) {
    Members members(object);
    Event event;
    const auto type = members.text("type");
    const auto time = parse_time(members.text("eventTime"));
    if (type.empty()) members.fail("type", "is missing");
    if (!time) members.fail("eventTime", "is missing or not a time with a zone");
    const auto epcs = members.texts("epcList");
    const auto children = members.texts("childEPCs");
    const auto* quantities = members.first("quantityList");
    event.kind = kind_of(type, members.text("action"), members.text("bizStep"),
                         epcs.empty() && quantities != nullptr);
    event.time = time.value_or(0);
    const auto parent = members.text("parentID");
    if (!epcs.empty()) event.item = epcs.front();
    if (type == "AssociationEvent" && !children.empty()) {
        event.item = children.front();
        event.feeder = after(parent, kFeederPath);
    }
    if (type == "AggregationEvent") event.item = parent;
    if (type == "TransformationEvent") event.item = members.text("rp:consumedFrom");
    event.outputs = members.texts("outputEPCList");
    event.reason = members.text("rp:reason");
    event.quantity = members.count("rp:quantity");
    for (const auto* list :
         {quantities, members.first("childQuantityList"), members.first("inputQuantityList")})
        if (list != nullptr) read_quantity(*list, event, members);
    if (const auto* order = members.first("bizTransactionList"))
        event.work_order = after(Members(*order).text("bizTransaction"), kWorkOrderPath);
    if (const auto* source = members.first("sourceList"))
        event.from = org_of_uri(Members(*source).text("source"));
    if (const auto* destination = members.first("destinationList"))
        event.to = org_of_uri(Members(*destination).text("destination"));
    if (const auto* ilmd = object.if_contains("ilmd")) {
        if (ilmd->is_object())
            read_facts(ilmd->get_object(), event, members);
        else
            members.fail("ilmd", "is not an object");
    }
    if (members.error()) return *members.error();
    if ((event.kind == EventKind::ship || event.kind == EventKind::receive) && event.to.empty())
        return malformed("destinationList names no organisation");
    const bool counts = event.kind == EventKind::split || event.kind == EventKind::consume ||
                        event.kind == EventKind::lot_made || event.kind == EventKind::lot_taken ||
                        event.kind == EventKind::lot_given;
    if (counts && !event.quantity) return malformed("quantity is missing");
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

json::array keys_json(const std::vector<ItemKey>& keys) {
    json::array out;
    for (const auto& key : keys) out.emplace_back(to_hex(key.expose()));
    return out;
}

}  // namespace

std::string_view to_string(EventKind kind) {
    const Form* form = form_of(kind);
    return form == nullptr ? "other" : form->name;
}

std::string item_uri(std::string_view org, std::string_view public_id) {
    return std::string(kHttps).append(org).append("/i/").append(public_id);
}

std::string lot_uri(std::string_view org, std::string_view mpn, std::string_view lot) {
    return std::string(kHttps)
        .append(org)
        .append("/c/1P/")
        .append(percent_encode(mpn))
        .append("/1T/")
        .append(percent_encode(lot));
}

std::string format_body(const SealedBody& body) {
    json::object out;
    out["event"] = event_json(body.event);
    json::array prev;
    for (const auto& hash : body.prev) prev.emplace_back(to_hex(hash));
    out["prev"] = std::move(prev);
    if (!body.parents.empty()) out["parents"] = keys_json(body.parents);
    if (!body.children.empty()) out["children"] = keys_json(body.children);
    return json::serialize(out);
}

Result<SealedBody> parse_body(std::string_view text) {
    if (text.size() > kMaxBodySize) return Error{ErrorKind::too_large, "the event is over 48 KiB"};
    json::parse_options options;
    options.max_depth = 16;
    boost::system::error_code failure;
    const auto value = json::parse(text, failure, {}, options);
    if (failure) return malformed("the event is not JSON: " + failure.message());
    if (!value.is_object()) return malformed("the event body is not a JSON object");
    Members members(value.get_object());
    const auto* event = value.get_object().if_contains("event");
    if (event == nullptr || !event->is_object()) return malformed("event is missing");

    SealedBody body;
    auto read = read_event(event->get_object());
    if (!read) return within("event", read.error());
    body.event = std::move(*read);
    for (const auto& hex : members.texts("prev")) {
        auto hash = array_from_hex<32>(hex, "prev");
        if (!hash) return hash.error();
        body.prev.push_back(*hash);
    }
    auto parents = read_keys(members, "parents");
    if (!parents) return parents.error();
    auto children = read_keys(members, "children");
    if (!children) return children.error();
    body.parents = std::move(*parents);
    body.children = std::move(*children);
    if (members.error()) return *members.error();
    return body;
}

}  // namespace reelproof::ledger
