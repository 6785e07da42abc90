#include "ledger/leak/marks.h"

#include <algorithm>
#include <map>
#include <set>

#include <sodium.h>

#include "ledger/base/csv.h"
#include "ledger/base/sha256.h"

namespace reelproof::ledger {
namespace {

constexpr std::size_t kBytesALine = 8;

// As much as is wanted of the generator's stream for that purpose.
Bytes drawn(const LeakKey& key, std::string_view purpose, std::string_view recipient,
            std::size_t size) {
    static_assert(crypto_stream_chacha20_KEYBYTES == 32);
    Prf prf(key.expose());
    auto seed = prf({as_bytes(purpose), as_bytes(recipient)});
    Bytes out(size);
    const std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
    // An empty vector has no place, and libsodium takes none for one.
    if (size > 0) crypto_stream_chacha20(out.data(), out.size(), nonce.data(), seed.data());
    wipe(seed.data(), seed.size());
    return out;
}

std::uint32_t word_at(const Bytes& bytes, std::size_t at) {
    return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
           std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

bool equal_but_designators(const BomTable& table, std::size_t a, std::size_t b) {
    for (std::size_t i = 0; i < table.head.size(); ++i)
        if (i != *table.designators && table.lines[a][i] != table.lines[b][i]) return false;
    return true;
}

PartValue e24_value(std::size_t index, char letter) {
    static constexpr std::array kE24{10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30,
                                     33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91};
    const int digits = kE24[index % kE24.size()];
    // Resistors from 100 ohm, capacitors from 100 pF, over four decades.
    const int exponent = static_cast<int>(index / kE24.size()) + (letter == 'R' ? 1 : -11);
    if (digits % 10 == 0)
        return {std::to_string(digits / 10), exponent + 1,
                letter == 'R' ? PartUnit::ohm : PartUnit::farad};
    return {std::to_string(digits), exponent, letter == 'R' ? PartUnit::ohm : PartUnit::farad};
}

std::size_t number_of(std::string_view designator) {
    std::size_t out = 0;
    for (const char c : designator.substr(designator_class(designator).size()))
        out = 10 * out + static_cast<std::size_t>(c - '0');
    return out;
}

// --- Making a copy

void mark_value(std::string& cell, const MarkPlaces& places, const LineMarks& marks,
                bool decimal_comma, MarkedTable& count) {
    if (!places.value) return;
    const auto& was = *places.value;
    auto spelling = was.spelling;
    if (places.spellings.size() >= 2) {
        spelling = places.spellings[marks.spelling(places.spellings.size())];
        ++count.spellings;
    }
    bool with_unit = was.unit_written;
    if (unit_is_free(was.value, spelling)) {
        with_unit = marks.unit();
        ++count.units;
    }
    cell =
        write_part_value(was.value, spelling, with_unit, decimal_comma) + cell.substr(was.length);
}

void mark_designators(std::string& cell, const MarkPlaces& places, const LineMarks& marks) {
    std::string out;
    std::size_t done = 0;
    const auto& names = places.designators;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto pair = i / 2;
        const auto& from = pair < places.swaps && marks.swapped(pair) ? names[i ^ 1] : names[i];
        out += cell.substr(done, names[i].at - done);
        out += cell.substr(from.at, from.text.size());
        done = names[i].at + names[i].text.size();
    }
    cell = out + cell.substr(done);
}

Result<void> add_decoys(BomTable& table, const LeakKey& key, std::string_view recipient,
                        const DecoyTerms& terms) {
    if (terms.count > kMostDecoys)
        return malformed("decoys: at most " + std::to_string(kMostDecoys) + " in a copy");
    if (csv_trimmed(terms.not_fitted).empty() || has_control_characters(terms.not_fitted))
        return malformed(
            "decoys: name the word by which your agreement says that a line is not fitted");
    const auto ground = decoy_ground(table);
    if (!ground || !table.quantity)
        return Error{ErrorKind::conflict,
                     "decoys need a table with designators, values and quantities that has "
                     "resistors or capacitors"};
    const auto places = drawn(key, "decoy places", recipient, 4 * terms.count);
    std::map<std::size_t, std::vector<std::vector<std::string>>> behind;
    const auto decoys = decoys_of(key, recipient, *ground, terms.count);
    for (std::size_t i = 0; i < decoys.size(); ++i) {
        std::vector<std::string> line(table.head.size());
        const auto near = ground->lines[word_at(places, 4 * i) % ground->lines.size()];
        for (std::size_t column = 0; column < line.size(); ++column) {
            const auto name = folded_cell(table.head[column]);
            if (name == "footprint" || name == "package" || name == "case")
                line[column] = table.lines[near][column];
        }
        line[*table.designators] = decoys[i].designator;
        line[*table.quantity] = "0";
        line[*table.value] = write_part_value(
            decoys[i].value, value_spellings(decoys[i].value).front(), false, table.decimal_comma);
        if (table.fitted)
            line[*table.fitted] = terms.not_fitted;
        else
            line[*table.value] += " " + terms.not_fitted;
        behind[near].push_back(std::move(line));
    }
    std::vector<std::vector<std::string>> lines;
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
        lines.push_back(std::move(table.lines[i]));
        for (auto& line : behind[i]) lines.push_back(std::move(line));
    }
    table.lines = std::move(lines);
    return {};
}

// --- Holding it to the original

// What a line says to who builds, in one text: two lines that say the same have the same.
std::string meaning(const BomTable& table, const std::vector<std::string>& line) {
    auto names = designators_in(cell_at(line, table.designators));
    const auto kind = line_kind(names);
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::string said = line[i];
        if (table.designators == i && !names.empty()) {
            std::sort(names.begin(), names.end(),
                      [](const auto& a, const auto& b) { return a.text < b.text; });
            said.clear();
            for (const auto& name : names) said += name.text + " ";
        } else if (table.value == i && kind) {
            if (const auto written = read_part_value(line[i], kind); written && !written->bare)
                said = written->value.digits + "e" + std::to_string(written->value.exponent) +
                       "RFH"[static_cast<int>(written->value.unit)] +
                       line[i].substr(written->length);
        }
        out += std::to_string(said.size()) + ":" + said;
    }
    return out;
}

