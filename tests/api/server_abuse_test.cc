// The server against those who want it for themselves: many connections, many requests, large
// answers that nobody reads.
#include <any>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "api/http/server.h"
#include "tests/api/http_support.h"
#include "tests/memory_use.h"

using namespace reelproof::api;
using namespace reelproof::tests;

namespace {

const std::string kOpen(kPublicAccess);

std::string get(const std::string& path, const std::string& fields = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

// Who says a name is known.
Router router_with_names() {
    Router router = hello_router();
    router.add(Method::get, "/secret", "quality",
               [](const Request&) { return Response::text(200, "secret"); });
    router.set_authoriser([](Request& request, std::string_view access) -> std::optional<Response> {
        if (const auto name = request.headers.get("X-Name"))
            request.principal = std::string(*name);
        else if (access != kPublicAccess)
            return Response::text(401, "who are you?");
        return std::nullopt;
    });
    return router;
}

// False where so many files may not be open.
bool allow_files(rlim_t count) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < count) return false;
    files.rlim_cur = files.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &files) == 0;
}

std::string address(int number) {
    return "127.0.1." + std::to_string(number);
}

}  // namespace

TEST_CASE("2,000 idle connections and slow writers keep no honest client out") {
    if (!allow_files(4096)) {
        WARN("SKIPPED: fewer than 4096 files may be open");
        return;
    }
    TestServer server(hello_router(), [](ServerOptions& options) {
        options.handshake_timeout = options.header_timeout = options.idle_timeout = 10 * kPatience;
    });
    HttpClient regular(server.client_options());
    REQUIRE(regular.get("/hello").has_value());
    const auto served = [&] {
        HttpClient fresh(server.client_options());
        for (HttpClient* client : {&fresh, &regular}) {
            const auto answer = client->get("/hello");
            if (!answer || answer->body_view() != "hello") return false;
        }
        return true;
    };

    std::vector<std::unique_ptr<RawTcp>> silent;
    std::vector<std::unique_ptr<RawTls>> idle, slow;
    for (int i = 1; i <= 20; ++i) {
        const std::string from = address(i);
        for (int n = 0; n < 90; ++n)
            silent.push_back(std::make_unique<RawTcp>(server.port(), from.c_str()));
        for (int n = 0; n < 5; ++n) {
            idle.push_back(
                std::make_unique<RawTls>(server.port(), nullptr, 0, nullptr, from.c_str()));
            slow.push_back(
                std::make_unique<RawTls>(server.port(), nullptr, 0, nullptr, from.c_str()));
            slow.back()->send("GET /hello HTTP/1.1\r\nX: ");
        }
        for (const auto& writer : slow) writer->send("x");
        CHECK(served());
    }
    const ServerStats stats = server.server().stats();
    CHECK(stats.connections_open <= 1000);
    CHECK(stats.connections_made_room >= 1000);
    for (int i = 0; i < 20; ++i) {
        for (const auto& writer : slow) writer->send("x");
        CHECK(served());
    }
}

TEST_CASE("when places get scarce, the address that has the most gives one back") {
    TestServer server(hello_router(), [](ServerOptions& options) {
        options.io_threads = 1;
        options.max_connections = 16;
    });
    RawTls modest(server.port());
    REQUIRE(modest.send(get("/hello")));
    CHECK(status_of(modest.read_response()) == 200);
    std::vector<std::unique_ptr<RawTls>> greedy;
    for (int i = 0; i < 60; ++i)
        greedy.push_back(
            std::make_unique<RawTls>(server.port(), nullptr, 0, nullptr, address(1).c_str()));
    CHECK(server.server().stats().connections_refused == 0);
    // The longest idle went first, and nobody else.
    CHECK(greedy.front()->read_to_end().empty());
    REQUIRE(greedy.back()->send(get("/hello")));
    CHECK(status_of(greedy.back()->read_response()) == 200);
    REQUIRE(modest.send(get("/hello")));
    CHECK(status_of(modest.read_response()) == 200);
}

TEST_CASE("connections that come too often from one address are closed, others are taken") {
    TestServer server(hello_router(), [](ServerOptions& options) {
        options.connection_rate = Rate{0.001, 3};
    });
    for (int i = 0; i < 3; ++i) {
        RawTls client(server.port());
        REQUIRE(client.send(get("/hello")));
        CHECK(status_of(client.read_response()) == 200);
    }
    RawTcp more(server.port());
    CHECK(more.read_to_end().empty());
    CHECK(server.server().stats().connections_refused == 1);
    RawTls other(server.port(), nullptr, 0, nullptr, address(1).c_str());
    REQUIRE(other.send(get("/hello")));
    CHECK(status_of(other.read_response()) == 200);
}

