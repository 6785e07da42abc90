// `reelproof proof verify`: checks a provenance bundle, a C2SP tlog-proof, a receipt or a
// transparent statement offline. Exit 0 verified, 1 not, 2 unreadable or bad usage.
#include <iostream>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/format/describe.h"
#include "ledger/format/proof.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "node/cli/arguments.h"
#include "node/cli/bundle_report.h"
#include "node/cli/proof_get.h"
#include "node/config.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;
using ledger::Bytes;
using ledger::ByteView;
using ledger::Error;
using ledger::Result;

constexpr std::size_t kMaxStatementFile = std::size_t{1} << 20;

struct Arguments {
    std::string file, statement, key, signer, policy;
    std::vector<std::string> trust, vkeys;
};

enum class Form { bundle, tlog_proof, receipt, transparent, unknown };

// By the first bytes: a bundle is a map of five, a tlog-proof begins with its name, a COSE_Sign1
// with its tag. A receipt is one of those without a payload.
Form form_of(ByteView bytes) {
    if (ledger::as_text(bytes).starts_with("c2sp.org/tlog-proof@")) return Form::tlog_proof;
    if (!bytes.empty() && bytes.front() == 0xa5) return Form::bundle;
    if (!bytes.empty() && bytes.front() == 0xd2)
        return ledger::parse_receipt(bytes) ? Form::receipt : Form::transparent;
    return Form::unknown;
}

Error missing(const std::string& text) {
    return ledger::malformed(text);
}

