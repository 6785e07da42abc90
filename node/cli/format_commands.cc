// `reelproof format …`: decodes and checks one format of docs/FORMATS.md from a file. Always one
// JSON object on standard output; exit 1 with the reason when it does not parse or does not hold
// (what could be decoded is printed all the same), 2 for bad usage.
#include <memory>

#include "ledger/format/describe.h"
#include "ledger/format/envelope.h"
#include "ledger/format/receipt.h"
#include "node/cli/arguments.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;
using ledger::Error;
using ledger::Result;

// Far over every format's own limit, so that the format's own message is seen.
constexpr std::size_t kMaxFile = std::size_t{16} << 20;

struct Arguments {
    std::string file, key, seed, identity, salt, item_key, iss, statement;
    std::vector<std::string> vkeys;
    std::uint64_t n = 0;
};

int printed(const json::object& object) {
    if (print_json(object)) return kDone;
    return fail({ledger::ErrorKind::unavailable, "standard output can't be written"});
}

// Prints what is known of something that did not hold, and says why it did not.
int failed(const json::object& decoded, const Error& error) {
    if (!print_json(decoded))
        return fail({ledger::ErrorKind::unavailable, "standard output can't be written"});
    return not_verified(error);
}

int run_statement(const Arguments& arguments) {
    auto key = key_option(arguments.key, "--key");
    if (!key) return bad_usage(key.error());
    auto bytes = read_input(arguments.file, kMaxFile);
    if (!bytes) return input_failed(bytes.error());
    auto object = ledger::describe_statement(*bytes, *key);
    if (object) return printed(*object);
    if (auto decoded = ledger::describe_statement(*bytes); decoded)
        return failed(*decoded, object.error());
    return not_verified(object.error());
}

Result<ledger::ItemKey> item_key_of(const Arguments& arguments) {
    if (!arguments.seed.empty()) {
        auto seed = ledger::array_from_hex<16>(arguments.seed, "--seed");
        if (!seed) return seed.error();
        return ledger::issued_item_key(ledger::ItemSeed(*seed));
    }
    if (arguments.identity.empty())
        return ledger::malformed("give --seed, or --identity and --salt");
    auto salt = ledger::array_from_hex<16>(arguments.salt, "--salt");
    if (!salt) return salt.error();
    return ledger::legacy_item_key(arguments.identity, ledger::NetworkSalt(*salt));
}

int run_item(const Arguments& arguments) {
    auto key = item_key_of(arguments);
    if (!key) return bad_usage(key.error());
    return printed(ledger::describe_item(*key));
}

int run_envelope(const Arguments& arguments) {
    auto key = ledger::array_from_hex<32>(arguments.item_key, "--item-key");
    if (!key) return bad_usage(key.error());
    auto bytes = read_input(arguments.file, kMaxFile);
    if (!bytes) return input_failed(bytes.error());
    auto object =
        ledger::describe_envelope(ledger::ItemKey(*key), arguments.iss, arguments.n, *bytes);
    if (object) return printed(*object);
    auto envelope = ledger::parse_envelope(*bytes);
    if (!envelope) return not_verified(object.error());
    return failed({{"tag", ledger::to_hex(envelope->tag)},
                   {"hash", ledger::to_hex(ledger::envelope_hash(*bytes))},
                   {"body", nullptr}},
                  object.error());
}

// Why a note is not verified, in words.
Error note_problem(const json::object& note) {
    for (const auto& line : note.at("signatures").as_array()) {
        const auto& ok = line.at("ok");
        if (ok.is_bool() && !ok.get_bool())
            return ledger::invalid("signature of " + std::string(line.at("name").as_string()) +
                                   " on the note does not hold");
    }
    return {ledger::ErrorKind::untrusted, "note has no signature by any of the keys given"};
}

int run_note(const Arguments& arguments) {
    std::vector<ledger::NoteVerifier> keys;
    for (const auto& text : arguments.vkeys) {
        auto key = ledger::NoteVerifier::parse(text);
        if (!key) return bad_usage(ledger::within("--vkey", key.error()));
        keys.push_back(std::move(*key));
    }
    auto bytes = read_input(arguments.file, kMaxFile);
    if (!bytes) return input_failed(bytes.error());
    auto note = ledger::describe_note(ledger::as_text(*bytes), keys);
    if (!note) return not_verified(note.error());
    if (!note->verified) return failed(note->object, note_problem(note->object));
    return printed(note->object);
}

