// Every route of a running node against malformed requests: bodies, types, headers, queries and
// paths. The routes come from the node itself, so none can be forgotten. Whatever is wrong is told
// as 4xx, with Problem Details or as the C2SP texts say; never 5xx, and nothing is taken.
#include <algorithm>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "api/http/client.h"
#include "api/http/gzip.h"
#include "api/http/problem.h"
#include "api/routes/transparency.h"
#include "ledger/format/submission.h"
#include "ledger/format/tile.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

using api::Method;

// maker.example delivers its log to ems.example, which mirrors it already.
struct Target : Pair {
    Target() : client(ems.client()) {
        maker.record("commission", with_labels({reel.text}));
        REQUIRE(ems.has_log_of(maker));
        size = ems.size();
        origin = maker.org() + "/ledger";
        // Without the cosignature that may have come already: a stranger's line may be anything.
        note = maker.get("/log/checkpoint").text;
        note.resize(note.find('\n', note.rfind("\n\n") + 2) + 1);
        log_size = maker.size();
        const ledger::TileId bundle{
            .level = 0, .entries = true, .index = 0, .width = static_cast<int>(log_size)};
        const std::string rows = maker.get("/log/" + ledger::tile_path(bundle)).text;
        for (const auto row : ledger::parse_bundle(ledger::as_bytes(rows), bundle.width).value())
            entries.push_back(ledger::to_bytes(row));
    }

