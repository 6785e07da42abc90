// Requests made of the OpenAPI document of a running node, good, odd and broken, for each route:
// what comes back is what the document says, never the node's own failure, never nothing.
// REELPROOF_SEED repeats a run, REELPROOF_ROUNDS makes it longer.
#include <cstdlib>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "api/http/client.h"
#include "api/http/problem.h"
#include "ledger/format/cbor.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

using api::Method;

unsigned from_environment(const char* name, unsigned otherwise) {
    const char* given = std::getenv(name);
    return given == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
}

Method method_of(std::string_view name) {
    for (const auto method :
         {Method::get, Method::post, Method::patch, Method::put, Method::delete_, Method::options})
        if (api::iequals(to_string(method), name)) return method;
    throw std::logic_error("the document names the method " + std::string(name));
}

class Generator {
  public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t count) { return random_() % count; }
    bool one_in(std::size_t count) { return below(count) == 0; }
    template <class T>
    const T& any(const std::vector<T>& of) {
        return of[below(of.size())];
    }

    std::string text() {
        static const std::vector<std::string> odd = {
            "",
            " ",
            "0",
            "-1",
            "x",
            "ems.example",
            "nobody.example",
            "NL52840-QIAA-R",
            "7AB123",
            "sealed",
            "\xC3\x96l",
            "\xE2\x80\xAE\xEF\xBB\xBF",
            "=1+1",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            "../../etc/passwd",
            "%00%ff",
            "\x1D"
            "P"
            "NL1\x1D"
            "1TA",
            "[)>\x1E"
            "06\x1D"
            "PNL52840\x1D"
            "1T7AB123\x1D"
            "Q3000\x1E\x04",
            std::string(300, 'a'),
            std::string(5000, 'b'),
            std::string(64, '0'),
            std::string(64, 'f'),
            "18446744073709551616",
        };
        if (!one_in(4)) return any(odd);
        std::string out(below(40), ' ');
        for (char& c : out) c = static_cast<char>(' ' + below(95));
        return out;
    }

    json::value anything(int depth = 0) {
        switch (below(depth < 4 ? 8 : 6)) {
            case 0:
                return nullptr;
            case 1:
                return one_in(2);
            case 2:
                return static_cast<std::int64_t>(below(5)) - 1;
            case 3:
                return json::value(std::numeric_limits<std::int64_t>::max());
            case 4:
                return json::value(1e300);
            case 5:
                return json::value(text());
            case 6: {
                json::array out;
                for (std::size_t i = below(4); i > 0; --i) out.emplace_back(anything(depth + 1));
                return out;
            }
            default: {
                json::object out;
                for (std::size_t i = below(4); i > 0; --i) out[text()] = anything(depth + 1);
                return out;
            }
        }
    }

    // What the schema asks for, mostly.
    json::value of(const json::object& schema) {
        if (one_in(12)) return anything();
        if (const auto* either = schema.if_contains("oneOf"))
            return of(either->as_array()[below(either->as_array().size())].as_object());
        if (const auto* allowed = schema.if_contains("enum"))
            return allowed->as_array()[below(allowed->as_array().size())];
        const auto* type = schema.if_contains("type");
        if (type == nullptr) return anything();
        const std::string_view name = type->as_string();
        if (name == "object") return object_of(schema);
        if (name == "array") {
            json::array out;
            for (std::size_t i = 1 + below(3); i > 0; --i)
                out.emplace_back(of(schema.at("items").as_object()));
            return out;
        }
        if (name == "integer" || name == "number")
            return static_cast<std::int64_t>(any<std::int64_t>({0, 1, 2, 3000, 1'900'000'000}));
        if (name == "boolean") return one_in(2);
        return json::value(text());
    }

    std::string body(const json::object& schema) {
        auto out = json::serialize(of(schema));
        if (one_in(6)) out.insert(below(out.size() + 1), text());
        if (one_in(10)) out.resize(below(out.size() + 1));
        return out;
    }

    std::string bytes() {
        std::string out(below(700), '\0');
        for (char& c : out) c = static_cast<char>(random_());
        // The beginning of a statement.
        if (one_in(2)) out.insert(0, "\xd2\x84\x58\x20");
        return out;
    }

  private:
    json::object object_of(const json::object& schema) {
        json::object out;
        const auto* needed = schema.if_contains("required");
        if (const auto* properties = schema.if_contains("properties"))
            for (const auto& [name, type] : properties->as_object()) {
                const bool is_needed =
                    needed != nullptr &&
                    std::any_of(needed->as_array().begin(), needed->as_array().end(),
                                [&, &key = name](const auto& one) { return one == key; });
                if (is_needed ? one_in(15) : one_in(2)) continue;
                out[name] = of(type.as_object());
            }
        if (one_in(15)) out[text()] = anything();
        return out;
    }

    std::mt19937 random_;
};

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0)
            out += c;
        else
            out.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
    return out;
}

