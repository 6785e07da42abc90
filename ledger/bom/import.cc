#include "ledger/bom/import.h"

#include <algorithm>
#include <optional>
#include <set>

#include "ledger/base/csv.h"
#include "ledger/bom/text.h"

namespace reelproof::ledger {
namespace {

constexpr std::size_t kMostTitles = 60;  // lines above the heading
constexpr std::size_t kLongestColumn = 200;

// Letters and digits in lower case: "Reference(s)" and "References" are one.
std::string folded(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c < 0 || c == '#';
        if (kept) out += c;
    }
    return out;
}

// What programs call their columns, the likelier first.
const std::vector<std::pair<BomField, std::vector<std::string_view>>>& known_columns() {
    static const std::vector<std::pair<BomField, std::vector<std::string_view>>> known{
        {BomField::designators,
         {"designators", "designator", "references", "reference", "refs", "ref", "refdes",
          "referencedesignators", "referencedesignator", "partreference", "position",
          "bauteilbezeichner", "位号"}},
        {BomField::quantity,
         {"quantity", "qty", "qnty", "quantityperboard", "qtyperboard", "count", "menge", "anzahl",
          "数量"}},
        {BomField::customer_pn,
         {"customerpn", "customerpartnumber", "internalpartnumber", "internalpn", "ipn",
          "housepartnumber", "housepn", "companypartnumber", "itemnumber", "artikelnummer"}},
        {BomField::manufacturer,
         {"manufacturer", "manufacturer1", "manufacturername", "mfr", "mfr1", "mfg", "manuf",
          "maker", "hersteller", "制造商"}},
        {BomField::mpn,
         {"mpn", "mpn1", "manufacturerpartnumber", "manufacturerpartnumber1", "manufacturerpn",
          "manufacturerpartno", "manufacturerpart", "mfrpartnumber", "mfrpn", "mfgpartnumber",
          "mfgpn", "mfrno", "herstellernummer", "partnumber", "partno"}},
        {BomField::alternates,
         {"alternates", "alternate", "alternatives", "alternatempn", "altmpn", "secondsource",
          "secondsources", "avl", "mpn2", "mpn3", "mpn4", "manufacturerpartnumber2",
          "manufacturerpartnumber3", "manufacturerpartnumber4"}},
        {BomField::value, {"value", "val", "comment", "designation", "wert"}},
        {BomField::description, {"description", "desc", "beschreibung"}},
        {BomField::package,
         {"package", "footprint", "footprintname", "case", "pattern", "bauform", "封装"}},
        {BomField::fitted,
         {"fitted", "populate", "dnp", "dnf", "donotpopulate", "donotfit", "notfitted"}},
        {BomField::price, {"price", "unitprice", "supplierunitprice1", "unitcost", "preis"}},
        {BomField::note, {"note", "notes", "remark", "remarks", "bemerkung"}}};
    return known;
}

// Columns that say what is *not* fitted.
bool says_not_fitted(std::string_view column) {
    const auto name = folded(column);
    return name == "dnp" || name == "dnf" || name == "donotpopulate" || name == "donotfit" ||
           name == "notfitted";
}

std::string cell_of(const std::vector<std::string>& record, std::size_t column) {
    return column < record.size() ? csv_without_guard(csv_trimmed(record[column])) : std::string();
}

// Which columns each field is made of.
struct Heading {
    std::array<std::vector<std::size_t>, kBomFields> columns{};
    std::vector<std::string> names;
    std::uint64_t line = 0;
    std::size_t behind = 0;  // records up to it, itself counted
    std::size_t found = 0;   // fields
    char separator = ',';
    std::string missing;  // a column that was named and is not there

    std::vector<std::size_t>& of(BomField field) {
        return columns[static_cast<std::size_t>(field)];
    }
};

std::optional<std::size_t> column_named(const std::vector<std::string>& names,
                                        std::string_view wanted) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (folded(names[i]) == folded(wanted)) return i;
    return std::nullopt;
}

