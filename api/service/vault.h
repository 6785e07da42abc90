// The vault of this node: documents in projects, each in versions, encrypted with a key of its own
// that hangs on keys outside the store (ledger/vault/vault_keys.h). Uploads go on after a crash;
// neither they nor reading hold more than one part in memory.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   vault.project/<id>   vault.document/<id>, with all its versions   vault.upload/<id>
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/json_rows.h"
#include "ledger/vault/bodies.h"
#include "ledger/vault/objects.h"
#include "ledger/vault/vault_keys.h"

namespace reelproof::api {

// Most that is taken or given at a time: a part of an upload, a range of a document.
inline constexpr std::size_t kVaultPart = std::size_t{4} << 20;

// A legal hold: nothing that it covers is destroyed, by a person or by its retention.
struct VaultHold {
    ledger::UnixSeconds since = 0;  // 0: there is none
    std::string by{}, why{};
};

struct VaultProject {
    ledger::VaultId id{};
    std::string name;     // unique
    std::string owner;    // organisation
    std::string steward;  // of its data: a person
    ledger::Classification classification = ledger::Classification::confidential;
    ledger::UnixSeconds made = 0;
    std::string by;
    VaultHold hold{};  // of all documents in it
};

// A file of its own for one share: a table with fewer columns.
struct VaultCopy {
    std::string share;
    ledger::VaultId key{};
    ledger::Bytes wrapped;
    ledger::Hash body{};
    std::uint64_t size = 0;
};

struct VaultVersion {
    std::uint64_t number = 0;  // from 1
    ledger::VaultId key{};     // names its wrapping key
    ledger::Bytes wrapped;
    std::string upload;
    ledger::Hash body{};
    std::uint64_t size = 0;  // of the plain text
    std::string note;
    ledger::UnixSeconds made = 0;
    std::string by;
    std::vector<VaultCopy> copies{};
    // Its key is destroyed; by whom, and why.
    ledger::UnixSeconds shredded = 0;
    std::string shredded_by{}, shredded_why{};
};

struct VaultDocument {
    ledger::VaultId id{}, project{};
    std::string name;  // unique in its project
    ledger::Classification classification = ledger::Classification::confidential;
    ledger::UnixSeconds retain_until = 0;  // is not shredded before, unless somebody insists
    ledger::UnixSeconds made = 0;
    std::vector<VaultVersion> versions{};
    bool shred_at_end = false;  // of its retention, by the node
    VaultHold hold{};

    [[nodiscard]] const VaultVersion* version(std::uint64_t number) const;
    // Whether any version can still be opened.
    [[nodiscard]] bool readable() const;
};

struct VaultUpload {
    ledger::VaultId id{}, project{};
    std::string name;
    ledger::Classification classification = ledger::Classification::confidential;
    ledger::UnixSeconds retain_until = 0;
    std::uint64_t size = 0, taken = 0;
    // Of the whole file, where whoever sends it told it: by this he knows it again.
    std::optional<ledger::Hash> sha256{};
    std::string note;
    ledger::UnixSeconds made = 0;
    std::string by;
};

class Vault {
  public:
    // Uploads whose file is open: each has a descriptor and a megabyte. With more the one that was
    // longest not used is closed, and opened again when its next part comes.
    static constexpr std::size_t kMostOpen = 16;

    // Finishes what a crash cut off. Throws EnvironmentError for a store that can't be read.
    Vault(JsonRows& rows, ledger::VaultKeys& keys, const std::filesystem::path& folder,
          std::string org, ledger::Clock clock);
    ~Vault();

    [[nodiscard]] std::vector<VaultProject> projects() const;
    [[nodiscard]] std::optional<VaultProject> project(const ledger::VaultId& id) const;
    [[nodiscard]] std::optional<VaultProject> project_named(std::string_view name) const;
    // `malformed`, `conflict` (the name is taken).
    ledger::Result<VaultProject> add_project(VaultProject project);

    [[nodiscard]] std::vector<VaultDocument> documents() const;
    [[nodiscard]] std::optional<VaultDocument> document(const ledger::VaultId& id) const;

    // The next version of the document of that name, or the first. What is not given is taken from
    // the document or the project. Errors: `malformed`, `not_found`.
    struct Wanted {
        ledger::VaultId project{};
        std::string name, note, by;
        std::uint64_t size = 0;
        std::optional<ledger::Classification> classification{};
        std::optional<ledger::UnixSeconds> retain_until{};
        std::optional<ledger::Hash> sha256{};
    };
    ledger::Result<VaultUpload> begin_upload(Wanted wanted);
    // Those that are under way, each with how much of it is here as far as that is known.
    [[nodiscard]] std::vector<VaultUpload> uploads() const;
    // With how much of it is here.
    ledger::Result<VaultUpload> upload(const ledger::VaultId& id);
    // A part that begins at `offset` of the document. Parts that lie before what is here are passed
    // over; `conflict` where there is a gap. What remains of it behind its last whole chunk has to
    // come again.
    ledger::Result<VaultUpload> take(const ledger::VaultId& id, std::uint64_t offset,
                                     ledger::ByteView part);
    // Makes it a version. `conflict` when parts are missing. Again gives the same.
    struct Stored {
        VaultDocument document;
        std::uint64_t version = 0;
    };
    ledger::Result<Stored> finish(const ledger::VaultId& id);
    ledger::Result<void> abandon(const ledger::VaultId& id);

