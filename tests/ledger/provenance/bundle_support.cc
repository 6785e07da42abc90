#include "tests/ledger/provenance/bundle_support.h"

#include <boost/json.hpp>
#include <stdlib.h>

#include "ledger/base/sha256.h"
#include "ledger/format/merkle.h"
#include "ledger/format/wire.h"
#include "ledger/provenance/bundle_build.h"

namespace reelproof::ledger::tests {

namespace {

Hash seed_of(const std::string& org, std::string_view role) {
    return sha256({as_bytes(org), as_bytes("/"), as_bytes(role)});
}
SecretKey key_of(const std::string& org, std::string_view role) {
    return SecretKey::parse(seed_of(org, role)).value();
}

}  // namespace

BundleOrgKeys::BundleOrgKeys(std::string org_name)
    : name(std::move(org_name)),
      root(key_of(name, "root")),
      node(key_of(name, "node")),
      log(name + "/ledger", wire::kNoteEd25519, Secret<32>(seed_of(name, "log"))),
      mirror(name + "/mirror", wire::kNoteCosignatureV1, Secret<32>(seed_of(name, "mirror"))) {}

OrgGenesis BundleOrgKeys::genesis() const {
    OrgGenesis out{name, root.public_key(), origin(), "https://" + name, {}, {}, {}, {}, {}, {}};
    out.log_key = log.verifier();
    out.mirror_key = mirror.verifier();
    out.keys.push_back({node.public_key(), "node", {"*"}, std::nullopt, std::nullopt});
    return out;
}

namespace {

Bytes compose(const SecretKey& key, const std::string& org, const PublicStatement& payload) {
    const auto json = format_public(payload);
    const auto type = boost::json::parse(json).at("type").as_string();
    return compose_public(key, org, kBundleTime, std::string_view(type), json).value();
}

}  // namespace

Bytes BundleOrgKeys::genesis_statement() const {
    return by_root(genesis());
}
Bytes BundleOrgKeys::by_root(const PublicStatement& payload) const {
    return compose(root, name, payload);
}
Bytes BundleOrgKeys::by_node(const PublicStatement& payload) const {
    return compose(node, name, payload);
}
Bytes BundleOrgKeys::sealed(const std::vector<EnvelopeDraft>& drafts) const {
    return compose_sealed(node, name, kBundleTime, drafts).value();
}

std::map<std::string, std::string> roots_of(const std::vector<const BundleOrgKeys*>& orgs) {
    std::map<std::string, std::string> out;
    for (const auto* org : orgs) out[org->name] = thumbprint(org->root.public_key());
    return out;
}

BundleLog forge_log(const BundleOrgKeys& owner, const std::vector<Bytes>& statements,
                    const std::vector<std::string>& cosignature_lines) {
    const SubtreeHash subtree = [&](int level, std::uint64_t index) {
        std::vector<Hash> row;
        for (auto i = index << level; i < (index + 1) << level; ++i)
            row.push_back(leaf_hash(statements.at(i)));
        for (; row.size() > 1; row.resize(row.size() / 2))
            for (std::size_t i = 0; i < row.size() / 2; ++i)
                row[i] = node_hash(row[2 * i], row[2 * i + 1]);
        return row.front();
    };
    const auto size = statements.size();
    const auto text = format_checkpoint({owner.origin(), size, tree_root(size, subtree)});
    std::vector<std::string> lines{owner.log.sign(text)};
    lines.insert(lines.end(), cosignature_lines.begin(), cosignature_lines.end());
    BundleLog out{owner.origin(), format_note(text, lines), {}};
    for (std::size_t i = 0; i < size; ++i)
        out.entries.push_back({i, statements[i], inclusion_proof(i, size, subtree)});
    return out;
}

std::string checkpoint_text(const BundleLog& log) {
    return parse_note(log.checkpoint).value().text;
}

EnvelopeDraft draft(const ItemKey& key, std::uint64_t n, EventKind kind, std::string_view first,
                    UnixSeconds time) {
    EnvelopeDraft out{key, n, {}, {}};
    out.body.event.kind = kind;
    out.body.event.time = time;
    out.body.event.item = item_uri(first, public_item_id(key));
    return out;
}

TemporaryFolder::TemporaryFolder() {
    auto text = (std::filesystem::temp_directory_path() / "reelproof-bundle-XXXXXX").string();
    if (mkdtemp(text.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = text;
}
TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

BundleNode::BundleNode(const BundleOrgKeys& org, const std::map<std::string, std::string>& roots)
    : keys(org) {
    StoreOptions options;
    options.folder = folder.path() / "store";
    options.anchor = folder.path() / "anchor";
    options.map_size = std::uint64_t{256} << 20;
    store = Store::open(options).value();
    SequencerOptions how;
    how.origin = org.origin();
    how.org = org.name;
    how.trusted_roots = roots;
    how.verifiers = 1;
    sequencer = Sequencer::start(*store, how, org.log).value();
    submit(org.genesis_statement());
}

void BundleNode::submit(Bytes statement) {
    auto placed = sequencer->submit(std::move(statement)).get();
    if (!placed) throw std::runtime_error(placed.error().message);
}

void BundleNode::mirror(BundleNode& other) {
    const auto head = other.store->head(kOwnLog).value();
    MirrorBatch batch{other.keys.origin(), other.keys.name, 0, {}, head.note};
    batch.start = sequencer->mirror_stored(batch.origin);
    for (auto i = batch.start; i < head.checkpoint.size; ++i)
        batch.entries.push_back(other.store->entry(kOwnLog, i).value());
    if (auto ok = sequencer->store_mirror(std::move(batch)).get(); !ok)
        throw std::runtime_error(ok.error().message);
    const auto text = parse_note(head.note).value().text;
    const auto line = keys.mirror.sign(text, kBundleTime);
    const auto origin = other.keys.origin();
    sequencer
        ->write([&](WriteTransaction& writes) {
            writes.put(Table::mirrors, as_bytes(origin), as_bytes(head.note + line));
        })
        .get()
        .value();
    other.sequencer->add_cosignature(text, line).get().value();
}

Lineage BundleNode::lineage(const ItemKey& key) const {
    return collect_lineage(
        key, trusted_issuers(store->directory()),
        [&](const Tag& tag, const std::string& iss) { return store->find_tag(tag, iss); });
}

BundleWorld::BundleWorld()
    : reel(issued_item_key(ItemSeed(Bytes(16, 7)))),
      child(issued_item_key(ItemSeed(Bytes(16, 8)))),
      maker(nordsemi, roots()),
      ems(acme, roots()) {
    const auto& first = nordsemi.name;
    auto made = draft(reel, 0, EventKind::commission, first, kBundleTime - 900);
    made.body.event.facts.manufacturer = nordsemi.name;
    made.body.event.facts.mpn = "NRF52832";
    made.body.event.facts.lot = "2538CC";
    made.body.event.facts.date_code = "2538";
    made.body.event.quantity = 3000;
    auto shipped = draft(reel, 1, EventKind::ship, first, kBundleTime - 800);
    shipped.body.event.from = nordsemi.name;
    shipped.body.event.to = acme.name;
    maker.submit(nordsemi.by_node(SourceAuthorise{acme.name, {"NRF52*"}, {}, {}}));
    maker.submit(nordsemi.sealed({made}));
    maker.submit(nordsemi.by_node(Recall{"OTHER", {}, {}, "does not concern this item"}));
    maker.submit(nordsemi.sealed({shipped}));
    ems.mirror(maker);

    auto received = draft(reel, 0, EventKind::receive, first, kBundleTime - 700);
    received.body.event.from = nordsemi.name;
    received.body.event.to = acme.name;
    received.body.prev = ems.lineage(reel).items.front().heads();
    ems.submit(acme.sealed({received}));
    auto taken = draft(reel, 1, EventKind::split, first, kBundleTime - 600);
    taken.body.event.quantity = 500;
    taken.body.prev = ems.lineage(reel).items.front().heads();
    auto born = draft(child, 0, EventKind::commission, acme.name, kBundleTime - 600);
    born.body.event.facts = made.body.event.facts;
    born.body.event.quantity = 500;
    born.body.parents = {reel};
    ems.submit(acme.sealed({taken, born}));

    maker.submit(nordsemi.by_node(Recall{"NRF52832", {"2538CC"}, {}, "solder balls"}));
    ems.mirror(maker);
    maker.mirror(ems);
}

std::map<std::string, std::string> BundleWorld::roots() const {
    return roots_of({&nordsemi, &acme});
}

Bundle BundleWorld::bundle(const std::optional<TlogPolicy>& policy) const {
    return build_bundle(*ems.store, ems.lineage(child), policy, acme.name, kBundleTime).value();
}

}  // namespace reelproof::ledger::tests