Heading heading_of(const std::vector<std::string>& record, const BomImportOptions& options) {
    Heading out;
    for (const auto& name : record) out.names.push_back(csv_trimmed(name));
    std::set<std::size_t> taken;
    const auto take = [&](BomField field, std::string_view name) {
        const auto column = folded(name).empty() ? std::nullopt : column_named(out.names, name);
        if (!column || !taken.insert(*column).second) return false;
        out.of(field).push_back(*column);
        return true;
    };
    for (const auto& [field, names] : options.mapping)
        for (const auto& name : names)
            if (!take(field, name)) out.missing = name;
    for (const auto& [field, names] : options.remembered) {
        if (!out.of(field).empty()) continue;
        for (const auto& name : names) take(field, name);
    }
    for (const auto& [field, names] : known_columns()) {
        if (!out.of(field).empty()) continue;
        for (const auto name : names)
            if (take(field, name) && field != BomField::alternates) break;
    }
    for (const auto& columns : out.columns) out.found += columns.empty() ? 0 : 1;
    return out;
}

// The likeliest heading under one separator; nothing where there is none.
std::optional<Heading> heading_under(std::string_view text, char separator,
                                     const BomImportOptions& options) {
    CsvRecords records(text, separator);
    std::optional<Heading> best;
    for (std::size_t i = 1; i <= kMostTitles && !records.done(); ++i) {
        const auto line = records.line();
        const auto record = records.next();
        if (!record) break;
        auto heading = heading_of(*record, options);
        if (heading.of(BomField::designators).empty() || heading.found < 2) continue;
        const bool better =
            !best || (heading.missing.empty() && !best->missing.empty()) ||
            (heading.missing.empty() == best->missing.empty() && heading.found > best->found);
        if (!better) continue;
        heading.line = line;
        heading.behind = i;
        heading.separator = separator;
        best = std::move(heading);
    }
    return best;
}

Result<Heading> find_heading(std::string_view text, const BomImportOptions& options) {
    std::optional<Heading> best;
    for (const char separator : {',', ';', '\t', '|'}) {
        auto one = heading_under(text, separator, options);
        if (one && (!best || one->found > best->found)) best = std::move(one);
    }
    if (!best)
        return malformed(
            "no heading is found: none of the first 60 lines names a column of designators "
            "(Reference, Designator, RefDes ...) and another one; say which columns are which");
    if (best->missing.empty()) return std::move(*best);
    std::string all;
    for (const auto& name : best->names)
        if (!name.empty()) all.append(all.empty() ? "" : ", ").append(csv_beginning(name));
    return malformed("the file has no column \"" + csv_beginning(best->missing, kLongestColumn) +
                     "\", or it stands for two fields; line " + std::to_string(best->line) +
                     " names: " + csv_beginning(all, 2000));
}

Result<std::string> cell_text(const Heading& heading, BomField field,
                              const std::vector<std::string>& record, BomProblems& problems,
                              std::uint64_t line) {
    const auto& columns = heading.columns[static_cast<std::size_t>(field)];
    std::string text;
    for (const auto column : columns) {
        const auto one = cell_of(record, column);
        if (one.empty()) continue;
        text.append(text.empty() ? "" : ";").append(one);
        if (one.front() == '=' || one.front() == '@')
            problems.warning(
                line, to_string(field),
                "a spreadsheet would calculate \"" + csv_beginning(one) + "\": it is kept as text");
    }
    if (field == BomField::fitted && !columns.empty() &&
        says_not_fitted(heading.names[columns.front()])) {
        // "DNP" in a column DNP means what "yes" does there.
        if (auto says = normal_bom_cell(field, text); !says) return says;
        for (const auto* no : {"", "no", "n", "0", "false"})
            if (folded(text) == no) return std::string("yes");
        return std::string("no");
    }
    return normal_bom_cell(field, text);
}

// Nothing: it can't be taken, and the problems say why.
std::optional<BomLine> line_of(const Heading& heading, const std::vector<std::string>& record,
                               std::uint64_t number, BomProblems& problems) {
    BomLine line;
    line.number = number;
    bool good = true;
    for (std::size_t i = 0; i < kBomFields; ++i) {
        const auto field = bom_field(i);
        auto cell = cell_text(heading, field, record, problems, number);
        if (cell) {
            line.cell(field) = std::move(*cell);
            continue;
        }
        good = false;
        problems.error(number, to_string(field), cell.error().message);
    }
    if (!good) return std::nullopt;
    if (line.cell(BomField::quantity).empty() && !line.cell(BomField::designators).empty())
        line.cell(BomField::quantity) = std::to_string(line.count_designators());
    return line;
}

