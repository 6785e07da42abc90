#include "ledger/vault/bodies.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/failed_write.h"
#include "ledger/base/file.h"

namespace reelproof::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartSuffix = ".part";
constexpr std::size_t kSealedChunk = kAgeChunk + kAgeMac, kNonce = AgeNonce{}.size();
// That many chunks are sealed and written, or read and opened, at a time.
constexpr std::size_t kAtATime = 16;

[[noreturn]] void fail_at(const fs::path& file, const char* step) {
    throw_failed(file, step, errno);
}

fs::path part_path(const fs::path& folder, const std::string& name) {
    return folder / (name + std::string(kPartSuffix));
}

// Fewer bytes only at the end of the file.
std::size_t read_at(int descriptor, std::span<std::uint8_t> into, std::uint64_t offset,
                    const fs::path& file) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto got = ::pread(descriptor, into.data() + done, into.size() - done,
                                 static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail_at(file, "read");
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

std::uint64_t size_of(int descriptor, const fs::path& file) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) fail_at(file, "fstat");
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

PartFile::PartFile(const fs::path& folder, const std::string& name)
    : file_(part_path(folder, name)),
      descriptor_(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail("open");
}

PartFile::~PartFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

PartFile::PartFile(PartFile&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      hash_(std::move(other.hash_)) {}

void PartFile::fail(const char* step) const {
    fail_at(file_, step);
}

std::uint64_t PartFile::on_disk() const {
    return size_of(descriptor_, file_);
}

Bytes PartFile::peek(std::size_t most) const {
    Bytes out(most);
    out.resize(read_at(descriptor_, out, size_, file_));
    return out;
}

void PartFile::count(ByteView bytes) {
    hash_.add(bytes);
    size_ += bytes.size();
}

void PartFile::cut() {
    if (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) fail("ftruncate");
}

void PartFile::append(ByteView bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto wrote = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                    static_cast<off_t>(size_ + done));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) fail("write");
        done += static_cast<std::size_t>(wrote);
    }
    count(bytes);
}

void PartFile::sync() const {
    if (::fsync(descriptor_) != 0) fail("fsync");
    sync_folder(file_.parent_path());
}

BodyFolder::BodyFolder(fs::path folder) : folder_(std::move(folder)) {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    if (failed) throw EnvironmentError(folder_.string() + ": " + failed.message());
    fs::permissions(folder_, fs::perms::owner_all, failed);
    if (failed) throw EnvironmentError(folder_.string() + ": " + failed.message());
}

fs::path BodyFolder::file_of(const Hash& body) const {
    return folder_ / to_hex(body);
}

bool BodyFolder::has(const Hash& body) const {
    return fs::exists(file_of(body));
}

void BodyFolder::keep(const std::string& part, const Hash& body) const {
    const auto from = part_path(folder_, part), to = file_of(body);
    if (::rename(from.c_str(), to.c_str()) != 0 && !(errno == ENOENT && has(body)))
        fail_at(from, "rename");
    sync_folder(folder_);
}

void BodyFolder::remove(const Hash& body) const {
    const auto file = file_of(body);
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail_at(file, "unlink");
}

void BodyFolder::remove_part(const std::string& name) const {
    const auto file = part_path(folder_, name);
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail_at(file, "unlink");
}

std::set<std::string> BodyFolder::parts() const {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        auto name = entry.path().filename().string();
        if (!name.ends_with(kPartSuffix)) continue;
        name.resize(name.size() - kPartSuffix.size());
        out.insert(std::move(name));
    }
    return out;
}

void BodyFolder::sweep_parts(const std::function<bool(const std::string&)>& is_wanted) const {
    for (const auto& name : parts())
        if (!is_wanted(name)) remove_part(name);
}

BodyWriter::BodyWriter(const BodyFolder& folder, const std::string& part, const AgeFileKey& key,
                       std::uint64_t total)
    : part_(folder.path(), part), key_(key), total_(total) {
    go_on();
}

void BodyWriter::go_on() {
    const auto there = part_.on_disk();
    AgeNonce nonce;
    if (there < kNonce) {
        part_.cut();
        fill_random(nonce);
        part_.append(nonce);
    } else {
        const auto start = part_.peek(kNonce);
        std::copy(start.begin(), start.end(), nonce.begin());
        part_.count(start);
    }
    body_.emplace(key_, nonce);
    // After a power cut the file may be longer than what reached the disk.
    Bytes plain(kAgeChunk);
    while (!done_ && part_.size() < there) {
        const auto left = total_ - taken_;
        const bool last = left <= kAgeChunk;
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, kAgeChunk));
        if (there - part_.size() < wanted + kAgeMac) break;
        const auto next = part_.peek(wanted + kAgeMac);
        if (!body_->open(taken_ / kAgeChunk, last, next, std::span(plain).first(wanted))) break;
        part_.count(next);
        taken_ += wanted;
        done_ = last;
    }
    wipe(plain.data(), plain.size());
    part_.cut();
}

