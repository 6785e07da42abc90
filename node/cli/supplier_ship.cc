#include "node/cli/supplier_ship.h"

#include <algorithm>
#include <iostream>

#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "node/cli/arguments.h"
#include "node/config.h"
#include "node/scitt_client.h"
#include "node/shell_word.h"
#include "node/supplier.h"

namespace reelproof::node {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

using ledger::Result;

// A transparent statement has at most its statement and a few receipts.
constexpr std::size_t kMaxTransparent = ledger::wire::kMaxStatementSize + 64UL * 1024;
constexpr const char* kOrderMembers[] = {"po", "so", "invoice", "packing_list"};

struct Order {
    std::string node;  // URL
    std::string root;
    json::object members;  // for the receiver's eyes
};

Result<Order> order_of(const SupplierShip& wanted, const SupplierKey& key,
                       const std::map<std::string, std::string>& texts) {
    Order out;
    for (const auto& [name, text] : texts) {
        if (name == "to") out.node = text;
        if (!text.empty() && std::find(std::begin(kOrderMembers), std::end(kOrderMembers), name) !=
                                 std::end(kOrderMembers))
            out.members[name] = text;
    }
    if (!out.node.starts_with("https://"))
        return ledger::malformed(
            "--to is the URL of the node to register at, with --key: https://HOST:PORT");
    while (out.node.ends_with('/')) out.node.pop_back();
    out.root = wanted.root.empty() ? key.host_root : wanted.root;
    if (out.root.empty())
        return ledger::malformed(
            "--root is missing: the thumbprint of that node's organisation, as its keeper tells "
            "it you; `reelproof key new --host-root` keeps it in the key file");
    if (!ledger::array_from_hex<32>(out.root, "--root"))
        return ledger::malformed("--root must be a thumbprint of 64 hex digits");
    for (char& c : out.root)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

Result<std::vector<api::Identified>> items_of(const LabelArguments& label,
                                              const std::string& salt_file, bool are_new) {
    if (!label.image.empty())
        return ledger::malformed(
            "--image needs a node that reads it: give the label's text, as a scanner or "
            "`reelproof label read` has it");
    const auto texts = label_texts(label.texts);
    if (!texts) return texts.error();
    if (texts->empty()) return ledger::malformed("a label is missing: give its text, - or @FILE");
    std::optional<ledger::NetworkSalt> salt;
    if (!salt_file.empty()) {
        auto given = load_salt(salt_file);
        if (!given) return given.error();
        salt = *given;
    }
    api::Identifier identifier(salt);
    std::vector<api::Identified> out;
    for (std::size_t i = 0; i < texts->size(); ++i) {
        auto item = identifier.identify(api::read_texts({(*texts)[i]}));
        const auto where = "label " + std::to_string(i + 1);
        if (!item) return ledger::within(where, item.error());
        if (are_new && item->lot_level)
            return ledger::malformed(where + " names a lot, not one package: it can't be new");
        out.push_back(std::move(*item));
    }
    return out;
}

// A retry writes the same file again; what lies there else is somebody's.
Result<void> may_write(const fs::path& out, const ledger::Bytes& statement) {
    if (!fs::is_regular_file(out)) return output_is_free("--out", out.string());
    const auto there = ledger::read_file(out, kMaxTransparent);
    const auto parts =
        there ? ledger::parse_transparent(*there) : Result<ledger::Transparent>(there.error());
    if (parts && parts->statement == statement) return {};
    return ledger::malformed("--out: " + out.string() +
                             " exists and holds something else: name another file");
}

fs::path out_file(const SupplierShip& wanted, const SupplierShipments::Signed& one,
                  std::size_t number) {
    fs::path out = wanted.out;
    if (out.empty()) {
        out = one.file;
        return out.replace_extension(".transparent");
    }
    if (number > 1)
        out.replace_filename(out.stem().string() + "-" + std::to_string(number) +
                             out.extension().string());
    return out;
}

json::object told(const ScittClient::Registered& registered, const SupplierShipments::Signed& one,
                  const fs::path& out, const ledger::OrgGenesis& host) {
    return {{"log", host.origin},
            {"index", registered.index},
            {"size", registered.size},
            {"leaf", ledger::to_hex(ledger::leaf_hash(one.statement))},
            {"items", json::value_from(one.items)},
            {"signed_before", one.before},
            {"key", ledger::to_hex(host.receipt_key->compressed())},
            {"file", out.string()}};
}

}  // namespace

void SupplierShip::add_options(CLI::App* command) {
    auto* group = command->add_option_group("a supplier without a node",
                                            "signs with its own key, and registers at --to URL");
    auto* option = group->add_option("--key", key, "its key file, of `reelproof key new`");
    group
        ->add_option("--root", root,
                     "thumbprint of the root key of the node's organisation (default: as the key "
                     "file has it)")
        ->needs(option);
    group
        ->add_option("--receiver", receiver,
                     "organisation that the items go to (default: the node's)")
        ->needs(option);
    group
        ->add_flag("--new", are_new,
                   "the items are new, under labels of your own: record their making first")
        ->needs(option);
    group
        ->add_option("--network-salt", salt, "file with the network's salt, for makers' own labels")
        ->needs(option);
    group
        ->add_option("--out", out,
                     "file for the statement with its receipt (default: beside the key)")
        ->needs(option);
}

bool SupplierShip::wanted() const {
    return !key.empty();
}

int ship_by_supplier(const CommandLine& cli, const SupplierShip& wanted,
                     const LabelArguments& label, const std::map<std::string, std::string>& texts) {
    const auto key = load_supplier(wanted.key);
    if (!key) return fail(key.error());
    const auto order = order_of(wanted, *key, texts);
    if (!order) return fail(order.error());
    auto items = items_of(label, wanted.salt, wanted.are_new);
    if (!items) return fail(items.error());
    const auto say = [](const std::string& text) { std::cerr << "reelproof: " << text << '\n'; };
    auto client = ScittClient::meet(order->node, order->root, say);
    if (!client) return fail(client.error());
    const auto& host = (*client)->host();

    SupplierShipment shipment;
    shipment.to = wanted.receiver.empty() ? host.org : wanted.receiver;
    shipment.items = std::move(*items);
    shipment.are_new = wanted.are_new;
    if (!order->members.empty()) {
        if (shipment.to != host.org || !host.sealing_key)
            return fail(ledger::malformed(
                "--po, --so, --invoice and --packing-list are sealed for the node's own "
                "organisation: no key of " +
                printable(shipment.to) + " is known here"));
        shipment.partner_json = json::serialize(order->members);
        shipment.sealing_key = host.sealing_key;
    }
    // What makes it this shipment and no other, in whatever order it was scanned.
    std::sort(shipment.items.begin(), shipment.items.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    json::object request{{"host", order->root}, {"to", shipment.to}};
    request["order"] = order->members;
    json::array ids;
    for (const auto& item : shipment.items) ids.emplace_back(item.id);
    request["items"] = std::move(ids);

    auto shipments = SupplierShipments::open(wanted.key, *key);
    if (!shipments) return fail(shipments.error());
    const auto statements =
        shipments->sign(shipment, json::serialize(request), ledger::system_now());
    if (!statements) return fail(statements.error());
    std::size_t number = 0;
    for (const auto& one : *statements)
        if (const auto free = may_write(out_file(wanted, one, ++number), one.statement); !free)
            return fail(free.error());
    // Who we are comes first; known already, it is the same entry again.
    if (const auto known = (*client)->register_statement(key->genesis); !known)
        return fail(known.error());
    number = 0;
    for (const auto& one : *statements) {
        const auto registered = (*client)->register_statement(one.statement);
        if (!registered) return fail(registered.error());
        const auto transparent = ledger::make_transparent(one.statement, {registered->receipt});
        if (!transparent) return fail(transparent.error());
        const auto out = out_file(wanted, one, ++number);
        ledger::write_file_durably(out, *transparent);
        const auto object = told(*registered, one, out, host);
        cli.print(object,
                  (one.before ? std::string("this shipment was signed before; it is ") : "") +
                      "entry " + std::to_string(registered->index) + " of " +
                      printable(host.origin) + ": " + ledger::counted(one.items.size(), "item") +
                      " to " + printable(shipment.to) +
                      "\n  statement and receipt: " + out.string() +
                      "\n  to check it: reelproof proof verify " + shell_word(out.string()) +
                      " --key " + ledger::to_hex(host.receipt_key->compressed()));
    }
    return kDone;
}

}  // namespace reelproof::node
