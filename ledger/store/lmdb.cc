#include "ledger/store/lmdb.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ledger/base/counted.h"
#include "ledger/base/failed_write.h"
#include "ledger/base/file.h"
#include "ledger/store/lmdb_file.h"

namespace reelproof::ledger::lmdb {

namespace {

constexpr unsigned kMaxTables = 32;
// Tables of these names came one after the other: an older store that is only looked at has not
// all.
constexpr std::string_view kYounger = "node.";
// Each concurrent read transaction takes a slot; stations and network threads are far fewer.
constexpr unsigned kMaxReaders = 1024;
// Idle read transactions kept for reuse: renewing one costs a third less than making one.
constexpr std::size_t kPooledReaders = 64;
// How long a reader waits for others of this process when another process has grown the map.
constexpr std::chrono::seconds kAdoptPatience{30};
// Readers that this thread has, of any environment. One that reads already must pass a closed gate:
// who closed it waits for it.
thread_local unsigned readers_of_thread = 0;

MDB_val to_val(ByteView bytes) {
    return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}

ByteView to_view(const MDB_val& val) {
    return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

// LMDB maps its lock file sparse: on a full disk the first touch of it would end the process with
// SIGBUS. Gives an errno, 0 when the space is there or there is no knowing. For before LMDB opens
// the file: closing any descriptor of it drops the locks (fcntl) that this process has there. One
// that is large enough already, perhaps open elsewhere in this process, is left alone.
int reserve_lock_file(const std::filesystem::path& file) {
    constexpr off_t kLockFile =
        off_t{64} * (kMaxReaders + 2);  // as LMDB lays it out: a slot a reader
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && status.st_size >= kLockFile) return 0;
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return errno == ENOSPC || errno == EDQUOT ? errno : 0;
    const int code = ::fallocate(fd, 0, 0, kLockFile) == 0 ? 0 : errno;
    ::close(fd);
    // Where a file system can't reserve (EOPNOTSUPP), it is as LMDB leaves it.
    return code == ENOSPC || code == EDQUOT ? code : 0;
}

std::optional<ByteView> get_row(const Environment& environment, MDB_txn* txn, TableHandle table,
                                ByteView key) {
    if (table == kNoTable) return std::nullopt;
    MDB_val k = to_val(key);
    MDB_val v{};
    const int code = mdb_get(txn, table, &k, &v);
    if (code == MDB_NOTFOUND) return std::nullopt;
    environment.check(code, "reading a row");
    return to_view(v);
}

std::uint64_t count_rows(const Environment& environment, MDB_txn* txn, TableHandle table) {
    if (table == kNoTable) return 0;
    MDB_stat stat{};
    environment.check(mdb_stat(txn, table, &stat), "counting rows");
    return stat.ms_entries;
}

}  // namespace

Environment::Environment(std::filesystem::path folder, std::uint64_t map_size, bool read_only)
    : folder_(std::move(folder)) {
    const auto file = folder_ / "data.mdb";
    std::error_code unknown;
    // LMDB takes an empty one for new, and can't make it where it may only read.
    if (read_only && std::filesystem::exists(file, unknown) &&
        std::filesystem::file_size(file, unknown) == 0)
        throw CutShort(file.string() + " is empty");
    if (const auto cut = find_cut(file))
        throw CutShort(file.string() + " is cut short (" + std::to_string(cut->has) + " of " +
                       counted(cut->needs, "byte") + ")");
    check(mdb_env_create(&env_), "making an environment");
    try {
        check(mdb_env_set_maxdbs(env_, kMaxTables), "setting the number of tables");
        check(mdb_env_set_maxreaders(env_, kMaxReaders), "setting the number of readers");
        // NOTLS: a pooled read transaction moves between threads. NORDAHEAD: keys are random.
        // Never NOSYNC, NOMETASYNC or WRITEMAP: what was answered must be on the disk.
        unsigned flags = MDB_NOTLS | MDB_NORDAHEAD;
        if (read_only) flags |= MDB_RDONLY;
        check(reserve_lock_file(folder_ / "lock.mdb"), "making its lock file");
        check(mdb_env_open(env_, folder_.c_str(), flags, 0600), "opening it");
        // What it was grown to before stays: with just the room that is used nothing could be
        // written at a start.
        if (this->map_size() < map_size)
            check(mdb_env_set_mapsize(env_, map_size), "setting the map size");
        // Readers that were killed keep old pages from being used again.
        clear_dead_readers();
        // A file that was made is only there for good once its folder is flushed too.
        if (!read_only) sync_folder(folder_);
    } catch (...) {
        mdb_env_close(env_);
        throw;
    }
}

Environment::~Environment() {
    for (MDB_txn* txn : pool_) mdb_txn_abort(txn);
    mdb_env_close(env_);
}

std::vector<TableHandle> Environment::open_tables(const std::vector<std::string>& names) {
    unsigned env_flags = 0;
    check(mdb_env_get_flags(env_, &env_flags), "asking for its flags");
    const bool read_only = (env_flags & MDB_RDONLY) != 0;
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, read_only ? MDB_RDONLY : 0, &txn), "beginning");
    std::vector<TableHandle> handles;
    for (const std::string& name : names) {
        TableHandle handle = 0;
        const int code = mdb_dbi_open(txn, name.c_str(), read_only ? 0 : MDB_CREATE, &handle);
        if (code == MDB_NOTFOUND && name.starts_with(kYounger)) {
            handle = kNoTable;
        } else if (code != MDB_SUCCESS) {
            mdb_txn_abort(txn);
            fail(code, "opening table " + name);
        }
        handles.push_back(handle);
    }
    check(mdb_txn_commit(txn), "creating its tables");
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::pair named(names[i], handles[i]);
        if (std::find(tables_.begin(), tables_.end(), named) == tables_.end())
            tables_.push_back(named);
    }
    return handles;
}