Result<void> BodyWriter::take(ByteView plain) {
    if (plain.size() > total_ - taken_)
        return Error{ErrorKind::too_large,
                     "the document is larger than was said: more than " + counted(total_, "byte")};
    sealed_.resize(kAtATime * kSealedChunk);
    // An empty document is one empty chunk.
    while (!done_) {
        std::size_t filled = 0;
        auto taken = taken_;
        bool done = false;
        for (std::size_t i = 0; i < kAtATime && !done; ++i) {
            const auto left = total_ - taken;
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kAgeChunk));
            if (plain.size() < size) break;
            done = left <= kAgeChunk;
            body_->seal(taken / kAgeChunk, done, plain.first(size),
                        std::span(sealed_).subspan(filled, size + kAgeMac));
            plain = plain.subspan(size);
            filled += size + kAgeMac;
            taken += size;
        }
        if (filled == 0) break;
        // Told as taken only once it is written: a full disk must lose nothing.
        part_.append(ByteView(sealed_).first(filled));
        taken_ = taken;
        done_ = done;
    }
    return {};
}

Hash BodyWriter::finish() {
    if (!done_ || part_.size() != age_body_size(total_))
        throw std::logic_error("a body is finished before its end");
    part_.sync();
    return part_.hash();
}

Result<BodyReader> BodyReader::open(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno != ENOENT) fail_at(file, "open");
        return Error{ErrorKind::not_found, "the document's file is not in the vault's folder"};
    }
    BodyReader out(descriptor, 0, 0);
    out.body_ = size_of(descriptor, file);
    const auto plain = age_plain_size(out.body_);
    if (!plain) return invalid("the document's file in the vault was cut short");
    out.plain_ = *plain;
    return out;
}

BodyReader::~BodyReader() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

BodyReader::BodyReader(BodyReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      body_(other.body_),
      plain_(other.plain_),
      sealed_(std::move(other.sealed_)) {}

Result<Bytes> BodyReader::raw(std::uint64_t offset, std::size_t size) {
    if (offset >= body_) return Bytes();
    Bytes out(static_cast<std::size_t>(std::min<std::uint64_t>(size, body_ - offset)));
    out.resize(read_at(descriptor_, out, offset, "a document's file"));
    return out;
}

Result<Bytes> BodyReader::read(const AgeFileKey& key, std::uint64_t offset, std::size_t size) {
    const auto damaged = [] {
        return invalid("the document's file in the vault was changed, or is another's");
    };
    AgeNonce nonce;
    if (read_at(descriptor_, nonce, 0, "a document's file") != nonce.size()) return damaged();
    const AgeBody body(key, nonce);
    const auto end = std::min<std::uint64_t>(plain_, offset > plain_ ? plain_ : offset + size);
    // An empty document has a chunk, too, which says that it is empty.
    if (offset >= end && (offset > 0 || plain_ > 0)) return Bytes();
    const auto first = offset / kAgeChunk;
    const auto after = std::max<std::uint64_t>(first + 1, (end + kAgeChunk - 1) / kAgeChunk);
    Bytes out(static_cast<std::size_t>((after - first) * kAgeChunk));
    std::size_t filled = 0;
    sealed_.resize(kAtATime * kSealedChunk);
    for (auto at = first; at < after;) {
        const auto chunks = std::min<std::uint64_t>(kAtATime, after - at);
        const auto got = read_at(
            descriptor_, std::span(sealed_).first(static_cast<std::size_t>(chunks) * kSealedChunk),
            kNonce + at * kSealedChunk, "a document's file");
        for (ByteView rest = ByteView(sealed_).first(got); !rest.empty(); ++at) {
            const auto sealed = rest.first(std::min(rest.size(), kSealedChunk));
            rest = rest.subspan(sealed.size());
            if (sealed.size() < kAgeMac) return damaged();
            const bool last = kNonce + at * kSealedChunk + sealed.size() == body_;
            const auto into = std::span(out).subspan(filled, sealed.size() - kAgeMac);
            if (!body.open(at, last, sealed, into)) return damaged();
            filled += into.size();
        }
        if (got < chunks * kSealedChunk && at < after) return damaged();
    }
    const auto skip = static_cast<std::size_t>(offset - first * kAgeChunk);
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(skip, filled)));
    out.resize(static_cast<std::size_t>(end - offset));
    return out;
}

}  // namespace reelproof::ledger
