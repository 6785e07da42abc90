#include "api/service/vault.h"

#include <algorithm>

#include "api/service/vault_errors.h"
#include "api/service/vault_rows.h"
#include "ledger/base/unseen.h"

namespace reelproof::api {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;
using ledger::VaultId;

namespace {

constexpr std::size_t kLongestName = 200, kLongestNote = 1000, kMostVersions = 1000;
constexpr std::uint64_t kLargestDocument = std::uint64_t{1} << 40;
constexpr std::string_view kCopyPart = "copy-";
// An upload that nobody went on with for so long is dropped at the next start.
constexpr ledger::UnixSeconds kUploadDays = 7L * 24 * 3600;

Error is_shredded(const VaultVersion& version) {
    return nothing("version " + std::to_string(version.number) + " was destroyed on " +
                   ledger::to_iso8601(version.shredded) +
                   (version.shredded_why.empty() ? "" : ": " + version.shredded_why));
}

}  // namespace

struct Vault::Open {
    std::mutex mutex;  // one part at a time
    vault_rows::UploadRow row;
    std::optional<ledger::BodyWriter> writer;  // owner: mutex
    std::atomic<std::uint64_t> used{0};        // when it was last; 0: it has no writer
    bool gone = false;                         // owner: mutex; finished or abandoned meanwhile
};

const VaultVersion* VaultDocument::version(std::uint64_t number) const {
    return number == 0 || number > versions.size() ? nullptr : &versions[number - 1];
}

Result<void> check_vault_name(std::string_view name, std::string_view what) {
    if (name.empty() || name.size() > kLongestName)
        return ledger::malformed(std::string(what) + " must have 1 to " +
                                 ledger::counted(kLongestName, "byte"));
    if (name.find('/') != std::string_view::npos || ledger::has_control_characters(name))
        return ledger::malformed(std::string(what) + " must have no '/' and no control characters");
    if (const auto hidden = ledger::unseen_character(name))
        return ledger::malformed(std::string(what) + " must have no characters that nobody sees: " +
                                 "it has " + *hidden + ", by which it would look like another");
    if (name.starts_with(' ') || name.ends_with(' '))
        return ledger::malformed(std::string(what) + " must not begin or end with a blank");
    return {};
}

Vault::Vault(JsonRows& rows, ledger::VaultKeys& keys, const std::filesystem::path& folder,
             std::string org, ledger::Clock clock)
    : rows_(rows),
      keys_(keys),
      folder_(folder),
      held_(folder / "held"),
      org_(std::move(org)),
      clock_(clock) {
    load();
}

Vault::~Vault() = default;

void Vault::load() {
    const auto parts = folder_.parts();
    rows_.each(vault_rows::kProject, [&](std::string_view id, const boost::json::object& row) {
        auto project = vault_rows::to_project(id, row);
        projects_.emplace(project.id, std::move(project));
    });
    rows_.each(vault_rows::kDocument, [&](std::string_view id, const boost::json::object& row) {
        auto document = vault_rows::to_document(id, row);
        for (const auto& version : document.versions)
            // Its row was written, and then we died before the file had its name.
            if (version.shredded == 0 && parts.contains(version.upload) &&
                !folder_.has(version.body))
                folder_.keep(version.upload, version.body);
        documents_.emplace(document.id, std::move(document));
    });
    std::vector<VaultId> old;
    rows_.each(vault_rows::kUpload, [&](std::string_view id, const boost::json::object& row) {
        auto open = std::make_shared<Open>();
        open->row = vault_rows::to_upload(id, row);
        if (open->row.upload.made + kUploadDays < clock_()) old.push_back(open->row.upload.id);
        uploads_.emplace(open->row.upload.id, std::move(open));
    });
    for (const auto& id : old) (void)abandon(id);
    held_.sweep_parts([](const std::string& name) { return !name.starts_with(kCopyPart); });
    folder_.sweep_parts([&](const std::string& name) {
        if (name.starts_with(kCopyPart)) return false;
        const auto id = ledger::parse_vault_id(name, "part");
        return !id || uploads_.contains(*id);
    });
}

std::vector<VaultProject> Vault::projects() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultProject> out;
    for (const auto& [id, project] : projects_) out.push_back(project);
    return out;
}

std::optional<VaultProject> Vault::project(const VaultId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = projects_.find(id);
    return found == projects_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<VaultProject> Vault::project_named(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, project] : projects_)
        if (project.name == name) return project;
    return std::nullopt;
}

