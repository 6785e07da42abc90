#include "vision/reader/text_wire.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "vision/reader/wire_json.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

constexpr std::size_t most_print = 256;  // characters of one reading

bool is_print(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

json::array quads_json(const std::vector<Quad>& quads) {
    json::array out;
    for (const Quad& quad : quads) out.push_back(quad_json(quad));
    return out;
}

std::vector<Quad> quads_of(const json::value& value) {
    std::vector<Quad> quads;
    for (const json::value& quad : value.as_array()) quads.push_back(quad_of(quad));
    return quads;
}

json::object question_json(const TextQuestion& question) {
    json::array labels;
    for (const TextLabel& label : question.labels) {
        json::array statements;
        for (const TextStatement& one : label.statements)
            statements.push_back(json::object{{"field", one.field},
                                              {"identifier", one.identifier},
                                              {"value", one.value},
                                              {"kind", one.kind},
                                              {"sure", one.sure}});
        labels.push_back(json::object{{"symbols", quads_json(label.symbols)},
                                      {"statements", std::move(statements)}});
    }
    json::array texts;
    for (const std::string& text : question.texts) texts.emplace_back(text);
    return {{"labels", std::move(labels)},
            {"texts", std::move(texts)},
            {"unread", quads_json(question.unread)}};
}

TextQuestion question_of(const json::object& object) {
    TextQuestion question;
    for (const json::value& value : object.at("labels").as_array()) {
        const json::object& label = value.as_object();
        TextLabel out{quads_of(label.at("symbols")), {}};
        for (const json::value& each : label.at("statements").as_array()) {
            const json::object& one = each.as_object();
            out.statements.push_back({text_at(one, "field"), text_at(one, "identifier"),
                                      text_at(one, "value"), text_at(one, "kind"),
                                      one.at("sure").as_bool()});
        }
        question.labels.push_back(std::move(out));
    }
    for (const json::value& text : object.at("texts").as_array())
        question.texts.emplace_back(text.as_string());
    question.unread = quads_of(object.at("unread"));
    return question;
}

TextState state_of(std::string_view name) {
    for (const TextState state : {TextState::agreed, TextState::not_found, TextState::differs})
        if (to_string(state) == name) return state;
    throw std::invalid_argument("state");
}

// Only what was asked for, and print that can be shown.
TextField field_of(const json::object& object, const TextQuestion& question) {
    TextField field;
    field.label = object.at("label").to_number<std::size_t>();
    field.field = text_at(object, "field");
    field.state = state_of(object.at("state").as_string());
    field.symbol = text_at(object, "symbol");
    field.print = text_at(object, "print");
    field.position = quad_of(object.at("position"));
    const auto& statements = question.labels.at(field.label).statements;
    if (std::none_of(statements.begin(), statements.end(),
                     [&](const TextStatement& one) {
                         return one.field == field.field && one.value == field.symbol;
                     }) ||
        field.print.size() > most_print || !is_print(field.print))
        throw std::invalid_argument("field");
    return field;
}

}  // namespace

std::vector<std::uint8_t> encode_text_request(const TextQuestion& question,
                                              std::span<const std::uint8_t> picture) {
    return question_message(question_json(question), std::span(&picture, 1));
}

std::optional<TextRequest> decode_text_request(std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        return TextRequest{question_of(read.question.as_object()), read.pictures};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_text_answer(const Result<TextReading>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array fields;
    for (const TextField& field : answer->fields)
        fields.push_back(json::object{{"label", field.label},
                                      {"field", field.field},
                                      {"state", to_string(field.state)},
                                      {"symbol", field.symbol},
                                      {"print", field.print},
                                      {"position", quad_json(field.position)}});
    return json::serialize(
        json::object{{"fields", std::move(fields)}, {"complete", answer->complete}});
}

std::optional<Result<TextReading>> decode_text_answer(std::string_view text,
                                                      const TextQuestion& question) {
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Result<TextReading>(error_of(error->as_object()));
        TextReading reading;
        std::set<std::pair<std::size_t, std::string>> answered;
        for (const json::value& value_of_field : answer.at("fields").as_array()) {
            TextField field = field_of(value_of_field.as_object(), question);
            if (!answered.emplace(field.label, field.field).second) return std::nullopt;
            reading.fields.push_back(std::move(field));
        }
        reading.complete = answer.at("complete").as_bool();
        return Result<TextReading>(std::move(reading));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::vector<std::uint8_t> encode_lines_request(std::span<const Quad> lines,
                                               std::span<const std::uint8_t> picture) {
    return question_message({{"lines", quads_json({lines.begin(), lines.end()})}},
                            std::span(&picture, 1));
}

std::optional<LinesRequest> decode_lines_request(std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        LinesRequest out{quads_of(read.question.as_object().at("lines")), read.pictures};
        if (out.lines.size() > max_printed_lines) return std::nullopt;
        return out;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_lines_answer(const Result<std::vector<PrintedLine>>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array lines;
    for (const PrintedLine& line : *answer)
        lines.push_back(json::object{{"text", line.text}, {"confidence", line.confidence}});
    return json::serialize(json::object{{"lines", std::move(lines)}});
}

std::optional<Result<std::vector<PrintedLine>>> decode_lines_answer(std::string_view text,
                                                                    std::size_t lines) {
    using Answer = Result<std::vector<PrintedLine>>;
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Answer(error_of(error->as_object()));
        std::vector<PrintedLine> out;
        for (const json::value& each : answer.at("lines").as_array()) {
            const json::object& one = each.as_object();
            PrintedLine line{text_at(one, "text"), one.at("confidence").to_number<double>()};
            if (line.text.size() > most_print || !is_print(line.text) ||
                !(line.confidence >= 0 && line.confidence <= 1))
                return std::nullopt;
            out.push_back(std::move(line));
        }
        if (out.size() != lines) return std::nullopt;
        return Answer(std::move(out));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace reelproof::vision
