#include "node/cli/leak_commands.h"

#include <cstdio>
#include <fstream>

#include "ledger/base/counted.h"
#include "ledger/vault/csv_view.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_output.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

// "10^12.3 to 1".
std::string odds_text(const json::object& one) {
    char out[40];
    const double odds = one.at("odds_log10").to_number<double>();
    std::snprintf(out, sizeof out, "10^%.1f to 1", odds);
    return out;
}

Result<void> write_file(const std::string& path, std::string_view text) {
    VaultOutput out(path);
    if (auto done = out.write(text); !done) return done.error();
    return out.finish();
}

struct Mark {
    NodeAddress node;
    std::string document, recipient, not_fitted, out;
    std::uint64_t version = 0, decoys = 0;
    bool force = false;
};

int run_mark(const CommandLine& cli, const Mark& mark) {
    if (mark.out != "-")
        if (const auto free = output_is_free("--out", mark.out, mark.force); !free)
            return bad_usage(free.error());
    auto client = NodeClient::connect(mark.node);
    if (!client) return fail(client.error());
    const auto document = find_vault_document(**client, mark.document);
    if (!document) return fail(document.error());
    const auto& versions = document->at("versions").as_array();
    const auto version =
        mark.version != 0 ? mark.version : count_of(versions.back().get_object(), "version");
    json::object body{{"recipient", mark.recipient}};
    if (mark.decoys > 0) {
        body["decoys"] = mark.decoys;
        body["not_fitted"] = mark.not_fitted;
    }
    auto copy =
        (*client)->post("/v1/vault/documents/" + std::string(document->at("document").as_string()) +
                            "/versions/" + std::to_string(version) + "/mark",
                        body);
    if (!copy) return fail(copy.error());
    if (auto done = write_file(mark.out, copy->at("csv").as_string()); !done)
        return fail(done.error());
    if (mark.out == "-") return kDone;
    const auto places = count_of(*copy, "spellings") + count_of(*copy, "units") +
                        count_of(*copy, "orders") + count_of(*copy, "swaps");
    copy->erase("csv");
    (*copy)["file"] = mark.out;
    cli.print(*copy, "wrote " + mark.out + ": " + text_of(*document, "name") + " version " +
                         std::to_string(version) + " for " + printable(mark.recipient) +
                         ", marked in " + ledger::counted(places, "place") + " and with " +
                         ledger::counted(count_of(*copy, "decoys"), "decoy") +
                         "; it builds the same");
    return kDone;
}

void add_mark(CommandLine& cli, CLI::App* leak) {
    auto mark = std::make_shared<Mark>();
    auto* command = cli.command(
        leak, "mark", "Write a copy of a table that tells who was given it, and builds the same",
        "reelproof leak mark atlas/bom.csv --recipient ems.example --out bom-ems.csv");
    mark->node.add_options(command);
    command->add_option("DOCUMENT", mark->document, "PROJECT/NAME of a CSV table, or its id")
        ->required();
    command->add_option("--recipient", mark->recipient, "who gets it")
        ->required()
        ->check(not_empty());
    command->add_option("--version", mark->version, "number of the version (default: the newest)")
        ->check(CLI::PositiveNumber);
    auto* word = command->add_option("--not-fitted", mark->not_fitted,
                                     "the word by which your agreement says that a line is not "
                                     "fitted: DNP");
    command->add_option("--decoys", mark->decoys, "lines to add that are not fitted, at most 8")
        ->needs(word);
    command->add_option("--out", mark->out, "file to write; - for standard output")
        ->required()
        ->check(not_empty());
    command->add_flag("--force", mark->force, "replace a file that is there");
    command->callback([&cli, mark] { cli.action = [&cli, mark] { return run_mark(cli, *mark); }; });
}

struct Canary {
    NodeAddress node;
    std::string name, recipient, out;
    std::uint64_t lines = 40;
    bool force = false;
};

int run_canary(const CommandLine& cli, const Canary& canary) {
    if (canary.out != "-")
        if (const auto free = output_is_free("--out", canary.out, canary.force); !free)
            return bad_usage(free.error());
    auto client = NodeClient::connect(canary.node);
    if (!client) return fail(client.error());
    json::object body{{"name", canary.name}, {"lines", canary.lines}};
    if (!canary.recipient.empty()) body["recipient"] = canary.recipient;
    const auto made = (*client)->post("/v1/vault/canaries", body);
    if (!made) return fail(made.error());
    if (auto done = write_file(canary.out, made->at("csv").as_string()); !done)
        return fail(done.error());
    if (canary.out != "-")
        cli.print({{"file", canary.out}, {"name", canary.name}},
                  "wrote " + canary.out +
                      ": parts that exist nowhere else; lay it where nobody "
                      "has a reason to look");
    return kDone;
}

