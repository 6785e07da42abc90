#include "node/cli/shipment_csv.h"

#include <algorithm>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/base/csv.h"
#include "ledger/base/sha256.h"

namespace reelproof::node {

namespace {

using ledger::Result;

// A file without a header begins with a label, which is a secret: only what looks like a name is
// repeated.
std::string named(const std::string& column, std::size_t number) {
    const bool name =
        !column.empty() && column.size() <= 20 &&
        std::all_of(column.begin(), column.end(), [](unsigned char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ' ';
        });
    return name ? "\"" + column + "\"" : std::to_string(number);
}

// Follows from what is shipped, where to and under which order: a corrected file sends again what
// went out already, and the node knows it for a retry.
std::string key_of(const Shipment& shipment) {
    std::string content = shipment.to;
    for (const auto& [name, value] : shipment.order) content += '\n' + name + '=' + value;
    for (const auto& label : shipment.labels) content += '\n' + label;
    return "csv/" + ledger::to_hex(ledger::sha256(ledger::as_bytes(content)));
}

}  // namespace

Result<std::vector<Shipment>> parse_shipments(std::string_view csv) {
    static const std::set<std::string> kColumns = {"label", "to",      "po",
                                                   "so",    "invoice", "packing_list"};
    ledger::CsvRecords records(csv);
    auto header = records.next();
    if (!header) return header.error();
    std::vector<std::string> columns;
    for (const auto& name : *header) {
        columns.push_back(ledger::csv_trimmed(name));
        if (!kColumns.contains(columns.back()))
            return ledger::csv_error(1, "column " + named(columns.back(), columns.size()) +
                                            " is none of label, to, po, so, invoice, packing_list");
        if (std::count(columns.begin(), columns.end(), columns.back()) > 1)
            return ledger::csv_error(1, "column " + columns.back() + " is there twice");
    }
    for (const auto* name : {"label", "to"})
        if (std::find(columns.begin(), columns.end(), name) == columns.end())
            return ledger::csv_error(1, std::string("column ") + name + " is missing");

    std::vector<Shipment> shipments;
    std::set<std::string> seen;
    std::size_t rows = 0;
    while (!records.done()) {
        const auto line = records.line();
        auto fields = records.next();
        if (!fields) return fields.error();
        if (fields->size() == 1 && ledger::csv_trimmed(fields->front()).empty())
            continue;  // a blank line
        if (++rows > kMaxShipmentRows) return ledger::csv_error(line, "more than 100000 rows");
        if (fields->size() != columns.size())
            return ledger::csv_error(line, "has " + ledger::counted(fields->size(), "column") +
                                               ", not " + std::to_string(columns.size()));
        Shipment row;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            auto value = ledger::csv_trimmed((*fields)[i]);
            if (columns[i] == "label")
                row.labels = {std::move(value)};
            else if (columns[i] == "to")
                row.to = std::move(value);
            else if (!value.empty())
                row.order[columns[i]] = std::move(value);
        }
        if (row.labels.front().empty()) return ledger::csv_error(line, "column label is empty");
        if (row.to.empty()) return ledger::csv_error(line, "column to is empty");
        if (!seen.insert(row.labels.front()).second)
            return ledger::csv_error(line, "this label was listed before");
        const auto same = std::find_if(shipments.begin(), shipments.end(), [&](const auto& other) {
            return other.to == row.to && other.order == row.order &&
                   other.labels.size() < kMaxShipmentItems;
        });
        if (same != shipments.end()) {
            same->labels.push_back(std::move(row.labels.front()));
            same->lines.push_back(line);
            continue;
        }
        row.lines = {line};
        shipments.push_back(std::move(row));
    }
    if (shipments.empty()) return ledger::csv_error(1, "there are no rows under the header");
    for (auto& shipment : shipments) shipment.idempotency_key = key_of(shipment);
    return shipments;
}

}  // namespace reelproof::node
