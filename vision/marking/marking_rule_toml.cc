#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/profile_reader.h"
#include "vision/marking/marking_rule.h"

namespace reelproof::vision {
namespace {

using Reader = ProfileReader;

constexpr std::size_t most_pieces = 16;

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 60 && std::all_of(name.begin(), name.end(), [](char c) {
        return is_lower(c) || is_digit(c) || c == '-' || c == '_';
    });
}

bool printable_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// "n2", "an3-5", "x1-8".
bool shape_of(std::string_view text, MarkingField& field) {
    if (text.starts_with("an")) {
        field.of = 'm';
        text.remove_prefix(2);
    } else if (text.starts_with('n') || text.starts_with('a') || text.starts_with('x')) {
        field.of = text.front();
        text.remove_prefix(1);
    } else {
        return false;
    }
    const auto dash = text.find('-');
    const auto least = small_number(text.substr(0, dash));
    const auto most = dash == text.npos ? least : small_number(text.substr(dash + 1));
    if (!least || !most || *least < 1 || *least > *most ||
        *most > static_cast<long>(max_marking_line))
        return false;
    field.least = static_cast<std::size_t>(*least);
    field.most = static_cast<std::size_t>(*most);
    return true;
}

// "{date}{lot}{site} {finish?}"
void read_line(const toml::node& node, std::string_view text, MarkingRule& rule, Reader& read) {
    std::vector<MarkingPiece> line;
    while (!text.empty() && !read.failed()) {
        const auto brace = text.find('{');
        if (brace != 0) {
            line.push_back({std::string(text.substr(0, brace)), {}, false});
            text.remove_prefix(std::min(brace, text.size()));
            continue;
        }
        const auto end = text.find('}');
        auto name = text.substr(1, end == text.npos ? text.npos : end - 1);
        MarkingPiece piece;
        piece.optional = name.ends_with('?');
        if (piece.optional) name.remove_suffix(1);
        piece.field = name;
        if (end == text.npos || (name != "code" && name != "date" && !rule.fields.contains(name)))
            return read.fail(
                node, "lines",
                "{" + std::string(name) + "} is neither {code} nor {date} nor one of [fields]");
        if (name == "date" && !rule.date)
            return read.fail(node, "lines", "{date} stands there, but there is no [date]");
        line.push_back(std::move(piece));
        text.remove_prefix(end + 1);
    }
    const bool empty = std::all_of(line.begin(), line.end(), [](const MarkingPiece& piece) {
        return piece.field.empty() && piece.literal.find_first_not_of(' ') == std::string::npos;
    });
    if (empty) return read.fail(node, "lines", "a line is empty");
    if (line.size() > most_pieces)
        return read.fail(node, "lines", "a line has more than 16 pieces");
    for (const auto& piece : line)
        if (!printable_ascii(piece.literal) || piece.literal.find('}') != std::string::npos)
            return read.fail(node, "lines",
                             "only printable ASCII can be compared, and braces stand around "
                             "fields: leave out logos and signs such as (R)");
    rule.lines.push_back(std::move(line));
}

MarkingField field_of(const toml::table& table, const std::string& name, Reader& read) {
    MarkingField field;
    read.only(table, {"is", "values", "from", "note"}, name);
    std::string shape;
    read.text(table, "is", shape, name);
    if (table.contains("is") && !shape_of(shape, field))
        read.fail(table, name + ".is",
                  "this is n, a, an or x (digits, capitals, both, anything), then a count of 1 to "
                  "40: n2, an3-5");
    const auto add = [&](const toml::node& where, const std::string& text,
                         const std::string& meaning) {
        if (text.find_first_not_of(' ') == std::string::npos || text.size() > max_marking_line ||
            !printable_ascii(text))
            read.fail(where, name + ".values", "a value has 1 to 40 printable ASCII characters");
        field.values.emplace(text, meaning);
    };
    if (const auto* list = table.get_as<toml::array>("values")) {
        std::vector<std::string> texts;
        read.texts(table, "values", texts, name);
        for (const auto& text : texts) add(*list, text, {});
    } else if (const auto* values = read.table(table, "values", name)) {
        for (const auto& [key, value] : *values) {
            const auto* meaning = value.as_string();
            if (meaning == nullptr)
                return read.fail(value, name + ".values", "what a value stands for is a text"),
                       field;
            add(value, std::string(key.str()), meaning->get());
        }
    }
    if (!table.contains("is") && field.values.empty())
        read.fail(table, name, R"(a field has is = "an3-5" or values = ["E3", "E4"])");
    read.text(table, "from", field.from, name);
    if (!field.from.empty() && field.from != "lot" && field.from != "country")
        read.fail(table, name + ".from", "this is lot or country");
    if (field.from == "country" && field.values.empty())
        read.fail(table, name + ".from",
                  R"(a country needs its texts: values = { MALAYSIA = "MY" })");
    return field;
}

MarkingExample example_of(const toml::table& table, const std::string& name, Reader& read) {
    MarkingExample example;
    example.line = table.source().begin.line;
    read.only(table,
              {"mpn", "code", "lot", "date_code", "country", "expected", "lines", "fields",
               "differs", "note"},
              name);
    read.text(table, "mpn", example.mpn, name);
    read.text(table, "code", example.code, name);
    read.text(table, "lot", example.lot, name);
    read.text(table, "date_code", example.date_code, name);
    read.text(table, "country", example.country, name);
    read.texts(table, "expected", example.expected, name);
    read.texts(table, "lines", example.lines, name);
    read.texts(table, "differs", example.differs, name);
    if (const auto* fields = read.table(table, "fields", name))
        for (const auto& [key, value] : *fields) {
            if (const auto* text = value.as_string())
                example.fields.emplace(std::string(key.str()), text->get());
            else
                read.fail(value, name + ".fields", "a field of a marking is a text");
        }
    if (example.lines.empty() && example.expected.empty())
        read.fail(table, name, "an example has lines as seen, or expected patterns");
    return example;
}

Result<MarkingRule> read_rule(const toml::table& file, std::string_view file_name) {
    Reader read{std::string(file_name)};
    MarkingRule rule;
    rule.file = file_name;
    read.only(file,
              {"name", "manufacturer", "title", "logo", "logo_shapes", "note", "lines", "date",
               "fields", "trace", "example"},
              "");
    read.text(file, "name", rule.name);
    if (!is_name(rule.name))
        read.fail(file, "name", "a marking rule has a name of small letters, digits and -");
    read.text(file, "manufacturer", rule.manufacturer);
    read.text(file, "title", rule.title);
    read.text(file, "logo", rule.logo);
    std::vector<std::string> shapes;
    read.texts(file, "logo_shapes", shapes);
    for (const auto& text : shapes)
        if (const auto shape = logo_shape_of(text))
            rule.logo_shapes.push_back(*shape);
        else
            read.fail(*file.get("logo_shapes"), "logo_shapes", shape.error().text);
    if (shapes.size() > max_logo_shapes)
        read.fail(*file.get("logo_shapes"), "logo_shapes", "at most 16 shapes are compared");
    if (const auto* date = read.table(file, "date")) {
        read.only(*date, {"form", "months", "note"}, "date");
        std::string form, months(usual_months);
        read.text(*date, "form", form, "date");
        read.text(*date, "months", months, "date");
        auto parsed = MarkingDateForm::parse(form, months);
        if (parsed)
            rule.date = *std::move(parsed);
        else
            read.fail(*date, "date", parsed.error().text);
    }
    if (const auto* fields = read.table(file, "fields"))
        for (const auto& [key, value] : *fields) {
            const std::string name(key.str());
            const auto* table = value.as_table();
            if (!is_name(name) || name == "code" || name == "date" || name == "trace")
                read.fail(value, "fields." + name,
                          "a field has a name of small letters, which is not code, date or trace");
            else if (table == nullptr)
                read.fail(value, "fields." + name, "this has to be a table");
            else
                rule.fields.emplace(name, field_of(*table, "fields." + name, read));
        }
    std::vector<std::string> lines;
    read.texts(file, "lines", lines);
    if (lines.empty() || lines.size() > max_marking_lines)
        read.fail(file, "lines", "a marking has 1 to 8 lines, top line first");
    for (const auto& line : lines)
        if (!read.failed()) read_line(*file.get("lines"), line, rule, read);
    read.texts(file, "trace", rule.trace);
    for (const auto& name : rule.trace)
        if (name != "date" && !rule.fields.contains(name))
            read.fail(*file.get("trace"), "trace", "there is no field " + name);
    read.each(file, "example", [&](const toml::table& table, const std::string& name) {
        rule.examples.push_back(example_of(table, name, read));
    });
    if (rule.examples.empty())
        read.fail(file, "example",
                  "a marking rule has at least one [[example]], which is its test");
    if (read.failed()) return Error{"marking.rule", read.error().text};
    return rule;
}

}  // namespace

Result<MarkingRule> marking_rule_from_toml(std::string_view text, std::string_view file) {
    const std::string name(file);
    if (text.size() > max_marking_rule_bytes)
        return Error{"marking.rule", name + ": longer than 64 KiB"};
    try {
        return read_rule(toml::parse(text, name), file);
    } catch (const toml::parse_error& error) {
        return Error{"marking.rule", name + ": line " + std::to_string(error.source().begin.line) +
                                         ": " + std::string(error.description())};
    } catch (const std::logic_error&) {
        return Error{"marking.rule", name + ": this is not TOML"};
    }
}

}  // namespace reelproof::vision
