#include "node/cli/label_report.h"

#include <boost/json.hpp>

#include "api/routes/json.h"
#include "ledger/base/counted.h"
#include "node/cli/arguments.h"
#include "node/cli/label_text.h"
#include "vision/label/unread_words.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

std::string symbol_line(const vision::Symbol& symbol) {
    return "\n  " + symbol.symbology + " " + printable(symbol.text) + "\n    by " + symbol.engine +
           ", " + symbol.path + ": " + std::string(vision::to_string(symbol.confidence));
}

std::string conflict_line(const vision::Conflict& conflict, const char* differs) {
    std::string line = "\n  " + conflict.field + differs;
    for (const auto& source : conflict.sources)
        line += " " + printable(vision::to_string(source.value));
    return line;
}

// What the print says of each field; fields of several labels stand in a row.
std::string print_text(const vision::TextReading& text) {
    if (!text.trouble.empty()) return "\n  print: not compared (" + printable(text.trouble) + ")";
    std::string out;
    for (const auto state : {vision::TextState::agreed, vision::TextState::not_found}) {
        std::string names;
        for (const auto& field : text.fields)
            if (field.state == state) names += " " + field.field;
        if (!names.empty())
            out += (state == vision::TextState::agreed ? "\n  print agrees:"
                                                       : "\n  not found in print:") +
                   names;
    }
    for (const auto& field : text.fields)
        if (field.state == vision::TextState::differs)
            out += "\n  " + field.field + " differs in print: " + printable(field.print) + " at " +
                   std::to_string(field.position[0].x) + "," + std::to_string(field.position[0].y) +
                   ", the symbols say " + printable(field.symbol);
    if (!text.complete) out += "\n  print: not all of it was read";
    return out;
}

std::string part_text(const vision::LabelReading& reading, std::size_t number) {
    const vision::LabelPart& part = reading.labels[number];
    std::string out = "\nlabel " + std::to_string(number + 1) + " of " +
                      std::to_string(reading.labels.size()) + ": " + part.format;
    for (const std::size_t symbol : part.symbols) out += symbol_line(reading.symbols[symbol]);
    out += "\n  fields:" + fields_text(api::fields_json(part.fields));
    for (const auto& conflict : part.conflicts)
        out += conflict_line(conflict, " differs from symbol to symbol:");
    return out;
}

}  // namespace

std::string label_report(const std::string& file, const vision::LabelReading& reading) {
    const json::object whole = api::label_json(reading);
    std::string text =
        file + ": " + ledger::counted(reading.symbols.size(), "symbol") + ", " + reading.format;
    if (reading.labels.size() > 1) {
        for (std::size_t i = 0; i < reading.labels.size(); ++i) text += part_text(reading, i);
        text += "\nall labels:";
        for (const auto& conflict : reading.conflicts)
            if (conflict.between_labels)
                text += conflict_line(conflict, " differs from label to label:");
    } else {
        for (const auto& symbol : reading.symbols) text += symbol_line(symbol);
        for (const auto& conflict : reading.conflicts)
            text += conflict_line(conflict, " differs from symbol to symbol:");
    }
    text += "\n  fields:" + fields_text(whole.at("fields").get_object());
    if (reading.text) text += print_text(*reading.text);
    for (const auto& warning : reading.warnings) text += "\n  warning: " + printable(warning.text);
    for (const auto& unread : reading.unread)
        text += "\n  not read: " + vision::describe(unread, reading.width, reading.height) + ": " +
                vision::advice_for(unread, reading.width, reading.height);
    if (reading.unread.empty())
        if (const auto* hint = whole.if_contains("hint"))
            text += "\n  hint: " + std::string(hint->as_string());
    return text;
}

}  // namespace reelproof::node
