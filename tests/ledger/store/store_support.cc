#include "tests/ledger/store/store_support.h"

#include <cstdlib>
#include <mutex>

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/envelope.h"
#include "ledger/format/merkle.h"
#include "ledger/format/wire.h"
#include "ledger/store/setting_rows.h"

namespace reelproof::ledger::tests {

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "reelproof-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

TestOrg::TestOrg(std::string org_name)
    : name(std::move(org_name)),
      root(SecretKey::generate()),
      node(SecretKey::generate()),
      log_signer(name + "/ledger", wire::kNoteEd25519, Secret<32>::random()) {}

std::pair<std::string, std::string> TestOrg::trust() const {
    return {name, thumbprint(root.public_key())};
}

Bytes TestOrg::public_statement(const SecretKey& key, const PublicStatement& content,
                                UnixSeconds iat) const {
    const std::string json = format_public(content);
    const std::size_t at = json.find("\"type\":\"") + 8;
    StatementHeader header;
    header.content_type = wire::kPublicContentType;
    header.iss = name;
    header.sub = json.substr(at, json.find('"', at) - at);
    header.iat = iat;
    auto signed_statement = sign_statement(key, header, as_bytes(json));
    if (!signed_statement) throw std::runtime_error(signed_statement.error().message);
    return std::move(*signed_statement);
}

namespace {

OrgGenesis bare_genesis(const TestOrg& org) {
    KeyGrant everything{org.node.public_key(), "node", {"*"}, std::nullopt, std::nullopt};
    return {org.name,     org.root.public_key(), {},           {},           std::nullopt,
            std::nullopt, std::nullopt,          std::nullopt, std::nullopt, {everything}};
}

}  // namespace

Bytes TestOrg::genesis() const {
    OrgGenesis genesis = bare_genesis(*this);
    genesis.origin = origin();
    genesis.url = "https://" + name;
    genesis.log_key = log_signer.verifier();
    const Hash seed = sha256(as_bytes(name + " mirror"));
    genesis.mirror_key = mirror_signer().verifier();
    genesis.receipt_key = node.public_key();
    genesis.tls_spki = sha256(as_bytes(name + " tls"));
    genesis.sealing_key = SealingKey::from_secret(Secret<32>(seed)).public_key;
    return public_statement(root, genesis);
}

Bytes TestOrg::guest_genesis() const {
    return public_statement(root, bare_genesis(*this));
}

Bytes TestOrg::grant(const PublicKey& key, std::vector<std::string> may,
                     std::optional<UnixSeconds> not_before,
                     std::optional<UnixSeconds> not_after) const {
    return public_statement(root, KeyGrant{.key = key,
                                           .role = "station",
                                           .may = std::move(may),
                                           .not_before = not_before,
                                           .not_after = not_after});
}

Bytes TestOrg::revoke(const PublicKey& key) const {
    return public_statement(root, KeyRevoke{.key = key, .reason = "lost"});
}

Bytes TestOrg::sealed_by(const SecretKey& key, const std::vector<Tag>& tags, UnixSeconds iat,
                         std::size_t blocks) const {
    std::vector<Bytes> envelopes;
    Bytes body(wire::kNonceSize + wire::kPadBlock * blocks + wire::kMacSize);
    for (const Tag& tag : tags) {
        fill_random(body);
        envelopes.push_back(encode_envelope(tag, body, std::nullopt));
    }
    StatementHeader header;
    header.content_type = wire::kSealedContentType;
    header.iss = name;
    header.sub = wire::kSealedSubject;
    header.iat = iat;
    auto signed_statement = sign_statement(key, header, encode_sealed_payload(envelopes, {}));
    if (!signed_statement) throw std::runtime_error(signed_statement.error().message);
    return std::move(*signed_statement);
}

Bytes TestOrg::sealed(const std::vector<Tag>& tags, UnixSeconds iat, std::size_t blocks) const {
    return sealed_by(node, tags, iat, blocks);
}

Bytes TestOrg::any() const {
    return sealed({random_tag()});
}

NoteSigner TestOrg::mirror_signer() const {
    return NoteSigner(name + "/mirror", wire::kNoteCosignatureV1,
                      Secret<32>(sha256(as_bytes(name + " mirror"))));
}

Tag random_tag() {
    Tag tag;
    fill_random(tag);
    return tag;
}

Tag tag_of(std::uint64_t number) {
    const Hash hash = sha256(as_bytes("tag " + std::to_string(number)));
    Tag tag;
    std::copy_n(hash.begin(), tag.size(), tag.begin());
    return tag;
}

Checkpoint TestLog::checkpoint(std::uint64_t size) const {
    Frontier frontier;
    for (std::uint64_t i = 0; i < size; ++i) frontier.append(leaf_hash(entries.at(i)));
    return {owner.origin(), size, frontier.root()};
}

std::string TestLog::note(std::uint64_t size) const {
    const std::string text = format_checkpoint(checkpoint(size));
    return format_note(text, {owner.log_signer.sign(text)});
}

MirrorBatch TestLog::batch(std::uint64_t from, std::uint64_t to, std::uint64_t covered) const {
    MirrorBatch batch;
    batch.origin = owner.origin();
    batch.org = owner.name;
    batch.start = from;
    batch.entries.assign(entries.begin() + static_cast<std::ptrdiff_t>(from),
                         entries.begin() + static_cast<std::ptrdiff_t>(to));
    batch.note = note(covered == 0 ? entries.size() : covered);
    return batch;
}

Bytes evidence_of_fork(const TestLog& log, const TestLog& other, std::uint64_t size) {
    LogEvidence evidence;
    evidence.origin = log.owner.origin();
    evidence.first = log.note(size);
    evidence.second = other.note(size);
    evidence.size = size;
    evidence.reason = "two signed roots for the same size";
    return to_bytes(as_bytes(format_public(evidence)));
}

TestNode::TestNode(const std::filesystem::path& folder, const TestOrg& own,
                   const std::vector<const TestOrg*>& partners)
    : org(own), now(std::make_shared<std::atomic<UnixSeconds>>(kNow)) {
    roots.insert(own.trust());
    for (const TestOrg* partner : partners) roots.insert(partner->trust());
    store_options.folder = folder / "store";
    store_options.anchor = folder / "anchor";
    store_options.map_size = std::uint64_t{1} << 30;
}

std::string TestNode::open(const std::function<void(StoreOptions&, SequencerOptions&)>& change) {
    close();
    StoreOptions opened_with = store_options;
    SequencerOptions options;
    options.origin = org.origin();
    options.org = org.name;
    options.trusted_roots = roots;
    options.clock = [time = now] { return time->load(); };
    if (change) change(opened_with, options);
    auto opened = Store::open(opened_with);
    if (!opened) return opened.error().message;
    store = std::move(*opened);
    auto started = Sequencer::start(*store, options, org.log_signer);
    if (!started) return started.error().message;
    sequencer = std::move(*started);
    return {};
}

void TestNode::close() {
    sequencer.reset();
    store.reset();
}

void TestNode::open_with_genesis() {
    REQUIRE(open() == "");
    must_submit(org.genesis());
}

Placement TestNode::must_submit(Bytes statement) {
    auto placed = sequencer->submit(std::move(statement)).get();
    if (!placed) FAIL(placed.error().message);
    return *placed;
}

void TestNode::must_submit_all(std::vector<Bytes> statements) {
    std::vector<std::future<Result<Placement>>> answers;
    for (Bytes& statement : statements) answers.push_back(sequencer->submit(std::move(statement)));
    for (auto& answer : answers) {
        const auto placed = answer.get();
        if (!placed) FAIL(placed.error().message);
    }
}

std::string TestNode::submit_error(Bytes statement) {
    auto placed = sequencer->submit(std::move(statement)).get();
    return placed ? "" : placed.error().message;
}

std::string TestNode::mirror_error(MirrorBatch batch) {
    auto stored = sequencer->store_mirror(std::move(batch)).get();
    return stored ? "" : stored.error().message;
}

void TestNode::must_write(Table table, std::string_view key, ByteView value) {
    const auto written =
        sequencer->write([&](WriteTransaction& writes) { writes.put(table, as_bytes(key), value); })
            .get();
    if (!written) FAIL(written.error().message);
}

void TestNode::keep_genesis_of(const TestOrg& partner) {
    must_write(Table::settings, setting_rows::key(setting_rows::kGenesis, partner.name),
               partner.genesis());
}

std::string TestNode::check() const {
    std::string text;
    for (const CheckFinding& finding : check_store(*store, roots).findings)
        text += finding.kind + ": " + finding.detail + " (" + std::to_string(finding.count) + ")\n";
    return text;
}

std::uint64_t TestNode::size() const {
    const auto head = store->head(kOwnLog);
    return head ? head->checkpoint.size : 0;
}

namespace {

std::mutex fatal_mutex;
std::string fatal_reason;  // owner: fatal_mutex

}  // namespace

RecordFatal::RecordFatal() {
    {
        std::lock_guard lock(fatal_mutex);
        fatal_reason.clear();
    }
    set_fatal_handler([](const std::string& reason) {
        std::lock_guard lock(fatal_mutex);
        if (fatal_reason.empty()) fatal_reason = reason;
    });
}

RecordFatal::~RecordFatal() {
    set_fatal_handler({});
    set_fault_hook({});
}

std::string RecordFatal::reason() const {
    std::lock_guard lock(fatal_mutex);
    return fatal_reason;
}

}  // namespace reelproof::ledger::tests
