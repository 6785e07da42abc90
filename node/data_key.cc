#include "node/data_key.h"

#include <algorithm>
#include <cstdlib>

#include <boost/json.hpp>
#include <sodium.h>

#include "ledger/base/aead.h"
#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/format/json_fields.h"
#include "ledger/store/fault.h"
#include "ledger/store/file_lock.h"
#include "ledger/vault/vault_keys.h"
#include "node/keyring.h"

namespace reelproof::node {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

using ledger::Bytes;
using ledger::EnvironmentError;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;
using ledger::Secret;

constexpr const char* kFile = "data.key";
constexpr const char* kLock = ".data.key.lock";
constexpr std::string_view kSalt = "reelproof/data-key/v1";
constexpr std::size_t kMaxFile = 4096;
constexpr std::size_t kLeastSecret = 32;  // bytes of a key file or credential

// Argon2id of a passphrase. Kept with the wrap, so that they can grow.
struct Stretching {
    std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
    std::uint64_t passes = 3;
    std::uint64_t memory_mib = 256;
};
constexpr std::uint64_t kMaxPasses = 64;
constexpr std::uint64_t kMaxMemory = 4096;

// What keys/data.key holds.
struct Wrap {
    WrapSource source;
    Stretching stretching;  // of a passphrase
    Bytes wrapped;
};

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
    throw EnvironmentError(path.string() + ": " + error.message());
}

bool is_there(const fs::path& path) {
    std::error_code error;
    const bool there = fs::exists(path, error);
    if (error) fail(path, error);
    return there;
}

fs::path resolved(const fs::path& path) {
    std::error_code error;
    auto out = fs::weakly_canonical(path, error);
    if (error) fail(path, error);
    return out;
}

// Also under another name: a link, another mount.
bool same_file(const fs::path& a, const fs::path& b) {
    std::error_code missing;
    return fs::equivalent(a, b, missing);
}

std::string_view kind_name(WrapSource::Kind kind) {
    switch (kind) {
        case WrapSource::Kind::passphrase:
            return "passphrase";
        case WrapSource::Kind::file:
            return "file";
        case WrapSource::Kind::credential:
            return "credential";
    }
    std::abort();
}

bool is_credential_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

std::string format_wrap(const Wrap& wrap) {
    json::object out{{"version", 1}, {"by", kind_name(wrap.source.kind)}};
    if (wrap.source.kind == WrapSource::Kind::passphrase) {
        out["salt"] = ledger::to_hex(wrap.stretching.salt);
        out["passes"] = wrap.stretching.passes;
        out["memory_mib"] = wrap.stretching.memory_mib;
    } else {
        out["name"] = wrap.source.name;
    }
    out["wrapped"] = ledger::to_hex(wrap.wrapped);
    return json::serialize(out) + "\n";
}

Result<Wrap> parse_wrap(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return ledger::malformed("is not a JSON object");
    const ledger::JsonFields fields(value.get_object());
    const auto version = fields.number("version");
    if (!version) return version.error();
    if (*version != 1)
        return Error{ErrorKind::refused,
                     "has version " + std::to_string(*version) + ": use a newer program"};
    const auto by = fields.text("by");
    if (!by) return by.error();
    Wrap out;
    if (*by == "passphrase") {
        out.source.kind = WrapSource::Kind::passphrase;
        const auto salt = fields.hex("salt");
        if (!salt) return salt.error();
        if (salt->size() != out.stretching.salt.size())
            return fields.problem("salt", "is not 16 bytes");
        std::copy(salt->begin(), salt->end(), out.stretching.salt.begin());
        const auto passes = fields.number("passes");
        if (!passes) return passes.error();
        const auto memory = fields.number("memory_mib");
        if (!memory) return memory.error();
        if (*passes < 1 || *passes > kMaxPasses)
            return fields.problem("passes", "is not a number from 1 to 64");
        if (*memory < 1 || *memory > kMaxMemory)
            return fields.problem("memory_mib", "is not a number from 1 to 4096");
        out.stretching.passes = *passes;
        out.stretching.memory_mib = *memory;
    } else if (*by == "file" || *by == "credential") {
        out.source.kind = *by == "file" ? WrapSource::Kind::file : WrapSource::Kind::credential;
        auto name = fields.text("name");
        if (!name) return name.error();
        out.source.name = std::move(*name);
        if (out.source.kind == WrapSource::Kind::credential && !is_credential_name(out.source.name))
            return fields.problem("name", "is not a credential's name");
    } else {
        return fields.problem("by", "is not passphrase, file or credential");
    }
    auto wrapped = fields.hex("wrapped");
    if (!wrapped) return wrapped.error();
    out.wrapped = std::move(*wrapped);
    return out;
}

