#include "ledger/store/lmdb_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/bytes.h"

namespace reelproof::ledger::lmdb {

namespace {

// LMDB's format, version 1 on 64 bits: a page begins with its number, its flags (at 10) and the end
// of its table of nodes (at 12); one of an overflow goes on for as long as its value does.
constexpr std::uint32_t kMagic = 0xBEEFC0DE, kVersion = 1;
constexpr std::size_t kPageHead = 16, kNodeHead = 8;
constexpr std::uint16_t kBranch = 1, kLeaf = 2;  // flags of a page
constexpr std::uint16_t kOverflow = 1;           // flag of a node
constexpr std::uint64_t kLeastPage = 4096;
constexpr int kDeepest = 32;  // no tree of LMDB is deeper

struct Tree {
    std::uint32_t page_size;  // in the list of free pages only
    std::uint16_t flags, depth;
    std::uint64_t branches, leaves, overflows, rows, root;
};

// Behind the heads of pages 0 and 1.
struct Meta {
    std::uint32_t magic, version;
    std::uint64_t address, map_size;
    Tree free_pages, main;
    std::uint64_t last_page, transaction;
};
static_assert(sizeof(Meta) == 136);

template <typename T>
std::optional<T> value_at(ByteView bytes, std::size_t at) {
    if (at > bytes.size() || bytes.size() - at < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

class DataFile {
  public:
    explicit DataFile(const std::filesystem::path& path)
        : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (fd_ < 0 && errno != ENOENT) fail();
    }
    ~DataFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    DataFile(const DataFile&) = delete;
    DataFile& operator=(const DataFile&) = delete;

    [[nodiscard]] std::uint64_t size() const {
        struct stat status {};
        if (fd_ < 0) return 0;
        if (::fstat(fd_, &status) != 0) fail();
        return static_cast<std::uint64_t>(status.st_size);
    }

    // Nothing when they are not all there.
    [[nodiscard]] std::optional<Bytes> read(std::uint64_t at, std::size_t length) const {
        if (const auto all = size(); at > all || length > all - at) return std::nullopt;
        Bytes bytes(length);
        const ssize_t got = ::pread(fd_, bytes.data(), length, static_cast<off_t>(at));
        if (got < 0) fail();
        if (static_cast<std::size_t>(got) != length) return std::nullopt;
        return bytes;
    }

    [[nodiscard]] std::optional<Meta> meta(std::uint64_t at) const {
        const auto bytes = read(at + kPageHead, sizeof(Meta));
        return bytes ? value_at<Meta>(*bytes, 0) : std::nullopt;
    }

  private:
    [[noreturn]] void fail() const {
        throw EnvironmentError(path_.string() + ": can't read: " + std::strerror(errno));
    }

    const std::filesystem::path& path_;
    const int fd_;
};

// Counts the free pages of one commit that lie beyond the end of the file. One that was taken from
// there and given up again before the commit is never written, so a sound file may lack some.
class FreeBeyond {
  public:
    FreeBeyond(const DataFile& file, const Meta& meta, std::uint64_t first)
        : file_(file), meta_(meta), page_size_(meta.free_pages.page_size), first_(first) {}

    // Nothing when the list of them is itself not whole.
    std::optional<std::uint64_t> count() {
        if (!visit_page(meta_.free_pages.root, 0)) return std::nullopt;
        return count_;
    }

  private:
    bool visit_page(std::uint64_t number, int depth) {
        if (number > meta_.last_page || depth >= meta_.free_pages.depth || depth >= kDeepest)
            return false;
        // In a damaged file a page may be its own child: the tree has no more pages than the file.
        if (++visited_ > first_) return false;
        const auto page = file_.read(number * page_size_, page_size_);
        if (!page) return false;
        const auto flags = *value_at<std::uint16_t>(*page, 10);
        const auto end = *value_at<std::uint16_t>(*page, 12);
        if ((flags & (kBranch | kLeaf)) == 0) return false;
        for (std::size_t at = kPageHead; at + 2 <= end; at += 2) {
            const auto node = value_at<std::uint16_t>(*page, at);
            const auto head = node ? value_at<std::uint64_t>(*page, *node) : std::nullopt;
            if (!head) return false;
            // Of a branch 48 bits are the number of a page, of a leaf 32 bits the value's length.
            const bool good = (flags & kBranch) != 0
                                  ? visit_page(*head & 0xFFFF'FFFF'FFFF, depth + 1)
                                  : visit_row(*page, *node, *head);
            if (!good) return false;
        }
        return true;
    }

    bool visit_row(const Bytes& page, std::size_t node, std::uint64_t head) {
        const std::size_t length = head & 0xFFFF'FFFF;
        const std::size_t at = node + kNodeHead + (head >> 48);
        if ((head >> 32 & kOverflow) == 0)
            return at + length <= page.size() && visit_list(ByteView(page).subspan(at, length));
        const auto number = value_at<std::uint64_t>(page, at);
        if (!number || *number > meta_.last_page) return false;
        const auto list = file_.read(*number * page_size_ + kPageHead, length);
        return list && visit_list(*list);
    }

    // A count, and the numbers of so many pages.
    bool visit_list(ByteView list) {
        const auto pages = value_at<std::uint64_t>(list, 0);
        if (!pages || *pages > list.size() / 8 - 1) return false;
        for (std::size_t i = 1; i <= *pages; ++i) {
            const auto number = *value_at<std::uint64_t>(list, i * 8);
            if (number >= first_ && number <= meta_.last_page) ++count_;
        }
        return true;
    }

    const DataFile& file_;
    const Meta& meta_;
    const std::uint64_t page_size_, first_;
    std::uint64_t count_ = 0, visited_ = 0;
};

std::optional<CutFile> find_cut(const DataFile& file, const Meta& meta) {
    const std::uint64_t page_size = meta.free_pages.page_size;
    // After the commit that it has to hold.
    const std::uint64_t has = file.size();
    const std::uint64_t pages = has / page_size;
    if (pages > meta.last_page) return std::nullopt;
    const CutFile cut{has, (meta.last_page + 1) * page_size};
    if (pages < 2 || FreeBeyond(file, meta, pages).count() != meta.last_page + 1 - pages)
        return cut;
    return std::nullopt;
}

}  // namespace

std::optional<CutFile> find_cut(const std::filesystem::path& path) {
    const DataFile file(path);
    if (file.size() == 0) return std::nullopt;
    std::uint64_t transaction = 0;
    for (;;) {
        auto newest = file.meta(0);
        if (!newest) return CutFile{file.size(), 2 * kLeastPage};
        const std::uint64_t page_size = newest->free_pages.page_size;
        if (newest->magic != kMagic || newest->version != kVersion || page_size < kLeastPage)
            return std::nullopt;
        const auto second = file.meta(page_size);
        if (second && second->transaction > newest->transaction) newest = second;
        const auto cut = find_cut(file, *newest);
        // Who writes beside us may have used pages of the list again: then there is a newer commit.
        if (!cut || newest->transaction == transaction) return cut;
        transaction = newest->transaction;
    }
}

}  // namespace reelproof::ledger::lmdb
