#include <algorithm>
#include <set>

#include "vision/label/characters.h"
#include "vision/label/date_code.h"
#include "vision/label/label.h"

namespace reelproof::vision {
namespace {

// Part numbers are written with and without their dashes and blanks on one and the same label.
std::string bare(std::string_view text) {
    std::string result;
    for (const char c : upper(text)) {
        if (is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80) result += c;
    }
    return result;
}

class Merger {
  public:
    explicit Merger(LabelReading& reading) : reading_(reading) {}

    void run() {
        for (const std::size_t symbol : by_weight()) add(symbol);
        for (auto& [field, sources] : reading_.sources) find_conflict(field, sources);
        drop_what_others_supply();
    }

  private:
    const ParsedLabel& label(std::size_t symbol) const { return *reading_.parsed[symbol]; }

    // The symbol that says most first; certain ones before recovered ones.
    std::vector<std::size_t> by_weight() const {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < reading_.parsed.size(); ++i) {
            if (reading_.parsed[i]) order.push_back(i);
        }
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (label(a).recovered != label(b).recovered) return label(b).recovered;
            return label(a).fields.size() > label(b).fields.size();
        });
        return order;
    }

    void add(std::size_t symbol) {
        const ParsedLabel& from = label(symbol);
        if (from.format != "unknown" && reading_.format == "unknown") reading_.format = from.format;
        for (const auto& [field, value] : from.fields) {
            reading_.sources[field].push_back({symbol, value});
            if (field == "date_code_kind") continue;  // goes with its date code
            if (!reading_.fields.emplace(field, value).second) continue;
            if (from.recovered) reading_.recovered = true;
            if (field == "date_code") {
                reading_.fields.emplace("date_code_kind", from.fields.at("date_code_kind"));
            }
        }
        for (const Warning& warning : from.warnings) warn(warning);
        if (!from.unique_id) return;
        if (!reading_.unique_id) {
            reading_.unique_id = from.unique_id;
        } else if (*reading_.unique_id != *from.unique_id) {
            warn({"conflict.unique_id", "two symbols carry different unique ids"});
        }
    }

    void warn(const Warning& warning) {
        // A linear symbol without a known format stands on most labels and tells nothing.
        if (warning.code == "content.unknown-format") return;
        auto& all = reading_.warnings;
        if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(warning);
    }

    std::string_view kind_of(std::size_t symbol) const {
        const auto& fields = label(symbol).fields;
        const auto kind = fields.find("date_code_kind");
        return kind == fields.end() ? std::string_view()
                                    : std::string_view(std::get<std::string>(kind->second));
    }

    bool agree(std::string_view field, const FieldSource& a, const FieldSource& b) const {
        if (a.value == b.value) return true;
        if (field == "date_code") {
            return date_codes_agree(to_string(a.value), kind_of(a.symbol), to_string(b.value),
                                    kind_of(b.symbol));
        }
        if (field == "mpn" || field == "customer_pn" || field == "supplier_pn") {
            return bare(to_string(a.value)) == bare(to_string(b.value));
        }
        return false;
    }

    void find_conflict(const std::string& field, const std::vector<FieldSource>& sources) {
        static const std::set<std::string_view> not_compared{
            // Each symbol has its own nature, and a date code's kind goes with its notation.
            "date_code_kind", "label_kind", "label_format", "kind", "distributor"};
        if (not_compared.contains(field)) return;
        for (const FieldSource& source : sources) {
            if (agree(field, sources.front(), source)) continue;
            reading_.conflicts.push_back({field, sources});
            warn({"conflict." + field, "symbols of this label state different values"});
            return;
        }
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
        // "]d2": that a symbol begins with FNC1 is said by its identifier only.
        auto parsed = parse(symbol.aim + symbol.text, {options.channel, symbol.symbology});
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