bool Environment::has_table(const std::string& name) {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "beginning to read");
    TableHandle handle = 0;
    const int code = mdb_dbi_open(txn, name.c_str(), 0, &handle);
    mdb_txn_abort(txn);
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND) fail(code, "looking for table " + name);
    return code == MDB_SUCCESS;
}

Environment::Use Environment::use() const {
    const Reader reader(*this);
    MDB_envinfo info{};
    MDB_stat stat{};
    check(mdb_env_info(env_, &info), "asking for its size");
    check(mdb_env_stat(env_, &stat), "asking for its page size");
    const std::uint64_t page = stat.ms_psize;
    return {info.me_mapsize, (info.me_last_pgno + 1) * page, info.me_numreaders};
}

std::uint64_t Environment::reusable() const {
    const Reader reader(*this);
    MDB_stat stat{};
    check(mdb_env_stat(env_, &stat), "asking for its page size");
    std::uint64_t bytes = 0;
    constexpr TableHandle kFreeList = 0;  // rows: transaction -> count and numbers of pages
    for (Cursor cursor(reader, kFreeList); cursor.next();) {
        std::size_t pages = 0;
        if (cursor.value().size() >= sizeof pages)
            std::memcpy(&pages, cursor.value().data(), sizeof pages);
        bytes += std::uint64_t{pages} * stat.ms_psize;
    }
    return bytes;
}

std::uint64_t Environment::capacity(std::uint64_t limit) const {
    const std::uint64_t used = use().used;
    struct statvfs disk {};
    if (::statvfs(folder_.c_str(), &disk) != 0) fail(errno, "asking for the room on its disk");
    return std::min(limit, used + std::uint64_t{disk.f_bavail} * disk.f_frsize);
}

std::vector<Environment::TableUse> Environment::table_use() const {
    std::vector<TableUse> tables;
    const Reader reader(*this);
    for (const auto& [name, handle] : tables_) {
        if (handle == kNoTable) continue;
        MDB_stat stat{};
        check(mdb_stat(reader.txn(), handle, &stat), "asking for the size of table " + name);
        const std::size_t pages =
            stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
        if (stat.ms_entries > 0)
            tables.push_back({name, stat.ms_entries, std::uint64_t{pages} * stat.ms_psize});
    }
    return tables;
}

bool Environment::drain(std::unique_lock<std::mutex>& gate,
                        std::chrono::milliseconds patience) const {
    opened_.wait(gate, [this] { return !closed_; });
    closed_ = true;
    if (drained_.wait_for(gate, patience, [this] { return reading_ == 0; })) return true;
    closed_ = false;
    opened_.notify_all();
    return false;
}