    // Plain text. `not_found`, or `invalid` when what is on disk was changed.
    ledger::Result<ledger::Bytes> read(const VaultVersion& version, const ledger::VaultId& project,
                                       std::uint64_t offset, std::size_t size) const;
    ledger::Result<ledger::AgeFileKey> key_of(const VaultVersion& version,
                                              const ledger::VaultId& project) const;
    // A body's own bytes, whosever it is.
    ledger::Result<ledger::Bytes> raw(const ledger::Hash& body, std::uint64_t offset,
                                      std::size_t size) const;

    // The copy of that version for that share; made of `plain` where there is none.
    ledger::Result<VaultCopy> copy_for(const ledger::VaultId& document, std::uint64_t version,
                                       const std::string& share, ledger::ByteView plain);
    ledger::Result<ledger::AgeFileKey> key_of(const VaultCopy& copy,
                                              const ledger::VaultId& project) const;
    // The same among what partners shared, of no row yet: under a new key at that place, which
    // whoever does not keep the copy destroys.
    ledger::Result<VaultCopy> copy_held(const ledger::VaultId& place, const std::string& share,
                                        ledger::ByteView plain);

    // --- vault_retention.cc: how long documents are kept
    // Destroys the keys of one version, or of all (no number), then its files. Nobody can undo it.
    // `conflict` before the retention's end, unless `early`, and under a legal hold.
    struct Shred {
        std::optional<std::uint64_t> version{};
        std::string why, by;
        bool early = false;
    };
    ledger::Result<VaultDocument> shred(const ledger::VaultId& document, const Shred& how);
    // Keeps it until then, and says whether the node shreds it then. `conflict` where that would be
    // sooner than was promised before.
    ledger::Result<VaultDocument> retain(const ledger::VaultId& document, ledger::UnixSeconds until,
                                         bool shred_at_end);
    // Sets a legal hold, or lifts it (empty `hold.why`). `conflict`: there is one; there is none.
    ledger::Result<VaultDocument> hold_document(const ledger::VaultId& document, VaultHold hold);
    ledger::Result<VaultProject> hold_project(const ledger::VaultId& project, VaultHold hold);
    // The hold that keeps it: its own, or its project's.
    [[nodiscard]] VaultHold held_by(const VaultDocument& document) const;
    // Shreds what is to be shredded by now; gives what was.
    std::vector<VaultDocument> shred_due();

    // What partners shared with us lies apart: by naming a file of ours they must not get at it.
    [[nodiscard]] const ledger::BodyFolder& held() const { return held_; }
    [[nodiscard]] ledger::VaultKeys& keys() const { return keys_; }

  private:
    struct Open;  // an upload, and its writer while it is in use

    void load();
    [[nodiscard]] std::shared_ptr<Open> open_upload(const ledger::VaultId& id) const;
    ledger::Result<void> ready(Open& open);
    void close_others(const Open& open) const;
    [[nodiscard]] std::optional<Stored> finished(const std::string& upload) const;
    ledger::Result<void> save(const VaultDocument& document, const std::string& upload = {});
    [[nodiscard]] ledger::Result<void> may_shred(const VaultDocument& document, bool early) const;
    ledger::Result<VaultCopy> seal_copy(const ledger::BodyFolder& folder,
                                        const ledger::VaultId& place, const std::string& share,
                                        ledger::ByteView plain);
    [[nodiscard]] std::optional<VaultDocument> named(const ledger::VaultId& project,
                                                     std::string_view name) const;

    JsonRows& rows_;
    ledger::VaultKeys& keys_;
    const ledger::BodyFolder folder_, held_;
    const std::string org_;
    const ledger::Clock clock_;
    std::atomic<std::uint64_t> uses_{0};  // of uploads
    std::mutex changing_;                 // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    // Owner of these: mutex_.
    std::map<ledger::VaultId, VaultProject> projects_;
    std::map<ledger::VaultId, VaultDocument> documents_;
    std::map<ledger::VaultId, std::shared_ptr<Open>> uploads_;
};

// What a project or a document may be called: 1 to 200 bytes, no '/' and no control characters.
ledger::Result<void> check_vault_name(std::string_view name, std::string_view what);

}  // namespace reelproof::api