    Answer ask(Method method, const std::string& target, std::string_view body = {},
               std::string_view type = {}, api::Headers headers = {}) {
        headers.set("Authorization", "Bearer " + ems.all_scopes());
        const auto response = client.request(method, target, body, type, headers);
        INFO(target);
        if (!response) FAIL(response.error().text);
        Answer out;
        out.status = response->status;
        out.text = response->body_view();
        out.headers = response->headers;
        out.headers.set("Content-Type", response->content_type);
        return out;
    }
    // Values for the names in a pattern that lead somewhere.
    [[nodiscard]] std::string path_of(std::string pattern) const {
        const auto fill = [&](std::string_view name, const std::string& value) {
            if (const auto at = pattern.find(name); at != std::string::npos)
                pattern.replace(at, name.size(), value);
        };
        fill("{hash}", api::mirror_name(origin));
        fill("entries/{path...}", "entries/000.p/1");
        fill("{path...}", "0/000.p/1");
        fill("{entry}", "1");
        fill("{job}", "nojob");
        fill("{user}", "nobody");
        fill("{token}", "nothing");
        fill("{name}", "nothing");
        fill("{kid}", "nothing");
        fill("{org}", "nobody.example");
        // Ids: none of any kind.
        for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{'))
            pattern.replace(open, pattern.find('}', open) - open + 1, "nothing");
        return pattern;
    }

    [[nodiscard]] std::string checkpoint_body() const {
        return ledger::format_checkpoint_submission({log_size, {}, note});
    }
    [[nodiscard]] std::string entries_body() const {
        ledger::Bytes body = ledger::format_upload_head({origin, 0, log_size, {}});
        ledger::append_package(body, entries, {});
        return std::string(ledger::as_text(body));
    }
    // A good body of each route that takes one from another log.
    [[nodiscard]] std::string good_submission(std::string_view pattern) const {
        if (pattern == "/mirror/add-checkpoint") return checkpoint_body();
        if (pattern == "/mirror/add-entries") return entries_body();
        if (pattern == "/mirror/genesis") return std::string(ledger::as_text(entries.front()));
        return {};
    }

    Label reel = issued();
    api::HttpClient client;
    std::uint64_t size = 0, log_size = 0;
    std::string origin, note;
    std::vector<ledger::Bytes> entries;
};

bool is_problem(const Answer& answer) {
    const auto type = answer.headers.get("Content-Type");
    return type == api::kProblemContentType || type == api::kConciseProblemContentType;
}

// 409 has a body of its own there: tlog-witness and tlog-mirror.
bool is_c2sp(std::string_view pattern, const Answer& answer) {
    const auto type = answer.headers.get("Content-Type").value_or("");
    return answer.status == 409 &&
           ((pattern == "/mirror/add-checkpoint" && type == "text/x.tlog.size") ||
            (pattern == "/mirror/add-entries" && type == "text/x.tlog.mirror-info"));
}

// 501 is said on purpose, of what the standard has and this node does not.
bool no_accident(int status) {
    return status < 500 || status == 501;
}

void check_refused(const api::Route& route, const Answer& answer, std::string_view what) {
    INFO(api::to_string(route.method) << " " << route.pattern << ", " << what << ": "
                                      << answer.status << " " << answer.text.substr(0, 200));
    CHECK(answer.status >= 400);
    CHECK(no_accident(answer.status));
    CHECK((is_problem(answer) || is_c2sp(route.pattern, answer)));
}

// A GET that is asked oddly may be answered, but never breaks.
void check_sane(const api::Route& route, const Answer& answer, std::string_view what) {
    INFO(route.pattern << ", " << what << ": " << answer.status << " "
                       << answer.text.substr(0, 200));
    CHECK(no_accident(answer.status));
    if (answer.status >= 400) CHECK(is_problem(answer));
}

std::vector<std::string> malformed_bodies() {
    std::vector<std::string> out = {
        "",
        " ",
        "{",
        "}",
        "null",
        "[]",
        "0",
        "\"symbols\"",
        "{}x",
        "{}{}",
        "{\"\":\"\"}",
        "{\"unknown\":1}",
        "{\"symbols\":1}",
        "{\"symbols\":null,\"items\":null,\"mpn\":null,\"org\":null}",
        "{\"symbols\":{}, \"items\":{}, \"mpn\":{}, \"org\":{}}",
        "{\"symbols\":[[[]]]}",
        "{\"items\":[{}]}",
        "{\"symbols\":\"\xff\xfe\"}",
        "{\"symbols\":\"\\ud800\"}",
        "{\"symbols\":\"\\u0000\"}",
        "{\"symbols\":1e999}",
        "{\"quantity\":-1}",
        "{'symbols':'x'}",
        "{\"symbols\":\"a\",\"symbols\":\"a\"}",
        "\xEF\xBB\xBF{\"symbols\":\"a\"}",
        std::string(1, '\0'),
        std::string(4096, '\0'),
        std::string(60'000, '['),
        "{\"symbols\":" + std::string(30'000, '[') + std::string(30'000, ']') + "}",
        std::string(60'000, '{'),
        // The beginnings of what some routes take.
        "\xd2\x84",
        "\xd2\x84\x58\x20",
        "\x9f\xff",
        "\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        "old 0\n",
        "old 0\n\n",
        "old 18446744073709551616\n\nx",
        "old -1\n\nx\n1\nAAAA\n\n\u2014 x AAAA\n",
        std::string("\x00\x00", 2),
        std::string("\xff\xff", 2),
        std::string("\x00\x01x\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff",
                    19),
        "\x89PNG\r\n\x1a\n",
        "\xff\xd8\xff\xe0",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    std::mt19937 random(20261121);
    for (int i = 0; i < 20; ++i) {
        std::string bytes(random() % 600, '\0');
        for (char& c : bytes) c = static_cast<char>(random());
        out.push_back(std::move(bytes));
    }
    return out;
}

// One change to `text`; the same seed, the same change.
std::string mutated(std::string text, std::mt19937& random) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
        case 0:
            text[at] = static_cast<char>(text[at] ^ (1 << (random() % 8)));
            break;
        case 1:
            text.resize(at);
            break;
        case 2:
            text.erase(at, 1 + random() % 8);
            break;
        default:
            text.insert(at, text.substr(random() % text.size(), 1 + random() % 16));
    }
    return text;
}

}  // namespace

TEST_CASE("no route takes a malformed body, whatever it says it is", "[service][hostile]") {
    Target target;
    const auto bodies = malformed_bodies();
    const auto size_of_maker = target.log_size;
    for (const auto& route : target.ems.routes()) {
        if (route.method == Method::get || route.method == Method::delete_ ||
            route.method == Method::options)
            continue;
        REQUIRE((route.method == Method::post || route.method == Method::patch));
        const std::string path = target.path_of(route.pattern);
        std::string_view type = "application/json";
        if (route.pattern == "/v1/statements" || route.pattern == "/entries")
            type = "application/cose";
        if (route.pattern == "/mirror/add-entries") type = "application/octet-stream";
        for (std::size_t i = 0; i < bodies.size(); ++i)
            check_refused(route, target.ask(route.method, path, bodies[i], type),
                          "body " + std::to_string(i));
        for (const char* other : {"", "text/plain", "image/png", "image/", "multipart/form-data",
                                  "application/json; charset=\"", ",;=", "application/cose"})
            for (const char* body : {"", "x", "\x89PNG\r\n\x1a\nx"})
                check_refused(route, target.ask(route.method, path, body, other), other);
    }
    CHECK(target.ems.size() == target.size);
    CHECK(target.maker.size() == size_of_maker);
    CHECK(target.ems.get("/v1/health").member("status") == "ok");
}

TEST_CASE("no route is broken by odd headers, queries and paths", "[service][hostile]") {
    Target target;
    const std::string note = target.note;
    const std::vector<api::Headers> odd = {
        {{"Idempotency-Key", ""}},
        {{"Idempotency-Key", std::string(8'000, 'k')}},
        {{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}},
        {{"Content-Encoding", "gzip"}},
        {{"Content-Encoding", "gzip, gzip"}},
        {{"Content-Encoding", "br"}},
        {{"Accept", "*/*;q=x, ,,"}},
        {{"Accept-Encoding", "gzip;q=9, *;q=, ;;"}},
        {{"If-None-Match", "\"\", W/, *"}},
        {{"If-Modified-Since", "yesterday"}},
        {{"Range", "bytes=-1"}},
        {{"Cookie", "=;=;;a"}},
        {{"X-Forwarded-For", "127.0.0.1"}},
        {{"X-HTTP-Method-Override", "DELETE"}},
    };
    std::vector<std::string> queries = {"?",
                                        "?&&&",
                                        "?=",
                                        "?%00=1",
                                        "?%zz",
                                        "?%ff=1",
                                        "?a[]=1",
                                        "?size=",
                                        "?size=-1",
                                        "?size=1e3",
                                        "?size=+1",
                                        "?size=1&wait=x",
                                        "?mirror=00",
                                        "?mirrored=1",
                                        "?place=x",
                                        "?size=1&size=x",
                                        "?size=18446744073709551616",
                                        "?wait=-1",
                                        "?symbols=x"};
    std::string many = "?a=1";
    for (int i = 0; i < 200; ++i) many += "&a=1";
    queries.push_back(many);
    queries.push_back("?size=0&mirror=" + std::string(64, 'g'));
    const std::vector<std::string> tails = {"/",        "//",     "/..",      "/%2e%2e/x", "/%2f",
                                            "/%00",     "/%ff",   "/%",       "/%c3%28",   "/x",
                                            "/000.p/0", "/.p/-1", "/x999/000"};
    std::set<std::pair<std::string, Method>> taken;
    for (const auto& route : target.ems.routes()) taken.emplace(route.pattern, route.method);
    for (const auto& route : target.ems.routes()) {
        if (route.method == Method::options) continue;  // tells the same, whatever it is asked
        const std::string path = target.path_of(route.pattern);
        const bool reads = route.method == Method::get;
        const bool bare = reads || route.method == Method::delete_;
        const std::string body = bare ? "" : "{\"no\":1}";
        const std::string_view type = bare ? "" : "application/json";
        const auto check = [&](const Answer& answer, std::string_view what) {
            reads ? check_sane(route, answer, what) : check_refused(route, answer, what);
        };
        for (const auto& headers : odd)
            check(target.ask(route.method, path, body, type, headers), headers.begin()->first);
        for (const auto& query : queries)
            check(target.ask(route.method, path + query, body, type), query);
        for (const auto& tail : tails)
            check(target.ask(route.method, path + tail, body, type), tail);
        for (const Method wrong : {Method::get, Method::post, Method::put, Method::delete_})
            if (!taken.contains({route.pattern, wrong}))
                check_refused(route, target.ask(wrong, path, "", ""), api::to_string(wrong));
        // A name for which there is nothing, or that is none.
        if (const auto at = route.pattern.find('{'); at != std::string::npos)
            for (const char* name :
                 {"00", "%20", "%e2%82%ac", "..%2f", "0/0/0/0/0", "-1", "1e3",
                  "18446744073709551616",
                  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"})
                check_refused(route, target.ask(route.method, route.pattern.substr(0, at) + name),
                              name);
    }
    CHECK(target.ems.size() == target.size);
    CHECK(target.ems.get("/v1/health").member("status") == "ok");
}

TEST_CASE("what another log hands in is refused with any one change", "[service][hostile]") {
    Target target;
    std::mt19937 random(20261121);
    int routes = 0;
    for (const auto& route : target.ems.routes()) {
        const std::string good = target.good_submission(route.pattern);
        if (good.empty()) continue;
        ++routes;
        INFO(route.pattern);
        const std::string_view type =
            route.pattern == "/mirror/add-entries" ? "application/octet-stream" : "";
        REQUIRE(target.ask(Method::post, route.pattern, good, type).status / 100 == 2);
        for (int i = 0; i < 150; ++i) {
            const std::string bad = mutated(good, random);
            // More after the end of an upload, or a part of what is there already, is no error.
            const Answer answer = target.ask(Method::post, route.pattern, bad, type);
            if (answer.status / 100 == 2 || answer.status == 429) {
                INFO("mutation " << i << ": " << answer.status << " " << answer.text);
                CHECK((answer.status == 429 || bad == good ||
                       route.pattern == "/mirror/add-entries"));
                continue;
            }
            check_refused(route, answer, "mutation " + std::to_string(i));
        }
        // And in its coding, where one is taken.
        if (!route.options.gzip_body) continue;
        const std::string packed = api::gzip(good);
        for (int i = 0; i < 50; ++i) {
            const Answer answer = target.ask(Method::post, route.pattern, mutated(packed, random),
                                             type, {{"Content-Encoding", "gzip"}});
            if (answer.status / 100 != 2) check_refused(route, answer, "gzip");
        }
    }
    CHECK(routes == 3);
    // Nothing of it came in, and nobody is blamed for what somebody else sent.
    CHECK(target.ems.size() == target.size);
    CHECK(target.ems.get("/v1/health").member("status") == "ok");
    CHECK(target.ems.has_log_of(target.maker));
}

TEST_CASE("a statement is refused with any one change", "[service][hostile]") {
    Target target;
    const std::string good(ledger::as_text(target.entries.back()));
    std::mt19937 random(7);
    for (int i = 0; i < 200; ++i) {
        const auto answer =
            target.ask(Method::post, "/v1/statements", mutated(good, random), "application/cose");
        INFO(answer.text);
        CHECK(answer.status >= 400);
        CHECK(no_accident(answer.status));
        CHECK(is_problem(answer));
    }
    CHECK(target.ems.size() == target.size);
}

TEST_CASE("a good event with any one change never breaks the node", "[service][hostile]") {
    Target target;
    std::mt19937 random(8);
    const auto one = with_label(target.reel.text);
    const std::vector<std::pair<std::string, json::object>> good = {
        {"check", with(one, "place", "line")},
        {"trace", one},
        {"commission", with_labels({target.reel.text})},
        {"ship", with(with_labels({target.reel.text}), "to", "maker.example")},
        {"split", with(with(one, "new_symbols", issued().text), "quantity", 5)},
        {"consume", with(with(one, "quantity", 5), "boards", json::array{board().text})},
        {"recall", {{"mpn", "NL1"}, {"lots", json::array{"A"}}, {"reason", "x"}}},
        {"authorise", {{"org", "maker.example"}, {"mpns", json::array{"NL*"}}}},
    };
    for (const auto& [verb, body] : good) {
        const std::string text = json::serialize(body);
        for (int i = 0; i < 60; ++i) {
            const auto answer =
                target.ask(Method::post, "/v1/" + verb, mutated(text, random), "application/json");
            INFO(verb << " " << i << ": " << answer.status << " " << answer.text);
            CHECK(no_accident(answer.status));
            if (answer.status >= 400) CHECK(is_problem(answer));
        }
        // Cut off anywhere, it is not JSON any more.
        for (std::size_t length = 0; length < text.size(); length += 1 + text.size() / 40) {
            const auto answer =
                target.ask(Method::post, "/v1/" + verb, text.substr(0, length), "application/json");
            INFO(verb << " " << length << ": " << answer.text);
            CHECK(answer.status == 400);
        }
    }
    CHECK(target.ems.get("/v1/health").member("status") == "ok");
}

}  // namespace reelproof::node::tests
