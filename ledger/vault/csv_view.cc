#include "ledger/vault/csv_view.h"

#include <algorithm>
#include <optional>

#include "ledger/base/bytes.h"
#include "ledger/base/csv.h"
#include "ledger/base/secret.h"

namespace reelproof::ledger {
namespace {

std::string folded(std::string_view name) {
    auto out = csv_trimmed(name);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

struct Table {
    CsvRecords records;  // behind the heading
    std::vector<std::string> heading;
};
Result<Table> table_of(std::string_view csv) {
    if (csv.size() > kMaxTable)
        return Error{ErrorKind::too_large, "the table is over " + counted(kMaxTable, "byte")};
    if (!is_utf8(as_bytes(csv))) return malformed("the document is no table in UTF-8");
    CsvRecords records(csv, csv_separator(csv));
    auto heading = records.done() ? Result<std::vector<std::string>>(malformed("it is empty"))
                                  : records.next();
    if (!heading) return within("the document is no table", heading.error());
    return Table{records, std::move(*heading)};
}

std::optional<std::size_t> place_of(const std::string& column,
                                    const std::vector<std::string>& heading) {
    const auto found = std::find_if(heading.begin(), heading.end(), [&](const std::string& name) {
        return same_column(name, column);
    });
    if (found == heading.end()) return std::nullopt;
    return static_cast<std::size_t>(found - heading.begin());
}

}  // namespace

std::string_view whole_lines(std::string_view head, std::uint64_t size) {
    return head.size() < size ? head.substr(0, head.rfind('\n') + 1) : head;
}

bool same_column(std::string_view one, std::string_view other) {
    return folded(one) == folded(other);
}

Result<std::vector<std::string>> columns_of(std::string_view csv) {
    const auto table = table_of(csv);
    if (!table) return table.error();
    std::vector<std::string> out;
    for (const auto& name : table->heading)
        if (auto column = csv_trimmed(name); !column.empty() && !place_of(column, out))
            out.push_back(std::move(column));
    return out;
}

Result<std::string> with_columns(std::string_view csv, const std::vector<std::string>& columns) {
    auto table = table_of(csv);
    if (!table) return table.error();
    auto& [records, heading] = *table;
    std::vector<std::size_t> places;
    for (const auto& column : columns) {
        const auto place = place_of(column, heading);
        if (!place) return malformed("the table has no column " + column);
        places.push_back(*place);
    }
    std::string out;
    // Where it grows, a copy of what may be shown to nobody else stays behind.
    out.reserve(csv.size() + csv.size() / 8 + kLongestHeading);
    const auto write = [&](const std::vector<std::string>& record) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (i > 0) out += ',';
            if (places[i] < record.size()) out += csv_cell(record[places[i]]);
        }
        out += "\r\n";
    };
    write(heading);
    while (!records.done()) {
        const auto record = records.next();
        if (!record) return within("the document is no table", record.error());
        write(*record);
        // A line without cells has a comma for each column but one.
        if (out.size() > kMaxTable) {
            wipe(out.data(), out.size());
            return Error{ErrorKind::too_large,
                         "the table with these columns is over " + counted(kMaxTable, "byte")};
        }
    }
    return out;
}

Result<std::vector<std::string>> columns_as_spelled(std::string_view csv,
                                                    const std::vector<std::string>& columns) {
    const auto table = table_of(csv);
    if (!table) return table.error();
    std::vector<std::string> out;
    for (const auto& column : columns) {
        const auto place = place_of(column, table->heading);
        if (place) {
            out.push_back(csv_trimmed(table->heading[*place]));
            continue;
        }
        std::string all;
        for (const auto& name : table->heading)
            all.append(all.empty() ? "" : ", ").append(csv_trimmed(name));
        return malformed("columns: the table has no column " + column + "; it has " + all);
    }
    return out;
}

}  // namespace reelproof::ledger