void add_canary(CommandLine& cli, CLI::App* leak) {
    auto canary = std::make_shared<Canary>();
    auto* command =
        cli.command(leak, "canary", "Write a table of parts that exist nowhere else, to be found",
                    "reelproof leak canary --name 'atlas rev D' --out atlas-rev-d.csv");
    canary->node.add_options(command);
    command->add_option("--name", canary->name, "what you will know it by")
        ->required()
        ->check(not_empty());
    command->add_option("--lines", canary->lines, "8 to 2000")->capture_default_str();
    command->add_option("--recipient", canary->recipient, "to whom it is shown");
    command->add_option("--out", canary->out, "file to write; - for standard output")
        ->required()
        ->check(not_empty());
    command->add_flag("--force", canary->force, "replace a file that is there");
    command->callback(
        [&cli, canary] { cli.action = [&cli, canary] { return run_canary(cli, *canary); }; });
}

struct Trace {
    NodeAddress node;
    std::string file, document;
};

std::string marks_text(const json::object& marks) {
    std::string out;
    for (const auto& [name, value] : marks) {
        const auto& count = value.get_object();
        out += (out.empty() ? "" : ", ") + std::string(name) + " " +
               std::to_string(count_of(count, "agree")) + " of " +
               std::to_string(count_of(count, "seen"));
    }
    return out;
}

// What to print, and whether somebody is named.
std::pair<std::string, bool> trace_text(const json::object& traced) {
    std::string out;
    bool anybody = false;
    for (const auto& value : traced.at("tables").as_array()) {
        const auto& table = value.get_object();
        out += text_of(table, "name") + " version " + std::to_string(count_of(table, "version")) +
               ": " + std::to_string(count_of(table, "known")) + " of " +
               ledger::counted(count_of(table, "lines"), "line") +
               (count_of(table, "known") == 1 ? " is" : " are") + " from it\n";
        bool here = false;
        for (const auto& suspicion : table.at("suspicions").as_array()) {
            const auto& one = suspicion.get_object();
            if (!one.at("named").as_bool()) continue;
            here = true;
            out += "  NAMED " + text_of(one, "recipient") + ", " + odds_text(one) + " (" +
                   marks_text(one.at("marks").as_object()) + ")\n";
        }
        if (!here)
            out += "  nobody: the evidence against each of the " +
                   ledger::counted(count_of(table, "copies"), "recipient") +
                   " is below 1,000 to 1\n";
        anybody = anybody || here;
    }
    for (const auto& value : traced.at("canaries").as_array()) {
        const auto& one = value.get_object();
        const bool named = one.at("named").as_bool();
        out += std::string(named ? "CANARY " : "perhaps the canary ") + text_of(one, "name") +
               (one.contains("recipient") ? ", shown to " + text_of(one, "recipient") : "") + ", " +
               odds_text(one) + ": " + ledger::counted(one.at("hits").as_array().size(), "part") +
               "\n";
        anybody = anybody || named;
    }
    for (const auto& name : traced.at("unreadable").as_array())
        out += "not looked at: " + printable(std::string(name.as_string())) +
               ", whose original can't be read any more\n";
    if (out.empty()) out = "it is like nothing that was marked or laid out here\n";
    out += "the odds are corrected for the number of copies and canaries looked at, " +
           std::to_string(count_of(traced, "tried"));
    return {out, anybody};
}

int run_trace(const CommandLine& cli, const Trace& trace) {
    std::ifstream in(trace.file, std::ios::binary);
    std::string text(ledger::kMaxTable + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (!in && !in.eof()))
        return bad_usage(ledger::malformed(trace.file + " can't be read"));
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto client = NodeClient::connect(trace.node);
    if (!client) return fail(client.error());
    std::string path = "/v1/vault/leaks/trace";
    if (!trace.document.empty()) {
        const auto document = find_vault_document(**client, trace.document);
        if (!document) return fail(document.error());
        path += "?document=" + std::string(document->at("document").as_string());
    }
    const auto traced = (*client)->post_bytes(path, ledger::as_bytes(text));
    if (!traced) return fail(traced.error());
    const auto [said, anybody] = trace_text(*traced);
    cli.print(*traced, said);
    return anybody ? kDone : kNo;
}

void add_trace(CommandLine& cli, CLI::App* leak) {
    auto trace = std::make_shared<Trace>();
    auto* command = cli.command(
        leak, "trace",
        "Name the recipients whose marks a found file bears: a table, a part of one, or a text "
        "with\none in it. Exit code 0 when somebody is named, else 1",
        "reelproof leak trace found.csv");
    trace->node.add_options(command);
    command->add_option("FILE", trace->file, "what was found")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--document", trace->document,
                        "only copies of this one: PROJECT/NAME, or its id");
    command->callback(
        [&cli, trace] { cli.action = [&cli, trace] { return run_trace(cli, *trace); }; });
}

}  // namespace

void add_leak_commands(CommandLine& cli) {
    auto* leak = cli.app.add_subcommand(
        "leak", "Copies that tell who was given them, canaries, and whose a found file is");
    leak->require_subcommand(1);
    add_mark(cli, leak);
    add_canary(cli, leak);
    add_trace(cli, leak);
}

}  // namespace reelproof::node
