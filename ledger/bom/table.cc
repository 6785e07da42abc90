#include "ledger/bom/table.h"

#include <algorithm>
#include <unordered_map>

#include "ledger/base/counted.h"
#include "ledger/base/csv.h"

namespace reelproof::ledger {

std::vector<std::string> BomContents::hidden() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < kBomFields; ++i)
        if (!has[i]) out.emplace_back(to_string(bom_field(i)));
    return out;
}

std::size_t BomContents::bytes() const {
    std::size_t out = 0;
    for (const auto& line : lines) {
        out += sizeof(line);
        for (const auto& cell : line.cells) out += cell.capacity();
    }
    return out;
}

Result<void> DesignatorLimit::add(const BomLine& line) {
    count_ += line.count_designators();
    if (count_ > kMostDesignators)
        return Error{ErrorKind::too_large,
                     "the BOM has more than 200,000 designators: split it by assembly"};
    return {};
}

std::string format_bom(const std::vector<BomLine>& lines) {
    std::string out;
    for (std::size_t i = 0; i < kBomFields; ++i)
        out.append(i == 0 ? "" : ",").append(to_string(bom_field(i)));
    out += "\r\n";
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < kBomFields; ++i)
            out.append(i == 0 ? "" : ",").append(csv_cell(line.cells[i]));
        out += "\r\n";
    }
    return out;
}

Result<BomContents> parse_bom(std::string_view csv) {
    BomContents out;
    CsvRecords records(csv);
    if (records.done()) return malformed("the BOM is empty");
    const auto head = records.next();
    if (!head) return head.error();
    std::vector<BomField> fields;
    for (const auto& name : *head) {
        const auto field = parse_bom_field(name);
        if (!field) return field.error();
        if (out.shows(*field)) return malformed("the column " + name + " is there twice");
        out.has[static_cast<std::size_t>(*field)] = true;
        fields.push_back(*field);
    }
    DesignatorLimit designators;
    while (!records.done()) {
        const auto at = records.line();
        const auto record = records.next();
        if (!record) return record.error();
        if (record->size() > fields.size()) return csv_error(at, "has more cells than the heading");
        if (out.lines.size() >= kMostBomLines)
            return Error{ErrorKind::too_large, "the BOM has more than 20,000 lines"};
        BomLine line;
        line.number = out.lines.size() + 1;
        line.cell(BomField::fitted) = "yes";
        for (std::size_t i = 0; i < record->size(); ++i) {
            auto cell = normal_bom_cell(fields[i], csv_without_guard((*record)[i]));
            if (!cell)
                return csv_error(at,
                                 std::string(to_string(fields[i])) + ": " + cell.error().message);
            line.cell(fields[i]) = std::move(*cell);
        }
        if (auto fine = designators.add(line); !fine) return fine.error();
        out.lines.push_back(std::move(line));
    }
    return out;
}

void BomProblems::keep(BomProblem problem) {
    auto& to = problem.warning ? kept_warnings_ : kept_errors_;
    if (to.size() < kMostKept) to.push_back(std::move(problem));
}

std::vector<BomProblem> BomProblems::list() const {
    auto out = kept_errors_;
    for (const auto& warning : kept_warnings_)
        if (out.size() < kMostKept) out.push_back(warning);
    std::stable_sort(out.begin(), out.end(),
                     [](const BomProblem& a, const BomProblem& b) { return a.line < b.line; });
    return out;
}

void check_bom(const std::vector<BomLine>& lines, BomProblems& problems) {
    std::unordered_map<std::string_view, std::uint64_t> seen;
    std::unordered_map<std::string, std::uint64_t> loose;
    if (lines.size() > kMostBomLines)
        problems.error(0, "", "there are more than 20,000 lines: split the BOM by assembly");
    for (const auto& line : lines) {
        const auto all = line.designators();
        if (all.empty()) {
            const auto [at, fresh] = loose.emplace(part_name(line), line.number);
            if (!fresh)
                problems.error(line.number, "",
                               at->first + " is on line " + std::to_string(at->second) +
                                   " as well, and neither names its designators: make them one");
        }
        for (const auto one : all) {
            const auto [at, fresh] = seen.emplace(one, line.number);
            if (!fresh)
                problems.error(line.number, "designators",
                               std::string(one) + " is on line " + std::to_string(at->second) +
                                   " as well: one place takes one part");
        }
        const auto quantity = line.quantity();
        const auto placed = static_cast<std::int64_t>(all.size());
        if (!all.empty() && quantity && *quantity != placed * 1000)
            problems.error(line.number, "quantity",
                           "it is " + line.cell(BomField::quantity) + " for " +
                               counted(all.size(), "designator") + ": " +
                               csv_beginning(shortened_designators(all), 200));
    }
    if (seen.size() > kMostDesignators)
        problems.error(0, "designators", "there are more than 200,000: split the BOM by assembly");
}

void check_release(const std::vector<BomLine>& lines, BomProblems& problems) {
    if (lines.empty()) problems.error(0, "", "the BOM has no lines");
    for (const auto& line : lines) {
        if (!line.fitted()) continue;
        if (line.cell(BomField::mpn).empty() && line.cell(BomField::customer_pn).empty())
            problems.error(line.number, "mpn",
                           "neither mpn nor customer_pn is given: nobody could tell which part "
                           "belongs here; fill one in, or set fitted to no");
        if (line.cell(BomField::mpn).empty() && !line.cell(BomField::alternates).empty())
            problems.error(line.number, "mpn", "second sources need a first: fill in mpn");
        if (line.cell(BomField::quantity).empty() && line.cell(BomField::designators).empty())
            problems.error(line.number, "quantity", "how many of it there are, nothing says");
    }
}

}  // namespace reelproof::ledger
