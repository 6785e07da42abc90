#include "tests/ledger/leak/leak_support.h"

#include <algorithm>
#include <array>
#include <map>

namespace reelproof::test {

using namespace ledger;

namespace {

BomTable table_of(const std::string& csv) {
    return parse_bom_table(csv).value();
}

std::string value_text(char letter, Random& random) {
    static constexpr std::array kSteps{10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82};
    const auto step = kSteps[random() % kSteps.size()];
    const int decade = static_cast<int>(random() % 4);
    const PartUnit unit = letter == 'R'   ? PartUnit::ohm
                          : letter == 'C' ? PartUnit::farad
                                          : PartUnit::henry;
    const int first = letter == 'R' ? 1 : letter == 'C' ? -11 : -8;
    const PartValue value = step % 10 == 0
                                ? PartValue{std::to_string(step / 10), first + decade + 1, unit}
                                : PartValue{std::to_string(step), first + decade, unit};
    return write_part_value(value, value_spellings(value).front(), letter == 'C', false);
}

}  // namespace

std::string some_bom(std::uint64_t seed, std::size_t lines) {
    Random random(seed);
    BomTable out;
    out.head = {"Designator", "Value", "Footprint", "MPN", "Price", "Quantity"};
    std::map<char, std::size_t> next;
    std::string value, mpn, price;
    char letter = 'R';
    for (std::size_t i = 0; i < lines; ++i) {
        const bool grouped = i < lines / 2;
        // Of the single ones four after each other are the same part.
        if (grouped || i % 4 == 0) {
            letter = "RRRCCCLU"[random() % 8];
            mpn = std::string(1, letter) + "P-" + std::to_string(100000 + random() % 900000);
            price = "0.0" + std::to_string(random() % 100);
            value = letter == 'U' ? mpn : value_text(letter, random);
        }
        const auto count = grouped && letter != 'U' ? 1 + random() % 12 : 1;
        std::string names;
        for (std::size_t j = 0; j < count; ++j)
            names += (names.empty() ? "" : ", ") + std::string(1, letter) +
                     std::to_string(++next[letter]);
        out.lines.push_back(
            {names, value, letter == 'U' ? "QFN-32" : "0402", mpn, price, std::to_string(count)});
    }
    return format_bom_table(out);
}

std::string sorted_lines(const std::string& csv) {
    auto table = table_of(csv);
    std::sort(table.lines.begin(), table.lines.end());
    return format_bom_table(table);
}

std::string shuffled_lines(const std::string& csv, Random& random) {
    auto table = table_of(csv);
    std::shuffle(table.lines.begin(), table.lines.end(), random);
    return format_bom_table(table);
}

std::string part_of_lines(const std::string& csv, double share, Random& random) {
    auto table = table_of(csv);
    std::vector<std::vector<std::string>> kept;
    for (auto& line : table.lines)
        if (std::uniform_real_distribution<>()(random) < share) kept.push_back(std::move(line));
    table.head = kept.empty() ? table.head : kept.front();
    if (!kept.empty()) kept.erase(kept.begin());
    table.lines = std::move(kept);
    return format_bom_table(table);
}

std::string typed_anew(const std::string& csv, Random& random) {
    auto table = table_of(csv);
    const auto places = table.value;
    for (auto& line : table.lines) {
        const auto kind = line_kind(designators_in(cell_at(line, table.designators)));
        if (const auto written = read_part_value(cell_at(line, places), kind)) {
            const auto known = value_spellings(written->value);
            const auto spelling =
                random() % 10 == 0 ? known[random() % known.size()] : written->spelling;
            line[*places] = write_part_value(written->value, spelling, false, false);
        }
        for (auto& cell : line) {
            cell.erase(std::remove(cell.begin(), cell.end(), ' '), cell.end());
            if (&cell == &line[*places]) continue;
            for (char& c : cell)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
    }
    table.separator = ';';
    return format_bom_table(table);
}

std::string made_uniform(const std::string& csv) {
    auto table = table_of(csv);
    for (auto& line : table.lines) {
        auto names = designators_in(cell_at(line, table.designators));
        if (const auto written = read_part_value(cell_at(line, table.value), line_kind(names)))
            line[*table.value] = write_part_value(
                written->value, value_spellings(written->value).front(), false, false);
        if (names.empty()) continue;
        std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
            return std::pair(a.text.size(), a.text) < std::pair(b.text.size(), b.text);
        });
        line[*table.designators].clear();
        for (const auto& name : names)
            line[*table.designators] += (&name == &names.front() ? "" : ", ") + name.text;
    }
    return sorted_lines(format_bom_table(table));
}

std::string without_columns(const std::string& csv, const std::vector<std::string>& names) {
    auto table = table_of(csv);
    for (const auto& name : names) {
        const auto at = std::find(table.head.begin(), table.head.end(), name) - table.head.begin();
        table.head.erase(table.head.begin() + at);
        for (auto& line : table.lines) line.erase(line.begin() + at);
    }
    return format_bom_table(table);
}

std::string mixed(const std::vector<std::string>& copies, Random& random) {
    std::vector<BomTable> tables;
    std::vector<std::map<std::string, std::vector<std::string>>> lines;
    std::vector<std::string> order;
    std::map<std::string, std::size_t> holders;
    for (const auto& copy : copies) {
        tables.push_back(table_of(copy));
        auto& mine = lines.emplace_back();
        for (const auto& line : tables.back().lines) {
            auto names = designators_in(cell_at(line, tables.back().designators));
            std::sort(names.begin(), names.end(),
                      [](const auto& a, const auto& b) { return a.text < b.text; });
            const auto key = names.empty() ? line.front() : names.front().text;
            mine[key] = line;
            if (++holders[key] == 1) order.push_back(key);
        }
    }
    auto out = tables.front();
    out.lines.clear();
    for (const auto& key : order) {
        const auto& from = lines[random() % lines.size()];
        if (const auto found = from.find(key); found != from.end())
            out.lines.push_back(found->second);
    }
    return format_bom_table(out);
}

}  // namespace reelproof::test
