// What the writer of an event sealed for chosen organisations' eyes beside it: numbers of an order,
// its price (FORMATS.md 3). Pure but for reading the store, thread-safe.
#pragma once

#include <array>
#include <string_view>

#include <boost/json/object.hpp>

#include "api/service/context.h"
#include "ledger/provenance/history.h"

namespace reelproof::api {

inline constexpr std::array<std::string_view, 5> kSealedFields = {"po", "so", "invoice",
                                                                  "packing_list", "price"};

// Those of kSealedFields that are sealed for us; empty where there are none, and where what is
// there can't be read: it is a partner's word, and bars nothing.
boost::json::object sealed_for_us(const ServiceContext& context, const ledger::Link& link);

}  // namespace reelproof::api