bool is_empty(const BomLine& line) {
    for (const auto field :
         {BomField::designators, BomField::customer_pn, BomField::mpn, BomField::value})
        if (!line.cell(field).empty()) return false;
    return true;
}

// Columns with a name that no field is made of.
std::vector<std::size_t> unused_columns(const Heading& heading) {
    std::set<std::size_t> used;
    for (const auto& columns : heading.columns) used.insert(columns.begin(), columns.end());
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < heading.names.size(); ++i)
        if (!used.contains(i) && !heading.names[i].empty()) out.push_back(i);
    return out;
}

BomMapping mapping_of(const Heading& heading, std::vector<std::string>& unused) {
    BomMapping out;
    for (std::size_t i = 0; i < kBomFields; ++i)
        for (const auto column : heading.columns[i])
            out[bom_field(i)].push_back(heading.names[column]);
    for (const auto column : unused_columns(heading)) unused.push_back(heading.names[column]);
    return out;
}

// For a line that names no part: the longest text of an unused column may be its number.
std::string advice_on(const Heading& heading, const std::vector<std::string>& record) {
    std::string text, name;
    for (const auto column : unused_columns(heading))
        if (auto cell = cell_of(record, column); cell.size() > text.size()) {
            text = std::move(cell);
            name = heading.names[column];
        }
    if (text.empty() || !heading.columns[static_cast<std::size_t>(BomField::customer_pn)].empty())
        return {};
    return "; if \"" + csv_beginning(text) +
           "\" is its part number, import with --map 'customer_pn=" +
           csv_beginning(name, kLongestColumn) + "'";
}

}  // namespace

Result<BomImport> import_bom(ByteView file, const BomImportOptions& options) {
    if (file.size() > kMaxBomFile)
        return Error{ErrorKind::too_large, "the file is over " + counted(kMaxBomFile, "byte")};
    const auto text = decode_text(file, options.encoding);
    if (!text) return text.error();
    const auto heading = find_heading(text->text, options);
    if (!heading) return heading.error();
    BomImport out;
    out.encoding = text->encoding;
    out.separator = heading->separator;
    out.heading = heading->line;
    out.mapping = mapping_of(*heading, out.unused);
    CsvRecords records(text->text, heading->separator);
    for (std::size_t i = 0; i < heading->behind; ++i)
        if (const auto skipped = records.next(); !skipped) return skipped.error();
    std::size_t taken = 0;
    DesignatorLimit designators;
    while (!records.done()) {
        const auto at = records.line();
        const auto record = records.next();
        if (!record) return record.error();
        if (record->size() == 1 && csv_trimmed(record->front()).empty()) continue;
        if (++taken > kMostBomLines)
            return Error{ErrorKind::too_large,
                         "the file has more than 20,000 lines: split the BOM by assembly"};
        if (record->size() > heading->names.size() &&
            std::any_of(record->begin() + static_cast<std::ptrdiff_t>(heading->names.size()),
                        record->end(),
                        [](const std::string& cell) { return !csv_trimmed(cell).empty(); })) {
            out.problems.error(at, "",
                               "it has " + counted(record->size(), "cell") + ", and the heading " +
                                   std::to_string(heading->names.size()) +
                                   ": is a cell with a separator in it not quoted?");
            continue;
        }
        auto line = line_of(*heading, *record, at, out.problems);
        if (!line) continue;
        if (auto fine = designators.add(*line); !fine) return fine.error();
        if (is_empty(*line)) {
            out.problems.warning(
                at, "", "it names no part and no place: left out" + advice_on(*heading, *record));
            continue;
        }
        out.lines.push_back(std::move(*line));
    }
    check_bom(out.lines, out.problems);
    if (out.lines.empty() && out.problems.errors() == 0)
        out.problems.error(0, "", "behind its heading the file has no lines");
    return out;
}

}  // namespace reelproof::ledger
