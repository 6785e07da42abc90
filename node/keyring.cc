#include "node/keyring.h"

#include "ledger/base/file.h"
#include "ledger/format/wire.h"

namespace reelproof::node {

namespace {

using ledger::Result;

constexpr std::size_t kMaxFile = 64 * 1024;

Result<ledger::Secret<32>> load_secret(const std::filesystem::path& file) {
    auto bytes = ledger::read_secret_file(file, kMaxFile);
    if (!bytes) return bytes.error();
    auto text = ledger::as_text(*bytes);
    while (text.ends_with('\n')) text.remove_suffix(1);
    auto raw = ledger::array_from_hex<32>(text, file.string());
    ledger::wipe(bytes->data(), bytes->size());
    if (!raw) return raw.error();
    ledger::Secret<32> secret(*raw);
    ledger::wipe(raw->data(), raw->size());
    return secret;
}

Result<std::string> load_pem(const std::filesystem::path& file, bool secret) {
    auto bytes =
        secret ? ledger::read_secret_file(file, kMaxFile) : ledger::read_file(file, kMaxFile);
    if (!bytes) return bytes.error();
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace

ledger::NoteSigner Keyring::log_signer(const std::string& org) const {
    return {org + "/ledger", ledger::wire::kNoteEd25519, log};
}

ledger::NoteSigner Keyring::mirror_signer(const std::string& org) const {
    return {org + "/mirror", ledger::wire::kNoteCosignatureV1, mirror};
}

Result<ledger::SecretKey> load_secret_key(const std::filesystem::path& file) {
    auto secret = load_secret(file);
    if (!secret) return secret.error();
    return ledger::SecretKey::parse(secret->expose(), file.string());
}

Result<Keyring> load_keyring(const std::filesystem::path& folder) {
    auto statement = load_secret_key(folder / "node.key");
    if (!statement) return statement.error();
    auto receipt = load_secret_key(folder / "receipt.key");
    if (!receipt) return receipt.error();
    auto log = load_secret(folder / "log.key");
    if (!log) return log.error();
    auto mirror = load_secret(folder / "mirror.key");
    if (!mirror) return mirror.error();
    auto sealing = load_secret(folder / "sealing.key");
    if (!sealing) return sealing.error();
    auto certificate = load_pem(folder / "tls.crt", false);
    if (!certificate) return certificate.error();
    auto tls_key = load_pem(folder / "tls.key", true);
    if (!tls_key) return tls_key.error();
    return Keyring{std::move(*statement),
                   std::move(*receipt),
                   *log,
                   *mirror,
                   ledger::SealingKey::from_secret(*sealing),
                   std::move(*certificate),
                   std::move(*tls_key)};
}

void save_secret(const std::filesystem::path& file, ledger::ByteView secret) {
    auto text = ledger::to_hex(secret) + "\n";
    ledger::write_file_durably(file, ledger::as_bytes(text), 0600);
    ledger::wipe(text.data(), text.size());
}

}  // namespace reelproof::node
