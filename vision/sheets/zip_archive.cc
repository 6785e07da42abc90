#include "vision/sheets/zip_archive.h"

#include <algorithm>

#include <zlib.h>

namespace reelproof::vision {
namespace {

// PKWARE APPNOTE 6.3: 4.3.7, 4.3.12, 4.3.16.
constexpr std::uint32_t kLocalHead = 0x04034b50, kDirectoryHead = 0x02014b50, kEnd = 0x06054b50;
constexpr std::size_t kLocalSize = 30, kDirectorySize = 46, kEndSize = 22, kLongestRemark = 65535;
constexpr std::uint16_t kEncrypted = 1 | 1 << 6 | 1 << 13;
constexpr std::uint16_t kStored = 0, kDeflated = 8;
constexpr std::uint32_t kZip64 = 0xffffffff;
constexpr std::size_t kMostGrowth = 200, kFreeGrowth = 65536;

Error unreadable(const std::string& why) {
    return {"zip.unreadable", "the archive can't be read: " + why};
}
Error damaged() {
    return unreadable("it is damaged or cut off");
}

// Numbers of the archive, little-endian. Who asks has looked whether they are there.
class Numbers {
  public:
    explicit Numbers(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    [[nodiscard]] std::uint16_t u16(std::size_t at) const {
        return static_cast<std::uint16_t>(bytes_[at] | bytes_[at + 1] << 8);
    }
    [[nodiscard]] std::uint32_t u32(std::size_t at) const {
        return u16(at) | static_cast<std::uint32_t>(u16(at + 2)) << 16;
    }
    [[nodiscard]] bool has(std::size_t at, std::size_t size) const {
        return at <= bytes_.size() && size <= bytes_.size() - at;
    }
    [[nodiscard]] std::string text(std::size_t at, std::size_t size) const {
        return {reinterpret_cast<const char*>(bytes_.data()) + at, size};
    }

  private:
    std::span<const std::uint8_t> bytes_;
};

// The last one, behind which there is a remark alone.
Result<std::size_t> end_of(std::span<const std::uint8_t> file) {
    const Numbers in(file);
    if (file.size() < kEndSize) return damaged();
    const auto last = file.size() - kEndSize;
    const auto first = last > kLongestRemark ? last - kLongestRemark : 0;
    for (auto at = last + 1; at-- > first;)
        if (in.u32(at) == kEnd && at + kEndSize + in.u16(at + 20) == file.size()) return at;
    return damaged();
}

Result<void> check_sizes(const ZipMember& member) {
    if (member.size > member.packed * kMostGrowth + kFreeGrowth)
        return Error{"zip.too-large",
                     "the archive holds a file that grows more than two "
                     "hundredfold when it is unpacked"};
    if (!member.deflated && member.size != member.packed) return damaged();
    return {};
}

}  // namespace

bool is_zip(std::span<const std::uint8_t> file) {
    return file.size() >= 4 && Numbers(file).u32(0) == kLocalHead;
}

Result<ZipArchive> ZipArchive::open(std::span<const std::uint8_t> file) {
    const Numbers in(file);
    const auto end = end_of(file);
    if (!end) return end.error();
    const std::size_t count = in.u16(*end + 10), size = in.u32(*end + 12);
    const std::size_t begin = in.u32(*end + 16);
    if (in.u16(*end + 4) != 0 || in.u16(*end + 6) != 0 || in.u16(*end + 8) != count)
        return unreadable("it is one part of several");
    if (count == 0xffff || begin == kZip64) return unreadable("it is Zip64");
    if (count > kMostMembers)
        return Error{"zip.too-many",
                     "the archive holds more than " + std::to_string(kMostMembers) + " files"};
    if (!in.has(begin, size) || begin + size != *end) return damaged();
    ZipArchive out;
    out.file_ = file;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (auto at = begin; out.members_.size() < count;) {
        if (!in.has(at, kDirectorySize) || in.u32(at) != kDirectoryHead) return damaged();
        const std::size_t name = in.u16(at + 28), more = in.u16(at + 30) + in.u16(at + 32);
        if (!in.has(at, kDirectorySize + name + more) || at + kDirectorySize + name + more > *end)
            return damaged();
        ZipMember member{in.text(at + kDirectorySize, name),
                         in.u32(at + 16),
                         in.u32(at + 42),
                         in.u32(at + 20),
                         in.u32(at + 24),
                         in.u16(at + 10) == kDeflated};
        if ((in.u16(at + 8) & kEncrypted) != 0) return unreadable("it is encrypted");
        if (in.u16(at + 10) != kStored && !member.deflated)
            return unreadable("it is packed in a way that is not known here");
        if (member.at == kZip64 || member.packed == kZip64 || member.size == kZip64)
            return unreadable("it is Zip64");
        // Its own head says the same, so that nobody takes it for another.
        const auto head = member.at;
        if (!in.has(head, kLocalSize) || in.u32(head) != kLocalHead ||
            in.u16(head + 8) != in.u16(at + 10) || in.u16(head + 26) != name ||
            !in.has(head + kLocalSize, name) || in.text(head + kLocalSize, name) != member.name)
            return damaged();
        member.at = head + kLocalSize + name + in.u16(head + 28);
        if (!in.has(member.at, member.packed) || member.at + member.packed > begin)
            return damaged();
        if (auto fine = check_sizes(member); !fine) return fine.error();
        if (out.find(member.name) != nullptr) return unreadable("two of its files have one name");
        places.emplace_back(head, member.at + member.packed);
        out.members_.push_back(std::move(member));
        at += kDirectorySize + name + more;
    }
    std::sort(places.begin(), places.end());
    for (std::size_t i = 1; i < places.size(); ++i)
        if (places[i].first < places[i - 1].second) return unreadable("its files share bytes");
    return out;
}

const ZipMember* ZipArchive::find(std::string_view name) const {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const ZipMember& one) { return one.name == name; });
    return found == members_.end() ? nullptr : &*found;
}

Result<std::string> ZipArchive::unpack(const ZipMember& member, std::size_t size) const {
    const auto packed = file_.subspan(member.at, member.packed);
    if (!member.deflated)
        return Result<std::string>(boost::system::in_place_value,
                                   reinterpret_cast<const char*>(packed.data()), size);
    // One more than it may give: whoever gives it lies about its size.
    std::string out(size + 1, '\0');
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return damaged();
    stream.next_in = const_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int ended = inflate(&stream, Z_FINISH);
    const auto got = static_cast<std::size_t>(stream.total_out);
    const bool whole = ended == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    const bool fine = size == member.size ? whole && got == size : got >= size;
    if (!fine) return damaged();
    out.resize(size);
    return Result<std::string>(boost::system::in_place_value, std::move(out));
}

Result<std::string> ZipArchive::read(const ZipMember& member) const {
    if (member.size > kLargestMember)
        return Error{"zip.too-large", "a file in the archive is over " +
                                          std::to_string(kLargestMember >> 20) + " MiB"};
    auto out = unpack(member, member.size);
    if (!out) return out;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(out->data()), static_cast<uInt>(out->size()));
    if (sum != member.crc) return damaged();
    return out;
}

Result<std::string> ZipArchive::beginning(const ZipMember& member, std::size_t most) const {
    return unpack(member, std::min(member.size, most));
}

}  // namespace reelproof::vision