// Fields of a statement, or null when it is none of ours; under the signer's key where given.
Result<json::value> statement_json(ByteView statement,
                                   const std::optional<ledger::PublicKey>& signer) {
    auto object = ledger::describe_statement(statement, signer);
    if (object) return json::value(std::move(*object));
    if (signer) return object.error();
    return json::value(nullptr);
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

// "statement  recall of nordsemi.example, 2026-…", with what is known of the signature.
std::string statement_text(const json::value& statement, bool signature_checked) {
    if (!statement.is_object()) return "  not a statement of Reelproof";
    return "  statement " + printable(text_of(statement.at("sub"))) + " of " +
           printable(text_of(statement.at("iss"))) + ", " +
           ledger::to_iso8601(statement.at("iat").as_int64()) +
           (signature_checked ? "\n  its signature holds under the key given"
                              : "\n  its signature was not checked (--signer)");
}

// Nothing where none was given.
Result<std::optional<ledger::TlogPolicy>> read_policy(const std::string& file) {
    if (file.empty()) return std::optional<ledger::TlogPolicy>();
    auto policy = load_replication_policy(file);
    if (!policy) return ledger::within("--policy", policy.error());
    return std::optional(std::move(*policy));
}

int verify_bundle(const CommandLine& cli, const Arguments& arguments, ByteView bytes) {
    const auto trusted = read_trust(arguments.trust);
    if (!trusted) return bad_usage(trusted.error());
    const auto policy = read_policy(arguments.policy);
    if (!policy) return bad_usage(policy.error());
    const auto bundle = ledger::parse_bundle_file(bytes);
    if (!bundle) return bad_usage(ledger::within(arguments.file, bundle.error()));
    const auto report = ledger::verify_bundle(*bundle, *trusted);
    if (!report) return not_verified(report.error());
    const bool roots_given = !arguments.trust.empty();
    std::optional<Quorums> quorums;
    if (*policy) quorums = quorums_of(*bundle, *report, **policy);
    cli.print(bundle_json(*bundle, *report, roots_given, quorums),
              bundle_text(*bundle, *report, roots_given, quorums));
    for (const auto& missing : quorums.value_or(Quorums()))
        if (!missing.empty())
            return not_verified({ledger::ErrorKind::untrusted, "by --policy: " + missing});
    if (!roots_given) {
        std::cerr << "reelproof: no --trust was given: compare the root thumbprints by hand\n";
        return kDone;
    }
    const auto strangers = untrusted_sources(*report);
    if (strangers.empty()) return kDone;
    std::string names;
    for (const auto& name : strangers) names += (names.empty() ? "" : ", ") + name;
    return not_verified(
        {ledger::ErrorKind::untrusted,
         "the history rests on organisations that are not among the trusted: " + names});
}

// The entry that a proof is about, alone or with receipts.
Result<Bytes> read_entry(const std::string& file) {
    auto bytes = read_input(file, kMaxStatementFile);
    if (!bytes) return ledger::within("--statement", bytes.error());
    if (auto transparent = ledger::parse_transparent(*bytes))
        return std::move(transparent->statement);
    return bytes;
}

Result<std::vector<ledger::NoteVerifier>> read_vkeys(const std::vector<std::string>& texts) {
    std::vector<ledger::NoteVerifier> out;
    for (const auto& text : texts) {
        auto key = ledger::NoteVerifier::parse(text);
        if (!key) return ledger::within("--vkey", key.error());
        out.push_back(std::move(*key));
    }
    return out;
}

// Who cosigned a checkpoint: what was checked and, as plainly, what was not. Of describe_note.
std::string cosignatures_text(const json::array& signatures, std::string_view origin) {
    std::string out, unknown;
    for (const auto& value : signatures) {
        const auto& one = value.get_object();
        const auto name = text_of(one.at("name"));
        if (one.at("ok").is_null())
            unknown += (unknown.empty() ? "" : ", ") + printable(name);
        else if (name != origin)
            out += "  cosigned by " + printable(name) +
                   (one.at("time").is_null()
                        ? ""
                        : " at " + ledger::to_iso8601(one.at("time").to_number<std::int64_t>())) +
                   "\n";
    }
    if (!unknown.empty())
        out += "  ! not checked: signatures by keys that were not given (--vkey, --policy), of " +
               unknown + "\n";
    if (out.empty()) out = "  cosigned by nobody\n";
    return out;
}

// What the policy says of a checkpoint that it lets pass.
std::string quorum_text(const ledger::TlogPolicy& policy, const std::vector<bool>& cosigned) {
    if (policy.quorum_met(std::vector<bool>(cosigned.size())))
        return "  the policy asks for no cosignature\n";
    std::string names;
    for (std::size_t i = 0; i < cosigned.size(); ++i)
        if (cosigned[i]) names += (names.empty() ? "" : ", ") + policy.witnesses()[i].name;
    return "  a quorum of the policy, by " + printable(names) + "\n";
}

// The signatures of a note that do not hold under their own keys; empty: none.
std::string bad_signatures(const json::array& signatures) {
    std::string names;
    for (const auto& value : signatures)
        if (const auto& ok = value.at("ok"); ok.is_bool() && !ok.get_bool())
            names += (names.empty() ? "" : ", ") + text_of(value.at("name"));
    return names;
}

int verify_tlog_proof(const CommandLine& cli, const Arguments& arguments, ByteView bytes) {
    if (arguments.statement.empty() || (arguments.vkeys.empty() && arguments.policy.empty()))
        return bad_usage(missing(
            "this is a tlog-proof: give the entry with --statement and the "
            "log's key with --vkey (reelproof org show of its node prints it) or --policy"));
    auto keys = read_vkeys(arguments.vkeys);
    if (!keys) return bad_usage(keys.error());
    const auto policy = read_policy(arguments.policy);
    if (!policy) return bad_usage(policy.error());
    const auto signer = key_option(arguments.signer, "--signer");
    if (!signer) return bad_usage(signer.error());
    const auto statement = read_entry(arguments.statement);
    if (!statement) return bad_usage(statement.error());
    const auto proof = ledger::parse_tlog_proof(ledger::as_text(bytes));
    if (!proof) return bad_usage(ledger::within(arguments.file, proof.error()));

    std::string quorum;
    if (*policy) {
        const auto checkpoint = ledger::parse_note(proof->checkpoint);
        if (!checkpoint) return bad_usage(ledger::within(arguments.file, checkpoint.error()));
        const auto cosigned = (*policy)->verify(*checkpoint);
        if (!cosigned) return not_verified(ledger::within("by --policy", cosigned.error()));
        quorum = quorum_text(**policy, *cosigned);
        const auto origin = checkpoint->text.substr(0, checkpoint->text.find('\n'));
        if (const auto* known = (*policy)->log(origin)) keys->push_back(known->key);
        for (const auto& witness : (*policy)->witnesses()) keys->push_back(witness.key);
    }
    const ledger::NoteVerifier* log = nullptr;
    for (const auto& key : *keys)
        if (key.type == ledger::wire::kNoteEd25519) log = log == nullptr ? &key : log;
    if (log == nullptr)
        return bad_usage(missing("none of the keys given is that log's: name it with --vkey"));
    const auto checkpoint = ledger::verify_tlog_proof(*proof, *statement, *log);
    if (!checkpoint) return not_verified(checkpoint.error());
    const auto note = ledger::describe_note(proof->checkpoint, *keys);
    if (!note) return not_verified(note.error());
    const auto& signatures = note->object.at("signatures").as_array();
    if (const auto bad = bad_signatures(signatures); !bad.empty())
        return not_verified(
            ledger::invalid("on the checkpoint a cosignature does not hold: that of " + bad));
    const auto described = statement_json(*statement, *signer);
    if (!described) return not_verified(described.error());

    json::object out{{"kind", "tlog-proof"},         {"verified", true},
                     {"origin", checkpoint->origin}, {"size", checkpoint->size},
                     {"index", proof->index},        {"root", ledger::to_hex(checkpoint->root)}};
    out["signatures"] = signatures;
    out["quorum"] = *policy ? json::value(true) : json::value(nullptr);
    out["statement"] = *described;
    out["signature_checked"] = signer->has_value();
    cli.print(out, "Entry " + std::to_string(proof->index) + " of " +
                       printable(checkpoint->origin) + ", a log of " +
                       ledger::counted(checkpoint->size, "entry") + ": proved\n  root " +
                       ledger::to_hex(checkpoint->root) + "\n" +
                       cosignatures_text(signatures, checkpoint->origin) + quorum +
                       statement_text(*described, signer->has_value()));
    return kDone;
}

std::string proved_text(const ledger::Receipt& receipt) {
    return "Entry " + std::to_string(receipt.index) + " of " + printable(receipt.origin) +
           ", a log of " + ledger::counted(receipt.size, "entry") + ": proved\n";
}

int verify_receipt(const CommandLine& cli, const Arguments& arguments, ByteView bytes) {
    if (arguments.statement.empty() || arguments.key.empty())
        return bad_usage(
            missing("this is a receipt: give the entry with --statement and the receipt key of the "
                    "log with --key (reelproof org show of its node prints it)"));
    const auto key = key_option(arguments.key, "--key");
    if (!key) return bad_usage(key.error());
    const auto signer = key_option(arguments.signer, "--signer");
    if (!signer) return bad_usage(signer.error());
    const auto statement = read_entry(arguments.statement);
    if (!statement) return bad_usage(statement.error());
    const auto receipt = ledger::parse_receipt(bytes);
    if (!receipt) return bad_usage(ledger::within(arguments.file, receipt.error()));
    auto held = ledger::describe_receipt(bytes, *statement, **key);
    if (!held) return not_verified(held.error());
    const auto described = statement_json(*statement, *signer);
    if (!described) return not_verified(described.error());
    json::object out{{"kind", "receipt"}, {"verified", true}};
    for (auto& [name, value] : *held) out[name] = value;
    out["statement"] = *described;
    out["signature_checked"] = signer->has_value();
    cli.print(out, proved_text(*receipt) + statement_text(*described, signer->has_value()));
    return kDone;
}

int verify_transparent(const CommandLine& cli, const Arguments& arguments, ByteView bytes) {
    if (arguments.key.empty())
        return bad_usage(
            missing("this is a transparent statement: give the receipt key of the "
                    "log with --key (reelproof org show of its node prints it)"));
    const auto key = key_option(arguments.key, "--key");
    if (!key) return bad_usage(key.error());
    const auto signer = key_option(arguments.signer, "--signer");
    if (!signer) return bad_usage(signer.error());
    const auto parsed = ledger::parse_transparent(bytes);
    if (!parsed) return bad_usage(ledger::within(arguments.file, parsed.error()));

    // Receipts of other logs may be there too; of the given key's there must be one, and all good.
    json::array receipts;
    std::string lines;
    for (const auto& one : parsed->receipts) {
        const auto receipt = ledger::parse_receipt(one);
        if (!receipt) return bad_usage(ledger::within(arguments.file, receipt.error()));
        if (receipt->kid != (*key)->kid()) continue;
        auto object = ledger::describe_receipt(one, parsed->statement, **key);
        if (!object) return not_verified(object.error());
        lines += proved_text(*receipt);
        receipts.push_back(std::move(*object));
    }
    if (receipts.empty())
        return not_verified(
            {ledger::ErrorKind::untrusted, "none of the statement's " +
                                               ledger::counted(parsed->receipts.size(), "receipt") +
                                               " is by the key given"});
    const auto described = statement_json(parsed->statement, *signer);
    if (!described) return not_verified(described.error());
    json::object out{{"kind", "transparent"}, {"verified", true}};
    out["receipts"] = std::move(receipts);
    out["statement"] = *described;
    out["signature_checked"] = signer->has_value();
    cli.print(out, lines + statement_text(*described, signer->has_value()));
    return kDone;
}

int run(const CommandLine& cli, const Arguments& arguments) {
    const auto bytes = read_input(arguments.file, ledger::kMaxBundleSize);
    if (!bytes) return bad_usage(bytes.error());
    switch (form_of(*bytes)) {
        case Form::bundle:
            return verify_bundle(cli, arguments, *bytes);
        case Form::tlog_proof:
            return verify_tlog_proof(cli, arguments, *bytes);
        case Form::receipt:
            return verify_receipt(cli, arguments, *bytes);
        case Form::transparent:
            return verify_transparent(cli, arguments, *bytes);
        case Form::unknown:
            break;
    }
    return bad_usage(ledger::malformed(
        arguments.file +
        ": neither a provenance bundle, a tlog-proof, a receipt nor a transparent statement"));
}

}  // namespace

