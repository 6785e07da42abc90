#include "node/cli/proof_get.h"

#include <map>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/verdict_report.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

struct Wanted {
    NodeAddress node;
    std::string index, leaf, form, out;
    bool force = false;
};

// Name of a form to the path of the node that gives it.
const std::map<std::string, std::string>& forms() {
    static const std::map<std::string, std::string> all = {{"receipt", "/log/receipt/"},
                                                           {"transparent", "/log/transparent/"},
                                                           {"tlog-proof", "/log/proof/"}};
    return all;
}

std::string text_of(const json::object& answer, std::string_view name) {
    const auto& value = answer.at(name);
    return value.is_string() ? printable(value.get_string()) : json::serialize(value);
}

// A receipt and a tlog-proof are about an entry that they don't hold.
bool needs_entry(const std::string& form) {
    return form != "transparent";
}

std::string entry_file(const std::string& proof) {
    return proof + ".cose";
}

// How whoever gets the files checks them, to be copied into a shell.
std::string advice(const Wanted& wanted, const json::object& answer) {
    auto out = "reelproof proof verify " + shell_word(wanted.out);
    if (needs_entry(wanted.form)) out += " --statement " + shell_word(entry_file(wanted.out));
    out +=
        (wanted.form == "tlog-proof" ? " --vkey " : " --key ") + shell_word(text_of(answer, "key"));
    if (answer.at("signer").is_string())
        out += " --signer " + shell_word(text_of(answer, "signer"));
    return out;
}

int run(const CommandLine& cli, const Wanted& wanted) {
    std::vector<std::string> files{wanted.out};
    if (needs_entry(wanted.form)) files.push_back(entry_file(wanted.out));
    for (const auto& file : files)
        if (const auto free = output_is_free("--out", file, wanted.force); !free)
            return fail(free.error());
    auto client = NodeClient::connect(wanted.node);
    if (!client) return fail(client.error());
    auto answer = (*client)->get(forms().at(wanted.form) +
                                 (wanted.leaf.empty() ? wanted.index : wanted.leaf));
    if (!answer) return fail(answer.error());
    const auto bytes = ledger::from_base64(text_of(*answer, "bytes"), "the node's answer");
    if (!bytes) return fail(bytes.error());
    const auto entry = ledger::from_base64(text_of(*answer, "statement"), "the node's answer");
    if (!entry) return fail(entry.error());
    ledger::write_file_durably(wanted.out, *bytes, 0644);
    std::string wrote = "wrote " + wanted.out + " (" + ledger::counted(bytes->size(), "byte") + ")";
    if (needs_entry(wanted.form)) {
        ledger::write_file_durably(files.back(), *entry, 0644);
        wrote += " and the entry itself, " + files.back();
        (*answer)["statement_file"] = files.back();
    }
    answer->erase("bytes");
    answer->erase("statement");
    (*answer)["file"] = wanted.out;
    const auto check = advice(wanted, *answer);
    (*answer)["check"] = check;
    cli.print(*answer, wrote + ": entry " + text_of(*answer, "index") + " of " +
                           text_of(*answer, "log") + ", a log of " +
                           ledger::counted(text_of(*answer, "size"), "entry") +
                           "\n  kept: " + kept_text(*answer) + "\n  to check it: " + check);
    return kDone;
}

}  // namespace

void add_proof_get_command(CommandLine& cli, CLI::App* proof) {
    auto* get = cli.command(
        proof, "get",
        "Get a proof that an entry is in the node's log, for somebody who has no node:\n"
        "  receipt      the log's signed word for it (COSE, RFC 9942)\n"
        "  transparent  the statement with its receipt in one file (RFC 9943)\n"
        "  tlog-proof   under the checkpoint, with its mirrors' cosignatures (C2SP)",
        "reelproof proof get --config node.toml --index 17 --form transparent --out 17.cose\n"
        "  reelproof proof get --index 17 --form tlog-proof --out 17.tlog-proof\n"
        "  reelproof proof verify 17.tlog-proof --statement 17.tlog-proof.cose "
        "--vkey nordsemi.example/ledger+ca16bf50+AV6…");
    const auto wanted = std::make_shared<Wanted>();
    wanted->node.add_options(get);
    auto* entry = get->add_option_group("entry");
    entry
        ->add_option("--index", wanted->index,
                     "its index in the log, as the node tells it of everything that it records")
        ->check(whole_number());
    entry->add_option("--leaf", wanted->leaf, "or its leaf hash, 64 hex digits")
        ->check([](const std::string& hex) {
            return ledger::array_from_hex<32>(hex, "leaf")
                       ? std::string()
                       : printable(hex) + " is not a leaf hash of 64 hex digits";
        });
    entry->require_option(1);
    std::vector<std::string> names;
    for (const auto& [name, path] : forms()) names.push_back(name);
    get->add_option("--form", wanted->form, "receipt, transparent or tlog-proof")
        ->required()
        ->check(CLI::IsMember(names));
    get->add_option("--out", wanted->out,
                    "write it to this file; a receipt's or tlog-proof's entry goes beside it, as "
                    "OUT.cose")
        ->required()
        ->check(not_empty());
    get->add_flag("--force", wanted->force, "replace files that are there");
    get->callback([&cli, wanted] { cli.action = [&cli, wanted] { return run(cli, *wanted); }; });
}

}  // namespace reelproof::node