int run_receipt(const Arguments& arguments) {
    auto key = key_option(arguments.key, "--key");
    if (!key) return bad_usage(key.error());
    if (!*key) return bad_usage(ledger::malformed("--key is empty"));
    auto statement = read_input(arguments.statement, kMaxFile);
    if (!statement) return input_failed(ledger::within("--statement", statement.error()));
    auto receipt = read_input(arguments.file, kMaxFile);
    if (!receipt) return input_failed(receipt.error());
    auto object = ledger::describe_receipt(*receipt, *statement, **key);
    if (object) return printed(*object);
    auto decoded = ledger::parse_receipt(*receipt);
    if (!decoded) return not_verified(object.error());
    return failed({{"origin", decoded->origin},
                   {"sub", decoded->sub},
                   {"size", decoded->size},
                   {"index", decoded->index},
                   {"root", nullptr}},
                  object.error());
}

using Run = int (*)(const Arguments&);

CLI::App* add(CommandLine& cli, CLI::App* format, const std::string& name, const std::string& help,
              const std::string& example, const std::shared_ptr<Arguments>& arguments, Run run) {
    auto* verb = cli.command(format, name, help, example);
    verb->callback([&cli, arguments, run] { cli.action = [=] { return run(*arguments); }; });
    return verb;
}

}  // namespace

void add_format_commands(CommandLine& cli) {
    auto* format = cli.app.add_subcommand("format", "Decode and check any format, for debugging");
    format->require_subcommand(1);
    format->footer(
        "Each prints one JSON object, bytes in lower-case hex, and exits 1 with the reason when\n"
        "FILE does not parse or does not verify:\n"
        "  statement  {iss, sub, iat, content_type, kid, leaf_hash}\n"
        "  item       {item_key, id}\n"
        "  envelope   {tag, hash, body}\n"
        "  note       {origin, size, root, signatures: [{name, type, ok, time}]}\n"
        "  receipt    {origin, sub, size, index, root}\n"
        "FILE holds the raw bytes; - is standard input.");
    const auto arguments = std::make_shared<Arguments>();

    auto* statement =
        add(cli, format, "statement", "A statement (COSE_Sign1), with --key its signature too",
            "reelproof format statement --key 02d6cbbb0e… entry.cose", arguments, run_statement);
    statement->add_option("--key", arguments->key, "the signer's public key, 33 bytes in hex")
        ->check(not_empty());
    statement->add_option("FILE", arguments->file, "the statement's bytes")->required();

    auto* item = add(cli, format, "item",
                     "The secret key and the public id of an item, from the seed on an issued\n"
                     "label or the identity of a manufacturer's label. Prints a secret!",
                     "reelproof format item --seed 1145000744652ff5d52493ed70efd98a\n"
                     "  reelproof format item --identity 'P:LM358DR|L:4107283ML3' --salt 75af…",
                     arguments, run_item);
    auto* seed = item->add_option("--seed", arguments->seed, "16 bytes in hex")->check(not_empty());
    auto* identity = item->add_option("--identity", arguments->identity,
                                      "P:<mpn>|L:<lot> or P:<mpn>|L:<lot>|S:<serial>")
                         ->check(not_empty());
    auto* salt = item->add_option("--salt", arguments->salt, "the network's salt, 16 bytes in hex");
    identity->needs(salt)->excludes(seed);
    salt->needs(identity);

    auto* envelope = add(cli, format, "envelope", "A sealed event about one item",
                         "reelproof format envelope --item-key 818e06… --iss acme-ems.example "
                         "--n 0 envelope.cbor",
                         arguments, run_envelope);
    envelope->add_option("--item-key", arguments->item_key, "32 bytes in hex")->required();
    envelope->add_option("--iss", arguments->iss, "the organisation that issued it")->required();
    envelope->add_option("--n", arguments->n, "its number among that organisation's, from 0")
        ->required()
        ->check(whole_number());
    envelope->add_option("FILE", arguments->file, "the envelope's CBOR")->required();

    auto* note = add(cli, format, "note", "A signed note: checkpoint with cosignatures",
                     "reelproof format note --vkey nordsemi.example/ledger+ca16bf50+AV6ict… "
                     "checkpoint",
                     arguments, run_note);
    note->add_option("--vkey", arguments->vkeys, "a verifier key; any number of them")->required();
    note->add_option("FILE", arguments->file, "the note's text")->required();

    auto* receipt = add(cli, format, "receipt", "A log's receipt of inclusion of one statement",
                        "reelproof format receipt --key 03cc0dbf… --statement entry.cose "
                        "receipt.cose",
                        arguments, run_receipt);
    receipt->add_option("--key", arguments->key, "the log's receipt key, 33 bytes in hex")
        ->required();
    receipt->add_option("--statement", arguments->statement, "file with the statement's bytes")
        ->required();
    receipt->add_option("FILE", arguments->file, "the receipt's bytes")->required();
}

}  // namespace reelproof::node
