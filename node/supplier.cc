#include "node/supplier.h"

#include <algorithm>
#include <map>
#include <span>

#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/format/envelope.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/text_rules.h"
#include "ledger/format/wire.h"
#include "ledger/provenance/compose.h"
#include "ledger/store/file_lock.h"
#include "node/keyring.h"

namespace reelproof::node {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

using ledger::Bytes;
using ledger::Result;

constexpr std::size_t kMaxKeyFile = 64UL * 1024;
// Two events of each, of about 700 bytes: so many fit into a statement with their sealed orders.
constexpr std::size_t kItemsPerStatement = 24;

// Tag of an envelope that we signed, and its hash.
using Signatures = std::map<ledger::Tag, ledger::Hash>;

void add_tags(const Bytes& statement, Signatures& out) {
    const auto view = ledger::parse_statement(statement);
    if (!view || !view->sealed()) return;
    const auto payload = ledger::parse_sealed_payload(view->payload);
    if (!payload) return;
    for (const auto& envelope : payload->envelopes)
        out.emplace(envelope.tag, ledger::envelope_hash(envelope.bytes));
}

}  // namespace

Result<std::string> make_supplier(const fs::path& file, const std::string& org,
                                  const std::string& host_root, ledger::UnixSeconds now) {
    if (!ledger::is_org_name(org))
        return ledger::malformed(
            "--org must be a name like small-connectors.example, in lower case");
    const auto root = ledger::SecretKey::generate();
    const auto key = ledger::SecretKey::generate();
    const ledger::OrgGenesis genesis{
        org, root.public_key(),
        {},  {},
        {},  {},
        {},  {},
        {},  {ledger::KeyGrant{key.public_key(), "person", {"sealed"}, {}, {}}}};
    const auto statement =
        ledger::compose_public(root, org, now, "org.genesis", ledger::format_public(genesis));
    if (!statement) return statement.error();
    json::object object{{"org", org},
                        {"key", ledger::to_hex(key.secret().expose())},
                        {"genesis", ledger::to_base64(*statement)}};
    if (!host_root.empty()) object["host_root"] = host_root;
    auto text = json::serialize(object) + "\n";
    save_secret(file.string() + ".root", root.secret().expose());
    ledger::write_file_durably(file, ledger::as_bytes(text), 0600);
    ledger::wipe(text.data(), text.size());
    return ledger::thumbprint(root.public_key());
}

Result<SupplierKey> load_supplier(const fs::path& file) {
    auto bytes = ledger::read_secret_file(file, kMaxKeyFile);
    if (!bytes) return bytes.error();
    const auto wrong = [&](const std::string& what) {
        return ledger::malformed(file.string() + ": " + what +
                                 "; a supplier's key file is made by `reelproof key new`");
    };
    boost::system::error_code failure;
    const auto value = json::parse(ledger::as_text(*bytes), failure);
    ledger::wipe(bytes->data(), bytes->size());
    if (failure || !value.is_object()) return wrong("is no JSON object");
    const auto& object = value.get_object();
    const auto text = [&](std::string_view name) {
        const auto* member = object.if_contains(name);
        return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                        : std::string();
    };
    auto secret = ledger::from_hex(text("key"), "key");
    if (!secret) return wrong(secret.error().message);
    auto key = ledger::SecretKey::parse(*secret);
    ledger::wipe(secret->data(), secret->size());
    if (!key) return wrong(key.error().message);
    auto genesis = ledger::from_base64(text("genesis"), "genesis");
    if (!genesis) return wrong(genesis.error().message);
    const auto view = ledger::parse_statement(*genesis);
    if (!view) return wrong("genesis: " + view.error().message);
    if (view->header.iss != text("org") || view->header.sub != "org.genesis")
        return wrong("genesis is not that of org");
    return SupplierKey{text("org"), std::move(*key), std::move(*genesis), text("host_root")};
}

struct SupplierShipments::Parts {
    const SupplierKey& key;
    fs::path folder;
    ledger::FileLock lock;
    Signatures before;

    // The drafts of one item, and its number counted on.
    Result<void> draft(const SupplierShipment& shipment, const api::Identified& item,
                       ledger::UnixSeconds now, std::vector<ledger::EnvelopeDraft>& out);
    Result<Bytes> compose(const SupplierShipment& shipment, std::span<const api::Identified> items,
                          ledger::UnixSeconds now);
};

