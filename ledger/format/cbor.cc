#include "ledger/format/cbor.h"

#include <algorithm>
#include <limits>

#include "ledger/base/counted.h"

namespace reelproof::ledger {
namespace {

constexpr std::uint8_t kUnsigned = 0;
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kByteString = 2;
constexpr std::uint8_t kTextString = 3;
constexpr std::uint8_t kArray = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kTag = 6;
constexpr std::uint8_t kSimple = 7;

constexpr std::uint8_t kOneByte = 24;  // RFC 8949 3: the value follows in 1, 2, 4 or 8 bytes
constexpr std::uint8_t kEightBytes = 27;
constexpr std::uint8_t kIndefinite = 31;
constexpr std::uint8_t kFalse = 20;
constexpr std::uint8_t kNull = 22;
constexpr std::uint8_t kNullByte = 0xf6;

std::string_view kind_name(std::uint8_t major) {
    static constexpr std::string_view kNames[] = {"an unsigned integer",
                                                  "a negative integer",
                                                  "a byte string",
                                                  "a text",
                                                  "an array",
                                                  "a map",
                                                  "a tagged value",
                                                  "a simple value or float"};
    return kNames[major];
}

// The smallest value that needs this many bytes: what a shorter form could hold is refused.
std::uint64_t least_for(std::size_t bytes) {
    switch (bytes) {
        case 1:
            return kOneByte;
        case 2:
            return 0x100;
        case 4:
            return 0x10000;
        default:
            return 0x100000000;
    }
}

Error problem(std::string_view what, std::string_view text) {
    std::string message(what);
    message.append(" ").append(text);
    return malformed(std::move(message));
}

}  // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t value) {
    auto first = static_cast<std::uint8_t>(major << 5);
    if (value < kOneByte) {
        out_.push_back(static_cast<std::uint8_t>(first | value));
        return;
    }
    int bytes = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000 ? 4 : 8;
    int code = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
    out_.push_back(static_cast<std::uint8_t>(first | (kOneByte + code)));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out_.push_back(static_cast<std::uint8_t>(value >> shift));
}

void CborWriter::integer(std::int64_t value) {
    if (value >= 0)
        head(kUnsigned, static_cast<std::uint64_t>(value));
    else
        head(kNegative, ~static_cast<std::uint64_t>(value));
}

void CborWriter::bytes(ByteView value) {
    head(kByteString, value.size());
    raw(value);
}

void CborWriter::text(std::string_view value) {
    head(kTextString, value.size());
    raw(as_bytes(value));
}

bool CborReader::next_head(Head& out) {
    if (at_ == input_.size()) return false;
    const std::uint8_t first = input_[at_];
    const std::uint8_t info = first & 31;
    out.major = first >> 5;
    if (info < kOneByte) {
        out.value = info;
        ++at_;
        return true;
    }
    if (info > kEightBytes || out.major == kSimple) return false;
    const std::size_t bytes = std::size_t{1} << (info - kOneByte);
    if (input_.size() - at_ - 1 < bytes) return false;
    std::uint64_t value = 0;
    for (std::size_t i = 1; i <= bytes; ++i) value = value << 8 | input_[at_ + i];
    if (value < least_for(bytes)) return false;
    out.value = value;
    at_ += 1 + bytes;
    return true;
}

Error CborReader::head_error(std::string_view what) const {
    if (at_ == input_.size()) return problem(what, "is missing: the input ends before it");
    const std::uint8_t major = input_[at_] >> 5;
    const std::uint8_t info = input_[at_] & 31;
    if (major == kSimple)
        return problem(what, info == kIndefinite ? "is a break without an indefinite length"
                                                 : "is a float or a simple value over 23");
    if (info == kIndefinite) return problem(what, "is of indefinite length");
    if (info > kEightBytes) return problem(what, "has a reserved length code");
    const std::size_t bytes = std::size_t{1} << (info - kOneByte);
    if (input_.size() - at_ - 1 < bytes) return problem(what, "is cut off within its length");
    return problem(what, "is not in its shortest form");
}

Error CborReader::kind_error(std::uint8_t found, std::string_view kind,
                             std::string_view what) const {
    return malformed(std::string(what) + " is " + std::string(kind_name(found)) + ", not " +
                     std::string(kind));
}

Result<std::uint64_t> CborReader::expect(std::uint8_t major, std::string_view what) {
    const std::size_t start = at_;
    Head head;
    if (!next_head(head)) return head_error(what);
    if (head.major != major) {
        at_ = start;
        return kind_error(head.major, kind_name(major), what);
    }
    return head.value;
}

Result<ByteView> CborReader::string(std::uint8_t major, std::string_view what) {
    auto size = expect(major, what);
    if (!size) return size.error();
    if (*size > input_.size() - at_)
        return malformed(std::string(what) + " claims " + counted(*size, "byte") + ", with " +
                         std::to_string(input_.size() - at_) + " left");
    ByteView out = input_.subspan(at_, *size);
    at_ += *size;
    return out;
}