struct Fuzzed {
    Fuzzed() {
        node.config.limits.strangers = {10'000, 100'000};
        node.config.limits.callers = {10'000, 100'000};
        node.start();
        node.record("commission", with_labels({issued().text}));
        const auto answer = node.send(Method::get, "/openapi.json", {}, {}, {});
        document = json::parse(answer.text).as_object();
        for (const auto& type : document.at("components")
                                    .at("schemas")
                                    .at("Problem")
                                    .at("properties")
                                    .at("type")
                                    .at("enum")
                                    .as_array())
            problem_types.insert(std::string(type.as_string()));
    }

    std::string target_of(std::string path, const json::object& operation) {
        std::string query;
        const auto* parameters = operation.if_contains("parameters");
        for (std::size_t i = 0; parameters != nullptr && i < parameters->as_array().size(); ++i) {
            const auto& one = parameters->as_array()[i].as_object();
            const std::string name(one.at("name").as_string());
            if (one.at("in") == "path") {
                static const std::vector<std::string> places = {"0", "1", "000.p/1", "nothing",
                                                                std::string(64, 'a')};
                auto value =
                    generator.one_in(2) ? generator.any(places) : percent_encoded(generator.text());
                if (value.empty()) value = "0";
                path.replace(path.find('{'), name.size() + 2, value);
            } else if (generator.one_in(2)) {
                // A second at most of what waits.
                const auto value =
                    generator.one_in(3)
                        ? generator.text()
                        : json::serialize(generator.of(one.at("schema").as_object()));
                query += (query.empty() ? "?" : "&") + name + "=" +
                         percent_encoded(name == "wait" ? "1" : value);
            }
        }
        if (generator.one_in(12)) query += (query.empty() ? "?" : "&") + std::string("more=1");
        return path + query;
    }

    struct Sent {
        std::string type, body;
    };
    Sent body_of(const json::object& operation) {
        const auto* wanted = operation.if_contains("requestBody");
        if (wanted == nullptr) return generator.one_in(10) ? Sent{"text/plain", "x"} : Sent{};
        const auto& content = wanted->at("content").as_object();
        const auto& [type, media] = *(content.begin() + generator.below(content.size()));
        Sent out{std::string(type), {}};
        if (out.type == "image/*") out.type = "image/png";
        if (const auto* schema = media.as_object().if_contains("schema"))
            out.body = generator.body(schema->as_object());
        else
            out.body = generator.bytes();
        if (generator.one_in(12)) out.type = generator.any<std::string>({"", "a", "text/plain"});
        return out;
    }