SupplierShipments::SupplierShipments(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SupplierShipments::~SupplierShipments() = default;
SupplierShipments::SupplierShipments(SupplierShipments&&) noexcept = default;

Result<SupplierShipments> SupplierShipments::open(const fs::path& key_file,
                                                  const SupplierKey& key) {
    const fs::path folder = key_file.string() + ".shipments";
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    auto lock = ledger::FileLock::take(folder / "lock");
    if (!lock) return lock.error();
    auto parts = std::make_unique<Parts>(Parts{key, folder, std::move(*lock), {}});
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".cose") continue;
        const auto statement = ledger::read_file(entry.path(), ledger::wire::kMaxStatementSize);
        if (!statement) return statement.error();
        add_tags(*statement, parts->before);
    }
    return SupplierShipments(std::move(parts));
}

Result<void> SupplierShipments::Parts::draft(const SupplierShipment& shipment,
                                             const api::Identified& item, ledger::UnixSeconds now,
                                             std::vector<ledger::EnvelopeDraft>& out) {
    ledger::ItemCipher cipher(item.key);
    std::uint64_t n = 0;
    std::vector<ledger::Hash> prev;
    for (;; ++n) {
        const auto known = before.find(cipher.tag(key.org, n));
        if (known == before.end()) break;
        prev = {known->second};
    }
    if (shipment.are_new && n > 0)
        return ledger::Error{
            ledger::ErrorKind::conflict,
            "item " + item.id + " is not new: this key has shipped it before; leave --new out"};
    ledger::EnvelopeDraft first, second;
    auto& got = first.body.event;
    got.kind = shipment.are_new ? ledger::EventKind::commission : ledger::EventKind::receive;
    got.item = ledger::item_uri(key.org, item.id);
    got.time = now;
    if (shipment.are_new) {
        got.facts = item.label;
        if (got.facts.manufacturer.empty()) got.facts.manufacturer = key.org;
    } else {
        got.to = key.org;
    }
    got.quantity = item.quantity;
    first.key = second.key = item.key;
    first.n = n;
    first.body.prev = std::move(prev);
    auto& gone = second.body.event;
    gone.kind = ledger::EventKind::ship;
    gone.item = got.item;
    gone.time = now;
    gone.from = key.org;
    gone.to = shipment.to;
    second.n = n + 1;
    second.partner_json = shipment.partner_json;
    out.push_back(std::move(first));
    out.push_back(std::move(second));
    return {};
}

Result<Bytes> SupplierShipments::Parts::compose(const SupplierShipment& shipment,
                                                std::span<const api::Identified> items,
                                                ledger::UnixSeconds now) {
    std::vector<ledger::EnvelopeDraft> drafts;
    for (const auto& item : items)
        if (auto done = draft(shipment, item, now, drafts); !done) return done.error();
    std::vector<std::array<std::uint8_t, 32>> readers;
    if (!shipment.partner_json.empty() && shipment.sealing_key)
        readers.push_back(*shipment.sealing_key);
    return ledger::compose_sealed(key.key, key.org, now, drafts, readers);
}

Result<std::vector<SupplierShipments::Signed>> SupplierShipments::sign(
    const SupplierShipment& shipment, const std::string& request, ledger::UnixSeconds now) {
    std::vector<Signed> out;
    std::map<std::string, int> seen;
    for (const auto& item : shipment.items)
        if (++seen[item.id] > 1)
            return ledger::Error{ledger::ErrorKind::conflict,
                                 "item " + item.id + " is listed twice"};
    const auto name =
        ledger::to_hex(ledger::ByteView(ledger::sha256(ledger::as_bytes(request))).first<16>());
    const std::span<const api::Identified> items(shipment.items);
    for (std::size_t at = 0; at < items.size(); at += kItemsPerStatement) {
        const auto some = items.subspan(at, std::min(kItemsPerStatement, items.size() - at));
        Signed one;
        one.file =
            parts_->folder / (name + "-" + std::to_string(at / kItemsPerStatement + 1) + ".cose");
        for (const auto& item : some) one.items.push_back(item.id);
        if (fs::exists(one.file)) {
            auto kept = ledger::read_file(one.file, ledger::wire::kMaxStatementSize);
            if (!kept) return kept.error();
            one.statement = std::move(*kept);
            one.before = true;
        } else {
            auto made = parts_->compose(shipment, some, now);
            if (!made) return made.error();
            one.statement = std::move(*made);
            // If we die before this is on disk nobody has seen the statement, and the next run
            // signs another under the same numbers; from here on it is this one.
            ledger::write_file_durably(one.file, one.statement, 0600);
            add_tags(one.statement, parts_->before);
        }
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace reelproof::node