Environment::Growth Environment::grow(std::uint64_t room, std::uint64_t limit,
                                      std::chrono::milliseconds patience) {
    const std::lock_guard writing(write_mutex_);
    std::unique_lock gate(gate_mutex_);
    const std::uint64_t before = map_size();
    const std::uint64_t used = before - this->room();
    std::uint64_t size = before;
    while (size < limit && size - used < room) size = std::min(limit, size * 2);
    if (size <= before) return Growth::limit;
    if (!drain(gate, patience)) return Growth::readers;
    const int code = mdb_env_set_mapsize(env_, size);
    closed_ = false;
    opened_.notify_all();
    check(code, "growing its map");
    return Growth::grown;
}

std::uint64_t Environment::map_size() const {
    MDB_envinfo info{};
    check(mdb_env_info(env_, &info), "asking for its size");
    return info.me_mapsize;
}

std::uint64_t Environment::room() const {
    MDB_envinfo info{};
    MDB_stat stat{};
    check(mdb_env_info(env_, &info), "asking for its size");
    check(mdb_env_stat(env_, &stat), "asking for its page size");
    const std::uint64_t used = (info.me_last_pgno + 1) * std::uint64_t{stat.ms_psize};
    return info.me_mapsize - std::min<std::uint64_t>(info.me_mapsize, used);
}

// The process that writes has grown the map beyond ours.
void Environment::adopt_size() const {
    if (readers_of_thread > 0) fail(MDB_MAP_RESIZED, "reading while another process grew it");
    std::unique_lock gate(gate_mutex_);
    if (!drain(gate, kAdoptPatience)) fail(MDB_MAP_RESIZED, "waiting for readers");
    const int code = mdb_env_set_mapsize(env_, 0);
    closed_ = false;
    opened_.notify_all();
    check(code, "taking over the size of its map");
}

int Environment::clear_dead_readers() const {
    int dead = 0;
    check(mdb_reader_check(env_, &dead), "clearing dead readers");
    return dead;
}

void Environment::copy_to(const std::filesystem::path& folder) const {
    // It is the other disk that is at fault.
    const auto failed = [&](int code, std::string_view what) {
        throw EnvironmentError(folder.string() + ": " + std::string(what) + " " + folder_.string() +
                               ": " + mdb_strerror(code) + space_advice(folder, code));
    };
    {
        const Reader reading(*this);  // keeps the map where it is
        if (const int code = mdb_env_copy2(env_, folder.c_str(), MDB_CP_COMPACT))
            failed(code, "copying");
    }
    const int fd = ::open((folder / "data.mdb").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || ::fchmod(fd, 0600) != 0 || ::fsync(fd) != 0) {
        const int code = errno;
        if (fd >= 0) ::close(fd);
        failed(code, "flushing the copy of");
    }
    ::close(fd);
    sync_folder(folder);
}

namespace {

// Whoever answers for us can tell it from a failure, as a full disk (failed_write.h).
[[noreturn]] void throw_map_full(const std::string& message) {
    try {
        throw std::system_error(std::make_error_code(std::errc::no_space_on_device));
    } catch (const std::system_error&) {
        std::throw_with_nested(MapFull(message));
    }
}

}  // namespace

void Environment::fail(int code, std::string_view what) const {
    // LMDB's own codes are negative.
    if (code > 0) throw_failed(folder_ / "data.mdb", what, code);
    const std::string message =
        folder_.string() + ": " + std::string(what) + ": " + mdb_strerror(code);
    if (code == MDB_MAP_FULL) throw_map_full(message);
    throw EnvironmentError(message);
}

MDB_txn* Environment::take_reader() const {
    std::unique_lock gate(gate_mutex_);
    if (readers_of_thread == 0) opened_.wait(gate, [this] { return !closed_; });
    ++reading_;
    if (pool_.empty()) return nullptr;
    MDB_txn* txn = pool_.back();
    pool_.pop_back();
    return txn;
}

