// Age bodies as files of a folder, each named by its SHA-256, and the writing of new ones: bit by
// bit, in constant memory, going on after a crash where the file on disk ends. Without the key of a
// body none of this reads what is in it.
// The functions of BodyFolder are thread-safe; a writer or reader belongs to one thread at a time.
// Trouble of the disk is an EnvironmentError.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "ledger/base/sha256_stream.h"
#include "ledger/vault/age.h"

namespace reelproof::ledger {

// A body that is being written: "<name>.part" in its folder. Bytes are appended and counted in.
class PartFile {
  public:
    // Opens what is there, or begins. Nothing of it is counted in yet.
    PartFile(const std::filesystem::path& folder, const std::string& name);
    ~PartFile();
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;

    [[nodiscard]] std::uint64_t on_disk() const;
    // The next bytes on disk behind what is counted in; fewer at the end. They may be counted in.
    [[nodiscard]] Bytes peek(std::size_t most) const;
    void count(ByteView bytes);
    // Those that are not counted in go.
    void cut();
    void append(ByteView bytes);
    // Counted in.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Hash hash() const { return hash_.value(); }
    // What is counted in survives a power cut.
    void sync() const;

  private:
    [[noreturn]] void fail(const char* step) const;

    std::filesystem::path file_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    Sha256Stream hash_;
};

class BodyFolder {
  public:
    // Makes the folder where there is none.
    explicit BodyFolder(std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
    [[nodiscard]] std::filesystem::path file_of(const Hash& body) const;
    [[nodiscard]] bool has(const Hash& body) const;
    // The part gets the name of its hash, durably. It was synced. Again is harmless.
    void keep(const std::string& part, const Hash& body) const;
    void remove(const Hash& body) const;
    void remove_part(const std::string& name) const;
    // Names of those that are there.
    [[nodiscard]] std::set<std::string> parts() const;
    // Parts that nobody goes on with any more.
    void sweep_parts(const std::function<bool(const std::string& name)>& is_wanted) const;

  private:
    const std::filesystem::path folder_;
};

// Seals plain text of a known size into a part. A place is sealed twice only after a crash, with
// the same bytes of the same file, so no nonce serves two texts.
class BodyWriter {
  public:
    // Goes on with what is on disk: as many chunks as are whole and hold under the key.
    BodyWriter(const BodyFolder& folder, const std::string& part, const AgeFileKey& key,
               std::uint64_t total);

    // Bytes of plain text that need not be sent again.
    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] bool done() const { return done_; }
    // What comes behind taken(). Whole chunks are written, and the last one; the rest has to come
    // again. `too_large` when it is more than the total. After an exception the writer is of no
    // use: a new one goes on with what is on disk.
    Result<void> take(ByteView plain);
    // Once done(): it survives a power cut. The hash of the body.
    Hash finish();

  private:
    void go_on();

    PartFile part_;
    const AgeFileKey key_;
    const std::uint64_t total_;
    std::optional<AgeBody> body_;
    std::uint64_t taken_ = 0;
    bool done_ = false;
    Bytes sealed_;
};

// Reads a whole body.
class BodyReader {
  public:
    // `not_found`; `invalid` when no body is so long.
    static Result<BodyReader> open(const std::filesystem::path& file);
    ~BodyReader();
    BodyReader(BodyReader&& other) noexcept;
    BodyReader& operator=(BodyReader&&) = delete;

    // Of the plain text, and of the file.
    [[nodiscard]] std::uint64_t size() const { return plain_; }
    [[nodiscard]] std::uint64_t body_size() const { return body_; }
    // Plain text from `offset` on: `size` bytes, fewer at the end. `invalid` when what is on disk
    // does not hold under this key.
    Result<Bytes> read(const AgeFileKey& key, std::uint64_t offset, std::size_t size);
    // The file's own bytes.
    Result<Bytes> raw(std::uint64_t offset, std::size_t size);

  private:
    BodyReader(int descriptor, std::uint64_t body, std::uint64_t plain)
        : descriptor_(descriptor), body_(body), plain_(plain) {}

    int descriptor_;
    std::uint64_t body_, plain_;
    Bytes sealed_;
};

}  // namespace reelproof::ledger
