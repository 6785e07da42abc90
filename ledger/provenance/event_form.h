// How each kind of event stands in EPCIS 2.0 (CBV 2.0 bare words) and how our URIs are written and
// read: shared by the writer and the reader of events. Thread-safe: pure functions.
// Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/provenance/event.h"

namespace reelproof::ledger {

struct EventForm {
    EventKind kind;
    std::string_view name;
    std::string_view type;
    std::string_view action;
    std::string_view biz_step;
    std::string_view disposition;
    bool lot;  // about a quantity of a lot, not about one item
};
// nullptr for EventKind::other.
const EventForm* form_of(EventKind kind);
// (type, action, bizStep) with the presence of epcList tells the kinds apart.
EventKind kind_of(std::string_view type, std::string_view action, std::string_view biz_step,
                  bool lot);

inline constexpr std::string_view kFeederPath = "/asset/feeder/";
inline constexpr std::string_view kWorkOrderPath = "/wo/";

// RFC 3986 2.1: everything but unreserved characters is encoded.
std::string percent_encode(std::string_view text);
// A '%' without two hex digits stands for itself. The result may be no UTF-8.
std::string percent_decode(std::string_view text);

// "https://<org>/org" and back; empty when it is not of that form.
std::string org_uri(std::string_view org);
std::string org_of_uri(std::string_view uri);
// "https://<host>" + path + encoded name, with the host of another of our URIs.
std::string uri_beside(std::string_view uri, std::string_view path, std::string_view name);
// The decoded part behind `marker`; empty when the marker is not there.
std::string name_behind(std::string_view uri, std::string_view marker);
// The organisation in an item's or a lot's URI; empty when it is no https URI.
std::string host_of_uri(std::string_view uri);

struct LotName {
    std::string mpn;
    std::string lot;
};
std::optional<LotName> lot_of_uri(std::string_view uri);

}  // namespace reelproof::ledger
