// What happens at this node, handed to its index and to those who watch (ItemIndex, Live). None of
// it waits or fails. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "api/service/events.h"
#include "api/service/jobs.h"
#include "api/service/live.h"

namespace reelproof::api {

// Where a verdict was given: "receiving", "stock" or "line", and there at which slot.
struct VerdictPlace {
    std::string place;
    std::string job{}, position{};
};
void tell_verdict(const ServiceContext& context, const Inspection& inspection,
                  const VerdictPlace& where);
// Somebody looked at its history: from now on it is known here.
void tell_looked_at(const ServiceContext& context, const Identified& item);
// An event of these items was recorded.
void tell_recorded(const ServiceContext& context, ledger::EventKind kind,
                   const std::vector<const Identified*>& items, const Recorded& recorded);
void tell_shipped(const ServiceContext& context, const ShipOrder& order,
                  const std::vector<Identified>& items, const Recorded& recorded);
// A recall or an authorisation was published.
void tell_published(const ServiceContext& context, std::string_view what, const Recorded& recorded);
// What is on a slot now; nothing: it is empty.
void tell_slot(const ServiceContext& context, const std::string& job, const std::string& position,
               const std::optional<Slot::Loaded>& loaded);
// A partner's log has grown.
void tell_log(Live& live, const ledger::Store& store, ledger::LogId log);

}  // namespace reelproof::api
