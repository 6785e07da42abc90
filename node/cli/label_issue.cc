// label issue: labels are made and read back, all of them, before the first file is written.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <iostream>

#include "api/service/issue.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/label_commands.h"
#include "node/cli/progress.h"
#include "node/cli/verdict_report.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

struct Issue {
    std::map<std::string, std::string> texts;
    std::int64_t quantity = 0;
    int count = 1;
    std::string folder = "labels";
    std::string issuing = "LERPF";  // issuing agency code and company of the 25S
    std::string size = "100x60";
    std::string formats = "png,svg,pdf,zpl";
    vision::RenderOptions render;
    bool commission = false;
    NodeAddress node;
};

using Label = api::IssuedLabel;

constexpr std::array<std::string_view, 4> kFormats{"png", "svg", "pdf", "zpl"};

ledger::Result<std::vector<std::string>> formats_of(const std::string& text) {
    std::vector<std::string> formats;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        const auto word = text.substr(at, end - at);
        if (std::find(kFormats.begin(), kFormats.end(), word) == kFormats.end())
            return ledger::malformed("--format: \"" + word +
                                     "\" is none of png, svg, pdf and zpl (several: png,pdf)");
        if (std::find(formats.begin(), formats.end(), word) == formats.end())
            formats.push_back(word);
        at = end + 1;
    }
    return formats;
}

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

ledger::Result<vision::Fields> fields_of(const Issue& wanted) {
    vision::Fields fields;
    for (const auto& [name, text] : wanted.texts)
        if (!text.empty()) fields[name] = text;
    if (wanted.quantity > 0) fields["quantity"] = wanted.quantity;
    if (const auto fine = api::check_label(fields, wanted.issuing, wanted.count); !fine)
        return fine.error();
    return fields;
}

ledger::Result<std::vector<Label>> make_labels(const Issue& wanted, const vision::Fields& fields) {
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    vision::ReaderPool reader(options);
    std::vector<Label> labels;
    Progress progress;
    for (int i = 0; i < wanted.count; ++i) {
        progress("label " + std::to_string(i + 1) + " of " + std::to_string(wanted.count) +
                 ": drawing and reading back");
        auto label = api::issue_label(fields, wanted.issuing, wanted.render, reader);
        if (!label) return label.error();
        labels.push_back(*std::move(label));
    }
    return labels;
}

json::object write_label(const fs::path& folder, const Label& label,
                         const std::vector<std::string>& formats) {
    const auto& drawn = label.drawn;
    const std::string base = (folder / label.item).string();
    json::object line{{"item", label.item}};
    for (const auto& format : formats) {
        const std::string file = base + "." + format;
        if (format == "png")
            ledger::write_file_durably(file, {drawn.png.data(), drawn.png.size()}, 0600);
        else
            write_private(file, format == "svg"   ? drawn.svg
                                : format == "pdf" ? drawn.pdf
                                                  : drawn.zpl);
        line[format] = file;
    }
    write_private(base + ".txt", drawn.payload + "\n");
    line["text"] = base + ".txt";
    return line;
}

// What EIGP 114 asks of a label of parts; a label of a board is none.
void say_what_lacks(const vision::Fields& fields) {
    if (!fields.contains("mpn")) return;
    std::string names;
    for (const auto& field : vision::lacking_for_eigp_114(fields))
        names += (names.empty() ? "" : ", ") + field;
    if (!names.empty())
        std::cerr << "reelproof: EIGP 114 asks for more on a product label; these lack: " << names
                  << '\n';
}

int record(const Issue& wanted, NodeClient& node, json::array items) {
    const json::object body{{"items", std::move(items)}};
    const auto answer = node.post("/v1/commission", body,
                                  content_idempotency_key("commission", json::serialize(body)));
    if (!answer) {
        const auto code = fail(answer.error());
        std::cerr << "reelproof: the labels are in " << wanted.folder
                  << "; record them later with `reelproof commission" << wanted.node.as_words()
                  << " " << shell_word("@" + wanted.folder + "/payloads.txt") << "`\n";
        return code;
    }
    std::cerr << recorded_text(*answer) << '\n';
    return kDone;
}

