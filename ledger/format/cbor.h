// Deterministic CBOR (RFC 8949 4.2.1): a writer that can only produce it and a pull reader that
// takes nothing else: shortest integers, definite lengths, UTF-8 text, map keys strictly ascending
// by their encoded bytes, no trailing bytes, nesting of at most 8. Floats and simple values other
// than false, true and null are in none of our formats and refused. Not thread-safe; one per
// thread. Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <cstdint>
#include <string_view>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

inline constexpr int kCborMaxDepth = 8;

class CborWriter {
  public:
    void uint(std::uint64_t value) { head(0, value); }
    void integer(std::int64_t value);
    void bytes(ByteView value);
    // Only the head of a byte string: the caller puts exactly `size` bytes behind it.
    void bytes_head(std::size_t size) { head(2, size); }
    void text(std::string_view value);
    void array(std::size_t count) { head(4, count); }
    // The caller writes the pairs in ascending order of the encoded keys.
    void map(std::size_t pairs) { head(5, pairs); }
    void tag(std::uint64_t number) { head(6, number); }
    void null() { out_.push_back(0xf6); }
    // Already encoded CBOR.
    void raw(ByteView encoded) { out_.insert(out_.end(), encoded.begin(), encoded.end()); }
    void reserve(std::size_t size) { out_.reserve(size); }

    [[nodiscard]] const Bytes& view() const { return out_; }
    Bytes take() { return std::move(out_); }

  private:
    void head(std::uint8_t major, std::uint64_t value);
    Bytes out_;
};

// Reads one item after another. The views it gives point into the input. `what` names the field in
// an error. Lengths are checked against what is left before anything is allocated.
class CborReader {
  public:
    explicit CborReader(ByteView input) : input_(input) {}

    Result<std::uint64_t> uint(std::string_view what);
    Result<std::int64_t> integer(std::string_view what);
    Result<ByteView> bytes(std::string_view what);
    Result<std::string_view> text(std::string_view what);
    // Count of elements, at most `limit`.
    Result<std::size_t> array(std::string_view what, std::size_t limit);
    // Count of pairs; the caller reads key and value in turn, and checks each key with a
    // CborKeyOrder.
    Result<std::size_t> map(std::string_view what, std::size_t limit);
    Result<std::uint64_t> tag(std::string_view what);
    // Consumes a null if one is next.
    bool null();
    // A whole item of any kind, checked to be deterministic; gives its encoded bytes.
    Result<ByteView> item(std::string_view what);

    [[nodiscard]] std::size_t offset() const { return at_; }
    [[nodiscard]] bool at_end() const { return at_ == input_.size(); }
    // Error when bytes are left.
    Result<void> finish(std::string_view what) const;

  private:
    struct Head {
        std::uint8_t major;
        std::uint64_t value;
    };
    // False, with nothing consumed, when no valid head is next; head_error then says why.
    bool next_head(Head& out);
    [[nodiscard]] Error head_error(std::string_view what) const;
    [[nodiscard]] Error kind_error(std::uint8_t found, std::string_view kind,
                                   std::string_view what) const;
    Result<std::uint64_t> expect(std::uint8_t major, std::string_view what);
    Result<ByteView> string(std::uint8_t major, std::string_view what);
    Result<std::size_t> count(std::uint8_t major, std::string_view unit, std::size_t bytes_each,
                              std::string_view what, std::size_t limit);
    Result<void> skip(std::string_view what, int depth);

    ByteView input_;
    std::size_t at_ = 0;
};

// Checks that keys come in strictly ascending order of their encoded bytes; one per map.
class CborKeyOrder {
  public:
    Result<void> next(ByteView encoded_key, std::string_view what);

  private:
    ByteView last_{};
    bool first_ = true;
};

// Checks that `input` is exactly one deterministic CBOR item.
Result<void> check_cbor(ByteView input, std::string_view what);

}  // namespace reelproof::ledger
