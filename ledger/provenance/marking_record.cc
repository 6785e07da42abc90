#include "ledger/provenance/marking_record.h"

#include <algorithm>

#include <boost/json.hpp>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostEntries = 64, kLongestText = 400, kLongestTemplate = 6000;
constexpr std::int64_t kMostNumber = 1'000'000'000;
constexpr std::array<std::string_view, 5> kStates{"agrees", "doubtful", "differs", "missing",
                                                  "unread"};
constexpr std::array<std::string_view, 3> kSurfaces{"same", "sibling", "other"};
constexpr std::array<std::string_view, 6> kConditions{"sanding",  "blacktop", "ghost",
                                                      "position", "logo",     "pin1"};

// Reads members; the first that is wrong is the error.
class Reader {
  public:
    Reader(JsonView::Value object, std::optional<Error>& error, std::string where = {})
        : object_(object), error_(error), where_(std::move(where)) {}

    std::string text(std::string_view name, std::size_t longest = kLongestText) {
        const auto value = object_.member(name);
        return value ? text_of(name, *value, longest) : std::string();
    }
    std::int64_t number(std::string_view name) {
        const auto value = object_.member(name);
        return value ? number_of(name, *value) : 0;
    }
    template <std::size_t N>
    std::string one_of(std::string_view name, const std::array<std::string_view, N>& known) {
        auto value = text(name);
        if (std::find(known.begin(), known.end(), value) == known.end())
            fail(name, "is none of those that are known");
        return value;
    }
    std::string hash(std::string_view name) {
        auto value = text(name);
        if (!value.empty() && (value.size() != 64 || !from_hex(value, name)))
            fail(name, "is not a SHA-256 in hex");
        return value;
    }
    std::vector<std::string> texts(std::string_view name, std::size_t longest = kLongestText) {
        std::vector<std::string> out;
        each(name, [&](JsonView::Value value) { out.push_back(text_of(name, value, longest)); });
        return out;
    }
    std::vector<std::int64_t> numbers(std::string_view name, JsonView::Value list) {
        std::vector<std::int64_t> out;
        each_of(name, list, [&](JsonView::Value value) { out.push_back(number_of(name, value)); });
        return out;
    }
    template <class Take>
    void each(std::string_view name, Take take) {
        if (const auto value = object_.member(name)) each_of(name, *value, take);
    }
    template <class Take>
    void objects(std::string_view name, Take take) {
        each(name, [&](JsonView::Value value) {
            if (auto one = object_of(name, value)) take(*one);
        });
    }
    std::optional<Reader> object(std::string_view name) {
        const auto value = object_.member(name);
        return value ? object_of(name, *value) : std::nullopt;
    }
    void fail(std::string_view name, std::string_view what) {
        if (!error_) error_ = malformed(where_ + std::string(name) + " " + std::string(what));
    }

  private:
    std::optional<Reader> object_of(std::string_view name, JsonView::Value value) {
        if (value.is_object()) return Reader(value, error_, where_ + std::string(name) + ".");
        fail(name, "is not an object");
        return std::nullopt;
    }
    std::string text_of(std::string_view name, JsonView::Value value, std::size_t longest) {
        if (!value.is_text() || value.text().size() > longest ||
            has_control_characters(value.text()))
            return fail(name, "is not a text of at most " + std::to_string(longest) +
                                  " bytes without control characters"),
                   std::string();
        return std::string(value.text());
    }
    std::int64_t number_of(std::string_view name, JsonView::Value value) {
        const auto number = value.whole();
        if (number && *number >= -kMostNumber && *number <= kMostNumber) return *number;
        fail(name, "is not a whole number");
        return 0;
    }
    template <class Take>
    void each_of(std::string_view name, JsonView::Value list, Take take) {
        if (!list.is_array() || list.size() > kMostEntries)
            return fail(name, "is not a list of at most 64");
        auto value = list.first();
        for (std::size_t i = 0; i < list.size(); ++i, value = value.next()) take(value);
    }

    JsonView::Value object_;
    std::optional<Error>& error_;
    std::string where_;
};

json::object character_json(const MarkingRecord::Character& one) {
    json::array region;
    for (const auto& [x, y] : one.region) region.emplace_back(json::array{x, y});
    json::object out{{"line", one.line},          {"place", one.place},
                     {"expected", one.expected},  {"seen", one.seen},
                     {"likeness", one.likeness},  {"lead", one.lead},
                     {"threshold", one.threshold}};
    if (!region.empty()) out["region"] = std::move(region);
    return out;
}

