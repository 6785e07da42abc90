#include "node/cli/shipment_csv.h"

#include <algorithm>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"

namespace reelproof::node {

namespace {

using ledger::Error;
using ledger::Result;

Error at_line(std::size_t line, const std::string& what) {
    return ledger::malformed("line " + std::to_string(line) + ": " + what);
}

// One record of RFC 4180: quoted fields may hold separators, line ends and doubled quotes.
class Records {
  public:
    explicit Records(std::string_view text) : text_(text) {
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // as spreadsheets write
    }
    [[nodiscard]] bool done() const { return at_ >= text_.size(); }
    [[nodiscard]] std::size_t line() const { return line_; }

    Result<std::vector<std::string>> next() {
        std::vector<std::string> fields(1);
        const auto first_line = line_;
        bool quoted = false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '\0') return at_line(line_, "holds a zero byte: this is no CSV text");
            if (quoted) {
                if (c == '\n') ++line_;
                if (c != '"') {
                    fields.back() += c;
                } else if (at_ < text_.size() && text_[at_] == '"') {
                    fields.back() += '"';
                    ++at_;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && fields.back().empty()) {
                quoted = true;
            } else if (c == ',') {
                fields.emplace_back();
                if (fields.size() > 64) return at_line(line_, "has more than 64 columns");
            } else if (c == '\n') {
                ++line_;
                return fields;
            } else if (c != '\r' || (at_ < text_.size() && text_[at_] != '\n')) {
                fields.back() += c;
            }
        }
        if (quoted) return at_line(first_line, "a quoted field is never closed");
        return fields;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

std::string trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return std::string(text);
}

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
    Records records(csv);
    auto header = records.next();
    if (!header) return header.error();
    std::vector<std::string> columns;
    for (const auto& name : *header) {
        columns.push_back(trimmed(name));
        if (!kColumns.contains(columns.back()))
            return at_line(1, "column " + named(columns.back(), columns.size()) +
                                  " is none of label, to, po, so, invoice, packing_list");
        if (std::count(columns.begin(), columns.end(), columns.back()) > 1)
            return at_line(1, "column " + columns.back() + " is there twice");
    }
    for (const auto* name : {"label", "to"})
        if (std::find(columns.begin(), columns.end(), name) == columns.end())
            return at_line(1, std::string("column ") + name + " is missing");

    std::vector<Shipment> shipments;
    std::set<std::string> seen;
    std::size_t rows = 0;
    while (!records.done()) {
        const auto line = records.line();
        auto fields = records.next();
        if (!fields) return fields.error();
        if (fields->size() == 1 && trimmed(fields->front()).empty()) continue;  // a blank line
        if (++rows > kMaxShipmentRows) return at_line(line, "more than 100000 rows");
        if (fields->size() != columns.size())
            return at_line(line, "has " + ledger::counted(fields->size(), "column") + ", not " +
                                     std::to_string(columns.size()));
        Shipment row;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            auto value = trimmed((*fields)[i]);
            if (columns[i] == "label")
                row.labels = {std::move(value)};
            else if (columns[i] == "to")
                row.to = std::move(value);
            else if (!value.empty())
                row.order[columns[i]] = std::move(value);
        }
        if (row.labels.front().empty()) return at_line(line, "column label is empty");
        if (row.to.empty()) return at_line(line, "column to is empty");
        if (!seen.insert(row.labels.front()).second)
            return at_line(line, "this label was listed before");
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
    if (shipments.empty()) return at_line(1, "there are no rows under the header");
    for (auto& shipment : shipments) shipment.idempotency_key = key_of(shipment);
    return shipments;
}

}  // namespace reelproof::node
