// label read. What is text alone is in label_text_commands.cc.
#include "node/cli/label_commands.h"

#include <iostream>

#include "api/routes/json.h"
#include "ledger/format/item.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/label_report.h"
#include "node/cli/label_text.h"
#include "vision/label/label.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

// A file that could not be read has its line on standard output, too, for who goes through them.
void print_failure(const CommandLine& cli, const std::string& file, const std::string& code,
                   const std::string& why) {
    if (cli.json)
        cli.print({{"file", file}, {"error", json::object{{"code", code}, {"text", why}}}}, "");
}

int read_files(const CommandLine& cli, const std::vector<std::string>& files,
               const std::string& profiles, vision::PrintedText print) {
    if (const auto used = use_profiles_of(profiles); !used) return fail(used.error());
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    options.on_no_text = [](const vision::Error& why) {
        std::cerr << "reelproof: " << why.text << '\n';
    };
    vision::ReaderPool reader(options);
    int code = kDone;
    bool secret = false;
    for (const auto& file : files) {
        const auto bytes = read_input(file, vision::max_picture_bytes);
        if (!bytes) {
            code = fail(bytes.error());
            print_failure(cli, file, "file.unreadable", bytes.error().message);
            continue;
        }
        const auto reading = reader.read_label({bytes->data(), bytes->size()}, print);
        if (!reading) {
            std::cerr << "reelproof: " << file << ": " << reading.error().text << '\n';
            code = kBadInput;
            print_failure(cli, file, reading.error().code, reading.error().text);
            continue;
        }
        secret = secret || (reading->unique_id && ledger::seed_of_25s(*reading->unique_id));
        json::object out{{"file", file}};
        for (auto& member : api::label_json(*reading)) out[member.key()] = member.value();
        cli.print(out, label_report(file, *reading));
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
