#include "api/routes/epcis_http.h"

#include <charconv>

#include <boost/json.hpp>

#include "api/epcis/context.h"
#include "api/http/problem.h"
#include "api/routes/json_text.h"
#include "api/routes/request_body.h"
#include "ledger/provenance/event_form.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using epcis::Exception;
using epcis::Refusal;

constexpr std::string_view kVersion = "2.0.0", kJson = "application/json",
                           kJsonLd = "application/ld+json";
constexpr std::size_t kLargestPage = 1000, kMostAudited = 50;
constexpr ledger::UnixSeconds kTokenHolds = 24L * 3600;

// "2", "2.0" and "2.0.0" are the same.
std::optional<std::array<int, 3>> version_of(std::string_view text) {
    std::array<int, 3> out{};
    for (auto& part : out) {
        if (text.empty()) break;
        const auto dot = text.find('.');
        const auto digits = text.substr(0, dot);
        const auto [end, failed] =
            std::from_chars(digits.data(), digits.data() + digits.size(), part);
        if (failed != std::errc() || end != digits.data() + digits.size() || part < 0)
            return std::nullopt;
        text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    }
    if (!text.empty()) return std::nullopt;
    return out;
}

bool takes_json(const Request& request) {
    if (!request.headers.has("Accept")) return true;
    std::string_view all;
    const auto joined = request.headers.joined("Accept");
    for (all = joined; !all.empty();) {
        const auto comma = all.find(',');
        auto one = all.substr(0, comma);
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        const auto type = media_type(one);
        for (const auto fits : {kJson, kJsonLd, kProblemContentType, std::string_view("*/*"),
                                std::string_view("application/*")})
            if (iequals(type, fits)) return true;
        all = comma == std::string_view::npos ? std::string_view() : all.substr(comma + 1);
    }
    return false;
}

// Versions and forms that the caller asks for, against what there is.
std::optional<Refusal> disagreement(const Request& request) {
    const auto ours = *version_of(kVersion);
    for (const auto* standard : {"GS1-EPCIS-", "GS1-CBV-"})
        for (const auto* bound : {"Min", "Max", "Version"}) {
            const std::string name = std::string(standard) + bound;
            const auto asked = request.headers.get(name);
            if (!asked) continue;
            const auto version = version_of(*asked);
            const std::string_view which(bound);
            if (!version || (which == "Min" && *version > ours) ||
                (which == "Max" && *version < ours) ||
                (which == "Version" && ((*version)[0] != ours[0] || (*version)[1] != ours[1])))
                return refused(Exception::not_acceptable, name + ": this node speaks version 2.0");
        }
    const auto form = request.headers.get("GS1-EPC-Format");
    if (form && *form != "No_Preference" && *form != "Never_Translates")
        return refused(Exception::not_acceptable,
                       "GS1-EPC-Format: names of things are given as they came in, and never "
                       "translated");
    if (!takes_json(request))
        return refused(Exception::not_acceptable,
                       "Accept: events are given as application/json or application/ld+json");
    if (request.method == Method::post) {
        const auto type = media_type(request);
        if (!iequals(type, kJson) && !iequals(type, kJsonLd))
            return refused(Exception::unsupported_media,
                           "Content-Type must be application/json or application/ld+json; XML is "
                           "not taken");
    }
    return std::nullopt;
}

void add_headers(Response& response) {
    response.headers.set("GS1-EPCIS-Version", std::string(kVersion));
    response.headers.set("GS1-CBV-Version", std::string(kVersion));
    response.headers.set("GS1-Extensions", "reelproof=" + std::string(epcis::kOurNamespace));
    response.headers.set("Cache-Control", "no-store");
}

// A page of a list that has an order of its own; tokens are places in it.
struct Slice {
    std::size_t from = 0, to = 0;
    std::string next;
};
std::variant<Slice, Refusal> slice_of(const EpcisPage& page, std::size_t size) {
    Slice out;
    if (!page.token.empty()) {
        const auto from = whole_number(page.token);
        if (!from) return refused(Exception::query_parameter, "nextPageToken is none of ours");
        out.from = static_cast<std::size_t>(*from);
    }
    out.from = std::min(out.from, size);
    out.to = out.from + std::min(page.size, size - out.from);
    if (out.to < size) out.next = std::to_string(out.to);
    return out;
}

// Names may be long, and one lies in another: of a long pointer as much as still points at what it
// is in.
std::string short_pointer(const std::string& pointer) {
    constexpr std::size_t kLongest = 1024;
    if (pointer.size() <= kLongest) return pointer;
    return pointer.substr(0, pointer.rfind('/', kLongest));
}

}  // namespace

Refusal refused(Exception exception, std::string detail) {
    return {exception, std::move(detail), std::nullopt, {}};
}

void EpcisRouter::add(Method method, const std::string& path, std::string_view access,
                      EpcisHandler handler, std::size_t max_body) {
    auto& methods = methods_[path];
    methods.insert(std::string(method == Method::delete_ ? "DELETE" : to_string(method)));
    if (method == Method::get) methods.insert("HEAD");
    methods.insert("OPTIONS");
    RouteOptions options;
    options.max_body = max_body;
    options.compression = Compression::never;  // business data beside what the caller chose
    router_.add(
        method, path, std::string(access),
        [handler = std::move(handler)](const Request& request) {
            const auto wrong = disagreement(request);
            auto response = wrong ? epcis_problem(*wrong) : handler(request);
            add_headers(response);
            return response;
        },
        options);
}