void add_proof_commands(CommandLine& cli) {
    auto* proof = cli.app.add_subcommand(
        "proof", "Get proofs to hand over, and check what others hand over, offline");
    proof->require_subcommand(1);
    const auto arguments = std::make_shared<Arguments>();
    auto* verify = cli.command(
        proof, "verify",
        "Check a provenance bundle, a tlog-proof, a receipt or a transparent statement. Needs no\n"
        "network and no trust in who handed it over. Exit 0: it holds; 1: it does not;\n"
        "2: unreadable.\n"
        "With --trust, a bundle whose history rests on any other organisation exits 1 too; with\n"
        "--policy, a checkpoint under it that is of no log of the policy or has no quorum.",
        "reelproof proof verify board.reelproof --trust node.toml\n"
        "  reelproof proof verify board.reelproof --trust nordsemi.example=a1fa736f9c…\n"
        "  reelproof proof verify entry.tlog-proof --statement entry.cose "
        "--vkey nordsemi.example/ledger+ca16bf50+AV6…\n"
        "  reelproof proof verify entry.receipt --statement entry.cose --key 03cc0dbf…\n"
        "  reelproof proof verify entry.transparent --key 03cc0dbf…");
    verify->add_option("FILE", arguments->file, "what to check; - is standard input")->required();
    verify
        ->add_option("--trust", arguments->trust,
                     "for a bundle: ORG=THUMBPRINT, or a file of lines \"org = thumbprint\" or\n"
                     "with [[partner]] tables as in a node's configuration; may be repeated")
        ->check(not_empty());
    verify
        ->add_option("--policy", arguments->policy,
                     "for a bundle or a tlog-proof: a file in the language of C2SP tlog-policy:\n"
                     "which logs are known, and whose cosignatures a checkpoint must have")
        ->type_name("FILE")
        ->check(not_empty());
    verify
        ->add_option(
            "--statement", arguments->statement,
            "for a tlog-proof or a receipt: the entry's bytes, or its transparent statement")
        ->check(not_empty());
    verify
        ->add_option("--vkey", arguments->vkeys,
                     "for a tlog-proof: the log's verifier key; those of mirrors too")
        ->check(not_empty());
    verify
        ->add_option(
            "--key", arguments->key,
            "for a receipt or a transparent statement: the log's receipt key, 33 bytes in\n"
            "hex")
        ->check(not_empty());
    verify
        ->add_option("--signer", arguments->signer,
                     "the statement's signer, 33 bytes in hex: checks its signature as well")
        ->check(not_empty());
    verify->callback(
        [&cli, arguments] { cli.action = [&cli, arguments] { return run(cli, *arguments); }; });
    add_proof_get_command(cli, proof);
}

}  // namespace reelproof::node
