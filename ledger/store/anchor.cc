#include "ledger/store/anchor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/store/fault.h"
#include "ledger/store/schema.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

namespace {

// A slot: magic, u64 sequence, u64 size, root, i64 time, u16 length and origin, SHA-256 of all
// that. Persistent: do not change.
constexpr std::string_view kMagic = "RPANCH01";
constexpr std::size_t kSlotSize = 512;
constexpr std::size_t kOriginAt = 8 + 8 + 8 + 32 + 8;
constexpr std::size_t kHashAt = kSlotSize - 32;
constexpr std::size_t kMaxOrigin = kHashAt - kOriginAt - 2;
// Each slot in a file system block of its own: a block that is torn takes only one with it.
constexpr off_t kSlotDistance = 4096;

using Slot = std::array<std::uint8_t, kSlotSize>;

struct ReadSlot {
    std::uint64_t sequence;
    AnchorState state;
};

Slot write_slot(std::uint64_t sequence, const AnchorState& state) {
    const std::string& origin = state.checkpoint.origin;
    if (origin.size() > kMaxOrigin)
        throw EnvironmentError("the log's origin is too long for the rollback anchor");
    Slot slot{};
    std::copy(kMagic.begin(), kMagic.end(), slot.begin());
    schema::put_u64(slot.data() + 8, sequence);
    schema::put_u64(slot.data() + 16, state.checkpoint.size);
    std::copy(state.checkpoint.root.begin(), state.checkpoint.root.end(), slot.begin() + 24);
    schema::put_u64(slot.data() + 56, static_cast<std::uint64_t>(state.time));
    schema::put_u16(slot.data() + kOriginAt, static_cast<std::uint16_t>(origin.size()));
    std::copy(origin.begin(), origin.end(), slot.begin() + kOriginAt + 2);
    const Hash hash = sha256(ByteView(slot).first(kHashAt));
    std::copy(hash.begin(), hash.end(), slot.begin() + kHashAt);
    return slot;
}

std::optional<ReadSlot> read_slot(const Slot& slot) {
    if (!std::equal(kMagic.begin(), kMagic.end(), slot.begin())) return std::nullopt;
    const Hash hash = sha256(ByteView(slot).first(kHashAt));
    if (!std::equal(hash.begin(), hash.end(), slot.begin() + kHashAt)) return std::nullopt;
    const std::size_t length = schema::get_u16(slot.data() + kOriginAt);
    if (length > kMaxOrigin) return std::nullopt;
    ReadSlot read{};
    read.sequence = schema::get_u64(slot.data() + 8);
    read.state.checkpoint.size = schema::get_u64(slot.data() + 16);
    std::copy_n(slot.begin() + 24, 32, read.state.checkpoint.root.begin());
    read.state.time = static_cast<UnixSeconds>(schema::get_u64(slot.data() + 56));
    read.state.checkpoint.origin = as_text(ByteView(slot).subspan(kOriginAt + 2, length));
    return read;
}

struct Slots {
    std::optional<ReadSlot> newest;
    bool empty = false;  // a file to which nothing was ever written
};

Slots read_slots(int fd, const std::filesystem::path& path) {
    Slots slots;
    slots.empty = true;
    for (int i = 0; i < 2; ++i) {
        Slot slot{};
        const ssize_t size = ::pread(fd, slot.data(), slot.size(), i * kSlotDistance);
        if (size < 0)
            throw EnvironmentError(path.string() + ": can't read: " + std::strerror(errno));
        if (std::any_of(slot.begin(), slot.end(), [](std::uint8_t byte) { return byte != 0; }))
            slots.empty = false;
        auto read = read_slot(slot);
        if (read && (!slots.newest || read->sequence > slots.newest->sequence))
            slots.newest = std::move(read);
    }
    return slots;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : ".";
}

[[noreturn]] void cant_open(const std::filesystem::path& path) {
    const int error = errno;
    // Never made: the folder of a volume that is not mounted would come to life on another one.
    std::error_code unknown;
    if (error == ENOENT && !std::filesystem::exists(folder_of(path), unknown))
        throw EnvironmentError(path.string() + ": its folder is not there: is the volume mounted?");
    throw EnvironmentError(path.string() + ": can't open: " + std::strerror(error));
}

}  // namespace

Anchor::Anchor(std::filesystem::path path, bool read_only) : path_(std::move(path)) {
    // O_DSYNC: a write returns once it is on the disk.
    const int flags = read_only ? O_RDONLY : O_RDWR | O_CREAT | O_DSYNC;
    fd_ = ::open(path_.c_str(), flags | O_CLOEXEC, 0600);
    if (fd_ < 0) cant_open(path_);
    try {
        // A new file is there for good only once its folder is flushed.
        if (!read_only) sync_folder(folder_of(path_));
    } catch (...) {
        ::close(fd_);
        throw;
    }
    const Slots slots = read_slots(fd_, path_);
    sequence_ = slots.newest ? slots.newest->sequence : 0;
}

