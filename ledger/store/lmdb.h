// LMDB as this store uses it: an environment with its pool of read transactions, write transactions
// that may nest, cursors. Environment and Reader are thread-safe as described; a Writer belongs to
// the thread that made it. All trouble is an EnvironmentError.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <lmdb.h>

#include "ledger/base/bytes.h"

namespace reelproof::ledger::lmdb {

// The map is full: the transaction can only be aborted, but the store itself is sound. A
// std::system_error no_space_on_device is nested in it.
class MapFull : public EnvironmentError {
  public:
    using EnvironmentError::EnvironmentError;
};

// The data file ends before its last page in use: it can't be opened.
class CutShort : public EnvironmentError {
  public:
    using EnvironmentError::EnvironmentError;
};

using TableHandle = MDB_dbi;
// A table that this store has not: without rows, and nothing is written to it.
inline constexpr TableHandle kNoTable = ~TableHandle{0};

class Environment {
  public:
    // Opens or creates the environment in `folder` (which must exist). Each commit is durable when
    // it returns. Read-only: nothing is created, and it may lie beside a running writer. Throws
    // CutShort.
    Environment(std::filesystem::path folder, std::uint64_t map_size, bool read_only);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    // Opens tables by name, creating them when writable. Only before other threads use it.
    // In a read-only environment a table that is not there gives an EnvironmentError.
    std::vector<TableHandle> open_tables(const std::vector<std::string>& names);
    // True when the environment holds a table of that name.
    [[nodiscard]] bool has_table(const std::string& name);

    struct Use {
        std::uint64_t map_size = 0, used = 0;  // bytes
        std::uint32_t readers = 0;             // slots that were ever taken
    };
    [[nodiscard]] Use use() const;
    // Bytes of the used ones that are free again. Reads the list of them: not for each request.
    [[nodiscard]] std::uint64_t reusable() const;
    // Bytes that it can hold when its map grows up to `limit`: the disk may have room for less.
    [[nodiscard]] std::uint64_t capacity(std::uint64_t limit) const;
    // Rows and bytes of each open table that holds any.
    struct TableUse {
        std::string name;
        std::uint64_t rows = 0, bytes = 0;
    };
    [[nodiscard]] std::vector<TableUse> table_use() const;
    // Doubles the map until `room` bytes of it are free, up to `limit` bytes altogether. New
    // readers wait meanwhile; those that read get `patience` to end. Unless it has grown all is as
    // before. Not within a transaction of this thread.
    enum class Growth {
        grown,
        limit,    // leaves no more room; no reader was kept waiting
        readers,  // did not end in time
    };
    Growth grow(std::uint64_t room, std::uint64_t limit, std::chrono::milliseconds patience);
    // Free bytes of the map behind the used ones, and the map's size. Only on the thread that
    // grows.
    [[nodiscard]] std::uint64_t room() const;
    [[nodiscard]] std::uint64_t map_size() const;
    // Frees the slots of processes that died while they read, whose pages can't be used again
    // before; gives how many. Thread-safe.
    int clear_dead_readers() const;  // NOLINT(modernize-use-nodiscard)
    // Compacting copy into an empty folder, durable when it returns. Counts as a reader for as long
    // as it takes. Thread-safe.
    void copy_to(const std::filesystem::path& folder) const;
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    // Throws for an error code: which environment, what was tried, and LMDB's reason.
    [[noreturn]] void fail(int code, std::string_view what) const;
    void check(int code, std::string_view what) const {
        if (code != MDB_SUCCESS) fail(code, what);
    }

  private:
    friend class Reader;
    friend class Writer;

    std::filesystem::path folder_;
    MDB_env* env_ = nullptr;
    // The gate: the map may only be changed while nobody in this process reads from it.
    MDB_txn* begin_reading() const;
    MDB_txn* take_reader() const;
    void end_reading(MDB_txn* txn) const;
    bool drain(std::unique_lock<std::mutex>& gate, std::chrono::milliseconds patience) const;
    void adopt_size() const;

    std::mutex write_mutex_;  // one writer at a time, also within this process
    mutable std::mutex gate_mutex_;
    mutable std::condition_variable drained_, opened_;         // with gate_mutex_
    std::vector<std::pair<std::string, TableHandle>> tables_;  // constant once all are open
    mutable unsigned reading_ = 0;                             // owner: gate_mutex_
    mutable bool closed_ = false;                              // owner: gate_mutex_
    mutable std::vector<MDB_txn*> pool_;  // owner: gate_mutex_; reset, ready to be renewed
};

// A consistent view of one environment for a short time: long ones make the file grow. Views it
// gives point into the map and end with it. Made, used and ended by one thread.
class Reader {
  public:
    explicit Reader(const Environment& environment);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    [[nodiscard]] std::optional<ByteView> get(TableHandle table, ByteView key) const;
    [[nodiscard]] std::uint64_t rows(TableHandle table) const;
    [[nodiscard]] const Environment& environment() const { return environment_; }
    [[nodiscard]] MDB_txn* txn() const { return txn_; }

  private:
    const Environment& environment_;
    MDB_txn* txn_ = nullptr;
};

// The write transaction. Destruction without commit() undoes everything.
class Writer {
  public:
    explicit Writer(Environment& environment);
    // A transaction inside `parent`, which must not be used until this one has ended.
    explicit Writer(Writer& parent);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // The view ends with the next write.
    [[nodiscard]] std::optional<ByteView> get(TableHandle table, ByteView key) const;
    void put(TableHandle table, ByteView key, ByteView value);
    // `key` must be greater than every key of the table; fills pages without gaps.
    void append(TableHandle table, ByteView key, ByteView value);
    void remove(TableHandle table, ByteView key);  // nothing happens when it is not there
    void clear(TableHandle table);
    [[nodiscard]] std::uint64_t rows(TableHandle table) const;
    // Durable when it returns (of the outermost transaction). Throws MapFull or EnvironmentError.
    void commit();
    [[nodiscard]] const Environment& environment() const { return environment_; }
    [[nodiscard]] MDB_txn* txn() const { return txn_; }

  private:
    Environment& environment_;
    std::unique_lock<std::mutex> lock_;
    MDB_txn* txn_ = nullptr;
};

// Rows of a table in key order. Ends before its transaction does.
class Cursor {
  public:
    Cursor(const Reader& reader, TableHandle table)
        : Cursor(reader.environment(), reader.txn(), table) {}
    Cursor(const Writer& writer, TableHandle table)
        : Cursor(writer.environment(), writer.txn(), table) {}
    ~Cursor();
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    // Each moves and says whether it stands on a row.
    bool seek(ByteView key);  // first row with a key >= `key`
    bool first() { return move(MDB_FIRST); }
    bool last() { return move(MDB_LAST); }
    bool next() { return move(MDB_NEXT); }
    bool previous() { return move(MDB_PREV); }
    [[nodiscard]] ByteView key() const { return key_; }
    [[nodiscard]] ByteView value() const { return value_; }
    // Puts a row; quick when keys come in ascending order. Only in a Writer.
    void put(ByteView key, ByteView value);
    // Removes the row it stands on. Only in a Writer.
    void remove();

  private:
    Cursor(const Environment& environment, MDB_txn* txn, TableHandle table);
    bool move(MDB_cursor_op op);

    const Environment& environment_;
    MDB_cursor* cursor_ = nullptr;
    ByteView key_, value_;
};

}  // namespace reelproof::ledger::lmdb