MDB_txn* Environment::begin_reading() const {
    for (;;) {
        MDB_txn* txn = take_reader();
        const int code =
            txn != nullptr ? mdb_txn_renew(txn) : mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
        if (code == MDB_SUCCESS) return txn;
        {
            const std::lock_guard gate(gate_mutex_);
            if (txn != nullptr) mdb_txn_abort(txn);
            --reading_;
            drained_.notify_all();
        }
        if (code != MDB_MAP_RESIZED) fail(code, "beginning to read");
        adopt_size();
    }
}

void Environment::end_reading(MDB_txn* txn) const {
    mdb_txn_reset(txn);
    const std::lock_guard gate(gate_mutex_);
    --reading_;
    if (closed_) drained_.notify_all();
    if (pool_.size() < kPooledReaders)
        pool_.push_back(txn);
    else
        mdb_txn_abort(txn);
}

Reader::Reader(const Environment& environment)
    : environment_(environment), txn_(environment.begin_reading()) {
    ++readers_of_thread;
}

Reader::~Reader() {
    --readers_of_thread;
    environment_.end_reading(txn_);
}

std::optional<ByteView> Reader::get(TableHandle table, ByteView key) const {
    return get_row(environment_, txn_, table, key);
}

std::uint64_t Reader::rows(TableHandle table) const {
    return count_rows(environment_, txn_, table);
}

Writer::Writer(Environment& environment)
    : environment_(environment), lock_(environment.write_mutex_) {
    environment.check(mdb_txn_begin(environment.env_, nullptr, 0, &txn_), "beginning to write");
}

Writer::Writer(Writer& parent) : environment_(parent.environment_) {
    environment_.check(mdb_txn_begin(environment_.env_, parent.txn_, 0, &txn_),
                       "beginning a nested write");
}

Writer::~Writer() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
}

std::optional<ByteView> Writer::get(TableHandle table, ByteView key) const {
    return get_row(environment_, txn_, table, key);
}

void Writer::put(TableHandle table, ByteView key, ByteView value) {
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    environment_.check(mdb_put(txn_, table, &k, &v, 0), "writing a row");
}

void Writer::append(TableHandle table, ByteView key, ByteView value) {
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    environment_.check(mdb_put(txn_, table, &k, &v, MDB_APPEND), "appending a row");
}

void Writer::remove(TableHandle table, ByteView key) {
    MDB_val k = to_val(key);
    const int code = mdb_del(txn_, table, &k, nullptr);
    if (code != MDB_NOTFOUND) environment_.check(code, "removing a row");
}

void Writer::clear(TableHandle table) {
    environment_.check(mdb_drop(txn_, table, 0), "clearing a table");
}

std::uint64_t Writer::rows(TableHandle table) const {
    return count_rows(environment_, txn_, table);
}

void Writer::commit() {
    MDB_txn* txn = txn_;
    txn_ = nullptr;  // freed by LMDB whether or not it succeeds
    const int code = mdb_txn_commit(txn);
    if (lock_.owns_lock()) lock_.unlock();
    environment_.check(code, "committing");
}

Cursor::Cursor(const Environment& environment, MDB_txn* txn, TableHandle table)
    : environment_(environment) {
    if (table != kNoTable)
        environment.check(mdb_cursor_open(txn, table, &cursor_), "opening a cursor");
}

Cursor::~Cursor() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

bool Cursor::seek(ByteView key) {
    if (cursor_ == nullptr) return false;
    MDB_val k = to_val(key);
    MDB_val v{};
    const int code = mdb_cursor_get(cursor_, &k, &v, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND) return false;
    environment_.check(code, "seeking a row");
    key_ = to_view(k);
    value_ = to_view(v);
    return true;
}

bool Cursor::move(MDB_cursor_op op) {
    if (cursor_ == nullptr) return false;
    MDB_val k{};
    MDB_val v{};
    const int code = mdb_cursor_get(cursor_, &k, &v, op);
    if (code == MDB_NOTFOUND) return false;
    environment_.check(code, "reading the next row");
    key_ = to_view(k);
    value_ = to_view(v);
    return true;
}

void Cursor::put(ByteView key, ByteView value) {
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    environment_.check(mdb_cursor_put(cursor_, &k, &v, 0), "writing a row");
}

void Cursor::remove() {
    environment_.check(mdb_cursor_del(cursor_, 0), "removing a row");
}

}  // namespace reelproof::ledger::lmdb
