#include "api/http/gzip.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

#include <zlib.h>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 32 KiB window, gzip wrapper
constexpr int kLevel = 5;             // 9 takes several times as long for a few per cent

Bytef* bytes_of(std::string_view data) {  // zlib doesn't write through next_in
    return reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
}

// zlib keeps a window of what it works on, which may be the text of a label: wiped when it is given
// back. The size stands before the memory.
constexpr std::size_t kBefore = alignof(std::max_align_t);

voidpf allocate(voidpf, uInt items, uInt item_size) {
    const std::size_t size = kBefore + std::size_t{items} * item_size;
    auto* block = static_cast<std::byte*>(std::malloc(size));
    if (block == nullptr) return Z_NULL;
    std::memcpy(block, &size, sizeof size);
    return block + kBefore;
}

void give_back(voidpf, voidpf memory) {
    auto* block = static_cast<std::byte*>(memory) - kBefore;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    wipe(block, size);
    std::free(block);
}

z_stream wiping_stream() {
    z_stream stream{};
    stream.zalloc = allocate;
    stream.zfree = give_back;
    return stream;
}

class Inflater {
  public:
    Inflater() {
        if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream stream = wiping_stream();
};

// "0", "0.0", "0.000": not acceptable (RFC 9110 12.4.2).
bool is_zero_weight(std::string_view parameters) {
    std::string_view part;
    while (next_part(parameters, ';', part)) {
        part = trim_ows(part);
        if (part.size() < 3 || ascii_lower(part[0]) != 'q' || part[1] != '=') continue;
        return part.substr(2).find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

}  // namespace

std::string gzip(std::string_view data) {
    z_stream stream = wiping_stream();
    if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    if (data.size() > std::numeric_limits<uInt>::max() / 2) {
        deflateEnd(&stream);
        throw std::length_error("gzip: the body is too large");
    }
    std::string out(deflateBound(&stream, static_cast<uLong>(data.size())), '\0');
    stream.next_in = bytes_of(data);
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("gzip: deflate did not finish");
    return out;
}

Gunzipped gunzip(std::string_view data, const GunzipLimits& limits) {
    Gunzipped out;
    Inflater inflater;
    z_stream& stream = inflater.stream;
    if (data.size() > std::numeric_limits<uInt>::max()) return {{}, GunzipError::too_large};
    stream.next_in = bytes_of(data);
    stream.avail_in = static_cast<uInt>(data.size());
    std::array<Bytef, 16UL * 1024> buffer;
    while (true) {
        stream.next_out = buffer.data();
        stream.avail_out = static_cast<uInt>(buffer.size());
        const int result = inflate(&stream, Z_NO_FLUSH);
        const std::size_t produced = buffer.size() - stream.avail_out;
        const std::size_t room = limits.max_size - out.data.size();
        if (produced > room && !limits.cut) return {{}, GunzipError::too_large};
        out.data.append(reinterpret_cast<const char*>(buffer.data()), std::min(produced, room));
        if (produced > room) return out;
        if (result == Z_STREAM_END) break;
        // Z_OK without progress or Z_BUF_ERROR: the stream is cut short.
        if (limits.broken_off && stream.avail_in == 0 && produced == 0 &&
            (result == Z_OK || result == Z_BUF_ERROR))
            return out;
        if (result != Z_OK || produced == 0) return {{}, GunzipError::malformed};
    }
    if (stream.avail_in != 0) return {{}, GunzipError::malformed};
    return out;
}

bool accepts_gzip(const Headers& headers) {
    const std::string list = headers.joined("Accept-Encoding");
    std::string_view rest = list, part;
    bool any = false;
    while (next_part(rest, ',', part)) {
        const std::size_t semicolon = part.find(';');
        const std::string_view coding = trim_ows(part.substr(0, semicolon));
        const bool zero =
            semicolon != std::string_view::npos && is_zero_weight(part.substr(semicolon + 1));
        if (iequals(coding, "gzip") || iequals(coding, "x-gzip")) return !zero;
        if (coding == "*") any = !zero;
    }
    return any;
}

bool is_compressible(std::string_view content_type) {
    const std::string_view type = trim_ows(content_type.substr(0, content_type.find(';')));
    if (type.size() > 5 && iequals(type.substr(0, 5), "text/")) return true;
    for (std::string_view suffix : {std::string_view("+json"), std::string_view("+xml")})
        if (type.size() > suffix.size() &&
            iequals(type.substr(type.size() - suffix.size()), suffix))
            return true;
    return iequals(type, "application/json") || iequals(type, "application/javascript") ||
           iequals(type, "application/xml") || iequals(type, "application/x-ndjson");
}

void compress_response(const Headers& request_headers, Compression wish, Response& response) {
    if (wish == Compression::never || response.headers.has("Content-Encoding")) return;
    if (wish == Compression::automatic && !is_compressible(response.content_type)) return;
    const std::string_view body = response.body_view();
    if (body.size() <= kMinGzipSize) return;
    if (wish == Compression::always && body.size() > kMaxBinaryGzipSize) return;
    // Caches must keep the two forms apart even when this client gets the plain one.
    if (!response.headers.has_token("Vary", "Accept-Encoding"))
        response.headers.add("Vary", "Accept-Encoding");
    if (!accepts_gzip(request_headers)) return;
    std::string packed = gzip(body);
    if (packed.size() >= body.size()) return wipe(packed);
    if (auto* plain = std::get_if<std::string>(&response.body)) wipe(*plain);
    response.body = std::move(packed);
    response.headers.set("Content-Encoding", "gzip");
}

}  // namespace reelproof::api
