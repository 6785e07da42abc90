// label read. What is text alone is in label_text_commands.cc.
#include "node/cli/label_commands.h"

#include <iostream>

#include "api/routes/json.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/format/item.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/label_text.h"
#include "vision/label/label.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

// What the print says of each field; fields of several labels stand in a row.
std::string print_text(const vision::TextReading& text) {
    if (!text.trouble.empty()) return "\n  print: not compared (" + text.trouble + ")";
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
    if (!text.complete) out += "\n  print: time was up before all of it was read";
    return out;
}

int read_files(const CommandLine& cli, const std::vector<std::string>& files,
               const std::string& profiles, vision::PrintedText print) {
    if (const auto used = use_profiles_of(profiles); !used) return fail(used.error());
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    vision::ReaderPool reader(options);
    int code = kDone;
    bool secret = false;
    for (const auto& file : files) {
        const auto bytes = ledger::read_file(file, vision::max_picture_bytes);
        if (!bytes) {
            code = fail(bytes.error());
            continue;
        }
        const auto reading = reader.read_label({bytes->data(), bytes->size()}, print);
        if (!reading) {
            std::cerr << "reelproof: " << file << ": " << reading.error().text << '\n';
            code = kBadInput;
            continue;
        }
        secret = secret || (reading->unique_id && ledger::seed_of_25s(*reading->unique_id));
        json::object out{{"file", file}};
        for (auto& member : api::label_json(*reading)) out[member.key()] = member.value();
        std::string text = file + ": " + ledger::counted(reading->symbols.size(), "symbol") + ", " +
                           reading->format;
        for (const auto& symbol : reading->symbols)
            text += "\n  " + symbol.symbology + " " + printable(symbol.text);
        text += "\n  fields:" + fields_text(out.at("fields").get_object());
        for (const auto& conflict : reading->conflicts) {
            text += "\n  " + conflict.field +
                    (conflict.between_labels ? " differs from label to label:"
                                             : " differs from symbol to symbol:");
            for (const auto& source : conflict.sources)
                text += " " + printable(vision::to_string(source.value));
        }
        if (reading->text) text += print_text(*reading->text);
        for (const auto& warning : reading->warnings)
            text += "\n  warning: " + printable(warning.text);
        for (const auto& unread : reading->unread)
            text += "\n  not read: " + unread.kind + " at " + std::to_string(unread.position[0].x) +
                    "," + std::to_string(unread.position[0].y);
        if (const auto* hint = out.if_contains("hint"))
            text += "\n  hint: " + std::string(hint->as_string());
        cli.print(out, text);
    }
    if (secret) say_secret("a text above");
    return code;
}

}  // namespace

void say_secret(const std::string& what) {
    std::cerr
        << "reelproof: " << what
        << " holds 25S data: that is the key to its item's history, and who has a copy can read "
           "it all. Keep it off logs, mails and the shell's history\n";
}

void add_label_commands(CommandLine& cli) {
    auto* label = cli.app.add_subcommand("label", "Labels: read, parse, issue, profiles; scanners");
    label->require_subcommand(1);
    auto files = std::make_shared<std::vector<std::string>>();
    auto profiles = std::make_shared<std::string>();
    auto* command = cli.command(label, "read",
                                "Find and read every symbol on photographs, and compare "
                                "the print with them",
                                "reelproof label read --json reel.jpg");
    command->add_option("FILE", *files, "photographs; - for standard input")->required();
    add_profiles_option(command, *profiles);
    auto no_text = std::make_shared<bool>(false);
    command->add_flag("--no-text", *no_text, "don't compare the print with the symbols: faster");
    command->callback([&cli, files, profiles, no_text] {
        cli.action = [&cli, files, profiles, no_text] {
            return read_files(cli, *files, *profiles,
                              *no_text ? vision::PrintedText::leave : vision::PrintedText::compare);
        };
    });
    add_label_text_commands(cli, label);
    add_label_issue(cli, label);
    add_label_calibrate(cli, label);
}

}  // namespace reelproof::node
