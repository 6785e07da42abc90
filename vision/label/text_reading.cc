#include "vision/label/text_reading.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/identifiers.h"
#include "vision/label/label.h"

namespace reelproof::vision {
namespace {

// What people read on a label. The rest of what symbols state is for machines.
constexpr std::array<std::string_view, 12> printed{
    "mpn",         "lot",    "date_code", "quantity", "country",    "customer_pn",
    "supplier_pn", "expiry", "po",        "serial",   "package_id", "msl"};

bool is_printable(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string identifier_of(const ParsedLabel& parsed, std::string_view field,
                          std::string_view value) {
    for (const auto& [identifier, data] : parsed.identifiers) {
        const Identifier* known = find_identifier(identifier);
        if (known != nullptr && known->field == field && data.find(value) != data.npos)
            return identifier;
    }
    return {};
}

std::vector<TextStatement> statements_of(const LabelReading& reading, const LabelPart& part) {
    std::vector<TextStatement> out;
    for (const std::string_view field : printed) {
        const auto sources = part.sources.find(field);
        if (sources == part.sources.end()) continue;
        const bool contradicted =
            std::any_of(part.conflicts.begin(), part.conflicts.end(),
                        [&](const Conflict& conflict) { return conflict.field == field; });
        for (const FieldSource& source : sources->second) {
            if (source.bare) continue;
            const ParsedLabel& parsed = *reading.parsed[source.symbol];
            TextStatement one{std::string(field), {}, to_string(source.value), {}, true};
            if (!is_printable(one.value)) continue;
            one.identifier = identifier_of(parsed, field, one.value);
            if (const auto kind = parsed.fields.find("date_code_kind");
                field == "date_code" && kind != parsed.fields.end())
                one.kind = to_string(kind->second);
            one.sure = !contradicted && !parsed.recovered &&
                       reading.symbols[source.symbol].confidence != Confidence::grammar;
            if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(std::move(one));
        }
    }
    return out;
}

// For people: "part number".
std::string_view title_of(std::string_view field) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> titles{{
        {"mpn", "MPN"},
        {"lot", "lot"},
        {"date_code", "date code"},
        {"quantity", "quantity"},
        {"country", "country"},
        {"customer_pn", "customer part number"},
        {"supplier_pn", "supplier part number"},
        {"expiry", "expiry"},
        {"po", "purchase order"},
        {"serial", "serial number"},
        {"package_id", "package id"},
        {"msl", "moisture level"},
    }};
    for (const auto& [name, title] : titles)
        if (name == field) return title;
    return field;
}

}  // namespace

std::string_view to_string(TextState state) {
    switch (state) {
        case TextState::agreed:
            return "agreed";
        case TextState::not_found:
            return "not-found";
        case TextState::differs:
            return "differs";
    }
    return "";
}

std::string difference_text(const TextField& field) {
    return "the print says " + std::string(title_of(field.field)) + " " + field.print +
           ", but the symbols say " + field.symbol;
}

TextQuestion text_question(const LabelReading& reading) {
    TextQuestion question;
    for (const LabelPart& part : reading.labels) {
        TextLabel label;
        for (const std::size_t symbol : part.symbols)
            label.symbols.push_back(reading.symbols[symbol].position);
        label.statements = statements_of(reading, part);
        question.labels.push_back(std::move(label));
    }
    for (const Symbol& symbol : reading.symbols) {
        std::string text;  // only letters and digits matter
        std::copy_if(symbol.text.begin(), symbol.text.end(), std::back_inserter(text),
                     is_alphanumeric);
        question.texts.push_back(std::move(text));
    }
    for (const Unread& unread : reading.unread) question.unread.push_back(unread.position);
    return question;
}

bool has_statements(const TextQuestion& question) {
    return std::any_of(question.labels.begin(), question.labels.end(),
                       [](const TextLabel& label) { return !label.statements.empty(); });
}

void add_text(LabelReading& reading, TextReading text) {
    for (const TextField& field : text.fields) {
        if (field.state != TextState::differs) continue;
        reading.warnings.push_back({"text." + field.field, difference_text(field)});
    }
    reading.text = std::move(text);
}

}  // namespace reelproof::vision