bool says_not_fitted(const BomTable& table, const std::vector<std::string>& line,
                     std::string_view word) {
    if (word.empty() || cell_at(line, table.quantity) != "0") return false;
    if (table.fitted) return cell_at(line, table.fitted) == word;
    return cell_at(line, table.value).ends_with(" " + std::string(word));
}

}  // namespace

LeakKey leak_key(const LeakKey& kept, std::string_view document, std::uint64_t version) {
    Prf prf(kept.expose());
    const auto number = std::to_string(version);
    auto out =
        prf({as_bytes("reelproof marks 1\n"), as_bytes(document), as_bytes("/"), as_bytes(number)});
    LeakKey key{ByteView(out)};
    wipe(out.data(), out.size());
    return key;
}

std::vector<MarkPlaces> mark_places(const BomTable& table) {
    std::vector<MarkPlaces> out(table.lines.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto& places = out[i];
        places.designators = designators_in(cell_at(table.lines[i], table.designators));
        places.swaps = std::min(places.designators.size() / 2, kMostSwaps);
        const auto kind = line_kind(places.designators);
        if (!kind) continue;
        places.value = read_part_value(cell_at(table.lines[i], table.value), kind);
        if (places.value && places.value->bare) places.value.reset();
        if (places.value) places.spellings = value_spellings(places.value->value);
    }
    if (!table.designators) return out;
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
        // Without designators nobody could tell afterwards which of the two came first.
        if (out[i].designators.empty() || out[i + 1].designators.empty()) continue;
        if (equal_but_designators(table, i, i + 1)) out[i++].order = true;
    }
    return out;
}

std::vector<LineMarks> line_marks(const LeakKey& key, std::string_view recipient,
                                  std::size_t lines) {
    const auto bytes = drawn(key, "lines", recipient, kBytesALine * lines);
    std::vector<LineMarks> out(lines);
    for (std::size_t i = 0; i < lines; ++i)
        out[i] = {word_at(bytes, kBytesALine * i), bytes[kBytesALine * i + 4]};
    return out;
}

