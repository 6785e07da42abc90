// Declared in vault.h: parts of documents, and who asks for them.
#include <charconv>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/problems.h"
#include "api/routes/vault.h"

namespace reelproof::api {
namespace {

constexpr const char* kBytes = "application/octet-stream";

struct Span {
    std::uint64_t first = 0, last = 0;
};
// "bytes=FIRST-LAST" or "bytes=FIRST-"; any other form is as if it were not there.
std::optional<Span> asked_span(const Request& request, std::uint64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    auto text = request.headers.get("Range").value_or("");
    if (!text.starts_with(kUnit)) return std::nullopt;
    text.remove_prefix(kUnit.size());
    Span out{0, size == 0 ? 0 : size - 1};
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, out.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
    if (first.ptr + 1 == end) return out;
    const auto last = std::from_chars(first.ptr + 1, end, out.last);
    if (last.ec != std::errc() || last.ptr != end || out.last < out.first) return std::nullopt;
    return out;
}

}  // namespace

VaultReader vault_reader(const Request& request) {
    VaultReader out;
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller == nullptr) return out;
    out.described = caller->described();
    if (caller->kind == Principal::Kind::person) out.person = caller->name;
    out.roles = caller->grants;
    out.manages = may(caller->grants, kVaultAccess);
    return out;
}

Response ranged(
    const Request& request, std::uint64_t size,
    const std::function<ledger::Result<ledger::Bytes>(std::uint64_t, std::size_t)>& read) {
    const auto asked = asked_span(request, size);
    if (!asked && size > kVaultPart)
        return problem_of(ledger::malformed(
            "it has " + ledger::counted(size, "byte") + ": ask for it in parts of at most " +
            std::to_string(kVaultPart) + ", with a header like Range: bytes=0-" +
            std::to_string(kVaultPart - 1)));
    if (asked && asked->first >= size && size > 0)
        return Problem(416).header("Content-Range", "bytes */" + std::to_string(size)).response();
    const auto first = asked ? asked->first : 0;
    const auto wanted =
        asked ? std::min<std::uint64_t>(asked->last - asked->first + 1, kVaultPart) : size;
    const auto bytes = read(first, static_cast<std::size_t>(wanted));
    if (!bytes) return problem_of(bytes.error());
    auto response = Response::bytes(asked && size > 0 ? 206 : 200, kBytes,
                                    std::string(ledger::as_text(*bytes)));
    response.headers.add("Accept-Ranges", "bytes");
    if (response.status == 206)
        response.headers.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                  std::to_string(first + bytes->size() - 1) + "/" +
                                                  std::to_string(size));
    return response;
}

}  // namespace reelproof::api
