#include "ledger/vault/csv_view.h"

#include <algorithm>

#include "ledger/base/bytes.h"
#include "ledger/base/csv.h"

namespace reelproof::ledger {
namespace {

std::string folded(std::string_view name) {
    auto out = csv_trimmed(name);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace

Result<std::string> with_columns(std::string_view csv, const std::vector<std::string>& columns) {
    if (csv.size() > kMaxTable)
        return Error{ErrorKind::too_large, "the table is over " + counted(kMaxTable, "byte")};
    if (!is_utf8(as_bytes(csv))) return malformed("the document is no table in UTF-8");
    CsvRecords records(csv, csv_separator(csv));
    const auto head = records.done() ? Result<std::vector<std::string>>(malformed("it is empty"))
                                     : records.next();
    if (!head) return within("the document is no table", head.error());
    std::vector<std::size_t> places;
    for (const auto& column : columns) {
        const auto found = std::find_if(head->begin(), head->end(), [&](const std::string& name) {
            return folded(name) == folded(column);
        });
        if (found == head->end()) return malformed("the table has no column " + column);
        places.push_back(static_cast<std::size_t>(found - head->begin()));
    }
    std::string out;
    const auto write = [&](const std::vector<std::string>& record) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (i > 0) out += ',';
            if (places[i] < record.size()) out += csv_cell(record[places[i]]);
        }
        out += "\r\n";
    };
    write(*head);
    while (!records.done()) {
        const auto record = records.next();
        if (!record) return within("the document is no table", record.error());
        write(*record);
    }
    return out;
}

}  // namespace reelproof::ledger
