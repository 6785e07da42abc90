#include "api/routes/portal.h"

#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "api/http/etag.h"
#include "api/http/gzip.h"
#include "api/http/problem.h"
#include "api/http/text.h"

namespace reelproof::api {

namespace {

constexpr std::string_view kPackHead = "reelproof-portal 1\n";
constexpr std::size_t kMostOfFile = std::size_t{16} << 20;

// All that a person can open or keep as a bookmark; the page in the browser tells them apart.
constexpr std::array kPages = {"/",          "/setup",    "/receive", "/line",       "/trace",
                               "/overview",  "/ship",     "/vault",   "/boms",       "/changes",
                               "/incidents", "/reviews",  "/exits",   "/production", "/users",
                               "/tokens",    "/partners", "/audit",   "/node",       "/account"};

// No script and no style but our files, no other host, no frame.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// A worker has the policy of its own file: only the one that reads symbols compiles WebAssembly.
constexpr std::string_view kFilePolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
    "frame-ancestors 'none'";

struct PortalFile {
    std::string type, etag;
    std::shared_ptr<const std::string> plain, packed;  // packed: null where gzip gains nothing
};
using PortalFiles = std::map<std::string, PortalFile, std::less<>>;

[[noreturn]] void not_a_pack(std::string_view why) {
    throw std::logic_error("the portal in this program can't be read: " + std::string(why));
}

std::size_t size_of(std::string_view text) {
    std::size_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) not_a_pack("a size is no number");
    return out;
}

std::string_view until(std::string_view& rest, char end) {
    const auto at = rest.find(end);
    if (at == std::string_view::npos) not_a_pack("it ends within its list of files");
    const auto out = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    return out;
}

// The head, a line for each file (name, type, size, size packed or 0, between tabs), an empty line,
// the files one behind the other.
PortalFiles files_of(std::string_view pack) {
    PortalFiles out;
    if (pack.empty()) return out;
    if (!pack.starts_with(kPackHead)) not_a_pack("it begins otherwise");
    pack.remove_prefix(kPackHead.size());
    auto list = pack.substr(0, pack.find("\n\n"));
    if (list.size() == pack.size()) not_a_pack("it has no files");
    auto bytes = pack.substr(list.size() + 2);
    list = pack.substr(0, list.size() + 1);
    while (!list.empty()) {
        auto line = until(list, '\n');
        const auto name = until(line, '\t'), type = until(line, '\t');
        const auto size = size_of(until(line, '\t')), packed = size_of(line);
        const auto stored = packed != 0 ? packed : size;
        if (stored > bytes.size()) not_a_pack("it is cut off");
        PortalFile file{std::string(type), {}, nullptr, nullptr};
        const auto held = std::string(bytes.substr(0, stored));
        bytes.remove_prefix(stored);
        if (packed == 0) {
            file.plain = std::make_shared<const std::string>(held);
        } else {
            auto plain = gunzip(held, kMostOfFile);
            if (plain.error || plain.data.size() != size) not_a_pack("a file does not unpack");
            file.plain = std::make_shared<const std::string>(std::move(plain.data));
            file.packed = std::make_shared<const std::string>(held);
        }
        file.etag = etag_of(*file.plain);
        out.emplace(std::string(name), std::move(file));
    }
    if (!bytes.empty()) not_a_pack("there is more behind its files");
    if (!out.contains("index.html")) not_a_pack("it has no index.html");
    return out;
}

Response answer(const Request& request, const PortalFile& file, bool is_page, bool is_forever) {
    const bool is_known = etag_matches(request, file.etag);
    const bool is_packed = file.packed && accepts_gzip(request.headers);
    auto response = is_known
                        ? Response::empty(304)
                        : Response::bytes(200, file.type, is_packed ? file.packed : file.plain);
    if (!is_known && is_packed) response.headers.set("Content-Encoding", "gzip");
    response.headers.set("Vary", "Accept-Encoding");
    response.headers.set("ETag", file.etag);
    response.headers.set("Cache-Control",
                         is_forever ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.set("Content-Security-Policy",
                         std::string(is_page ? kPagePolicy : kFilePolicy));
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Referrer-Policy", "no-referrer");
    response.headers.set("Permissions-Policy",
                         "camera=(self), microphone=(), geolocation=(), usb=(), payment=()");
    response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
    return response;
}

Response without_portal() {
    return Problem(404, "no-portal", "This node was built without its portal")
        .detail(
            "its packages could not be had when it was built: run ./dev build where npm reaches "
            "its registry; the API is there all the same")
        .response();
}

}  // namespace

void add_portal_routes(Router& router, std::string_view pack) {
    const auto files = std::make_shared<const PortalFiles>(files_of(pack));
    RouteOptions options;
    options.compression = Compression::never;  // they are packed already
    const auto add = [&](std::string pattern, Handler handler) {
        router.add(Method::get, std::move(pattern), std::string(kPublicAccess), std::move(handler),
                   options);
    };
    for (const auto* page : kPages)
        add(page, [files](const Request& request) {
            const auto index = files->find("index.html");
            if (index == files->end()) return without_portal();
            return answer(request, index->second, true, false);
        });
    // The page that tries the API, which stands alone.
    const auto of_try = [files](const Request& request, const std::string& name, bool is_page) {
        const auto file = files->find("try/" + name);
        if (file != files->end()) return answer(request, file->second, is_page, false);
        if (files->empty()) return without_portal();
        return Problem(404, "not-found", "This page has no such file").response();
    };
    add("/try", [of_try](const Request& request) { return of_try(request, "index.html", true); });
    add("/try/{name}", [of_try](const Request& request) {
        return of_try(request, request.parameter("name"), false);
    });
    // Their names hold a hash of what is in them.
    add("/assets/{name}", [files](const Request& request) {
        const auto file = files->find("assets/" + request.parameter("name"));
        if (file == files->end())
            return Problem(404, "not-found", "The portal has no such file").response();
        return answer(request, file->second, false, true);
    });
    add("/favicon.svg", [files](const Request& request) {
        const auto file = files->find("favicon.svg");
        return file == files->end() ? without_portal()
                                    : answer(request, file->second, false, false);
    });
}

}  // namespace reelproof::api