    void check(const json::object& operation, const api::Response& answer) {
        const auto status = std::to_string(answer.status);
        const auto& responses = operation.at("responses").as_object();
        const bool described = responses.contains(status);
        CHECK(described);
        if (answer.status < 400 || !described) return;
        CHECK((answer.status < 500 || answer.status == 501 || answer.status == 503));
        const auto body = ledger::as_bytes(answer.body_view());
        if (answer.content_type == api::kConciseProblemContentType) {
            CHECK(ledger::check_cbor(body, "problem"));
            return;
        }
        // C2SP's own answers, and health's.
        if (const auto* content = responses.at(status).as_object().if_contains("content"))
            if (content->as_object().contains(answer.content_type)) return;
        if (answer.status == 409 && answer.content_type.starts_with("text/x.tlog.")) return;
        REQUIRE(answer.content_type == api::kProblemContentType);
        const auto problem = json::parse(answer.body_view()).as_object();
        // EPCIS has exceptions of its own (EPCIS 2.0 12.2).
        const std::string type(problem.at("type").as_string());
        CHECK((problem_types.contains(type) || type.starts_with("epcisException:")));
        CHECK(problem.at("status") == answer.status);
        CHECK_FALSE(problem.at("title").as_string().empty());
    }

    ServiceNode node{"ems.example"};
    json::object document;
    std::set<std::string> problem_types;
    Generator generator{from_environment("REELPROOF_SEED", 20261121)};
};

}  // namespace

TEST_CASE("whatever the document allows or not, a node answers as the document says",
          "[service][openapi][fuzz]") {
    Fuzzed f;
    const auto rounds = from_environment("REELPROOF_ROUNDS", 20);
    std::map<std::string, Person> people;
    for (const auto* role : {"administrator", "quality", "warehouse", "line", "auditor"})
        people.emplace(role, Person(f.node, std::string("one-of-") + role, {role}));
    api::HttpClient client(f.node.client());
    std::size_t sent = 0, good = 0;
    for (const auto& [path, methods] : f.document.at("paths").as_object())
        for (const auto& [name, value] : methods.as_object()) {
            const auto& operation = value.as_object();
            const auto method = method_of(name);
            // Its answer has no end; live_test asks it.
            if (path == "/v1/live") continue;
            // It would end what the others are asked with.
            const bool ends = path == "/v1/session" && method == Method::delete_;
            for (unsigned round = 0; round < rounds; ++round) {
                const auto target = f.target_of(std::string(path), operation);
                const auto [type, body] = f.body_of(operation);
                api::Headers headers;
                const auto who = f.generator.below(8);
                if (who < 4) {
                    headers.set("Authorization", "Bearer " + f.node.all_scopes());
                } else if (who < 7 && !ends) {
                    auto person = people.begin();
                    std::advance(person, static_cast<int>(f.generator.below(people.size())));
                    std::string cookies;
                    for (const auto& [cookie, held] : person->second.cookies)
                        cookies += (cookies.empty() ? "" : "; ") + cookie + "=" + held;
                    headers.set("Cookie", cookies);
                    headers.set("Reelproof-CSRF", person->second.csrf);
                }
                if (f.generator.one_in(4))
                    headers.set("Idempotency-Key", std::to_string(f.generator.below(5)));
                if (f.generator.one_in(5))
                    headers.set("Accept",
                                f.generator.any<std::string>(
                                    {"application/json", "text/csv", "application/x-ndjson",
                                     "application/vnd.reelproof.bundle", "*/*;q=x"}));
                if (f.generator.one_in(6)) headers.set("If-None-Match", "*");
                if (f.generator.one_in(20)) headers.set("Content-Encoding", "gzip");
                const auto answer = client.request(method, target, body, type, headers);
                INFO(to_string(method) << " " << target.substr(0, 200) << " round " << round
                                       << " body " << body.substr(0, 300));
                if (!answer) FAIL(answer.error().text);
                INFO(answer->status << " " << answer->body_view().substr(0, 300));
                f.check(operation, *answer);
                ++sent;
                good += answer->status < 400 ? 1 : 0;
            }
        }
    // It gets behind the first checks.
    CHECK(good * 10 > sent);
    CHECK(f.node.get("/v1/health").member("status") == "ok");
    CHECK(f.node.send(Method::get, "/readyz", {}, {}, {}).status == 200);
}

}  // namespace reelproof::node::tests
