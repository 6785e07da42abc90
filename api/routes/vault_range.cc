// Declared in vault.h: parts of documents, and who asks for them.
#include <limits>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/vault.h"

namespace reelproof::api {
namespace {

constexpr const char* kBytes = "application/octet-stream";

struct Span {
    std::uint64_t first = 0, last = 0;
};
// "bytes=FIRST-LAST" or "bytes=FIRST-"; any other form is as if it were not there.
std::optional<Span> asked_span(const Request& request) {
    constexpr std::string_view kUnit = "bytes=";
    const auto text = request.headers.get("Range").value_or("");
    const auto dash = text.find('-');
    if (!text.starts_with(kUnit) || dash == std::string_view::npos) return std::nullopt;
    const auto first = whole_number(text.substr(kUnit.size(), dash - kUnit.size()));
    const auto last = text.substr(dash + 1);
    const auto end = last.empty() ? std::numeric_limits<std::uint64_t>::max() : whole_number(last);
    if (!first || !end || *end < *first) return std::nullopt;
    return Span{*first, *end};
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
    const Request& request,
    const std::function<ledger::Result<VaultSharing::Range>(std::uint64_t, std::size_t)>& read) {
    const auto asked = asked_span(request);
    const auto first = asked ? asked->first : 0;
    const auto wanted =
        asked ? std::min<std::uint64_t>(asked->last - first, kVaultPart - 1) + 1 : kVaultPart;
    const auto range = read(first, static_cast<std::size_t>(wanted));
    if (!range) return problem_of(range.error());
    const auto size = range->size;
    if (!asked && size > kVaultPart)
        return problem_of(ledger::malformed(
            "it has " + ledger::counted(size, "byte") + ": ask for it in parts of at most " +
            std::to_string(kVaultPart) + ", with a header like Range: bytes=0-" +
            std::to_string(kVaultPart - 1)));
    if (asked && first >= size && size > 0)
        return Problem(416).header("Content-Range", "bytes */" + std::to_string(size)).response();
    auto response = Response::bytes(asked && size > 0 ? 206 : 200, kBytes,
                                    std::string(ledger::as_text(range->bytes)));
    response.headers.add("Accept-Ranges", "bytes");
    if (response.status == 206)
        response.headers.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                  std::to_string(first + range->bytes.size() - 1) +
                                                  "/" + std::to_string(size));
    return response;
}

}  // namespace reelproof::api