Anchor::~Anchor() {
    if (fd_ >= 0) ::close(fd_);
}

Result<std::optional<AnchorState>> Anchor::read() const {
    Slots slots = read_slots(fd_, path_);
    if (slots.newest) return std::optional(std::move(slots.newest->state));
    if (slots.empty) return std::optional<AnchorState>();
    return Error{ErrorKind::refused, path_.string() + " is damaged: neither slot is good"};
}

void Anchor::write(const AnchorState& state) {
    fault_point(FaultPoint::before_anchor);
    const Slot slot = write_slot(sequence_ + 1, state);
    // In turn: if we die in the middle of this write, the other slot is good and one step behind.
    const off_t at = static_cast<off_t>((sequence_ + 1) % 2) * kSlotDistance;
    const ssize_t written = ::pwrite(fd_, slot.data(), slot.size(), at);
    if (written != static_cast<ssize_t>(slot.size())) {
        const int error = written < 0 ? errno : EIO;
        throw EnvironmentError(path_.string() + ": can't write the rollback anchor: " +
                               (written < 0 ? std::strerror(error) : "short write") +
                               space_advice(path_, error));
    }
    ++sequence_;
    fault_point(FaultPoint::after_anchor);
}

std::filesystem::path anchor_path(const StoreOptions& options) {
    return options.anchor.empty() ? options.folder / "anchor" : options.anchor;
}

Result<std::optional<AnchorState>> read_anchor(const StoreOptions& options) {
    const auto path = anchor_path(options);
    std::error_code unknown;
    // One inside the store goes with it.
    const bool lost = !options.anchor.empty() && !std::filesystem::exists(folder_of(path), unknown);
    if (!lost && !std::filesystem::exists(path, unknown)) return std::optional<AnchorState>();
    return Anchor(path, true).read();
}

Result<void> check_anchor(Anchor& anchor, const Checkpoint& stored, UnixSeconds time,
                          const std::function<Hash(std::uint64_t size)>& root_at) {
    const std::string accept =
        "; if you know why, and no copy of this log is ahead of it: reelproof ledger anchor "
        "--accept";
    auto read = anchor.read();
    if (!read) return Error{read.error().kind, read.error().message + accept};
    if (!*read) {
        if (stored.size > 0)
            return Error{ErrorKind::refused,
                         anchor.path().string() +
                             ": the rollback anchor is missing, but the log has " +
                             counted(stored.size, "entry") +
                             ": if it lies on another volume, mount that first" + accept};
        // Before the first commit, so that an anchor that is missing later was taken away.
        anchor.write({stored, time});
        return {};
    }
    const std::string recover = "; rebuild it from its mirrors: reelproof ledger recover";
    const Checkpoint& before = (*read)->checkpoint;
    if (before.origin != stored.origin)
        return Error{ErrorKind::refused, anchor.path().string() +
                                             ": the rollback anchor is of the log " +
                                             before.origin + ", not of " + stored.origin};
    if (before.size > stored.size)
        return Error{ErrorKind::refused, "the store was rolled back: it holds " +
                                             counted(stored.size, "entry") + ", but had signed " +
                                             std::to_string(before.size) + " at " +
                                             to_iso8601((*read)->time) +
                                             "; signing on it would fork the log" + recover};
    // Behind: we died between a commit and its anchor. What was committed then is sound.
    if (root_at(before.size) != before.root)
        return Error{ErrorKind::refused, "the store is not the one the rollback anchor is of: at " +
                                             counted(before.size, "entry") +
                                             " the roots differ; signing on it would "
                                             "fork the log" +
                                             recover};
    if (before.size < stored.size) anchor.write({stored, time});
    return {};
}

Result<AnchorState> accept_anchor(const StoreOptions& options) {
    auto store = Store::open(options);
    if (!store) return store.error();
    const auto head = (*store)->head(kOwnLog);
    if (!head)
        return Error{ErrorKind::not_found, "the log in " + options.folder.string() + " is empty"};
    AnchorState state{head->checkpoint, head->time};
    Anchor anchor(anchor_path(options));
    if (auto read = anchor.read(); read && *read) {
        auto checked = check_anchor(anchor, head->checkpoint, head->time, [&](std::uint64_t size) {
            return tree_root(size, (*store)->subtree(kOwnLog));
        });
        if (!checked) return checked.error();
    }
    anchor.write(state);
    return state;
}

}  // namespace reelproof::ledger
