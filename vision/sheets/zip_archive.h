// Zip archives that a stranger made: what is in them, held to one meaning. Refused are encrypted
// and split ones, Zip64, methods other than stored and deflated, members that share bytes, that are
// named otherwise in their own heads than in the directory, or that grow more than two hundredfold.
// Runs in a process that is locked in (confine.h). Thread safety: plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr std::size_t kMostMembers = 2000;
inline constexpr std::size_t kLargestMember = 64u << 20;  // bytes, unpacked

struct ZipMember {
    std::string name;  // as it stands there: any bytes
    std::uint32_t crc = 0;
    std::size_t at = 0, packed = 0, size = 0;  // where it lies in the archive; unpacked
    bool deflated = false;
};

class ZipArchive {
  public:
    // `file` outlives it. Fails: "zip.unreadable", "zip.too-many".
    static Result<ZipArchive> open(std::span<const std::uint8_t> file);

    [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }
    // Null: there is none of that name.
    [[nodiscard]] const ZipMember* find(std::string_view name) const;
    // Fails: "zip.unreadable", "zip.too-large".
    [[nodiscard]] Result<std::string> read(const ZipMember& member) const;
    // Its first bytes, not held to its checksum.
    [[nodiscard]] Result<std::string> beginning(const ZipMember& member, std::size_t most) const;

  private:
    [[nodiscard]] Result<std::string> unpack(const ZipMember& member, std::size_t size) const;

    std::span<const std::uint8_t> file_;
    std::vector<ZipMember> members_;
};

// By what it begins with.
bool is_zip(std::span<const std::uint8_t> file);

}  // namespace reelproof::vision
