// Our readers and writers for programs in other languages. Takes frames on standard input (length
// as big-endian uint32, a letter, the rest) and answers each with a frame: 1 and what was asked
// for, or 0 and the reason of the refusal.
//   c  item                                    its re-encoding
//   s  key(33) statement                       its re-encoding; the signature is checked
//   r  key(33) length(4) statement receipt     the root that they lead to
//   t  transparent statement                   its re-encoding
#include <iostream>
#include <optional>

#include "ledger/format/cbor.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"

using namespace reelproof::ledger;

namespace {

constexpr std::size_t kKeySize = 33;
constexpr std::size_t kLengthSize = 4;
constexpr std::uint8_t kLongNegative = 0x3b;
constexpr std::size_t kMaxFrame = std::size_t{64} << 20;

std::uint32_t length_of(ByteView bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
}

void append_length(Bytes& out, std::size_t length) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(length >> shift));
}

void append(Bytes& out, ByteView bytes) {
    append_length(out, bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.end());
}

// Takes the parts of a frame off its front. A frame that is too short is a bug of the caller.
ByteView take(ByteView& frame, std::size_t size) {
    if (frame.size() < size) throw std::runtime_error("frame is too short");
    ByteView out = frame.first(size);
    frame = frame.subspan(size);
    return out;
}

ByteView take_counted(ByteView& frame) {
    const auto size = length_of(take(frame, kLengthSize));
    return take(frame, size);
}

// Writes again what the reader gives, item by item; the input was found to be deterministic.
void rewrite(CborReader& reader, ByteView input, CborWriter& out) {
    constexpr std::size_t kNoLimit = std::size_t(-1);
    const std::uint8_t first = input[reader.offset()];
    switch (first >> 5) {
        case 0:
            return out.uint(reader.uint("item").value());
        case 1:
            // May have more than 63 bits: no format of ours has such a number, so no reader either.
            if (first == kLongNegative) return out.raw(reader.item("item").value());
            return out.integer(reader.integer("item").value());
        case 2:
            return out.bytes(reader.bytes("item").value());
        case 3:
            return out.text(reader.text("item").value());
        case 4: {
            const auto count = reader.array("item", kNoLimit).value();
            out.array(count);
            for (std::size_t i = 0; i < count; ++i) rewrite(reader, input, out);
            return;
        }
        case 5: {
            const auto count = reader.map("item", kNoLimit).value();
            out.map(count);
            for (std::size_t i = 0; i < 2 * count; ++i) rewrite(reader, input, out);
            return;
        }
        case 6:
            out.tag(reader.tag("item").value());
            return rewrite(reader, input, out);
        default:
            if (reader.null()) return out.null();
            return out.raw(reader.item("item").value());
    }
}

Result<Bytes> read_item(ByteView input) {
    if (auto ok = check_cbor(input, "item"); !ok) return ok.error();
    CborReader reader(input);
    CborWriter out;
    rewrite(reader, input, out);
    return out.take();
}

Bytes encode_statement(const StatementView& statement) {
    const StatementHeader& header = statement.header;
    CborWriter head;
    head.map(4);
    head.integer(wire::kHeaderAlg);
    head.integer(wire::kAlgEs256k);
    head.integer(wire::kHeaderContentType);
    head.text(header.content_type);
    head.integer(wire::kHeaderKid);
    head.bytes(header.kid);
    head.integer(wire::kHeaderCwtClaims);
    head.map(3);
    head.integer(wire::kClaimIss);
    head.text(header.iss);
    head.integer(wire::kClaimSub);
    head.text(header.sub);
    head.integer(wire::kClaimIat);
    head.integer(header.iat);
    CborWriter out;
    out.tag(wire::kCoseSign1Tag);
    out.array(4);
    out.bytes(head.view());
    out.map(0);
    out.bytes(statement.payload);
    out.bytes(statement.signature);
    return out.take();
}

Result<Bytes> read_statement(ByteView frame) {
    auto key = PublicKey::parse(take(frame, kKeySize));
    if (!key) return key.error();
    auto statement = parse_statement(frame);
    if (!statement) return statement.error();
    if (auto ok = verify_statement(*statement, *key); !ok) return ok.error();
    return encode_statement(*statement);
}

Result<Bytes> read_receipt(ByteView frame) {
    auto key = PublicKey::parse(take(frame, kKeySize));
    if (!key) return key.error();
    const ByteView statement = take_counted(frame);
    auto receipt = parse_receipt(frame);
    if (!receipt) return receipt.error();
    auto root = verify_receipt(*receipt, *key, statement);
    if (!root) return root.error();
    return to_bytes(*root);
}

Result<Bytes> read_transparent(ByteView frame) {
    auto transparent = parse_transparent(frame);
    if (!transparent) return transparent.error();
    return make_transparent(transparent->statement, transparent->receipts);
}

Result<Bytes> answer(ByteView frame) {
    switch (take(frame, 1)[0]) {
        case 'c':
            return read_item(frame);
        case 's':
            return read_statement(frame);
        case 'r':
            return read_receipt(frame);
        case 't':
            return read_transparent(frame);
        default:
            throw std::runtime_error("no such letter");
    }
}

std::optional<Bytes> read_frame() {
    Bytes head(kLengthSize);
    if (!std::cin.read(reinterpret_cast<char*>(head.data()), kLengthSize)) return std::nullopt;
    const std::size_t size = length_of(head);
    if (size > kMaxFrame) throw std::runtime_error("frame is too large");
    Bytes frame(size);
    if (!std::cin.read(reinterpret_cast<char*>(frame.data()), static_cast<std::streamsize>(size)))
        throw std::runtime_error("frame is cut off");
    return frame;
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    while (auto frame = read_frame()) {
        const auto made = answer(*frame);
        Bytes body{static_cast<std::uint8_t>(made.has_value())};
        if (made) {
            body.insert(body.end(), made->begin(), made->end());
        } else {
            const std::string reason = made.error().message;
            body.insert(body.end(), reason.begin(), reason.end());
        }
        Bytes out;
        append(out, body);
        std::cout.write(reinterpret_cast<const char*>(out.data()),
                        static_cast<std::streamsize>(out.size()));
    }
    return 0;
}
