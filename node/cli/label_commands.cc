// label read, parse, issue.
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "api/routes/json.h"
#include "ledger/base/file.h"
#include "ledger/format/item.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/verdict_report.h"
#include "vision/label/label.h"
#include "vision/label/read_image.h"
#include "vision/label/render.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;
namespace fs = std::filesystem;

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

// Beside whatever shows the text or the picture of a label of ours.
void say_secret(const std::string& what) {
    std::cerr
        << "reelproof: " << what
        << " holds 25S data: that is the key to its item's history, and who has a copy can read "
           "it all. Keep it off logs, mails and the shell's history\n";
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

struct Issue {
    std::map<std::string, std::string> texts;
    std::int64_t quantity = 0;
    int count = 1;
    std::string folder = "labels";
    std::string issuing = "LERPF";  // issuing agency code and company of the 25S
    vision::RenderOptions render;
    bool commission = false;
    NodeAddress node;
};

// One of these at least, so that a person knows what the label belongs on.
constexpr std::array kNames{"mpn", "customer_pn", "serial"};

ledger::Result<void> label_folder_is_free(const fs::path& folder) {
    std::error_code failure;
    if (!fs::exists(folder, failure)) return {};
    if (!fs::is_directory(folder, failure))
        return ledger::malformed("--out: " + folder.string() + " is not a folder");
    if (!fs::is_empty(folder, failure))
        return ledger::malformed("--out: " + folder.string() +
                                 " is not empty; labels are secrets and are never overwritten");
    return {};
}

// A folder for labels holds secrets: nobody else may look into it.
ledger::Result<void> make_label_folder(const fs::path& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
    if (failure == std::errc::not_a_directory || failure == std::errc::filename_too_long)
        return ledger::malformed("--out: " + folder.string() + ": " + failure.message());
    if (failure)
        throw ledger::EnvironmentError("--out: " + folder.string() + ": " + failure.message());
    return {};
}

void write_private(const fs::path& file, std::string_view text) {
    ledger::write_file_durably(file, ledger::as_bytes(text), 0600);
}

int issue(const CommandLine& cli, const Issue& wanted) {
    vision::Fields fields;
    for (const auto& [name, text] : wanted.texts)
        if (!text.empty()) fields[name] = text;
    if (wanted.quantity > 0) fields["quantity"] = wanted.quantity;
    const bool named = std::any_of(kNames.begin(), kNames.end(),
                                   [&](const char* name) { return fields.contains(name); });
    if (!named)
        return fail(ledger::malformed(
            "the label would not say what it is for: give --mpn (and --lot, --date-code, "
            "--quantity) of parts, --customer-pn or --serial of a board"));
    if (wanted.count > 1 && fields.contains("serial"))
        return fail(ledger::malformed(
            "--serial is of one item: with --count " + std::to_string(wanted.count) +
            " all labels would bear it; issue them one by one, or leave it out"));
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    if (const auto fine = vision::check_issued_fields(
            fields, wanted.issuing + ledger::issued_serial(ledger::ItemSeed::random()), today);
        !fine)
        return fail(ledger::malformed(fine.error().text));
    if (const auto folder = label_folder_is_free(wanted.folder); !folder)
        return fail(folder.error());
    // A node that can't be reached for want of a configuration must not cost labels.
    std::unique_ptr<NodeClient> node;
    if (wanted.commission) {
        auto client = NodeClient::connect(wanted.node);
        if (!client) return fail(client.error());
        node = std::move(*client);
    }
    std::string payloads;
    json::array items;
    std::vector<json::object> lines;
    for (int i = 0; i < wanted.count; ++i) {
        const auto seed = ledger::ItemSeed::random();
        const auto id = ledger::public_item_id(ledger::issued_item_key(seed));
        const auto label = vision::render_label(
            fields, wanted.issuing + ledger::issued_serial(seed), wanted.render);
        if (!label) return fail(ledger::malformed(label.error().text));
        // Not before the first is drawn: when that can't be, nothing is left behind.
        if (i == 0)
            if (const auto folder = make_label_folder(wanted.folder); !folder)
                return fail(folder.error());
        const auto base = fs::path(wanted.folder) / id;
        ledger::write_file_durably(base.string() + ".png", {label->png.data(), label->png.size()},
                                   0600);
        write_private(base.string() + ".svg", label->svg);
        write_private(base.string() + ".zpl", label->zpl);
        write_private(base.string() + ".txt", label->payload + "\n");
        payloads += label->payload + "\n";
        items.emplace_back(label->payload);
        lines.push_back({{"item", id},
                         {"png", base.string() + ".png"},
                         {"svg", base.string() + ".svg"},
                         {"zpl", base.string() + ".zpl"},
                         {"text", base.string() + ".txt"}});
        if (wanted.count > 20 && (i + 1) % 20 == 0)
            std::cerr << i + 1 << " of " << wanted.count << " labels\n";
    }
    write_private(fs::path(wanted.folder) / "payloads.txt", payloads);
    say_secret("each file in " + wanted.folder);
    for (const auto& line : lines)
        cli.print(line, std::string(line.at("item").as_string()) + "  " +
                            std::string(line.at("png").as_string()));
    if (!wanted.commission) return kDone;
    const json::object body{{"items", std::move(items)}};
    const auto answer = node->post("/v1/commission", body,
                                   content_idempotency_key("commission", json::serialize(body)));
    if (!answer) {
        const auto code = fail(answer.error());
        std::cerr << "reelproof: the labels are in " << wanted.folder
                  << "; record them later with `reelproof commission @" << wanted.folder
                  << "/payloads.txt`\n";
        return code;
    }
    std::cerr << recorded_text(*answer) << '\n';
    return kDone;
}

void add_issue(CommandLine& cli, CLI::App* label) {
    auto wanted = std::make_shared<Issue>();
    auto* command = cli.command(
        label, "issue", "New labels, each with a secret of its own: PNG, SVG, ZPL and text",
        "reelproof label issue --mpn NRF52840-QIAA-R --lot 7AB123 --date-code 2608 --quantity "
        "3000 --count 4 --out labels --commission --config node.toml");
    const auto text = [&](const char* option, const char* field, const char* help) {
        return command->add_option(option, wanted->texts[field], help);
    };
    text("--mpn", "mpn", "manufacturer part number");
    text("--customer-pn", "customer_pn", "customer part number, of a board for instance");
    text("--lot", "lot", "lot code");
    text("--date-code", "date_code",
         "date code as on the parts: year and week, YYWW (2617 is week 17 of 2026); or YYYYWW, "
         "YYMMDD, YYYYMMDD");
    text("--country", "country", "country of origin, two letters");
    text("--manufacturer", "manufacturer", "manufacturer's name");
    text("--msl", "msl", "moisture sensitivity level");
    text("--serial", "serial", "serial number, of a board for instance");
    command->add_option("--quantity", wanted->quantity, "parts")
        ->check(CLI::Range(0, 1'000'000'000));
    command->add_option("--count", wanted->count, "labels")
        ->check(CLI::Range(1, 500))
        ->capture_default_str();
    command->add_option("--out", wanted->folder, "folder for the files")->capture_default_str();
    command
        ->add_option("--issuing", wanted->issuing,
                     "issuing agency code and company of the 25S identifier (ISO/IEC 15459)")
        ->capture_default_str();
    command->add_option("--dpi", wanted->render.dpi, "203, 300 or 600")
        ->check(CLI::IsMember({203, 300, 600}))
        ->capture_default_str();
    command->add_flag("--commission", wanted->commission,
                      "also record the new items in the ledger, through the node");
    wanted->node.add_options(command);
    command->callback(
        [&cli, wanted] { cli.action = [&cli, wanted] { return issue(cli, *wanted); }; });
}

}  // namespace

void add_label_commands(CommandLine& cli) {
    auto* label = cli.app.add_subcommand("label", "Labels: read, parse, issue");
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
    add_issue(cli, label);
}

}  // namespace reelproof::node
