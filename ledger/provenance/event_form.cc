#include "ledger/provenance/event_form.h"

#include "ledger/base/sha256.h"

namespace reelproof::ledger {

namespace {

constexpr std::string_view kFeederLoading =
    "https://ns.reelproof.example/epcis/bizstep/feeder_loading";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kOrgPath = "/org";
constexpr std::string_view kItemPath = "/i/";
constexpr std::string_view kMpnPath = "/c/1P/";
constexpr std::string_view kLotPath = "/1T/";

constexpr EventForm kForms[] = {
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
    {EventKind::inspect, "inspect", "ObjectEvent", "OBSERVE", "inspecting", "", false},
    {EventKind::lot_made, "lot_made", "ObjectEvent", "ADD", "creating_class_instance", "active",
     true},
    {EventKind::lot_taken, "lot_taken", "ObjectEvent", "OBSERVE", "receiving", "in_progress", true},
    {EventKind::lot_given, "lot_given", "ObjectEvent", "OBSERVE", "shipping", "in_transit", true},
};

bool unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

const EventForm* form_of(EventKind kind) {
    for (const auto& form : kForms)
        if (form.kind == kind) return &form;
    return nullptr;
}

EventKind kind_of(std::string_view type, std::string_view action, std::string_view biz_step,
                  bool lot) {
    for (const auto& form : kForms)
        if (form.type == type && form.action == action && form.biz_step == biz_step &&
            form.lot == lot)
            return form.kind;
    return EventKind::other;
}

std::string_view to_string(EventKind kind) {
    const auto* form = form_of(kind);
    return form == nullptr ? "other" : form->name;
}

std::string percent_encode(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (unreserved(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        }
    }
    return out;
}

std::string percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_value(text[i + 2]);
        if (low < 0) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string org_uri(std::string_view org) {
    return std::string(kHttps).append(percent_encode(org)).append(kOrgPath);
}

std::string org_of_uri(std::string_view uri) {
    if (!uri.starts_with(kHttps) || !uri.ends_with(kOrgPath)) return {};
    uri.remove_prefix(kHttps.size());
    if (uri.size() <= kOrgPath.size()) return {};
    uri.remove_suffix(kOrgPath.size());
    return uri.find('/') == std::string_view::npos ? percent_decode(uri) : std::string();
}

std::string host_of_uri(std::string_view uri) {
    if (!uri.starts_with(kHttps)) return {};
    uri.remove_prefix(kHttps.size());
    return percent_decode(uri.substr(0, uri.find('/')));
}

std::string uri_beside(std::string_view uri, std::string_view path, std::string_view name) {
    return std::string(kHttps)
        .append(percent_encode(host_of_uri(uri)))
        .append(path)
        .append(percent_encode(name));
}

std::string name_behind(std::string_view uri, std::string_view marker) {
    const auto at = uri.find(marker);
    return at == std::string_view::npos ? std::string()
                                        : percent_decode(uri.substr(at + marker.size()));
}

std::optional<LotName> lot_of_uri(std::string_view uri) {
    const auto mpn = uri.find(kMpnPath);
    if (mpn == std::string_view::npos) return std::nullopt;
    uri.remove_prefix(mpn + kMpnPath.size());
    const auto lot = uri.find(kLotPath);
    if (lot == std::string_view::npos) return std::nullopt;
    return LotName{percent_decode(uri.substr(0, lot)),
                   percent_decode(uri.substr(lot + kLotPath.size()))};
}

Hash successor_commitment(const ItemKey& fresh, std::string_view old_id) {
    return hmac_sha256(fresh.expose(), as_bytes(std::string("relabel").append(old_id)));
}

std::string item_uri(std::string_view org, std::string_view public_id) {
    return std::string(kHttps).append(percent_encode(org)).append(kItemPath).append(public_id);
}

std::string item_id_of_uri(std::string_view uri) {
    if (!uri.starts_with(kHttps)) return {};
    uri.remove_prefix(kHttps.size());
    const auto path = uri.find('/');
    if (path == std::string_view::npos || !uri.substr(path).starts_with(kItemPath)) return {};
    return std::string(uri.substr(path + kItemPath.size()));
}

bool is_item_or_lot(std::string_view uri) {
    return !item_id_of_uri(uri).empty() || (!host_of_uri(uri).empty() && lot_of_uri(uri));
}

std::string lot_uri(std::string_view org, std::string_view mpn, std::string_view lot) {
    return std::string(kHttps)
        .append(percent_encode(org))
        .append(kMpnPath)
        .append(percent_encode(mpn))
        .append(kLotPath)
        .append(percent_encode(lot));
}

}  // namespace reelproof::ledger
