#include "node/cli/proof_get.h"

#include <map>
#include <memory>

#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/verdict_report.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

struct Wanted {
    NodeAddress node;
    std::string index, leaf, form, out;
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

// How whoever gets the file checks it.
std::string advice(const std::string& form, const std::string& file, const std::string& key) {
    const bool needs_statement = form != "transparent";
    return "reelproof proof verify " + file +
           (needs_statement ? " --statement ENTRY" : std::string()) +
           (form == "tlog-proof" ? " --vkey " : " --key ") + key;
}

int run(const CommandLine& cli, const Wanted& wanted) {
    auto client = NodeClient::connect(wanted.node);
    if (!client) return fail(client.error());
    auto answer = (*client)->get(forms().at(wanted.form) +
                                 (wanted.leaf.empty() ? wanted.index : wanted.leaf));
    if (!answer) return fail(answer.error());
    const auto bytes = ledger::from_base64(text_of(*answer, "bytes"), "the node's answer");
    if (!bytes) return fail(bytes.error());
    ledger::write_file_durably(wanted.out, *bytes, 0644);
    answer->erase("bytes");
    (*answer)["file"] = wanted.out;
    cli.print(*answer,
              "wrote " + wanted.out + " (" + std::to_string(bytes->size()) + " bytes): entry " +
                  text_of(*answer, "index") + " of " + text_of(*answer, "log") + ", a log of " +
                  text_of(*answer, "size") + " entries\n  kept: " + kept_text(*answer) +
                  "\n  to check it: " + advice(wanted.form, wanted.out, text_of(*answer, "key")));
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
        "  reelproof proof verify 17.tlog-proof --statement 17.cose --vkey "
        "nordsemi.example/ledger+ca16bf50+AV6…");
    const auto wanted = std::make_shared<Wanted>();
    wanted->node.add_options(get);
    auto* entry = get->add_option_group("entry");
    entry
        ->add_option("--index", wanted->index,
                     "its index in the log, as the node tells it of everything that it records")
        ->check(CLI::NonNegativeNumber);
    entry->add_option("--leaf", wanted->leaf, "or its leaf hash, in hex")->check(not_empty());
    entry->require_option(1);
    std::vector<std::string> names;
    for (const auto& [name, path] : forms()) names.push_back(name);
    get->add_option("--form", wanted->form, "receipt, transparent or tlog-proof")
        ->required()
        ->check(CLI::IsMember(names));
    get->add_option("--out", wanted->out, "write it to this file")->required()->check(not_empty());
    get->callback([&cli, wanted] { cli.action = [&cli, wanted] { return run(cli, *wanted); }; });
}

}  // namespace reelproof::node
