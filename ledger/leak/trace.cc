#include "ledger/leak/trace.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include "ledger/base/csv.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::ledger {
namespace {

using Record = std::vector<std::string>;

constexpr std::size_t kMostRecords = 4 * kMostTableLines;
constexpr std::size_t kShortestText = 5;  // that tells a line from others
constexpr std::string_view kParting = " ,;\t|\r\n\"";

// The parts of the lines that a copy may have given to the file. Half of the weight is on none, so
// that a kind of mark that was lost altogether hardly speaks against the others.
constexpr std::array kParts{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.9, 0.97, 0.995};

void add_words(std::string_view text, Record& out) {
    while (!text.empty()) {
        const auto stop = std::min(text.find_first_of(kParting), text.size());
        if (stop > 0) out.emplace_back(text.substr(0, stop));
        text.remove_prefix(std::min(stop + 1, text.size()));
    }
}

// As CSV, else line by line; the words of each line behind its cells, since a table may have been
// pasted into a letter.
std::vector<Record> found_records(std::string_view text) {
    std::vector<Record> out;
    const auto keep = [&](Record record) {
        for (std::size_t i = 0, cells = record.size(); i < cells; ++i)
            if (record[i].find_first_of(kParting) != std::string::npos)
                add_words(std::string(record[i]), record);
        out.push_back(std::move(record));
    };
    CsvRecords records(text, csv_separator(text));
    while (!records.done() && out.size() < kMostRecords) {
        auto record = records.next();
        if (!record) break;
        keep(std::move(*record));
    }
    if (records.done() || out.size() == kMostRecords) return out;
    out.clear();
    while (!text.empty() && out.size() < kMostRecords) {
        const auto end = std::min(text.find('\n'), text.size());
        keep({std::string(text.substr(0, end))});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

// ln of the weighted mean of the likelihood ratios whose ln `of` gives for each part.
template <class Of>
double mean_over_parts(const Of& of) {
    std::array<double, kParts.size()> logs;
    std::transform(kParts.begin(), kParts.end(), logs.begin(), of);
    const double most = std::max(0.0, *std::max_element(logs.begin(), logs.end()));
    double sum = 0;
    for (const double one : logs) sum += std::exp(one - most);
    return most + std::log(0.5 * std::exp(-most) + 0.5 * sum / static_cast<double>(kParts.size()));
}

// Marks of one kind, by how many there are to choose from.
class Kind {
  public:
    void count(std::size_t of, bool agrees) {
        if (of >= tallies_.size()) tallies_.resize(of + 1);
        ++tallies_[of].seen;
        if (agrees) ++tallies_[of].agree;
    }
    [[nodiscard]] MarkCount total() const {
        MarkCount out;
        for (const auto& [seen, agree] : tallies_) {
            out.seen += seen;
            out.agree += agree;
        }
        return out;
    }
    // Natural logarithm.
    [[nodiscard]] double evidence() const {
        return mean_over_parts([&](double part) {
            double out = 0;
            for (std::size_t of = 2; of < tallies_.size(); ++of) {
                const auto [seen, agree] = tallies_[of];
                out += static_cast<double>(agree) * std::log1p(part * static_cast<double>(of - 1)) +
                       static_cast<double>(seen - agree) * std::log1p(-part);
            }
            return out;
        });
    }

  private:
    std::vector<MarkCount> tallies_;
};

}  // namespace

// Lays the found records beside the table's lines.
class Beside {
  public:
    Beside(const BomTable& table, FoundTable& out)
        : out_(out), places_(mark_places(table)), first_(places_.size(), kNowhere) {
        out_.original_lines_ = places_.size();
        out_.ground_ = decoy_ground(table);
        for (std::size_t i = 0; i < places_.size(); ++i) {
            for (const auto& name : places_[i].designators) index(names_, name.text, i);
            for (std::size_t column = 0; column < table.head.size(); ++column)
                if (column != table.value && column != table.designators) {
                    auto text = folded_cell(table.lines[i][column]);
                    if (text.size() >= kShortestText) index(texts_, std::move(text), i);
                }
        }
    }

    void take(const Record& record) {
        ++out_.lines_;
        std::vector<DesignatorAt> names;
        for (const auto& cell : record) {
            const auto some = designators_in(cell);
            names.insert(names.end(), some.begin(), some.end());
        }
        const auto line = line_of(record, names);
        if (!line) {
            take_decoy(record, names);
            return;
        }
        ++out_.known_;
        if (first_[*line] != kNowhere) return;  // a line that is there twice counts once
        first_[*line] = out_.lines_;
        take_value(record, *line);
        take_swaps(names, *line);
    }

    void finish() {
        for (std::size_t i = 0; i < places_.size(); ++i)
            if (places_[i].order && first_[i] != kNowhere && first_[i + 1] != kNowhere)
                out_.orders_.push_back({i, 0, first_[i + 1] < first_[i]});
    }

  private:
    static constexpr std::size_t kNowhere = 0;  // lines of the found file count from 1
    static constexpr std::size_t kMany = static_cast<std::size_t>(-1);
    using Index = std::unordered_map<std::string, std::size_t>;

    static void index(Index& into, std::string text, std::size_t line) {
        const auto [at, is_new] = into.try_emplace(std::move(text), line);
        if (!is_new && at->second != line) at->second = kMany;
    }
    static void vote(const Index& from, const std::string& text,
                     std::map<std::size_t, std::size_t>& votes) {
        const auto found = from.find(text);
        if (found != from.end() && found->second != kMany) ++votes[found->second];
    }

    // The line that most of the record speaks for; none when two are as good.
    [[nodiscard]] std::optional<std::size_t> line_of(const Record& record,
                                                     const std::vector<DesignatorAt>& names) const {
        std::map<std::size_t, std::size_t> votes;
        for (const auto& name : names) vote(names_, name.text, votes);
        for (const auto& cell : record)
            if (cell.size() >= kShortestText) vote(texts_, folded_cell(cell), votes);
        std::optional<std::size_t> best;
        std::size_t most = 0;
        bool alone = false;
        for (const auto& [line, count] : votes) {
            if (count >= most) {
                alone = count > most;
                best = line;
            }
            most = std::max(most, count);
        }
        return alone ? best : std::nullopt;
    }

    void take_value(const Record& record, std::size_t line) {
        const auto& places = places_[line];
        if (!places.value) return;
        for (const auto& cell : record) {
            const auto found = read_part_value(cell, places.value->value.unit);
            if (!found || found->bare || found->value != places.value->value) continue;
            const auto& known = places.spellings;
            const auto at = std::find(known.begin(), known.end(), found->spelling);
            if (known.size() >= 2 && at != known.end())
                out_.spelled_.push_back(
                    {line, static_cast<std::size_t>(at - known.begin()), known.size()});
            if (unit_is_free(found->value, found->spelling))
                out_.units_.push_back({line, 0, found->unit_written});
            return;
        }
    }

    void take_swaps(const std::vector<DesignatorAt>& names, std::size_t line) {
        const auto& places = places_[line];
        const auto at = [&](std::size_t which) {
            return std::find_if(names.begin(), names.end(), [&](const auto& name) {
                return name.text == places.designators[which].text;
            });
        };
        for (std::size_t pair = 0; pair < places.swaps; ++pair) {
            const auto one = at(2 * pair), other = at(2 * pair + 1);
            if (one != names.end() && other != names.end())
                out_.swaps_.push_back({line, pair, other < one});
        }
    }

    void take_decoy(const Record& record, const std::vector<DesignatorAt>& names) {
        if (!out_.ground_ || names.size() != 1) return;
        const auto& name = names.front().text;
        if (designator_class(name) != std::string(1, out_.ground_->letter)) return;
        FoundTable::FoundDecoy decoy{name, std::nullopt};
        const auto unit = out_.ground_->letter == 'R' ? PartUnit::ohm : PartUnit::farad;
        for (const auto& cell : record)
            if (const auto value = read_part_value(cell, unit); value && !value->bare)
                decoy.value = value->value;
        out_.decoys_.push_back(std::move(decoy));
    }

    FoundTable& out_;
    const std::vector<MarkPlaces> places_;
    Index names_, texts_;
    std::vector<std::size_t> first_;  // of each line of the table: where it was found
};

Result<FoundTable> FoundTable::lay_beside(std::string_view original, std::string_view found) {
    if (found.size() > kMaxTable)
        return Error{ErrorKind::too_large, "the found file is over " + counted(kMaxTable, "byte")};
    const auto table = parse_bom_table(original);
    if (!table) return within("the original", table.error());
    FoundTable out;
    Beside beside(*table, out);
    for (const auto& record : found_records(found)) beside.take(record);
    beside.finish();
    return out;
}

Suspicion FoundTable::suspect(const LeakKey& key, const MarkedCopy& copy) const {
    const auto marks = line_marks(key, copy.recipient, original_lines_);
    Kind spellings, units, orders, swaps;
    for (const auto& one : spelled_)
        spellings.count(one.of, marks[one.line].spelling(one.of) == one.which);
    for (const auto& one : units_) units.count(2, marks[one.line].unit() == one.value);
    for (const auto& one : orders_) orders.count(2, marks[one.line].later_first() == one.value);
    for (const auto& one : swaps_) swaps.count(2, marks[one.line].swapped(one.pair) == one.value);
    Suspicion out{
        .recipient = copy.recipient,
        .odds = spellings.evidence() + units.evidence() + orders.evidence() + swaps.evidence(),
        .spellings = spellings.total(),
        .units = units.total(),
        .orders = orders.total(),
        .swaps = swaps.total(),
        .decoys = {}};
    if (!ground_ || copy.decoys == 0) return out;
    const auto own = decoys_of(key, copy.recipient, *ground_, copy.decoys);
    std::vector<std::pair<double, bool>> chances;  // that a decoy is among the found by chance
    for (std::size_t i = 0; i < own.size(); ++i) {
        double chance = 0;
        bool there = false;
        for (const auto& found : decoys_) {
            const bool agrees = found.designator == own[i].designator &&
                                (!found.value || *found.value == own[i].value);
            there = there || agrees;
            chance += 1.0 / kDecoyNumbers / (found.value ? kDecoyValues : 1);
        }
        chances.emplace_back(std::min(chance, 1.0), there);
        ++out.decoys.seen;
        if (there) ++out.decoys.agree;
    }
    out.odds += mean_over_parts([&](double part) {
        double sum = 0;
        for (const auto& [chance, there] : chances)
            sum += there ? std::log1p(part * (1 / chance - 1)) : std::log1p(-part);
        return sum;
    });
    return out;
}

LeakTrace FoundTable::trace(const LeakKey& key, const std::vector<MarkedCopy>& copies,
                            std::size_t tried) const {
    LeakTrace out{lines_, known_, {}};
    const auto correction = std::log10(static_cast<double>(std::max<std::size_t>(tried, 1)));
    for (const auto& copy : copies) {
        out.suspicions.push_back(suspect(key, copy));
        out.suspicions.back().odds = out.suspicions.back().odds / std::log(10) - correction;
    }
    std::stable_sort(out.suspicions.begin(), out.suspicions.end(),
                     [](const auto& a, const auto& b) { return a.odds > b.odds; });
    return out;
}

}  // namespace reelproof::ledger