std::optional<DecoyGround> decoy_ground(const BomTable& table) {
    if (!table.designators || !table.value) return std::nullopt;
    DecoyGround resistors{'R', 0, {}}, capacitors{'C', 0, {}};
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
        const auto names = designators_in(cell_at(table.lines[i], table.designators));
        const auto kind = line_kind(names);
        for (auto* ground : {&resistors, &capacitors}) {
            for (const auto& name : names)
                if (designator_class(name.text) == std::string(1, ground->letter))
                    ground->above = std::max(ground->above, number_of(name.text));
            if (kind == (ground->letter == 'R' ? PartUnit::ohm : PartUnit::farad))
                ground->lines.push_back(i);
        }
    }
    if (!resistors.lines.empty()) return resistors;
    if (!capacitors.lines.empty()) return capacitors;
    return std::nullopt;
}

std::vector<Decoy> decoys_of(const LeakKey& key, std::string_view recipient,
                             const DecoyGround& ground, std::size_t count) {
    const auto bytes = drawn(key, "decoys", recipient, kBytesALine * count);
    std::vector<Decoy> out;
    for (std::size_t i = 0; i < count; ++i) {
        const auto number =
            ground.above + 1 + kDecoyNumbers * i + word_at(bytes, kBytesALine * i) % kDecoyNumbers;
        out.push_back(
            {ground.letter + std::to_string(number),
             e24_value(static_cast<std::size_t>(
                           std::uint64_t{word_at(bytes, kBytesALine * i + 4)} * kDecoyValues >> 32),
                       ground.letter)});
    }
    return out;
}

Result<MarkedTable> mark_table(std::string_view csv, const LeakKey& key, std::string_view recipient,
                               const DecoyTerms& decoys) {
    auto table = parse_bom_table(csv);
    if (!table) return table.error();
    const auto places = mark_places(*table);
    const auto marks = line_marks(key, recipient, places.size());
    MarkedTable out;
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto& line = table->lines[i];
        if (places[i].value)
            mark_value(line[*table->value], places[i], marks[i], table->decimal_comma, out);
        if (places[i].swaps > 0) mark_designators(line[*table->designators], places[i], marks[i]);
        out.swaps += places[i].swaps;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i].order) continue;
        ++out.orders;
        if (marks[i].later_first()) std::swap(table->lines[i], table->lines[i + 1]);
    }
    if (decoys.count > 0)
        if (auto done = add_decoys(*table, key, recipient, decoys); !done) return done.error();
    out.decoys = decoys.count;
    out.csv = format_bom_table(*table);
    if (auto same = check_same_build(csv, out.csv, decoys.not_fitted); !same)
        return within("the marked copy was not made", same.error());
    return out;
}

Result<void> check_same_build(std::string_view original, std::string_view copy,
                              std::string_view not_fitted) {
    const auto ours = parse_bom_table(original), theirs = parse_bom_table(copy);
    if (!ours) return ours.error();
    if (!theirs) return within("the copy", theirs.error());
    if (ours->head != theirs->head) return invalid("the copy has other columns");
    std::map<std::string, std::size_t> lines;
    std::set<std::string> used;
    for (const auto& line : ours->lines) {
        ++lines[meaning(*ours, line)];
        for (const auto& name : designators_in(cell_at(line, ours->designators)))
            used.insert(name.text);
    }
    std::size_t left = ours->lines.size();
    for (std::size_t i = 0; i < theirs->lines.size(); ++i) {
        const auto& line = theirs->lines[i];
        const auto found = lines.find(meaning(*theirs, line));
        if (found != lines.end() && found->second > 0) {
            --found->second;
            --left;
            continue;
        }
        const auto names = designators_in(cell_at(line, theirs->designators));
        const bool own = !names.empty() &&
                         std::none_of(names.begin(), names.end(),
                                      [&](const auto& name) { return used.contains(name.text); });
        if (!own || !says_not_fitted(*theirs, line, not_fitted))
            return invalid("line " + std::to_string(i + 1) +
                           " of the copy would build something else than the original");
    }
    if (left > 0) return invalid("the copy lacks " + counted(left, "line") + " of the original");
    return {};
}

}  // namespace reelproof::ledger
