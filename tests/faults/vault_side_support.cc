#include "ledger/base/sha256.h"
#include "ledger/provenance/compose.h"
#include "tests/faults/vault_side.h"

namespace reelproof::faults {

namespace fs = std::filesystem;
using ledger::Result;
using ledger::tests::kNow;

namespace {

constexpr std::string_view kShares = "/vault/shares/", kBodies = "/bodies/";

ledger::Error away(const std::string& org) {
    return {ledger::ErrorKind::unavailable, org + " can't be reached"};
}

// As api/routes/vault_peers.cc has them.
Result<std::string> posted(api::VaultSharing& to, const std::string& from, const std::string& path,
                           ledger::ByteView statement) {
    if (path != api::kVaultObjectsPath) return to.release(from, statement);
    if (auto done = to.receive(from, statement); !done) return done.error();
    return std::string();
}

Result<std::string> got(const api::VaultSharing& from, const std::string& who,
                        const std::string& path, std::uint64_t offset, std::size_t size) {
    const auto share = path.substr(kShares.size(), 32);
    const auto rest = path.substr(kShares.size() + share.size());
    if (!rest.starts_with(kBodies)) return from.documents_for(who, share);
    const auto body = ledger::array_from_hex<32>(rest.substr(kBodies.size()), "body");
    auto range = from.body_for(who, share, body.value(), offset, size);
    if (!range) return range.error();
    return std::string(ledger::as_text(range->bytes));
}

}  // namespace

void VaultLine::join(const std::string& org, api::VaultSharing& sharing) {
    const std::lock_guard lock(mutex_);
    there_[org] = &sharing;
    cancelled_[org] = false;
    changed_.notify_all();
}

void VaultLine::cancel(const std::string& org) {
    const std::lock_guard lock(mutex_);
    cancelled_[org] = true;
    changed_.notify_all();
}

void VaultLine::leave(const std::string& org) {
    std::unique_lock lock(mutex_);
    there_.erase(org);
    changed_.wait(lock, [&] { return calls_ == 0; });
}

Result<std::string> VaultLine::call(
    const std::string& from, const std::string& to,
    const std::function<Result<std::string>(api::VaultSharing&)>& ask) {
    api::VaultSharing* asked = nullptr;
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return cancelled_[from] || there_.contains(to); });
        if (cancelled_[from]) return away(to);
        asked = there_[to];
        ++calls_;
    }
    auto out = ask(*asked);
    const std::lock_guard lock(mutex_);
    --calls_;
    changed_.notify_all();
    return out;
}

VaultSide::VaultSide(const fs::path& folder, const ledger::tests::TestOrg& org,
                     const ledger::Secret<32>& data_key, const ledger::tests::TestOrg* partner,
                     VaultLine* line)
    : node(
          folder, org,
          partner == nullptr ? std::vector<const ledger::tests::TestOrg*>() : std::vector{partner}),
      folder_(folder),
      data_key_(data_key),
      partner_(partner),
      line_(line),
      // As TestOrg::genesis() names it.
      sealing_(ledger::SealingKey::from_secret(
          ledger::Secret<32>(ledger::sha256(ledger::as_bytes(org.name + " mirror"))))) {}

std::string VaultSide::open() {
    close();
    if (auto trouble = node.open([&](ledger::StoreOptions& store, ledger::SequencerOptions&) {
            store.data_key = data_key_;
        });
        !trouble.empty())
        return trouble;
    fs::create_directories(keys_folder());
    auto opened = ledger::VaultKeys::open(keys_folder() / ledger::kVaultKeysFile, data_key_);
    if (!opened) return opened.error().message;
    keys = std::move(*opened);
    rows = std::make_unique<api::JsonRows>(*node.store, *node.sequencer, ledger::Table::work);
    const auto clock = [] { return kNow; };
    vault = std::make_unique<api::Vault>(*rows, *keys, bodies(), org(), clock);
    if (partner_ != nullptr) open_sharing();
    return {};
}