// Key file or credential: any 32 bytes or more, line ends after them aside.
Result<Secret<32>> hashed_secret(Result<Bytes> read, const std::string& what) {
    if (!read) return read.error();
    auto text = ledger::as_text(*read);
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    const bool enough = text.size() >= kLeastSecret;
    ledger::Hash hash = ledger::sha256(ledger::as_bytes(text));
    const Secret<32> out(hash);
    ledger::wipe(hash.data(), hash.size());
    ledger::wipe(read->data(), read->size());
    if (!enough)
        return ledger::malformed(what +
                                 " holds less than 32 bytes: make one with `openssl rand -hex 32`");
    return out;
}

// A key file beside what it opens: against who has the store, not against who has this folder.
bool lies_in_keys(const WrapSource& source) {
    return source.kind == WrapSource::Kind::file && fs::path(source.name).is_relative();
}

fs::path key_file(const fs::path& keys, const WrapSource& source) {
    return keys / source.name;  // an absolute name stays what it is
}

Result<Secret<32>> wrapping_key(const fs::path& keys, const Wrap& wrap, const AskPassphrase& ask,
                                bool fresh) {
    switch (wrap.source.kind) {
        case WrapSource::Kind::passphrase: {
            if (!ask)
                return Error{ErrorKind::refused,
                             "it is under a passphrase, which can't be asked "
                             "for here"};
            const auto phrase = ask(
                (fresh ? "New passphrase of " : "Passphrase of ") + (keys / kFile).string(), fresh);
            if (!phrase) return phrase.error();
            Secret<32> stretched;
            const auto given = phrase->expose();
            if (crypto_pwhash(stretched.expose_mutable().data(), 32,
                              reinterpret_cast<const char*>(given.data()), given.size(),
                              wrap.stretching.salt.data(), wrap.stretching.passes,
                              std::size_t{wrap.stretching.memory_mib} << 20,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
                throw EnvironmentError((keys / kFile).string() +
                                       ": Argon2id of its passphrase needs " +
                                       std::to_string(wrap.stretching.memory_mib) +
                                       " MiB of memory, which are not there");
            return ledger::derive_key(stretched.expose(), kSalt, "passphrase");
        }
        case WrapSource::Kind::file: {
            const auto file = key_file(keys, wrap.source);
            if (!is_there(file))
                return Error{ErrorKind::not_found,
                             "its key file " + file.string() +
                                 " is missing: put it back (is its volume mounted?); without it "
                                 "nothing that is encrypted can be read"};
            const auto secret =
                hashed_secret(ledger::read_secret_file(file, kMaxFile), file.string());
            if (!secret) return secret.error();
            return ledger::derive_key(secret->expose(), kSalt, "file");
        }
        case WrapSource::Kind::credential: {
            const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
            if (folder == nullptr)
                return Error{ErrorKind::not_found,
                             "the credential " + wrap.source.name +
                                 " was not handed to this process ($CREDENTIALS_DIRECTORY is not "
                                 "set): say LoadCredential=" +
                                 wrap.source.name + ":FILE in its systemd unit"};
            // systemd grants it by an access list, which shows as mode 0440: its folder protects
            // it.
            const auto file = fs::path(folder) / wrap.source.name;
            const auto secret = hashed_secret(ledger::read_file(file, kMaxFile), file.string());
            if (!secret) return secret.error();
            return ledger::derive_key(secret->expose(), kSalt, "credential");
        }
    }
    std::abort();
}

Result<std::optional<Wrap>> read_wrap(const fs::path& keys) {
    const auto file = keys / kFile;
    if (!is_there(file)) return std::optional<Wrap>();
    const auto bytes = ledger::read_secret_file(file, kMaxFile);
    if (!bytes) return bytes.error();
    auto wrap = parse_wrap(ledger::as_text(*bytes));
    if (!wrap) return ledger::within(file.string(), wrap.error());
    return std::optional<Wrap>(std::move(*wrap));
}

Result<DataKey> unwrap(const fs::path& keys, const Wrap& wrap, const AskPassphrase& ask) {
    const auto file = (keys / kFile).string();
    const auto key = wrapping_key(keys, wrap, ask, false);
    if (!key) return ledger::within(file, key.error());
    auto plain = ledger::aead_open(*key, ledger::as_bytes(kSalt), wrap.wrapped, file);
    if (!plain || plain->size() != 32)
        return ledger::malformed(file + " does not open with " + describe(wrap.source) +
                                 ": the wrong " + std::string(kind_name(wrap.source.kind)) +
                                 ", or a damaged file");
    const DataKey out(*plain);
    ledger::wipe(plain->data(), plain->size());
    return out;
}

// Where `path` lies as the wrap tells it: what is in the keys folder moves with it.
std::string named_from(const fs::path& keys, const fs::path& path) {
    const auto folder = resolved(keys);
    const auto absolute = resolved(path);
    return absolute.parent_path() == folder ? absolute.filename().string() : absolute.string();
}

// A key file is only read, for as long as it opens the data key. A file that we write (data.key
// itself, a private key once it is sealed) would take the data key with it.
Result<void> check_key_file(const fs::path& keys, const WrapSource& source) {
    const auto file = key_file(keys, source);
    const auto own = [&](std::string_view name) {
        return source.name == name || same_file(file, keys / name);
    };
    const auto names = keyring_files();
    if (own(kFile) || own(kLock) || own(ledger::kVaultKeysFile) ||
        std::any_of(names.begin(), names.end(), own))
        return ledger::malformed(file.string() +
                                 " is a file of the node itself: take another as its key file");
    if (!is_there(file)) return {};
    auto content = ledger::read_secret_file(file, kMaxFile);
    if (!content) return content.error();
    const bool sealed = is_sealed(*content);
    ledger::wipe(content->data(), content->size());
    if (sealed)
        return ledger::malformed(file.string() +
                                 " is a sealed private key: take another file as key file");
    return {};
}

// The key file of an organisation that was just made is ours to remove once nothing is under it.
// Every other is the person's.
fs::path remove_unlock_file(const fs::path& keys, const WrapSource& source) {
    const auto file = keys / kUnlockFile;
    if (!is_there(file)) return {};
    if (source.kind == WrapSource::Kind::file && same_file(file, key_file(keys, source))) return {};
    std::error_code error;
    fs::remove(file, error);
    if (error) fail(file, error);
    return file;
}

}  // namespace

Result<WrapSource> parse_wrap_source(std::string_view text) {
    using Kind = WrapSource::Kind;
    if (text == "passphrase") return WrapSource{Kind::passphrase, ""};
    if (text.starts_with("file=") && text.size() > 5) {
        std::error_code error;
        const auto path = fs::absolute(text.substr(5), error);
        if (error) fail(text.substr(5), error);
        return WrapSource{Kind::file, path.string()};
    }
    if (text.starts_with("credential=") && is_credential_name(text.substr(11)))
        return WrapSource{Kind::credential, std::string(text.substr(11))};
    return ledger::malformed("must be passphrase, file=PATH or credential=NAME");
}

std::string describe(const WrapSource& source) {
    const std::string kind(kind_name(source.kind));
    if (source.kind == WrapSource::Kind::passphrase) return "the passphrase";
    return "the " + (source.kind == WrapSource::Kind::file ? "key file" : kind) + " " + source.name;
}

Result<std::optional<WrapSource>> data_key_source(const fs::path& keys) {
    const auto wrap = read_wrap(keys);
    if (!wrap) return wrap.error();
    return *wrap ? std::optional((*wrap)->source) : std::nullopt;
}

Result<std::optional<DataKey>> load_data_key(const fs::path& keys, const AskPassphrase& ask) {
    const auto wrap = read_wrap(keys);
    if (!wrap) return wrap.error();
    if (!*wrap) return std::optional<DataKey>();
    auto key = unwrap(keys, **wrap, ask);
    if (!key) return key.error();
    return std::optional<DataKey>(*key);
}

Result<ledger::FileLock> lock_keys(const fs::path& keys) {
    return ledger::FileLock::take(keys / kLock);
}

Result<Rewrapped> rewrap_data_key(const fs::path& keys, const WrapSource& to,
                                  const AskPassphrase& ask) {
    const auto lock = lock_keys(keys);
    if (!lock) return lock.error();
    const auto old = read_wrap(keys);
    if (!old) return old.error();
    Rewrapped done;
    DataKey data_key;
    if (*old) {
        auto opened = unwrap(keys, **old, ask);
        if (!opened) return opened.error();
        data_key = *opened;
    } else {
        if (const auto sealed = sealed_key_file(keys); !sealed.empty())
            return Error{ErrorKind::not_found, (keys / kFile).string() + " is missing, and " +
                                                   sealed.string() + " is sealed under it"};
        data_key = DataKey::random();
        done.made = true;
    }
    Wrap fresh;
    fresh.source = to;
    ledger::fill_random(fresh.stretching.salt);
    if (to.kind == WrapSource::Kind::file) {
        fresh.source.name = named_from(keys, key_file(keys, to));
        if (auto fit = check_key_file(keys, fresh.source); !fit) return fit.error();
        const auto file = key_file(keys, fresh.source);
        if (!is_there(file)) save_secret(file, Secret<32>::random().expose());
    }
    // Asked once, used twice.
    std::optional<Result<Secret<32>>> phrase;
    const AskPassphrase once = [&](const std::string& prompt, bool is_new) {
        if (!phrase) phrase = ask(prompt, is_new);
        return *phrase;
    };
    const auto key = wrapping_key(keys, fresh, ask ? once : ask, true);
    if (!key) return key.error();
    fresh.wrapped = ledger::aead_seal(*key, ledger::as_bytes(kSalt), data_key.expose());

    // If we die before the new file has its name, the old one opens as before; after it, only with
    // the new secret. A key file that was made, or is not removed yet, then lies there unused, and
    // private keys that are not sealed yet are sealed by the next start or wrap.
    ledger::fault_point(ledger::FaultPoint::before_wrap);
    ledger::write_file_durably(keys / kFile, ledger::as_bytes(format_wrap(fresh)), 0600);
    ledger::fault_point(ledger::FaultPoint::after_wrap);
    // What is sealed and removed from here on is lost without it.
    if (const auto again = load_data_key(keys, once); !again || !*again || !(**again == data_key)) {
        if (*old)
            ledger::write_file_durably(keys / kFile, ledger::as_bytes(format_wrap(**old)), 0600);
        throw EnvironmentError((keys / kFile).string() + " did not open again with " +
                               describe(to) + (*old ? ": it is under the old secret still" : ""));
    }
    if (!lies_in_keys(fresh.source)) {
        auto sealed = seal_key_files(keys, data_key);
        if (!sealed) return sealed.error();
        done.sealed = static_cast<int>(sealed->size());
    }
    done.removed = remove_unlock_file(keys, fresh.source);
    return done;
}

Result<std::vector<fs::path>> finish_sealing(const fs::path& keys, const DataKey& data_key) {
    std::vector<fs::path> none;
    if (plain_key_file(keys).empty()) return none;
    const auto lock = lock_keys(keys);
    if (!lock) return none;  // who wraps it right now seals them
    const auto wrap = read_wrap(keys);
    if (!wrap) return wrap.error();
    if (!*wrap || lies_in_keys((*wrap)->source)) return none;
    return seal_key_files(keys, data_key);
}

}  // namespace reelproof::node
