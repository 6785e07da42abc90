#include <algorithm>

#include "vision/label/agreement.h"
#include "vision/label/grouping.h"
#include "vision/label/label.h"

namespace reelproof::vision {
namespace {

// The fields of some of a reel's symbols, with who says what.
struct Gathered {
    std::string format = "unknown";
    Fields fields;
    Sources sources;
    std::vector<Conflict> conflicts;
    bool recovered = false;
};

class Gatherer {
  public:
    Gatherer(const LabelReading& reading, const std::vector<std::size_t>& symbols)
        : reading_(reading), symbols_(symbols) {}

    Gathered run() {
        for (const std::size_t symbol : by_weight()) add(symbol);
        for (const auto& [field, sources] : result_.sources) find_conflict(field, sources);
        for (const std::size_t symbol : symbols_) add_bare(symbol);
        return std::move(result_);
    }

    // The symbol that says most first; certain ones before recovered ones.
    std::vector<std::size_t> by_weight() const {
        std::vector<std::size_t> order;
        for (const std::size_t symbol : symbols_) {
            if (reading_.parsed[symbol]) order.push_back(symbol);
        }
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (label(a).recovered != label(b).recovered) return label(b).recovered;
            return label(a).fields.size() > label(b).fields.size();
        });
        return order;
    }

  private:
    const ParsedLabel& label(std::size_t symbol) const { return *reading_.parsed[symbol]; }

    void add(std::size_t symbol) {
        const ParsedLabel& from = label(symbol);
        if (from.format != "unknown" && result_.format == "unknown") result_.format = from.format;
        for (const auto& [field, value] : from.fields) {
            result_.sources[field].push_back({symbol, value});
            if (field == "date_code_kind") continue;  // goes with its date code
            if (!result_.fields.emplace(field, value).second) continue;
            if (from.recovered) result_.recovered = true;
            const auto kind = from.fields.find("date_code_kind");
            if (field == "date_code" && kind != from.fields.end()) {
                result_.fields.emplace("date_code_kind", kind->second);
            }
        }
    }

    // A linear symbol with nothing but the lot or the quantity says so by being equal.
    void add_bare(std::size_t symbol) {
        if (!reading_.parsed[symbol] || label(symbol).format != "unknown") return;
        for (const auto& [field, value] : result_.fields) {
            if (!equals_bare(reading_.symbols[symbol].text, field, value)) continue;
            result_.sources[field].push_back({symbol, value, true});
        }
    }

    void find_conflict(const std::string& field, const std::vector<FieldSource>& sources) {
        if (!is_compared(field)) return;
        const auto same = [&](const FieldSource& source) {
            return agree(field, label(sources.front().symbol).fields, label(source.symbol).fields);
        };
        if (!std::all_of(sources.begin(), sources.end(), same)) {
            result_.conflicts.push_back({field, sources});
        }
    }

    const LabelReading& reading_;
    const std::vector<std::size_t>& symbols_;
    Gathered result_;
};

class Merger {
  public:
    explicit Merger(LabelReading& reading) : reading_(reading) {}

    void run() {
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < reading_.symbols.size(); ++i) all.push_back(i);
        Gatherer gatherer(reading_, all);
        for (const std::size_t symbol : gatherer.by_weight()) add_remarks(symbol);
        Gathered whole = gatherer.run();
        reading_.format = std::move(whole.format);
        reading_.fields = std::move(whole.fields);
        reading_.sources = std::move(whole.sources);
        reading_.conflicts = std::move(whole.conflicts);
        reading_.recovered = whole.recovered;
        for (const auto& symbols : group_symbols(reading_.symbols, reading_.parsed)) {
            Gathered part = Gatherer(reading_, symbols).run();
            reading_.labels.push_back({symbols, std::move(part.format), std::move(part.fields),
                                       std::move(part.sources), std::move(part.conflicts)});
        }
        for (Conflict& conflict : reading_.conflicts) {
            conflict.between_labels = is_between(conflict.field);
            warn({"conflict." + conflict.field,
                  conflict.between_labels ? "two labels on this reel state different values"
                                          : "symbols of this label state different values"});
        }
        drop_what_others_supply();
    }

  private:
    void add_remarks(std::size_t symbol) {
        const ParsedLabel& from = *reading_.parsed[symbol];
        for (const Warning& warning : from.warnings) warn(warning);
        if (!from.unique_id) return;
        if (!reading_.unique_id) {
            reading_.unique_id = from.unique_id;
        } else if (*reading_.unique_id != *from.unique_id) {
            warn({"conflict.unique_id", "two symbols carry different unique ids"});
        }
    }

    bool is_between(const std::string& field) const {
        return std::none_of(
            reading_.labels.begin(), reading_.labels.end(), [&](const LabelPart& part) {
                return std::any_of(
                    part.conflicts.begin(), part.conflicts.end(),
                    [&](const Conflict& conflict) { return conflict.field == field; });
            });
    }

    void warn(const Warning& warning) {
        // A linear symbol without a known format stands on most labels and tells nothing.
        if (warning.code == "content.unknown-format") return;
        auto& all = reading_.warnings;
        if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(warning);
    }

    void drop_what_others_supply() {
        std::erase_if(reading_.warnings, [&](const Warning& warning) {
            constexpr std::string_view prefix = "incomplete.";
            return warning.code.starts_with(prefix) &&
                   reading_.fields.contains(std::string_view(warning.code).substr(prefix.size()));
        });
    }

    LabelReading& reading_;
};

}  // namespace

LabelReading merge(std::vector<Symbol> symbols, const ParseOptions& options) {
    LabelReading reading;
    reading.format = "unknown";
    reading.symbols = std::move(symbols);
    for (const Symbol& symbol : reading.symbols) {
        ParseOptions one = options;
        one.symbology = symbol.symbology;
        // "]d2": that a symbol begins with FNC1 is said by its identifier only.
        auto parsed = parse(symbol.aim + symbol.text, one);
        if (parsed) {
            reading.parsed.emplace_back(*std::move(parsed));
        } else {
            reading.parsed.emplace_back();
            const Error& error = parsed.error();
            reading.warnings.push_back({"syntax." + error.code.substr(error.code.find('.') + 1),
                                        "a symbol was refused: " + error.text});
        }
    }
    Merger(reading).run();
    return reading;
}

}  // namespace reelproof::vision
