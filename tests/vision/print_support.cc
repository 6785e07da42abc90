#include "tests/vision/print_support.h"

#include <array>
#include <stdexcept>

#include "vision/label/drawing.h"
#include "vision/label/render.h"

namespace reelproof::tests {

using namespace vision;

namespace {

std::string text_at(const Fields& fields, const std::string& field) {
    const auto found = fields.find(field);
    return found == fields.end() ? std::string() : vision::to_string(found->second);
}

std::string caption_of(const std::string& field) {
    constexpr std::array<std::pair<const char*, const char*>, 7> captions{{
        {"mpn", "MFR P/N:"},
        {"lot", "Lot No.:"},
        {"quantity", "QTY:"},
        {"date_code", "D/C:"},
        {"country", "COO:"},
        {"msl", "MSL:"},
        {"po", "PO No.:"},
    }};
    for (const auto& [name, caption] : captions)
        if (field == name) return caption;
    return field + ":";
}

std::string payload_of(const Fields& fields) {
    auto payload = issued_label_payload(fields, "");
    if (!payload) throw std::runtime_error(payload.error().text);
    return *std::move(payload);
}

LabelLayout issued(const Fields& fields, const Fields& printed) {
    RenderOptions options;
    options.issuer = "nordlicht-semi.example";
    auto layout = lay_out(fields, payload_of(fields), options);
    if (!layout) throw std::runtime_error(layout.error().text);
    for (const IssuedRecord& record : issued_records(fields)) {
        const std::string start = "(" + record.identifier + ") ";
        for (PlacedText& text : layout->texts)
            if (text.text.starts_with(start) && text.text.ends_with(": " + record.value))
                text.text.replace(text.text.size() - record.value.size(), record.value.size(),
                                  text_at(printed, record.field));
    }
    return *std::move(layout);
}

LabelLayout sheet(int width, int height) {
    return {width, height, 300, width * 25.4 / 300, height * 25.4 / 300, {}, {}};
}

LabelLayout in_words(const Fields& fields, const Fields& printed) {
    LabelLayout layout = sheet(1000, 600);
    const std::string payload = payload_of(fields);
    auto matrix = data_matrix(payload);
    if (!matrix) throw std::runtime_error(matrix.error().text);
    layout.symbols.push_back({"the Data Matrix", 40, 60, 6, 6, payload, *std::move(matrix)});
    int y = 50;
    for (const IssuedRecord& record : issued_records(fields)) {
        layout.texts.push_back({330, y, 28, caption_of(record.field)});
        layout.texts.push_back({560, y, 28, text_at(printed, record.field)});
        y += 60;
    }
    return layout;
}

LabelLayout with_bars(const Fields& fields, const Fields& printed) {
    LabelLayout layout = sheet(1200, 760);
    const std::string payload = payload_of(fields);
    auto matrix = data_matrix(payload);
    if (!matrix) throw std::runtime_error(matrix.error().text);
    layout.symbols.push_back({"the Data Matrix", 940, 40, 6, 6, payload, *std::move(matrix)});
    int x = 50, y = 40;
    for (const IssuedRecord& record : issued_records(fields)) {
        auto bars = code_128(record.identifier + record.value);
        if (!bars) throw std::runtime_error(bars.error().text);
        if (x > 50 && x + 3 * bars->width > layout.width - 40) x = 50, y += 160;
        const int width = 3 * bars->width;
        layout.symbols.push_back(
            {"bars", x, y, 3, 76, record.identifier + record.value, *std::move(bars)});
        layout.texts.push_back(
            {x, y + 88, 26, "(" + record.identifier + ") " + text_at(printed, record.field)});
        x += width + 120;
        if (x > 700) x = 50, y += 160;
    }
    return layout;
}

template <class List>
const auto& any_of(const List& list, std::mt19937_64& random) {
    return list[random() % std::size(list)];
}

std::string by_shape(std::string_view shape, std::mt19937_64& random) {
    constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    std::string out;
    for (const char c : shape)
        out += c == '9'   ? static_cast<char>('0' + random() % 10)
               : c == 'A' ? letters[random() % letters.size()]
                          : c;
    return out;
}

constexpr const char* levels[] = {"1", "2", "3", "4", "5"};
constexpr const char* countries[] = {"CN", "MY", "TW", "JP", "PH", "TH", "DE", "KR", "US", "MX"};

}  // namespace

const char* name_of(PrintStyle style) {
    return style == PrintStyle::issued ? "issued" : style == PrintStyle::words ? "words" : "bars";
}

Fields random_fields(std::mt19937_64& random) {
    constexpr const char* parts[] = {"NL99999-AAAA-A", "AAA99A999-A9A", "9999A999A999AA",
                                     "AA9999AAAA",     "AAA-9999999",   "AA99A-A999AA9"};
    constexpr const char* lots[] = {"9AA999", "A9999999", "9999999A", "AA999999A", "A99A999.9"};
    constexpr std::int64_t quantities[] = {500, 1000, 1500, 2500, 3000, 4000, 5000, 10000};
    char week[8];
    std::snprintf(week, sizeof week, "%02d%02d", static_cast<int>(19 + random() % 7),
                  static_cast<int>(1 + random() % 52));
    return {{"mpn", by_shape(any_of(parts, random), random)},
            {"lot", by_shape(any_of(lots, random), random)},
            {"quantity", any_of(quantities, random)},
            {"date_code", std::string(week)},
            {"country", std::string(any_of(countries, random))},
            {"msl", std::string(any_of(levels, random))},
            {"po", by_shape("4599999999", random)}};
}

std::string altered(const std::string& field, const std::string& value, std::mt19937_64& random) {
    std::string other = value;
    while (other == value) {
        if (field == "country") {
            other = any_of(countries, random);
        } else if (field == "msl") {
            other = any_of(levels, random);
        } else if (field == "quantity") {
            constexpr const char* quantities[] = {"1000", "2000", "3000", "4000", "5000",
                                                  "6000", "8000", "9000", "10000"};
            other = any_of(quantities, random);
        } else if (field == "date_code") {
            char week[8];
            std::snprintf(week, sizeof week, "%02d%02d", static_cast<int>(22 + random() % 4),
                          static_cast<int>(1 + random() % 52));
            other = week;
        } else {
            // Some characters of the same kind.
            const std::size_t count = 1 + random() % 3;
            for (std::size_t i = 0; i < count; ++i) {
                char& c = other[random() % other.size()];
                if (c >= '0' && c <= '9') c = by_shape("9", random)[0];
                if (c >= 'A' && c <= 'Z') c = by_shape("A", random)[0];
            }
        }
    }
    return other;
}

std::vector<std::uint8_t> label_with_print(const Fields& fields, const Fields& printed,
                                           PrintStyle style) {
    switch (style) {
        case PrintStyle::issued:
            return draw_png(issued(fields, printed));
        case PrintStyle::words:
            return draw_png(in_words(fields, printed));
        case PrintStyle::bars:
            return draw_png(with_bars(fields, printed));
    }
    throw std::logic_error("a style without a drawing");
}

}  // namespace reelproof::tests