void VaultSide::open_sharing() {
    const auto clock = [] { return kNow; };
    const api::VaultPeers peers{
        [this](const std::string& to, const std::string& path, ledger::ByteView statement) {
            return line_->call(org(), to, [&](api::VaultSharing& there) {
                return posted(there, org(), path, statement);
            });
        },
        [this](const std::string& to, const std::string& path, std::uint64_t offset,
               std::size_t size) {
            return line_->call(org(), to, [&](api::VaultSharing& there) {
                return got(there, org(), path, offset, size);
            });
        },
        [this] { line_->cancel(org()); }};
    sharing = std::make_unique<api::VaultSharing>(api::VaultSharingDeps{
        *vault, *rows, *node.store, node.org.node, sealing_, org(), clock,
        [this](std::string_view sub, const std::string& payload) -> Result<void> {
            auto statement = ledger::compose_public(node.org.node, org(), kNow, sub, payload);
            if (!statement) return statement.error();
            const auto placed = node.sequencer->submit(std::move(*statement)).get();
            if (!placed) return placed.error();
            return {};
        },
        peers, [](const std::string&) {},
        [](const std::string&, ledger::Classification) { return ledger::VaultVerdict(); },
        [](const api::VaultDocument&, std::uint64_t, const ledger::Share&, std::string_view)
            -> Result<std::string> { return ledger::invalid("nothing is marked"); }});
    boms = std::make_unique<api::Boms>(*rows, *vault, *sharing, org(), clock);
    changes = std::make_unique<api::BomChanges>(*rows, *boms, *sharing, org(), clock);
    line_->join(org(), *sharing);
}

void VaultSide::close() {
    if (sharing) {
        line_->cancel(org());
        line_->leave(org());
    }
    changes.reset();
    // Its thread ends while what it tells others of is still here.
    sharing.reset();
    boms.reset();
    vault.reset();
    rows.reset();
    keys.reset();
    node.close();
}

void VaultSide::begin() {
    if (auto trouble = node.open([&](ledger::StoreOptions& store, ledger::SequencerOptions&) {
            store.data_key = data_key_;
        });
        !trouble.empty())
        throw std::runtime_error(trouble);
    node.must_submit(node.org.genesis());
    if (partner_ != nullptr) {
        ledger::tests::TestLog log(*partner_);
        log.add(partner_->genesis());
        if (auto trouble = node.mirror_error(log.batch(0, 1)); !trouble.empty())
            throw std::runtime_error(trouble);
    }
    if (auto trouble = open(); !trouble.empty()) throw std::runtime_error(trouble);
    api::VaultProject project;
    project.name = "atlas";
    project.steward = project.by = "anna";
    must(vault->add_project(project));
}

Result<std::string> VaultSide::text_of(const api::VaultDocument& document,
                                       const api::VaultVersion& version) const {
    const auto bytes = vault->read(version, document.project, 0, api::kVaultPart);
    if (!bytes) return bytes.error();
    return std::string(ledger::as_text(*bytes));
}

api::VaultDocument VaultSide::put(const std::string& name, const std::string& text) {
    const auto project = vault->project_named("atlas").value();
    const auto upload = must(vault->begin_upload(
        {.project = project.id, .name = name, .note = {}, .by = "anna", .size = text.size()}));
    must(vault->take(upload.id, 0, ledger::as_bytes(text)));
    return must(vault->finish(upload.id)).document;
}

std::optional<api::VaultDocument> VaultSide::document(const std::string& name) const {
    for (auto& one : vault->documents())
        if (one.name == name) return one;
    return std::nullopt;
}

bool VaultSide::committed(const ledger::Bytes& statement) const {
    const auto digest = ledger::to_hex(ledger::sha256(statement));
    for (std::uint64_t index = 0; index < node.size(); ++index) {
        const auto entry = node.store->entry(ledger::kOwnLog, index);
        if (entry && ledger::as_text(*entry).find(digest) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace reelproof::faults