Result<VaultProject> Vault::add_project(VaultProject project) {
    if (auto fine = check_vault_name(project.name, "name"); !fine) return fine.error();
    if (auto fine = check_vault_name(project.steward, "steward"); !fine) return fine.error();
    const std::lock_guard changing(changing_);
    if (project_named(project.name))
        return Error{ErrorKind::conflict, "there is a project " + project.name + " already"};
    project.id = ledger::new_vault_id();
    project.owner = org_;
    project.made = clock_();
    const auto key = std::string(vault_rows::kProject) + ledger::vault_id_text(project.id);
    if (auto done = rows_.put(key, vault_rows::of_project(project)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    projects_.emplace(project.id, project);
    return project;
}

std::vector<VaultDocument> Vault::documents() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultDocument> out;
    for (const auto& [id, document] : documents_) out.push_back(document);
    return out;
}

std::optional<VaultDocument> Vault::document(const VaultId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = documents_.find(id);
    return found == documents_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<VaultDocument> Vault::named(const VaultId& project, std::string_view name) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, document] : documents_)
        if (document.project == project && document.name == name) return document;
    return std::nullopt;
}

Result<VaultUpload> Vault::begin_upload(Wanted wanted) {
    if (auto fine = check_vault_name(wanted.name, "name"); !fine) return fine.error();
    if (wanted.note.size() > kLongestNote)
        return ledger::malformed("note has more than " + ledger::counted(kLongestNote, "byte"));
    if (wanted.size > kLargestDocument)
        return Error{ErrorKind::too_large, "size is over 2^40 bytes"};
    const auto project = this->project(wanted.project);
    if (!project) return nothing("there is no such project");
    const auto before = named(wanted.project, wanted.name);
    if (before && before->versions.size() >= kMostVersions)
        return Error{ErrorKind::too_large, "the document has " +
                                               ledger::counted(kMostVersions, "version") +
                                               ": go on under another name"};
    auto open = std::make_shared<Open>();
    open->row.upload = {
        .id = ledger::new_vault_id(),
        .project = wanted.project,
        .name = std::move(wanted.name),
        .classification = wanted.classification.value_or(before ? before->classification
                                                                : project->classification),
        .retain_until = wanted.retain_until.value_or(before ? before->retain_until : 0),
        .size = wanted.size,
        .sha256 = wanted.sha256,
        .note = std::move(wanted.note),
        .made = clock_(),
        .by = std::move(wanted.by)};
    open->row.key = ledger::new_vault_id();
    keys_.add(wanted.project, open->row.key);
    auto wrapped = keys_.wrap(wanted.project, open->row.key, ledger::AgeFileKey::random());
    if (!wrapped) return wrapped.error();
    open->row.wrapped = std::move(*wrapped);
    const auto& upload = open->row.upload;
    const auto key = std::string(vault_rows::kUpload) + ledger::vault_id_text(upload.id);
    if (auto done = rows_.put(key, vault_rows::of_upload(open->row)); !done) {
        keys_.shred(wanted.project, {open->row.key});
        return done.error();
    }
    const std::lock_guard lock(mutex_);
    uploads_.emplace(upload.id, open);
    return upload;
}

std::shared_ptr<Vault::Open> Vault::open_upload(const VaultId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find(id);
    return found == uploads_.end() ? nullptr : found->second;
}

// With open.mutex held.
Result<void> Vault::ready(Open& open) {
    if (open.gone) return nothing("there is no such upload: it is finished or was given up");
    open.used = ++uses_;
    if (open.writer) return {};
    close_others(open);
    const auto& upload = open.row.upload;
    const auto key = keys_.unwrap(upload.project, open.row.key, open.row.wrapped);
    if (!key) return key.error();
    open.writer.emplace(folder_, ledger::vault_id_text(upload.id), *key, upload.size);
    open.row.upload.taken = open.writer->taken();
    return {};
}

// One that is at work is passed over.
void Vault::close_others(const Open& open) const {
    std::vector<std::pair<std::uint64_t, std::shared_ptr<Open>>> in_use;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, one] : uploads_)
            if (const std::uint64_t used = one->used; one.get() != &open && used != 0)
                in_use.emplace_back(used, one);
    }
    std::sort(in_use.begin(), in_use.end());
    for (std::size_t i = 0; in_use.size() - i >= kMostOpen; ++i) {
        auto& other = *in_use[i].second;
        const std::unique_lock lock(other.mutex, std::try_to_lock);
        if (!lock) continue;
        other.writer.reset();
        other.used = 0;
    }
}