void EpcisRouter::add_options() {
    for (const auto& [path, methods] : methods_) {
        std::string allow;
        for (const auto& method : methods) allow.append(allow.empty() ? "" : ", ").append(method);
        const bool captures = path == "/capture";
        router_.add(Method::options, path, std::string(kPublicAccess),
                    [allow, captures, version = version_](const Request&) {
                        auto response = Response::empty();
                        add_headers(response);
                        auto& headers = response.headers;
                        headers.set("Allow", allow);
                        for (const auto* name :
                             {"GS1-EPCIS-Min", "GS1-EPCIS-Max", "GS1-CBV-Min", "GS1-CBV-Max"})
                            headers.set(name, std::string(kVersion));
                        headers.set("GS1-EPC-Format", "Never_Translates");
                        headers.set("GS1-Vendor-Version", "Reelproof/" + version);
                        if (!captures) return response;
                        headers.set("GS1-EPCIS-Capture-Limit", std::to_string(epcis::kMostEvents));
                        headers.set("GS1-EPCIS-Capture-File-Size-Limit",
                                    std::to_string(epcis::kLargestDocument));
                        headers.set("GS1-Capture-Error-Behaviour", "all");
                        return response;
                    });
    }
}

Response epcis_problem(const Refusal& refusal) {
    const auto& form = epcis::form_of(refusal.exception);
    auto problem = Problem::of_type(form.status, std::string(form.type), std::string(form.title));
    problem.detail(refusal.detail);
    if (refusal.event) problem.member("event", static_cast<std::int64_t>(*refusal.event));
    if (const auto pointer = short_pointer(refusal.pointer); !pointer.empty())
        problem.member("pointer", pointer);
    if (form.status == 503) problem.header("Retry-After", "2");
    return problem.response();
}

json::object epcis_problem_json(const Refusal& refusal) {
    const auto& form = epcis::form_of(refusal.exception);
    json::object out{{"type", form.type},
                     {"title", form.title},
                     {"status", form.status},
                     {"detail", refusal.detail}};
    if (refusal.event) out["event"] = *refusal.event;
    if (const auto pointer = short_pointer(refusal.pointer); !pointer.empty())
        out["pointer"] = pointer;
    return out;
}

Response epcis_collection(json::array members) {
    return Response::json(200, json_text(json::object{{"@context", epcis::kContext},
                                                      {"type", "Collection"},
                                                      {"member", std::move(members)}}));
}

std::variant<EpcisPage, Refusal> epcis_page(const Request& request) {
    EpcisPage out;
    if (const auto asked = request.query.get("perPage")) {
        const auto size = whole_number(*asked);
        if (!size || *size == 0)
            return refused(Exception::query_parameter, "perPage must be a whole number from 1");
        out.size = static_cast<std::size_t>(*size);
        out.size = std::min(out.size, kLargestPage);
    }
    if (const auto token = request.query.get("nextPageToken")) {
        out.token = *token;
        if (out.token.empty()) return refused(Exception::query_parameter, "nextPageToken is empty");
    }
    return out;
}

std::optional<Refusal> only_paging(const Request& request) {
    for (const auto& [name, value] : request.query)
        if (name != "perPage" && name != "nextPageToken")
            return refused(Exception::query_parameter,
                           "only perPage and nextPageToken are taken here");
    return std::nullopt;
}

std::string audited(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), kMostAudited); ++i)
        out.append(out.empty() ? "" : " ").append(names[i]);
    if (names.size() > kMostAudited) out += " ...";
    return out;
}

Response paged(const Request& request, std::size_t size, ledger::UnixSeconds now,
               const std::function<Response(std::size_t from, std::size_t to)>& make) {
    if (const auto wrong = only_paging(request)) return epcis_problem(*wrong);
    const auto page = epcis_page(request);
    if (const auto* refusal = std::get_if<Refusal>(&page)) return epcis_problem(*refusal);
    const auto slice = slice_of(std::get<EpcisPage>(page), size);
    if (const auto* refusal = std::get_if<Refusal>(&slice)) return epcis_problem(*refusal);
    const auto& [from, to, next] = std::get<Slice>(slice);
    Response response = make(from, to);
    if (!next.empty()) link_next(response, request, std::get<EpcisPage>(page).size, next, now);
    return response;
}

std::string url_part(std::string_view text) {
    return ledger::percent_encode(text);
}

void link_next(Response& response, const Request& request, std::size_t size,
               const std::string& token, ledger::UnixSeconds now) {
    std::string target = request.path + "?";
    for (const auto& [name, value] : request.query)
        if (name != "perPage" && name != "nextPageToken")
            target += url_part(name) + "=" + url_part(value) + "&";
    target += "perPage=" + std::to_string(size) + "&nextPageToken=" + url_part(token);
    response.headers.set("Link", "<" + target + ">; rel=\"next\"");
    response.headers.set("GS1-Next-Page-Token-Expires", ledger::to_iso8601(now + kTokenHolds));
}

}  // namespace reelproof::api
