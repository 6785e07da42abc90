#include "ledger/format/submission.h"

#include <algorithm>
#include <charconv>

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kOld = "old ";
constexpr std::size_t kMaxTicket = 65'535;

std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

// A plain decimal: no sign, no leading zero.
Result<std::uint64_t> parse_number(std::string_view text, const char* what) {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() ||
        (text.size() > 1 && text.front() == '0'))
        return malformed(std::string(what) + " is not a plain decimal number of at most 64 bits");
    return out;
}

Hash hash_from(ByteView bytes) {
    Hash out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

// Takes bytes off the front of a view. A short read takes nothing.
class Taker {
  public:
    explicit Taker(ByteView bytes) : rest_(bytes) {}

    std::optional<ByteView> bytes(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        const ByteView out = rest_.first(count);
        rest_ = rest_.subspan(count);
        return out;
    }
    std::optional<std::uint64_t> number(std::size_t width) {
        const auto raw = bytes(width);
        if (!raw) return std::nullopt;
        std::uint64_t out = 0;
        for (const std::uint8_t byte : *raw) out = out << 8 | byte;
        return out;
    }
    // As many bytes as the uint16 in front says.
    std::optional<ByteView> counted() {
        const auto count = number(2);
        return count ? bytes(*count) : std::nullopt;
    }
    [[nodiscard]] ByteView rest() const { return rest_; }

  private:
    ByteView rest_;
};

void put_number(Bytes& out, std::uint64_t value, int width) {
    for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_counted(Bytes& out, ByteView bytes) {
    put_number(out, bytes.size(), 2);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint64_t bundle_of(std::uint64_t index) {
    return index / wire::kTileWidth * wire::kTileWidth;
}

}  // namespace

std::string format_checkpoint_submission(const CheckpointSubmission& submission) {
    std::string out = std::string(kOld) + std::to_string(submission.old_size) + "\n";
    for (const Hash& hash : submission.proof) out += to_base64(hash) + "\n";
    return out + "\n" + submission.note;
}

Result<CheckpointSubmission> parse_checkpoint_submission(std::string_view body) {
    const auto first = take_line(body);
    if (!first || !first->starts_with(kOld))
        return malformed("the first line is not \"old\" and a tree size");
    const auto old_size = parse_number(first->substr(kOld.size()), "the old size");
    if (!old_size) return old_size.error();
    CheckpointSubmission out;
    out.old_size = *old_size;
    for (;;) {
        const auto line = take_line(body);
        if (!line) return malformed("there is no empty line before the checkpoint");
        if (line->empty()) break;
        if (out.proof.size() == wire::kMaxProofHashes)
            return malformed("the consistency proof has more than 63 hashes");
        const auto hash = from_base64(*line, "consistency proof");
        if (!hash) return hash.error();
        if (hash->size() != Hash{}.size())
            return malformed("consistency proof: a hash has " + counted(hash->size(), "byte") +
                             ", not 32");
        out.proof.push_back(hash_from(*hash));
    }
    if (body.size() > wire::kMaxNoteSize)
        return malformed("the checkpoint is longer than a note may be");
    out.note = body;
    return out;
}

std::string format_tree_size(std::uint64_t size) {
    return std::to_string(size) + "\n";
}

Result<std::uint64_t> parse_tree_size(std::string_view body) {
    const auto line = take_line(body);
    if (!line || !body.empty()) return malformed("the tree size is not one line");
    return parse_number(*line, "the tree size");
}

std::uint64_t UploadPackage::bundle() const {
    return bundle_of(start);
}

Bytes format_upload_head(const UploadHead& head) {
    Bytes out;
    put_counted(out, as_bytes(head.origin));
    put_number(out, head.start, 8);
    put_number(out, head.end, 8);
    put_counted(out, head.ticket);
    return out;
}

void append_package(Bytes& body, const std::vector<Bytes>& entries,
                    const std::vector<Hash>& proof) {
    for (const Bytes& entry : entries) put_counted(body, entry);
    put_number(body, proof.size(), 1);
    for (const Hash& hash : proof) body.insert(body.end(), hash.begin(), hash.end());
}

Result<UploadReader> UploadReader::open(ByteView body) {
    Taker taker(body);
    const auto origin = taker.counted();
    const auto start = taker.number(8);
    const auto end = taker.number(8);
    const auto ticket = taker.counted();
    if (!origin || !start || !end || !ticket)
        return malformed("the upload breaks off before its first package");
    if (*start > *end) return malformed("the upload starts behind its end");
    return UploadReader({std::string(as_text(*origin)), *start, *end, to_bytes(*ticket)},
                        taker.rest());
}

std::optional<UploadPackage> UploadReader::next() {
    if (next_ == head_.end) return std::nullopt;
    Taker taker(rest_);
    UploadPackage out;
    out.start = next_;
    const std::uint64_t count =
        std::min(head_.end - next_, wire::kTileWidth - next_ % wire::kTileWidth);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto entry = taker.counted();
        if (!entry) return std::nullopt;
        out.entries.push_back(*entry);
    }
    const auto hashes = taker.number(1);
    if (!hashes || *hashes > wire::kMaxProofHashes) return std::nullopt;
    for (std::uint64_t i = 0; i < *hashes; ++i) {
        const auto hash = taker.bytes(Hash{}.size());
        if (!hash) return std::nullopt;
        out.proof.push_back(hash_from(*hash));
    }
    rest_ = taker.rest();
    next_ += count;
    return out;
}

std::string format_mirror_info(const MirrorInfo& info) {
    return std::to_string(info.pending) + "\n" + std::to_string(info.next) + "\n" +
           to_base64(info.ticket) + "\n";
}

Result<MirrorInfo> parse_mirror_info(std::string_view body) {
    const auto pending = take_line(body);
    const auto next = take_line(body);
    const auto ticket = take_line(body);
    if (!pending || !next || !ticket || !body.empty())
        return malformed("what a mirror tells is not three lines");
    const auto pending_size = parse_number(*pending, "the pending size");
    if (!pending_size) return pending_size.error();
    const auto next_entry = parse_number(*next, "the next entry");
    if (!next_entry) return next_entry.error();
    auto bytes = from_base64(*ticket, "ticket");
    if (!bytes) return bytes.error();
    if (bytes->size() > kMaxTicket) return malformed("the ticket is longer than 65,535 bytes");
    return MirrorInfo{*pending_size, *next_entry, std::move(*bytes)};
}

}  // namespace reelproof::ledger