std::vector<VaultUpload> Vault::uploads() const {
    std::vector<std::shared_ptr<Open>> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, one] : uploads_) all.push_back(one);
    }
    std::vector<VaultUpload> out;
    for (const auto& one : all) {
        const std::lock_guard lock(one->mutex);
        if (!one->gone) out.push_back(one->row.upload);
    }
    return out;
}

Result<VaultUpload> Vault::upload(const VaultId& id) {
    const auto open = open_upload(id);
    if (!open) return nothing("there is no such upload: it is finished or was given up");
    const std::lock_guard lock(open->mutex);
    if (auto fine = ready(*open); !fine) return fine.error();
    return open->row.upload;
}

Result<VaultUpload> Vault::take(const VaultId& id, std::uint64_t offset, ledger::ByteView part) {
    const auto open = open_upload(id);
    if (!open) return nothing("there is no such upload: it is finished or was given up");
    const std::lock_guard lock(open->mutex);
    if (auto fine = ready(*open); !fine) return fine.error();
    auto& upload = open->row.upload;
    if (offset > upload.taken)
        return Error{ErrorKind::conflict, "the part begins at byte " + std::to_string(offset) +
                                              ", but go on from byte " +
                                              std::to_string(upload.taken)};
    const auto known = std::min<std::uint64_t>(upload.taken - offset, part.size());
    try {
        if (auto done = open->writer->take(part.subspan(static_cast<std::size_t>(known))); !done)
            return done.error();
    } catch (...) {
        // What of it reached the disk, the next writer finds out.
        open->writer.reset();
        throw;
    }
    upload.taken = open->writer->taken();
    return upload;
}

Result<void> Vault::save(const VaultDocument& document, const std::string& upload) {
    std::vector<JsonRows::Change> changes;
    changes.push_back({std::string(vault_rows::kDocument) + ledger::vault_id_text(document.id),
                       vault_rows::of_document(document)});
    if (!upload.empty()) changes.push_back({std::string(vault_rows::kUpload) + upload, {}});
    if (auto done = rows_.write(std::move(changes)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    documents_.insert_or_assign(document.id, document);
    return {};
}

std::optional<Vault::Stored> Vault::finished(const std::string& upload) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, document] : documents_)
        for (const auto& version : document.versions)
            if (version.upload == upload) return Stored{document, version.number};
    return std::nullopt;
}

Result<Vault::Stored> Vault::finish(const VaultId& id) {
    const auto name = ledger::vault_id_text(id);
    if (auto stored = finished(name)) return std::move(*stored);
    const auto open = open_upload(id);
    if (!open) return nothing("there is no such upload: it is finished or was given up");
    const std::lock_guard lock(open->mutex);
    if (auto fine = ready(*open); !fine) return fine.error();
    const auto& upload = open->row.upload;
    // An empty document has one chunk, too.
    if (auto done = open->writer->take({}); !done) return done.error();
    if (!open->writer->done())
        return Error{ErrorKind::conflict, "only " + std::to_string(open->writer->taken()) + " of " +
                                              ledger::counted(upload.size, "byte") + " are here"};
    const auto body = open->writer->finish();
    const std::lock_guard changing(changing_);
    auto document = named(upload.project, upload.name)
                        .value_or(VaultDocument{.id = ledger::new_vault_id(),
                                                .project = upload.project,
                                                .name = upload.name,
                                                .classification = upload.classification,
                                                .retain_until = upload.retain_until,
                                                .made = clock_()});
    // Others may have put versions since this upload began: it lowers nothing.
    document.classification = std::max(document.classification, upload.classification);
    document.retain_until = std::max(document.retain_until, upload.retain_until);
    document.versions.push_back({.number = document.versions.size() + 1,
                                 .key = open->row.key,
                                 .wrapped = open->row.wrapped,
                                 .upload = name,
                                 .body = body,
                                 .size = upload.size,
                                 .note = upload.note,
                                 .made = clock_(),
                                 .by = upload.by});
    // Who dies behind this finds the row at the next start, and gives the file its name then.
    if (auto done = save(document, name); !done) return done.error();
    folder_.keep(name, body);
    open->gone = true;
    open->writer.reset();
    const std::lock_guard lock_all(mutex_);
    uploads_.erase(id);
    return Stored{document, document.versions.size()};
}

