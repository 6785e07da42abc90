#include "node/keyring.h"

#include <algorithm>

#include "ledger/base/aead.h"
#include "ledger/base/file.h"
#include "ledger/base/overwritten_file.h"
#include "ledger/format/wire.h"

namespace reelproof::node {

namespace fs = std::filesystem;

namespace {

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr std::size_t kMaxFile = 64UL * 1024;

constexpr std::string_view kSealed = "sealed:";
constexpr std::string_view kWitnessFile = "witness.key";
constexpr std::string_view kSealingFile = "sealing.key";
// Of a keyring; the root key is none of them.
constexpr std::string_view kSecretFiles[] = {"node.key",   "receipt.key", "log.key",   "mirror.key",
                                             kSealingFile, "tls.key",     kWitnessFile};

ledger::Secret<32> wrapping_key(const DataKey& data_key) {
    return ledger::derive_key(data_key.expose(), "reelproof/keyring/v1", "private keys");
}

std::string sealed_text(const fs::path& file, ledger::ByteView plain, const DataKey& data_key) {
    const auto sealed = ledger::aead_seal(wrapping_key(data_key),
                                          ledger::as_bytes(file.filename().string()), plain);
    return std::string(kSealed) + ledger::to_base64(sealed) + "\n";
}

void write_sealed(const fs::path& file, ledger::ByteView plain, const DataKey& data_key) {
    ledger::write_file_durably(file, ledger::as_bytes(sealed_text(file, plain, data_key)), 0600);
}

std::string secret_text(ledger::ByteView secret) {
    return ledger::to_hex(secret) + "\n";
}

// The plain content, whether the file is sealed or not.
Result<Bytes> read_key_file(const fs::path& file, const std::optional<DataKey>& data_key) {
    auto bytes = ledger::read_secret_file(file, kMaxFile);
    if (!bytes || !is_sealed(*bytes)) return bytes;
    if (!data_key)
        return Error{ErrorKind::not_found,
                     file.string() +
                         " is sealed under the data key, and there is no data.key beside it: put "
                         "data.key back from your copy of the keys folder"};
    auto text = ledger::as_text(*bytes).substr(kSealed.size());
    while (text.ends_with('\n')) text.remove_suffix(1);
    const auto sealed = ledger::from_base64(text, file.string());
    if (!sealed) return sealed.error();
    return ledger::aead_open(wrapping_key(*data_key), ledger::as_bytes(file.filename().string()),
                             *sealed, file.string());
}

Result<ledger::Secret<32>> secret_of(const fs::path& file, std::string_view line) {
    auto raw = ledger::array_from_hex<32>(line, file.string());
    if (!raw)
        return ledger::malformed(raw.error().message +
                                 ": a key file holds 64 hex digits; put it back from your copy of "
                                 "the keys folder");
    ledger::Secret<32> secret(*raw);
    ledger::wipe(raw->data(), raw->size());
    return secret;
}

Result<ledger::Secret<32>> load_secret(const fs::path& file,
                                       const std::optional<DataKey>& data_key) {
    auto bytes = read_key_file(file, data_key);
    if (!bytes) return bytes.error();
    auto text = ledger::as_text(*bytes);
    while (text.ends_with('\n')) text.remove_suffix(1);
    auto secret = secret_of(file, text);
    ledger::wipe(bytes->data(), bytes->size());
    return secret;
}

Result<std::vector<ledger::SealingKey>> load_sealing_keys(const fs::path& file,
                                                          const std::optional<DataKey>& data_key) {
    auto bytes = read_key_file(file, data_key);
    if (!bytes) return bytes.error();
    std::vector<ledger::SealingKey> out;
    auto left = ledger::as_text(*bytes);
    while (left.ends_with('\n')) left.remove_suffix(1);
    Result<void> fine;
    do {
        const auto line = left.substr(0, left.find('\n'));
        left.remove_prefix(std::min(left.size(), line.size() + 1));
        const auto secret = secret_of(file, line);
        if (secret)
            out.push_back(ledger::SealingKey::from_secret(*secret));
        else
            fine = secret.error();
    } while (fine && !left.empty());
    ledger::wipe(bytes->data(), bytes->size());
    if (!fine) return fine.error();
    return out;
}

Result<ledger::SecretKey> load_key(const fs::path& file, const std::optional<DataKey>& data_key) {
    auto secret = load_secret(file, data_key);
    if (!secret) return secret.error();
    return ledger::SecretKey::parse(secret->expose(), file.string());
}

// The first private key that is sealed, or plain; empty when there is none.
fs::path first_that_is(bool sealed, const fs::path& folder) {
    for (const std::string_view name : kSecretFiles) {
        auto bytes = ledger::read_secret_file(folder / name, kMaxFile);
        if (!bytes) continue;
        const bool found = is_sealed(*bytes) == sealed;
        ledger::wipe(bytes->data(), bytes->size());
        if (found) return folder / name;
    }
    return {};
}

bool has_witness(const fs::path& folder) {
    std::error_code error;
    const bool there = fs::exists(folder / kWitnessFile, error);
    if (error)
        throw ledger::EnvironmentError((folder / kWitnessFile).string() + ": " + error.message());
    return there;
}

}  // namespace

bool is_sealed(ledger::ByteView content) {
    return ledger::as_text(content).starts_with(kSealed);
}

std::vector<std::string_view> keyring_files() {
    std::vector<std::string_view> names(std::begin(kSecretFiles), std::end(kSecretFiles));
    names.insert(names.end(), {"tls.crt", "root.key"});
    return names;
}

ledger::NoteSigner Keyring::log_signer(const std::string& org) const {
    return {org + "/ledger", ledger::wire::kNoteEd25519, log};
}

ledger::NoteSigner Keyring::mirror_signer(const std::string& org) const {
    return {org + "/mirror", ledger::wire::kNoteCosignatureV1, mirror};
}

std::optional<ledger::NoteSigner> Keyring::witness_signer(const std::string& org) const {
    if (!witness) return std::nullopt;
    return ledger::NoteSigner(org + "/witness", ledger::wire::kNoteCosignatureV1, *witness);
}

Result<ledger::SecretKey> load_secret_key(const fs::path& file) {
    return load_key(file, std::nullopt);
}

Result<Keyring> load_keyring(const fs::path& folder, const std::optional<DataKey>& data_key) {
    auto statement = load_key(folder / "node.key", data_key);
    if (!statement) return statement.error();
    auto receipt = load_key(folder / "receipt.key", data_key);
    if (!receipt) return receipt.error();
    auto log = load_secret(folder / "log.key", data_key);
    if (!log) return log.error();
    auto mirror = load_secret(folder / "mirror.key", data_key);
    if (!mirror) return mirror.error();
    auto sealing = load_sealing_keys(folder / kSealingFile, data_key);
    if (!sealing) return sealing.error();
    auto certificate = ledger::read_file(folder / "tls.crt", kMaxFile);
    if (!certificate) return certificate.error();
    auto tls_key = read_key_file(folder / "tls.key", data_key);
    if (!tls_key) return tls_key.error();
    std::string tls_key_pem(tls_key->begin(), tls_key->end());
    ledger::wipe(tls_key->data(), tls_key->size());
    std::optional<ledger::Secret<32>> witness;
    if (has_witness(folder)) {
        auto seed = load_secret(folder / kWitnessFile, data_key);
        if (!seed) return seed.error();
        witness = *seed;
    }
    return Keyring{std::move(*statement),
                   std::move(*receipt),
                   *log,
                   *mirror,
                   std::move(*sealing),
                   std::string(certificate->begin(), certificate->end()),
                   std::move(tls_key_pem),
                   std::move(witness)};
}

Result<std::vector<fs::path>> seal_key_files(const fs::path& folder, const DataKey& data_key) {
    std::vector<fs::path> done;
    for (const std::string_view name : kSecretFiles) {
        if (name == kWitnessFile && !has_witness(folder)) continue;
        auto plain = ledger::read_secret_file(folder / name, kMaxFile);
        if (!plain) return plain.error();
        if (is_sealed(*plain)) continue;
        write_sealed(folder / name, *plain, data_key);
        ledger::wipe(plain->data(), plain->size());
        done.push_back(folder / name);
    }
    return done;
}

ledger::Secret<32> add_witness_key(const fs::path& folder, const std::optional<DataKey>& data_key) {
    auto seed = ledger::Secret<32>::random();
    if (data_key && !sealed_key_file(folder).empty()) {
        auto text = secret_text(seed.expose());
        write_sealed(folder / kWitnessFile, ledger::as_bytes(text), *data_key);
        ledger::wipe(text.data(), text.size());
    } else {
        save_secret(folder / kWitnessFile, seed.expose());
    }
    return seed;
}

Result<void> save_sealing_keys(const fs::path& folder, const std::vector<ledger::SealingKey>& keys,
                               const std::optional<DataKey>& data_key) {
    const auto lock = lock_keys(folder);
    if (!lock) return lock.error();
    const auto file = folder / kSealingFile;
    auto before = ledger::read_secret_file(file, kMaxFile);
    if (!before) return before.error();
    const bool sealed = is_sealed(*before);
    ledger::wipe(before->data(), before->size());
    std::string text;
    text.reserve(keys.size() * 65);
    for (const auto& key : keys) {
        auto line = secret_text(key.secret.expose());
        text += line;
        ledger::wipe(line.data(), line.size());
    }
    ledger::overwrite_unfinished(file);
    ledger::replace_secret_file(
        file, sealed ? ledger::as_bytes(sealed_text(file, ledger::as_bytes(text), data_key.value()))
                     : ledger::as_bytes(text));
    ledger::wipe(text.data(), text.size());
    return {};
}

fs::path sealed_key_file(const fs::path& folder) {
    return first_that_is(true, folder);
}

fs::path plain_key_file(const fs::path& folder) {
    return first_that_is(false, folder);
}

void save_secret(const fs::path& file, ledger::ByteView secret) {
    auto text = secret_text(secret);
    ledger::write_file_durably(file, ledger::as_bytes(text), 0600);
    ledger::wipe(text.data(), text.size());
}

}  // namespace reelproof::node
