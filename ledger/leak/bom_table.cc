#include "ledger/leak/bom_table.h"

#include <algorithm>
#include <array>

#include "ledger/base/bytes.h"
#include "ledger/base/csv.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::array<std::string_view, 11> kDesignators{
    "designator", "designators", "reference", "references",           "refdes",      "ref des",
    "ref",        "refs",        "位号",      "reference designator", "reference(s)"};
constexpr std::array<std::string_view, 5> kValues{"value", "values", "val", "comment", "值"};
constexpr std::array<std::string_view, 6> kQuantities{"quantity", "qty",   "qnty",
                                                      "qty.",     "count", "数量"};
constexpr std::array<std::string_view, 9> kFitted{
    "dnp", "dnf", "dni", "fitted", "not fitted", "populate", "mount", "assembly", "do not place"};

template <std::size_t N>
std::optional<std::size_t> column_of(const std::vector<std::string>& head,
                                     const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; i < head.size(); ++i)
        if (std::find(names.begin(), names.end(), folded_cell(head[i])) != names.end()) return i;
    return std::nullopt;
}

bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_designator(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && is_letter(text[at])) ++at;
    const auto letters = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return letters >= 1 && letters <= 4 && at > letters && at - letters <= 6 && at == text.size();
}

void find_columns(BomTable& table) {
    table.designators = column_of(table.head, kDesignators);
    table.value = column_of(table.head, kValues);
    table.quantity = column_of(table.head, kQuantities);
    table.fitted = column_of(table.head, kFitted);
    for (const auto& line : table.lines) {
        const auto written =
            read_part_value(cell_at(line, table.value),
                            line_kind(designators_in(cell_at(line, table.designators))));
        if (written && written->decimal_comma) table.decimal_comma = true;
    }
}

}  // namespace

std::string folded_cell(std::string_view cell) {
    auto out = csv_trimmed(cell);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view cell_at(const std::vector<std::string>& line, std::optional<std::size_t> column) {
    return column && *column < line.size() ? std::string_view(line[*column]) : std::string_view();
}

std::vector<DesignatorAt> designators_in(std::string_view cell) {
    std::vector<DesignatorAt> out;
    std::size_t at = 0;
    while ((at = cell.find_first_not_of(" ,;\t\r\n", at)) != std::string_view::npos) {
        const auto end = std::min(cell.find_first_of(" ,;\t\r\n", at), cell.size());
        std::string text(cell.substr(at, end - at));
        if (!is_designator(text)) return {};
        for (char& c : text)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        out.push_back({at, std::move(text)});
        at = end;
    }
    return out;
}

std::string_view designator_class(std::string_view designator) {
    return designator.substr(0,
                             std::min(designator.find_first_of("0123456789"), designator.size()));
}

std::optional<PartUnit> line_kind(const std::vector<DesignatorAt>& designators) {
    if (designators.empty()) return std::nullopt;
    const auto first = designator_class(designators.front().text);
    for (const auto& one : designators)
        if (designator_class(one.text) != first) return std::nullopt;
    if (first == "R") return PartUnit::ohm;
    if (first == "C") return PartUnit::farad;
    if (first == "L") return PartUnit::henry;
    return std::nullopt;
}

Result<BomTable> parse_bom_table(std::string_view csv) {
    if (csv.size() > kMaxTable)
        return Error{ErrorKind::too_large, "the table is over " + counted(kMaxTable, "byte")};
    if (!is_utf8(as_bytes(csv))) return malformed("it is no table in UTF-8");
    BomTable out;
    out.byte_order_mark = csv.starts_with(kByteOrderMark);
    const auto text = out.byte_order_mark ? csv.substr(kByteOrderMark.size()) : csv;
    out.separator = csv_separator(text);
    out.quote_all = text.starts_with('"');
    if (text.find("\r\n") == std::string_view::npos) out.line_end = "\n";
    CsvRecords records(text, out.separator);
    while (!records.done()) {
        const auto number = records.line();
        auto record = records.next();
        if (!record) return record.error();
        if (record->size() == 1 && csv_trimmed(record->front()).empty()) continue;
        if (out.head.empty()) {
            const bool named = std::any_of(record->begin(), record->end(), [](const auto& cell) {
                return !csv_trimmed(cell).empty();
            });
            if (named) out.head = std::move(*record);
            continue;
        }
        if (record->size() != out.head.size())
            return csv_error(number, "has " + counted(record->size(), "cell") +
                                         ", and the first line " + std::to_string(out.head.size()));
        if (out.lines.size() == kMostTableLines)
            return Error{ErrorKind::too_large,
                         "the table has more than " + counted(kMostTableLines, "line")};
        out.lines.push_back(std::move(*record));
    }
    if (out.head.empty()) return malformed("it is empty");
    find_columns(out);
    return out;
}

std::string format_bom_table(const BomTable& table) {
    std::string out(table.byte_order_mark ? kByteOrderMark : "");
    const auto write = [&](const std::vector<std::string>& line) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (i > 0) out += table.separator;
            const auto& cell = line[i];
            if (!table.quote_all && cell.find(table.separator) == std::string::npos &&
                cell.find_first_of("\"\r\n") == std::string::npos) {
                out += cell;
                continue;
            }
            out += '"';
            for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
            out += '"';
        }
        out += table.line_end;
    };
    write(table.head);
    for (const auto& line : table.lines) write(line);
    return out;
}

}  // namespace reelproof::ledger
