#include "api/routes/transparency.h"

#include <utility>
#include <vector>

#include "api/http/etag.h"
#include "api/http/problem.h"
#include "ledger/base/sha256.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/tile.h"
#include "ledger/format/wire.h"

namespace reelproof::api {
namespace {

// C2SP tlog-tiles.
constexpr const char* kCheckpointType = "text/plain; charset=utf-8";
constexpr const char* kTileType = "application/octet-stream";
constexpr const char* kStatementType = "application/cose";  // RFC 9052 11.2
// The entries are for partners only, so no shared cache may keep them.
constexpr const char* kImmutable = "private, max-age=31536000, immutable";
// What a partial tile holds never changes, but it is soon replaced by a wider one.
constexpr const char* kPartial = "private, max-age=60";

// What is at most 8 KiB of a mapped file is no work for a worker, and hashes can't be packed.
RouteOptions quick() {
    RouteOptions options;
    options.compression = Compression::never;
    options.on_network_thread = true;
    return options;
}

struct TileKind {
    const char* path;
    RouteOptions options;
};
// A bundle of entries may have megabytes; of small entries it is the frames that can be packed.
std::vector<TileKind> tile_kinds() {
    RouteOptions packed;
    packed.compression = Compression::always;
    return {{"", quick()}, {"entries/", packed}};
}

Response not_found(std::string detail) {
    return Problem(404, "not-found", "There is nothing here").detail(std::move(detail)).response();
}

Response checkpoint_response(const Request& request, std::string note) {
    Response response = Response::bytes(200, kCheckpointType, std::move(note));
    response.headers.set("Cache-Control", "no-cache");
    return with_etag(request, std::move(response));
}

Response tile_response(const ledger::Store& store, ledger::LogId log, const std::string& path) {
    auto tile = ledger::parse_tile_path("tile/" + path);
    if (!tile)
        return Problem(400, "bad-tile-path", "Not the path of a tile")
            .detail(tile.error().message)
            .response();
    auto bytes = store.tile(log, *tile);
    if (!bytes) return not_found(bytes.error().message);
    Response response = Response::bytes(200, kTileType, std::string(ledger::as_text(*bytes)));
    const bool full = tile->width == static_cast<int>(ledger::wire::kTileWidth);
    response.headers.set("Cache-Control", full ? kImmutable : kPartial);
    return response;
}

// The mirrored log of that name; our own log is not a mirror.
std::optional<ledger::LogInfo> find_mirror(const ledger::Store& store, std::string_view name) {
    for (ledger::LogInfo& log : store.logs())
        if (log.id != ledger::kOwnLog && mirror_name(log.origin) == name) return std::move(log);
    return std::nullopt;
}

Response mirror_checkpoint(const ledger::Store& store, const Request& request) {
    const auto log = find_mirror(store, request.parameter("hash"));
    if (!log) return not_found("no log of that name is mirrored here");
    auto note = store.get(ledger::Table::mirrors, ledger::as_bytes(log->origin));
    if (!note) return not_found("nothing of this log has been cosigned yet");
    return checkpoint_response(request, std::string(ledger::as_text(*note)));
}

Response genesis(const ledger::Store& store, const Request& request) {
    auto entry = store.entry(ledger::kOwnLog, 0);
    if (!entry) return not_found("this node has no org.genesis yet");
    Response response = Response::bytes(200, kStatementType, std::string(ledger::as_text(*entry)));
    response.headers.set("Cache-Control", "no-cache");
    return with_etag(request, std::move(response));
}

const ledger::OrgState* own_state(const ledger::Store& store, const ledger::Directory& directory) {
    for (const ledger::LogInfo& log : store.logs())
        if (log.id == ledger::kOwnLog) return directory.org_in(log.id, log.org);
    return nullptr;
}

// What stands there in our log, where it is such a grant and visible already.
template <class Grant>
std::optional<ledger::Bytes> grant_at(const ledger::Store& store, std::uint64_t index) {
    auto entry = store.entry(ledger::kOwnLog, index);
    const auto statement = entry ? ledger::parse_statement(*entry)
                                 : ledger::Result<ledger::StatementView>(entry.error());
    const auto parsed = statement ? ledger::parse_public(ledger::as_text(statement->payload))
                                  : ledger::Result<ledger::PublicStatement>(statement.error());
    if (!parsed || !std::holds_alternative<Grant>(*parsed)) return std::nullopt;
    return std::move(*entry);
}

std::optional<ledger::Bytes> newest_sealing_grant(const ledger::Store& store) {
    const auto directory = store.directory();
    const auto* own = own_state(store, *directory);
    if (own == nullptr || own->sealing_keys.empty()) return std::nullopt;
    return grant_at<ledger::SealingGrant>(store, own->sealing_keys.back().granted_at);
}

// For somebody who meets us, and has our genesis alone.
Response newest_grant(const std::optional<ledger::Bytes>& grant, const char* otherwise,
                      const Request& request) {
    if (!grant) return not_found(otherwise);
    auto response = Response::bytes(200, kStatementType, std::string(ledger::as_text(*grant)));
    response.headers.set("Cache-Control", "no-cache");
    return with_etag(request, std::move(response));
}

}  // namespace

std::optional<ledger::Bytes> newest_tls_grant(const ledger::Store& store) {
    const auto directory = store.directory();
    const auto* own = own_state(store, *directory);
    if (own == nullptr) return std::nullopt;
    for (auto at = own->key_statements.rbegin(); at != own->key_statements.rend(); ++at)
        if (auto entry = grant_at<ledger::TlsGrant>(store, *at)) return entry;
    return std::nullopt;
}

std::optional<std::string> published_checkpoint(const ledger::Store& store) {
    auto head = store.head(ledger::kOwnLog);
    if (!head) return std::nullopt;
    const std::string_view text =
        std::string_view(head->note).substr(0, head->note.rfind("\n\n") + 1);
    for (const std::string& line : store.cosignatures(ledger::kOwnLog, text)) head->note += line;
    return std::move(head->note);
}

std::string mirror_name(std::string_view origin) {
    return ledger::to_hex(ledger::sha256(ledger::as_bytes(origin)));
}

void add_transparency_routes(Router& router, const TransparencyDeps& deps) {
    const ledger::Store& store = deps.store;
    const std::string peer(kPeerAccess);
    router.add(
        Method::get, "/log/checkpoint", peer,
        [own = deps.own_checkpoint](const Request& request) {
            auto note = own();
            if (!note) return not_found("this log is empty");
            return checkpoint_response(request, std::move(*note));
        },
        quick());
    for (const auto& [kind, options] : tile_kinds())
        router.add(
            Method::get, "/log/tile/" + std::string(kind) + "{path...}", peer,
            [&store, kind = kind](const Request& request) {
                return tile_response(store, ledger::kOwnLog, kind + request.parameter("path"));
            },
            options);
    router.add(Method::get, "/mirror/{hash}/checkpoint", peer,
               [&store](const Request& request) { return mirror_checkpoint(store, request); });
    for (const auto& [kind, options] : tile_kinds())
        router.add(
            Method::get, "/mirror/{hash}/tile/" + std::string(kind) + "{path...}", peer,
            [&store, kind = kind](const Request& request) {
                const auto log = find_mirror(store, request.parameter("hash"));
                if (!log) return not_found("no log of that name is mirrored here");
                return tile_response(store, log->id, kind + request.parameter("path"));
            },
            options);
    router.add(Method::get, "/.well-known/reelproof/genesis", std::string(kPublicAccess),
               [&store](const Request& request) { return genesis(store, request); });
    router.add(Method::get, "/.well-known/reelproof/tls", std::string(kPublicAccess),
               [&store](const Request& request) {
                   return newest_grant(newest_tls_grant(store),
                                       "the TLS key of this node is the one in its org.genesis",
                                       request);
               });
    router.add(Method::get, "/.well-known/reelproof/sealing", std::string(kPublicAccess),
               [&store](const Request& request) {
                   return newest_grant(newest_sealing_grant(store),
                                       "the sealing key of this node is the one in its org.genesis",
                                       request);
               });
}

}  // namespace reelproof::api