Result<std::size_t> CborReader::count(std::uint8_t major, std::string_view unit,
                                      std::size_t bytes_each, std::string_view what,
                                      std::size_t limit) {
    auto number = expect(major, what);
    if (!number) return number.error();
    if (*number > limit)
        return Error{ErrorKind::too_large, std::string(what) + " has " + counted(*number, unit) +
                                               ", more than " + std::to_string(limit)};
    // An element takes at least a byte: a count that can't be true never sizes an allocation.
    if (*number > (input_.size() - at_) / bytes_each)
        return malformed(std::string(what) + " claims " + counted(*number, unit) + ", with " +
                         counted(input_.size() - at_, "byte") + " left");
    return static_cast<std::size_t>(*number);
}

Result<std::uint64_t> CborReader::uint(std::string_view what) {
    return expect(kUnsigned, what);
}

Result<std::int64_t> CborReader::integer(std::string_view what) {
    const std::size_t start = at_;
    Head head;
    if (!next_head(head)) return head_error(what);
    if (head.major != kUnsigned && head.major != kNegative) {
        at_ = start;
        return kind_error(head.major, "an integer", what);
    }
    if (head.value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return problem(what, "is an integer of more than 63 bits");
    auto value = static_cast<std::int64_t>(head.value);
    return head.major == kUnsigned ? value : -1 - value;
}

Result<ByteView> CborReader::bytes(std::string_view what) {
    return string(kByteString, what);
}

Result<std::string_view> CborReader::text(std::string_view what) {
    auto bytes = string(kTextString, what);
    if (!bytes) return bytes.error();
    if (!is_utf8(*bytes)) return problem(what, "is not UTF-8");
    return as_text(*bytes);
}

Result<std::size_t> CborReader::array(std::string_view what, std::size_t limit) {
    return count(kArray, "element", 1, what, limit);
}

Result<std::size_t> CborReader::map(std::string_view what, std::size_t limit) {
    return count(kMap, "pair", 2, what, limit);
}

Result<std::uint64_t> CborReader::tag(std::string_view what) {
    return expect(kTag, what);
}

bool CborReader::null() {
    if (at_ == input_.size() || input_[at_] != kNullByte) return false;
    ++at_;
    return true;
}

Result<ByteView> CborReader::item(std::string_view what) {
    const std::size_t start = at_;
    if (auto skipped = skip(what, kCborMaxDepth); !skipped) return skipped.error();
    return input_.subspan(start, at_ - start);
}

Result<void> CborReader::skip(std::string_view what, int depth) {
    constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
    const std::size_t start = at_;
    Head head;
    if (!next_head(head)) return head_error(what);
    if (depth == 0 && head.major >= kArray && head.major <= kTag)
        return problem(what, "is nested deeper than 8");
    if (head.major == kSimple) {
        if (head.value < kFalse || head.value > kNull)
            return problem(what, "is a simple value other than false, true and null");
        return {};
    }
    if (head.major == kUnsigned || head.major == kNegative) return {};
    if (head.major == kTag) return skip(what, depth - 1);
    at_ = start;
    if (head.major == kByteString || head.major == kTextString) {
        auto read = string(head.major, what);
        if (!read) return read.error();
        if (head.major == kTextString && !is_utf8(*read)) return problem(what, "is not UTF-8");
        return {};
    }
    const bool is_map = head.major == kMap;
    auto number = is_map ? map(what, kNoLimit) : array(what, kNoLimit);
    if (!number) return number.error();
    CborKeyOrder order;
    for (std::size_t i = 0; i < *number; ++i) {
        const std::size_t key = at_;
        if (auto done = skip(what, depth - 1); !done) return done;
        if (!is_map) continue;
        if (auto done = order.next(input_.subspan(key, at_ - key), what); !done) return done;
        if (auto done = skip(what, depth - 1); !done) return done;
    }
    return {};
}

Result<void> CborReader::finish(std::string_view what) const {
    if (at_end()) return {};
    return malformed(std::string(what) + " is followed by " + counted(input_.size() - at_, "byte") +
                     " too many");
}

Result<void> CborKeyOrder::next(ByteView encoded_key, std::string_view what) {
    if (!first_) {
        if (equal(last_, encoded_key)) return problem(what, "has the same key twice");
        if (!std::lexicographical_compare(last_.begin(), last_.end(), encoded_key.begin(),
                                          encoded_key.end()))
            return problem(what, "has its keys in an order that is not canonical");
    }
    first_ = false;
    last_ = encoded_key;
    return {};
}

Result<void> check_cbor(ByteView input, std::string_view what) {
    CborReader reader(input);
    if (auto item = reader.item(what); !item) return item.error();
    return reader.finish(what);
}

}  // namespace reelproof::ledger