Result<void> Vault::abandon(const VaultId& id) {
    const auto open = open_upload(id);
    if (!open) return nothing("there is no such upload: it is finished or was given up");
    const std::lock_guard lock(open->mutex);
    if (open->gone) return nothing("there is no such upload: it is finished or was given up");
    const auto name = ledger::vault_id_text(id);
    if (auto done = rows_.remove(std::string(vault_rows::kUpload) + name); !done)
        return done.error();
    open->gone = true;
    open->writer.reset();
    keys_.shred(open->row.upload.project, {open->row.key});
    folder_.remove_part(name);
    const std::lock_guard lock_all(mutex_);
    uploads_.erase(id);
    return {};
}

Result<ledger::AgeFileKey> Vault::key_of(const VaultVersion& version,
                                         const VaultId& project) const {
    if (version.shredded != 0) return is_shredded(version);
    return keys_.unwrap(project, version.key, version.wrapped);
}

Result<ledger::AgeFileKey> Vault::key_of(const VaultCopy& copy, const VaultId& project) const {
    return keys_.unwrap(project, copy.key, copy.wrapped);
}

Result<ledger::Bytes> Vault::read(const VaultVersion& version, const VaultId& project,
                                  std::uint64_t offset, std::size_t size) const {
    const auto key = key_of(version, project);
    if (!key) return key.error();
    auto reader = ledger::BodyReader::open(folder_.file_of(version.body));
    if (!reader) return reader.error();
    return reader->read(*key, offset, std::min(size, kVaultPart));
}

Result<ledger::Bytes> Vault::raw(const ledger::Hash& body, std::uint64_t offset,
                                 std::size_t size) const {
    auto reader = ledger::BodyReader::open(folder_.file_of(body));
    if (!reader) return reader.error();
    return reader->raw(offset, std::min(size, kVaultPart));
}

Result<VaultCopy> Vault::copy_for(const VaultId& id, std::uint64_t number, const std::string& share,
                                  ledger::ByteView plain) {
    const std::lock_guard changing(changing_);
    auto document = this->document(id);
    if (!document || document->version(number) == nullptr) return nothing("no such version");
    auto& version = document->versions[number - 1];
    if (version.shredded != 0) return is_shredded(version);
    for (const auto& copy : version.copies)
        if (copy.share == share) return copy;
    auto copy = seal_copy(folder_, document->project, share, plain);
    if (!copy) return copy;
    version.copies.push_back(*copy);
    if (auto done = save(*document); !done) {
        keys_.shred(document->project, {copy->key});
        folder_.remove(copy->body);
        return done.error();
    }
    return copy;
}

Result<VaultCopy> Vault::copy_held(const VaultId& place, const std::string& share,
                                   ledger::ByteView plain) {
    return seal_copy(held_, place, share, plain);
}

// Who dies behind this leaves a file that nobody can open: its key, wrapped, is kept nowhere.
Result<VaultCopy> Vault::seal_copy(const ledger::BodyFolder& folder, const VaultId& place,
                                   const std::string& share, ledger::ByteView plain) {
    VaultCopy copy{.share = share,
                   .key = ledger::new_vault_id(),
                   .wrapped = {},
                   .body = {},
                   .size = plain.size()};
    const auto key = ledger::AgeFileKey::random();
    const auto name = std::string(kCopyPart) + ledger::vault_id_text(copy.key);
    keys_.add(place, copy.key);
    const auto undo = [&] {
        keys_.shred(place, {copy.key});
        folder.remove_part(name);
    };
    try {
        const auto made = [&]() -> Result<void> {
            auto wrapped = keys_.wrap(place, copy.key, key);
            if (!wrapped) return wrapped.error();
            copy.wrapped = std::move(*wrapped);
            ledger::BodyWriter writer(folder, name, key, plain.size());
            if (auto done = writer.take(plain); !done) return done;
            copy.body = writer.finish();
            folder.keep(name, copy.body);
            return {};
        }();
        if (made) return copy;
        undo();
        return made.error();
    } catch (...) {  // a full disk: nothing of it stays
        undo();
        throw;
    }
}

}  // namespace reelproof::api