MarkingRecord::Character read_character(Reader read) {
    MarkingRecord::Character out;
    out.line = read.number("line");
    out.place = read.number("place");
    out.expected = read.text("expected");
    out.seen = read.text("seen");
    out.likeness = read.number("likeness");
    out.lead = read.number("lead");
    out.threshold = read.number("threshold");
    read.each("region", [&](JsonView::Value point) {
        const auto at = read.numbers("region", point);
        if (at.size() != 2) return read.fail("region", "is not a list of points");
        out.region.push_back({static_cast<int>(at[0]), static_cast<int>(at[1])});
    });
    return out;
}

}  // namespace

std::string_view to_string(MarkingRecord::State state) {
    return kStates.at(static_cast<std::size_t>(state));
}

std::string format_marking(const MarkingRecord& record) {
    json::object out{{"state", to_string(record.state)},
                     {"parts", record.parts},
                     {"differing", record.differing}};
    const auto text = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    const auto list = [&](std::string_view name, const auto& values, const auto& as_json) {
        json::array all;
        for (const auto& value : values) all.emplace_back(as_json(value));
        if (!all.empty()) out[name] = std::move(all);
    };
    const auto as_text = [](const std::string& value) { return json::value(value); };
    list("expected", record.expected, as_text);
    list("seen", record.seen, as_text);
    if (record.worst) out["worst"] = character_json(*record.worst);
    list("differences", record.differences, [](const MarkingRecord::Difference& one) {
        return json::object{{"field", one.field}, {"expected", one.expected}, {"seen", one.seen}};
    });
    text("quality", record.quality);
    list("pictures", record.pictures, as_text);
    text("reference", record.reference);
    text("trace", record.trace);
    text("date", record.date);
    list("dates", record.dates, [](const MarkingRecord::Days& days) {
        return json::array{days.first, days.last};
    });
    if (record.surface)
        out["surface"] = json::object{{"is", record.surface->is},
                                      {"agreement", record.surface->agreement},
                                      {"threshold", record.surface->threshold}};
    list("conditions", record.conditions, [](const MarkingRecord::Condition& one) {
        return json::object{{"what", one.what}, {"value", one.value}, {"threshold", one.threshold}};
    });
    list("kinds", record.kinds, [](const MarkingRecord::Kind& kind) {
        json::object one{{"parts", kind.parts}};
        if (!kind.picture.empty()) one["picture"] = kind.picture;
        return one;
    });
    list("templates", record.templates, as_text);
    return json::serialize(out);
}

Result<MarkingRecord> read_marking(JsonView::Value object) {
    if (!object.is_object()) return malformed("marking is not an object");
    std::optional<Error> error;
    Reader read(object, error);
    MarkingRecord out;
    const auto state = read.one_of("state", kStates);
    if (error) return *error;
    out.state = static_cast<MarkingRecord::State>(std::find(kStates.begin(), kStates.end(), state) -
                                                  kStates.begin());
    out.parts = read.number("parts");
    out.differing = read.number("differing");
    if (out.parts < 0 || out.differing < 0 || out.differing > out.parts)
        read.fail("differing", "is not a number of parts up to parts");
    out.expected = read.texts("expected");
    out.seen = read.texts("seen");
    if (const auto worst = read.object("worst")) out.worst = read_character(*worst);
    read.objects("differences", [&](Reader& one) {
        out.differences.push_back({one.text("field"), one.text("expected"), one.text("seen")});
    });
    out.quality = read.text("quality");
    out.pictures = read.texts("pictures");
    for (const auto& hash : out.pictures)
        if (hash.size() != 64 || !from_hex(hash, "pictures"))
            read.fail("pictures", "holds what is not a SHA-256 in hex");
    out.reference = read.hash("reference");
    out.trace = read.text("trace");
    out.date = read.text("date");
    read.each("dates", [&](JsonView::Value days) {
        const auto both = read.numbers("dates", days);
        if (both.size() != 2 || both[0] > both[1])
            return read.fail("dates", "is not a list of first and last days");
        out.dates.push_back({both[0], both[1]});
    });
    if (auto surface = read.object("surface"))
        out.surface = {surface->one_of("is", kSurfaces), surface->number("agreement"),
                       surface->number("threshold")};
    read.objects("conditions", [&](Reader& one) {
        out.conditions.push_back(
            {one.one_of("what", kConditions), one.number("value"), one.number("threshold")});
    });
    read.objects("kinds", [&](Reader& one) {
        out.kinds.push_back({one.number("parts"), one.hash("picture")});
        if (out.kinds.back().parts < 0) one.fail("parts", "is not a number of parts");
    });
    out.templates = read.texts("templates", kLongestTemplate);
    if (error) return *error;
    return out;
}

Result<MarkingRecord> parse_marking(std::string_view text) {
    if (text.size() > kMaxMarkingJson)
        return Error{ErrorKind::too_large, "the marking's observation is over 40 KiB"};
    const auto view = JsonView::read(text, "the marking's observation");
    if (!view) return view.error();
    return read_marking(view->root());
}

}  // namespace reelproof::ledger