TEST_CASE("strangers of one address get 429 when they ask too often, whom we know does not") {
    TestServer server(router_with_names(), [](ServerOptions& options) {
        options.stranger_rate = Rate{0.5, 3};
    });
    // Whatever they ask: what is public, what they may not, what is not there.
    RawTls stranger(server.port());
    for (const auto& [path, status] : std::vector<std::pair<std::string, int>>{
             {"/hello", 200}, {"/secret", 401}, {"/no", 404}}) {
        REQUIRE(stranger.send(get(path)));
        CHECK(status_of(stranger.read_response()) == status);
    }
    for (const char* path : {"/hello", "/secret", "/no"}) {
        RawTls late(server.port());
        REQUIRE(late.send(get(path)));
        const std::string answer = late.read_to_end();
        INFO(path << " " << answer);
        CHECK(status_of(answer) == 429);
        CHECK(answer.find("\r\nRetry-After: 2\r\n") != std::string::npos);
        CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
        CHECK(answer.find("application/problem+json") != std::string::npos);
    }
    CHECK(server.server().stats().rate_limited == 3);
    for (const char* path : {"/hello", "/secret"}) {
        REQUIRE(stranger.send(get(path, "X-Name: vera\r\n")));
        CHECK(status_of(stranger.read_response()) == 200);
    }
    RawTls elsewhere(server.port(), nullptr, 0, nullptr, address(1).c_str());
    REQUIRE(elsewhere.send(get("/hello")));
    CHECK(status_of(elsewhere.read_response()) == 200);
}

TEST_CASE("large answers that nobody reads are bounded, of one address and of all") {
    constexpr std::size_t kLarge = 32 << 20;  // more than the system's buffers take
    Router router = hello_router();
    router.add(Method::get, "/large", kOpen, [](const Request&) {
        return Response::bytes(200, "application/octet-stream", std::string(kLarge, 'x'));
    });
    TestServer server(std::move(router),
                      [](ServerOptions& options) { options.max_body_memory = 4 * kLarge; });
    std::vector<std::unique_ptr<RawTls>> deaf;
    const auto ask = [&](const std::string& from) {
        deaf.push_back(std::make_unique<RawTls>(server.port(), nullptr, 0, nullptr, from.c_str()));
        REQUIRE(deaf.back()->send(get("/large")));
    };
    const auto refused = [&](const std::string& from) {
        RawTls client(server.port(), nullptr, 0, nullptr, from.c_str());
        REQUIRE(client.send(get("/large")));
        const std::string answer = client.read_response();
        CHECK(answer.find("\r\nRetry-After: 1\r\n") != std::string::npos);
        CHECK(status_of(answer) == 503);
        REQUIRE(client.send(get("/hello")));
        CHECK(status_of(client.read_response()) == 200);
    };
    const auto written = [&](std::size_t count) {
        return eventually([&] { return server.server().stats().requests == count; });
    };
    ask(address(1));
    ask(address(1));
    REQUIRE(written(2));
    refused(address(1));
    ask(address(2));
    ask(address(2));
    REQUIRE(written(6));
    refused(address(3));
    deaf.clear();
    CHECK(eventually([&] {
        RawTls client(server.port());
        REQUIRE(client.send(get("/large")));
        return status_of(client.read_response()) == 200;
    }));
}

TEST_CASE("memory stays flat while much more is sent than there is room for") {
    constexpr std::size_t kRoom = 32 << 20, kBody = 4 << 20;
    Router router = hello_router();
    router.add(Method::post, "/large", kOpen,
               [](const Request& request) {
                   return Response::text(200, std::to_string(request.body.size()));
               },
               {.max_body = kBody});
    TestServer server(std::move(router),
                      [](ServerOptions& options) { options.max_body_memory = kRoom; });
    const std::string most_of_it(kBody - 1, 'x');
    const std::string head =
        "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n";
    const std::size_t before = memory_in_use();
    // Each keeps the last byte back, so that all are there at a time. Who is refused may be cut
    // off.
    std::vector<std::unique_ptr<RawTls>> clients;
    for (int i = 0; i < 60; ++i) {
        clients.push_back(std::make_unique<RawTls>(server.port(), nullptr, 0, nullptr,
                                                   address(1 + i % 6).c_str()));
        clients.back()->send(head);
        clients.back()->send(most_of_it);
        if (kMemoryIsTelling) CHECK(memory_in_use() < before + 4 * kRoom);
    }
    std::size_t served = 0;
    for (const auto& client : clients) {
        if (!client->send("x")) continue;
        const std::string answer = client->read_response();
        if (answer.empty()) continue;
        CHECK((status_of(answer) == 200 || status_of(answer) == 503));
        if (status_of(answer) == 200) ++served;
    }
    CHECK(served >= 2);
    CHECK(served <= kRoom / kBody);
    CHECK(server.server().stats().overloaded >= 60 - kRoom / kBody);
    RawTls after(server.port());
    REQUIRE(after.send(head + most_of_it + "x"));
    CHECK(status_of(after.read_response()) == 200);
}
