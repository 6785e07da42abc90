// Shipments as a CSV file (RFC 4180): a header row, then one item a row. Pure, thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/base/bytes.h"

namespace reelproof::node {

inline constexpr std::size_t kMaxShipmentFile = 16 << 20;
inline constexpr std::size_t kMaxShipmentRows = 100'000;
inline constexpr std::size_t kMaxShipmentItems =
    500;  // of one request; more rows make more requests

struct Shipment {
    std::string to;
    std::map<std::string, std::string>
        order;                        // po, so, invoice, packing_list: those that are given
    std::vector<std::string> labels;  // symbol texts, one an item
    std::vector<std::size_t> lines;   // of the file, as labels
    // Follows from destination, order and labels.
    std::string idempotency_key;
};

// Columns label and to are required; po, so, invoice, packing_list may be there; others are an
// error, so that a misspelt column is not lost. Rows with the same destination and order are one
// shipment. Errors name line and column; the whole file is checked before anything is given.
ledger::Result<std::vector<Shipment>> parse_shipments(std::string_view csv);

}  // namespace reelproof::node
