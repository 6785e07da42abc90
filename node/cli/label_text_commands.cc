// label parse, label profiles.
#include <cstdlib>
#include <iostream>

#include "api/routes/json.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/format/item.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/label_text.h"
#include "node/cli/own_files_report.h"
#include "node/label_profiles.h"
#include "vision/label/characters.h"
#include "vision/label/scanner_profile.h"

namespace reelproof::node {

namespace json = boost::json;

std::string fields_text(const json::object& fields) {
    std::string out;
    for (const auto& member : fields) {
        out += "\n  " + std::string(member.key()) + ": ";
        out += member.value().is_string() ? printable(member.value().get_string())
                                          : json::serialize(member.value());
    }
    return out;
}

void add_profiles_option(CLI::App* command, std::string& folder) {
    command
        ->add_option("--profiles", folder,
                     "folder with label profiles of your own (default: $REELPROOF_PROFILES)")
        ->check(not_empty());
}

ledger::Result<void> use_profiles_of(const std::string& option) {
    std::string folder = option;
    if (folder.empty()) {
        const char* given = std::getenv("REELPROOF_PROFILES");
        if (given != nullptr) folder = given;
    }
    if (folder.empty()) return {};
    auto profiles = load_profiles(folder);
    if (!profiles) return profiles.error();
    vision::use_profiles(std::move(*profiles));
    return {};
}

namespace {

struct Parsing {
    std::vector<std::string> texts;
    std::string profiles, scanner, channel;
};

ledger::Result<std::optional<vision::ScannerProfile>> load_scanner(const std::string& file) {
    if (file.empty()) return std::optional<vision::ScannerProfile>();
    const auto bytes = ledger::read_file(file, vision::max_scanner_profile_bytes);
    if (!bytes) return bytes.error();
    auto profile = vision::scanner_profile_from_toml(ledger::as_text(*bytes));
    if (!profile) return ledger::malformed(file + ": " + profile.error().text);
    return std::optional(std::move(*profile));
}

vision::Channel channel_of(const std::string& name) {
    if (name == "camera") return vision::Channel::camera;
    if (name == "wedge") return vision::Channel::wedge;
    return name == "serial" ? vision::Channel::serial : vision::Channel::unknown;
}

int parse_texts(const CommandLine& cli, const Parsing& wanted) {
    if (const auto used = use_profiles_of(wanted.profiles); !used) return fail(used.error());
    const auto scanner = load_scanner(wanted.scanner);
    if (!scanner) return fail(scanner.error());
    const auto texts = label_texts(wanted.texts);
    if (!texts) return fail(texts.error());
    vision::ParseOptions options;
    options.channel = channel_of(wanted.channel);
    if (*scanner) options.scanner = &**scanner;
    int code = kDone;
    for (const auto& text : *texts) {
        // Bytes that are no UTF-8 would break who reads our JSON, and a terminal.
        const bool guessed = !ledger::is_utf8(ledger::as_bytes(text));
        const auto parsed = vision::parse(guessed ? vision::from_latin1(text) : text, options);
        if (!parsed) {
            std::cerr << "reelproof: " << parsed.error().text << '\n';
            code = kBadInput;
            continue;
        }
        auto fields = api::fields_json(parsed->fields);
        if (parsed->unique_id)
            if (const auto seed = ledger::seed_of_25s(*parsed->unique_id))
                fields["item"] = ledger::public_item_id(ledger::issued_item_key(*seed));
        std::string shown = parsed->format + fields_text(fields);
        for (const auto& [identifier, values] : parsed->repeated)
            for (const auto& value : values)
                shown += "\n  repeated " + identifier + ": " + printable(value);
        auto warnings = parsed->warnings;
        if (guessed)
            warnings.push_back({"content.not-utf8",
                                "the text is not UTF-8, and is shown as ISO/IEC 8859-1: a guess"});
        for (const auto& warning : warnings) shown += "\n  warning: " + printable(warning.text);
        json::object identifiers;
        for (const auto& [identifier, data] : parsed->identifiers) identifiers[identifier] = data;
        json::object out{{"format", parsed->format},
                         {"fields", std::move(fields)},
                         {"normalised", api::normalised_json(parsed->fields)},
                         {"identifiers", std::move(identifiers)},
                         {"recovered", parsed->recovered},
                         {"warnings", api::warnings_json(warnings)}};
        if (guessed) out["bytes_hex"] = ledger::to_hex(ledger::as_bytes(text));
        if (!parsed->profile.empty()) out["profile"] = parsed->profile;
        if (!parsed->repeated.empty()) out["repeated"] = api::repeated_json(*parsed);
        cli.print(out, shown);
    }
    return code;
}

int list_profiles(const CommandLine& cli, const std::string& folder) {
    if (const auto used = use_profiles_of(folder); !used) return fail(used.error());
    for (const auto& profile : vision::current_profiles().all()) {
        const json::object out{{"name", profile->name},
                               {"format", profile->format},
                               {"title", profile->title},
                               {"file", profile->file},
                               {"examples", profile->examples.size()}};
        std::string name = profile->name;
        name.resize(std::max<std::size_t>(name.size(), 22), ' ');
        cli.print(out,
                  name + "  " + printable(profile->title) + " (" + printable(profile->file) + ")");
    }
    return kDone;
}

}  // namespace

void add_label_text_commands(CommandLine& cli, CLI::App* label) {
    auto wanted = std::make_shared<Parsing>();
    auto* command =
        cli.command(label, "parse", "The fields of a symbol's raw text",
                    "reelproof label parse '[)>{RS}06{GS}1PNRF52840{GS}Q3000{RS}{EOT}'");
    command
        ->add_option("TEXT", wanted->texts,
                     "raw text; \\x1d, {GS}, <GS> and ^] are understood; @FILE: each line of a "
                     "file; -: of standard input")
        ->required();
    command
        ->add_option("--scanner", wanted->scanner,
                     "what is known of the scanner that delivered the text, from label calibrate")
        ->check(not_empty());
    command->add_option("--channel", wanted->channel, "what delivered it: camera, wedge, serial")
        ->check(CLI::IsMember({"camera", "wedge", "serial"}));
    add_profiles_option(command, wanted->profiles);
    command->callback(
        [&cli, wanted] { cli.action = [&cli, wanted] { return parse_texts(cli, *wanted); }; });

    auto folder = std::make_shared<std::string>();
    auto checked = std::make_shared<std::string>();
    command = cli.command(label, "profiles", "Label profiles: list them, check your own",
                          "reelproof label profiles --check my-profiles");
    add_profiles_option(command, *folder);
    command
        ->add_option("--check", *checked,
                     "run the examples of the profiles in this folder, and say what is wrong in "
                     "its files")
        ->check(not_empty());
    command->callback([&cli, folder, checked] {
        cli.action = [&cli, folder, checked] {
            return checked->empty() ? list_profiles(cli, *folder)
                                    : report_own_files(cli, check_profiles(*checked), "profile");
        };
    });
}

}  // namespace reelproof::node