int issue(const CommandLine& cli, Issue& wanted) {
    if (const auto size = take_size(wanted.size, wanted.render); !size) return fail(size.error());
    const auto formats = formats_of(wanted.formats);
    if (!formats) return fail(formats.error());
    const auto fields = fields_of(wanted);
    if (!fields) return fail(fields.error());
    if (const auto folder = label_folder_is_free(wanted.folder); !folder)
        return fail(folder.error());
    // A node that can't be reached for want of a configuration must not cost labels.
    std::unique_ptr<NodeClient> node;
    if (wanted.commission) {
        auto client = NodeClient::connect(wanted.node);
        if (!client) return fail(client.error());
        node = std::move(*client);
    }
    const auto labels = make_labels(wanted, *fields);
    if (!labels) return fail(labels.error());

    if (const auto folder = make_label_folder(wanted.folder); !folder) return fail(folder.error());
    std::string payloads;
    json::array items;
    std::vector<json::object> lines;
    for (const Label& label : *labels) {
        lines.push_back(write_label(wanted.folder, label, *formats));
        payloads += label.drawn.payload + "\n";
        items.emplace_back(label.drawn.payload);
    }
    write_private(fs::path(wanted.folder) / "payloads.txt", payloads);
    say_secret("each file in " + wanted.folder);
    say_what_lacks(*fields);
    for (const auto& line : lines)
        cli.print(line, std::string(line.at("item").as_string()) + "  " +
                            std::string(line.at(formats->front()).as_string()));
    return wanted.commission ? record(wanted, *node, std::move(items)) : kDone;
}

}  // namespace

ledger::Result<void> take_size(std::string_view text, vision::RenderOptions& options) {
    const bool inches = text.ends_with("in");
    std::string_view sides = text;
    if (inches) sides.remove_suffix(2);
    if (sides.ends_with("mm")) sides.remove_suffix(2);
    const char* end = sides.data() + sides.size();
    double width = 0, height = 0;
    const auto first = std::from_chars(sides.data(), end, width);
    const bool crossed = first.ec == std::errc() && first.ptr != end && *first.ptr == 'x';
    if (crossed) {
        const auto second = std::from_chars(first.ptr + 1, end, height);
        if (second.ec == std::errc() && second.ptr == end) {
            options.width_mm = inches ? width * 25.4 : width;
            options.height_mm = inches ? height * 25.4 : height;
            return {};
        }
    }
    return ledger::malformed(
        "--size: \"" + std::string(text) +
        "\" is not width x height in mm, like 100x60, or in inches, like 4x6in");
}

void add_label_issue(CommandLine& cli, CLI::App* label) {
    auto wanted = std::make_shared<Issue>();
    auto* command = cli.command(
        label, "issue",
        "New labels, each with a secret of its own: PNG, SVG, PDF, ZPL and text. Each is read back "
        "before it is handed out",
        "reelproof label issue --mpn NRF52840-QIAA-R --lot 7AB123 --date-code 2608 --quantity "
        "3000 --country MY --count 4 --out labels --commission --config node.toml\n"
        "  reelproof label issue --mpn NRF52840-QIAA-R --quantity 3000 --size 50x25 --dpi 203 "
        "--format zpl --out printer");
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
    text("--expiry", "expiry", "use before this day, YYYYMMDD");
    text("--revision", "revision", "revision of the part");
    text("--supplier-pn", "supplier_pn", "supplier's own number of the part");
    text("--po", "po", "customer's order");
    text("--serial", "serial", "serial number, of a board for instance");
    command->add_option("--quantity", wanted->quantity, "parts")
        ->check(CLI::Range(0, 1'000'000'000));
    command->add_option("--count", wanted->count, "labels")
        ->check(CLI::Range(1, 500))
        ->capture_default_str();
    command->add_option("--out", wanted->folder, "folder for the files")->capture_default_str();
    command
        ->add_option("--size", wanted->size,
                     "width x height in mm; usual: 100x60, 100x50, 102x152 (or 4x6in), 102x76, "
                     "76x51, 70x30, 50x25")
        ->capture_default_str();
    command->add_option("--dpi", wanted->render.dpi, "of the printer: 203, 300 or 600")
        ->check(CLI::IsMember({203, 300, 600}))
        ->capture_default_str();
    command->add_option("--format", wanted->formats, "which files: some of png,svg,pdf,zpl")
        ->capture_default_str();
    command
        ->add_option("--issuing", wanted->issuing,
                     "issuing agency code and company of the 25S identifier (ISO/IEC 15459)")
        ->capture_default_str();
    command->add_flag("--commission", wanted->commission,
                      "also record the new items in the ledger, through the node");
    wanted->node.add_options(command);
    command->callback(
        [&cli, wanted] { cli.action = [&cli, wanted] { return issue(cli, *wanted); }; });
}

}  // namespace reelproof::node
