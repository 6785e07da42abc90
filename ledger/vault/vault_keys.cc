#include "ledger/vault/vault_keys.h"

#include "ledger/base/aead.h"
#include "ledger/base/file.h"
#include "ledger/base/overwritten_file.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kFirstLine = "reelproof vault keys 1\n";
constexpr std::string_view kSalt = "reelproof/vault/v1";
constexpr std::size_t kLargest = std::size_t{256} << 20;

void append(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_u32(Bytes& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(value >> shift & 0xff));
}

// Takes parts off the front; nothing left of it is an error for the whole.
class Parts {
  public:
    explicit Parts(ByteView bytes) : bytes_(bytes) {}
    [[nodiscard]] bool done() const { return bytes_.empty() || failed_; }
    [[nodiscard]] bool failed() const { return failed_; }
    ByteView take(std::size_t size) {
        static constexpr std::array<std::uint8_t, 32> kNothing{};
        if (bytes_.size() < size) failed_ = true;
        if (failed_) return ByteView(kNothing).first(size);
        const auto out = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return out;
    }
    VaultId id() {
        VaultId out;
        const auto bytes = take(out.size());
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }
    std::uint32_t u32() {
        std::uint32_t out = 0;
        for (const auto byte : take(4)) out = out << 8 | byte;
        return out;
    }

  private:
    ByteView bytes_;
    bool failed_ = false;
};

}  // namespace

VaultId new_vault_id() {
    VaultId out;
    fill_random(out);
    return out;
}

std::string vault_id_text(const VaultId& id) {
    return to_hex(id);
}

Result<VaultId> parse_vault_id(std::string_view text, std::string_view what) {
    return array_from_hex<16>(text, what);
}

VaultKeys::VaultKeys(std::filesystem::path file, const Secret<32>& data_key)
    : file_(std::move(file)), key_(derive_key(data_key.expose(), kSalt, "vault keys")) {}

Result<std::unique_ptr<VaultKeys>> VaultKeys::open(std::filesystem::path file,
                                                   const Secret<32>& data_key) {
    std::unique_ptr<VaultKeys> out(new VaultKeys(std::move(file), data_key));
    overwrite_unfinished(out->file_);
    if (auto loaded = out->load(); !loaded) return loaded.error();
    return out;
}

Result<void> VaultKeys::load() {
    if (!std::filesystem::exists(file_)) return {};
    const auto content = read_secret_file(file_, kLargest);
    if (!content) return content.error();
    if (!as_text(*content).starts_with(kFirstLine))
        return malformed(file_.string() + " is no file of vault keys");
    auto plain = aead_open(key_, as_bytes(kFirstLine),
                           ByteView(*content).subspan(kFirstLine.size()), file_.string());
    if (!plain) return plain.error();
    Parts parts(*plain);
    Projects projects;
    while (!parts.done()) {
        const auto id = parts.id();
        Project project{Secret<32>(parts.take(32)), {}};
        for (auto left = parts.u32(); left > 0 && !parts.failed(); --left) {
            const auto version = parts.id();
            project.versions.emplace(version, Secret<32>(parts.take(32)));
        }
        projects.emplace(id, std::move(project));
    }
    wipe(plain->data(), plain->size());
    if (parts.failed()) return malformed(file_.string() + " is cut short");
    projects_ = std::move(projects);
    return {};
}

void VaultKeys::replace(Projects projects) {
    Bytes plain;
    std::size_t size = 0;
    for (const auto& [id, project] : projects) size += 52 + 48 * project.versions.size();
    plain.reserve(size);
    for (const auto& [id, project] : projects) {
        append(plain, id);
        append(plain, project.key.expose());
        append_u32(plain, static_cast<std::uint32_t>(project.versions.size()));
        for (const auto& [version, key] : project.versions) {
            append(plain, version);
            append(plain, key.expose());
        }
    }
    auto content = to_bytes(as_bytes(kFirstLine));
    append(content, aead_seal(key_, as_bytes(kFirstLine), plain));
    wipe(plain.data(), plain.size());
    replace_secret_file(file_, content);
    const std::lock_guard lock(mutex_);
    projects_ = std::move(projects);
}

void VaultKeys::add(const VaultId& project, const VaultId& version) {
    const std::lock_guard changing(changing_);
    if (has(project, version)) return;
    auto projects = projects_;
    if (!projects.contains(project)) projects.emplace(project, Project{Secret<32>::random(), {}});
    projects.at(project).versions.emplace(version, Secret<32>::random());
    replace(std::move(projects));
}

bool VaultKeys::has(const VaultId& project, const VaultId& version) const {
    const std::lock_guard lock(mutex_);
    const auto found = projects_.find(project);
    return found != projects_.end() && found->second.versions.contains(version);
}

Result<Secret<32>> VaultKeys::wrapping_key(const VaultId& project, const VaultId& version) const {
    const std::lock_guard lock(mutex_);
    const auto found = projects_.find(project);
    const auto* key = found == projects_.end() || !found->second.versions.contains(version)
                          ? nullptr
                          : &found->second.versions.at(version);
    if (key == nullptr)
        return Error{ErrorKind::not_found, "its key was destroyed: nobody can open it any more"};
    Bytes both;
    both.reserve(64);
    append(both, found->second.key.expose());
    append(both, key->expose());
    auto out = derive_key(both, kSalt, "wrap");
    wipe(both.data(), both.size());
    return out;
}

namespace {

Bytes place_of(const VaultId& project, const VaultId& version) {
    Bytes out = to_bytes(project);
    append(out, version);
    return out;
}

}  // namespace

Result<Bytes> VaultKeys::wrap(const VaultId& project, const VaultId& version,
                              const AgeFileKey& key) const {
    const auto wrapping = wrapping_key(project, version);
    if (!wrapping) return wrapping.error();
    return aead_seal(*wrapping, place_of(project, version), key.expose());
}

Result<AgeFileKey> VaultKeys::unwrap(const VaultId& project, const VaultId& version,
                                     ByteView wrapped) const {
    const auto wrapping = wrapping_key(project, version);
    if (!wrapping) return wrapping.error();
    auto plain = aead_open(*wrapping, place_of(project, version), wrapped, "a document's key");
    if (!plain) return plain.error();
    if (plain->size() != AgeFileKey().expose().size())
        return malformed("a document's key has another size");
    const AgeFileKey out{ByteView(*plain)};
    wipe(plain->data(), plain->size());
    return out;
}

void VaultKeys::shred(const VaultId& project, const std::vector<VaultId>& versions) {
    const std::lock_guard changing(changing_);
    auto projects = projects_;
    const auto found = projects.find(project);
    if (found == projects.end()) return;
    std::size_t gone = 0;
    for (const auto& version : versions) gone += found->second.versions.erase(version);
    if (gone > 0) replace(std::move(projects));
}

}  // namespace reelproof::ledger
