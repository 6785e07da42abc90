// label read, parse.
#include "node/cli/label_commands.h"

#include <iostream>

#include "api/routes/json.h"
#include "ledger/base/file.h"
#include "ledger/format/item.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "vision/label/label.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

json::object fields_json(const vision::Fields& fields) {
    json::object out;
    for (const auto& [name, value] : fields) {
        if (const auto* number = std::get_if<std::int64_t>(&value))
            out[name] = *number;
        else
            out[name] = std::get<std::string>(value);
    }
    return out;
}

json::array warnings_json(const std::vector<vision::Warning>& warnings) {
    json::array out;
    for (const auto& warning : warnings)
        out.emplace_back(json::object{{"code", warning.code}, {"text", warning.text}});
    return out;
}

std::string fields_text(const json::object& fields) {
    std::string out;
    for (const auto& member : fields) {
        out += "\n  " + std::string(member.key()) + ": ";
        out += member.value().is_string() ? printable(member.value().get_string())
                                          : json::serialize(member.value());
    }
    return out;
}

int read_files(const CommandLine& cli, const std::vector<std::string>& files) {
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
        const auto reading = reader.read_label({bytes->data(), bytes->size()});
        if (!reading) {
            std::cerr << "reelproof: " << file << ": " << reading.error().text << '\n';
            code = kBadInput;
            continue;
        }
        secret = secret || (reading->unique_id && ledger::seed_of_25s(*reading->unique_id));
        json::object out{{"file", file}};
        for (auto& member : api::label_json(*reading)) out[member.key()] = member.value();
        std::string text =
            file + ": " + std::to_string(reading->symbols.size()) + " symbols, " + reading->format;
        for (const auto& symbol : reading->symbols)
            text += "\n  " + symbol.symbology + " " + printable(symbol.text);
        text += "\n  fields:" + fields_text(out.at("fields").get_object());
        for (const auto& warning : reading->warnings) text += "\n  warning: " + warning.text;
        cli.print(out, text);
    }
    if (secret) say_secret("a text above");
    return code;
}

int parse_texts(const CommandLine& cli, const std::vector<std::string>& arguments) {
    const auto texts = label_texts(arguments);
    if (!texts) return fail(texts.error());
    int code = kDone;
    for (const auto& text : *texts) {
        const auto parsed = vision::parse(text);
        if (!parsed) {
            std::cerr << "reelproof: " << parsed.error().text << '\n';
            code = kBadInput;
            continue;
        }
        auto fields = fields_json(parsed->fields);
        if (parsed->unique_id)
            if (const auto seed = ledger::seed_of_25s(*parsed->unique_id))
                fields["item"] = ledger::public_item_id(ledger::issued_item_key(*seed));
        std::string shown = parsed->format + fields_text(fields);
        for (const auto& warning : parsed->warnings) shown += "\n  warning: " + warning.text;
        cli.print({{"format", parsed->format},
                   {"fields", std::move(fields)},
                   {"recovered", parsed->recovered},
                   {"warnings", warnings_json(parsed->warnings)}},
                  shown);
    }
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
    auto* label = cli.app.add_subcommand("label", "Labels: read, parse, issue; scanners");
    label->require_subcommand(1);
    auto files = std::make_shared<std::vector<std::string>>();
    auto* command = cli.command(label, "read", "Find and read every symbol on photographs",
                                "reelproof label read --json reel.jpg");
    command->add_option("FILE", *files, "photographs; - for standard input")->required();
    command->callback(
        [&cli, files] { cli.action = [&cli, files] { return read_files(cli, *files); }; });
    auto texts = std::make_shared<std::vector<std::string>>();
    command = cli.command(label, "parse", "The fields of a symbol's raw text",
                          "reelproof label parse '[)>{RS}06{GS}1PNRF52840{GS}Q3000{RS}{EOT}'");
    command
        ->add_option("TEXT", *texts,
                     "raw text; \\x1d, {GS}, <GS> and ^] are understood; @FILE: each line of a "
                     "file; -: of standard input")
        ->required();
    command->callback(
        [&cli, texts] { cli.action = [&cli, texts] { return parse_texts(cli, *texts); }; });
    add_label_issue(cli, label);
    add_label_calibrate(cli, label);
}

}  // namespace reelproof::node
