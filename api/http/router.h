// Which handler answers a request, and who may call it: one table of routes that tests and
// documentation can walk. Build it on one thread; from then on (const) it is thread-safe, and so
// must be the handlers and the authoriser.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"

namespace reelproof::api {

// Answers one request. Runs on a worker thread and may block; may throw (the server answers 500).
using Handler = std::function<Response(const Request&)>;

// Says whether the caller may do what a route requires. Gives nothing when he may, else the refusal
// (401, 403, or 429 when he asks too often). What it learnt of him it leaves in request.principal;
// who has none is a stranger (ServerOptions::stranger_rate). May run before the body is read:
// it must not look at request.body. Runs on a worker thread and may block.
using Authoriser =
    std::function<std::optional<Response>(Request& request, std::string_view access)>;

// The access of routes that anyone may call. The authoriser is asked here too, for who it is.
inline constexpr std::string_view kPublicAccess = "public";

// Sees each request of a route with its answer, a refusal too, on the thread that made it. What it
// gives is answered instead.
struct Route;
using Observer =
    std::function<std::optional<Response>(const Route&, const Request&, const Response&)>;

// A request that waits, and no worker with it: its handler is called after `longest`, or when what
// was registered wakes it.
struct Hold {
    std::chrono::milliseconds longest{0};
    std::shared_ptr<void> registered;  // once it is gone, no wake is in progress any more
};
// Says whether a request is to wait before its handler is called; nothing: it is not. `wake` may be
// called from any thread, at once, often, and never throws; but `registered` must not go within it.
// Asked once for a request, on a worker, once the caller is authorised.
using Holder = std::function<std::optional<Hold>(const Request&, std::function<void()> wake)>;

enum class Compression {
    automatic,  // text and JSON over 1 KiB, when the client takes gzip
    never,      // answers that mix secrets with what an attacker can choose (BREACH)
    always,     // whatever its type, when the client takes gzip and it has 1 to 512 KiB
};

inline constexpr std::size_t kDefaultMaxBody = 64UL * 1024;

struct RouteOptions {
    std::size_t max_body = kDefaultMaxBody;  // bytes; more is answered 413 before it is read
    // More is not refused: the handler gets the first max_body bytes, in both forms where gzip is
    // taken, and the connection closes after its answer.
    bool cut_body = false;
    Compression compression = Compression::automatic;
    // Run on the network thread: for handlers that take microseconds and never block, and that must
    // answer when all workers are busy (health). The authoriser then runs there too.
    bool on_network_thread = false;
    // Content-Encoding: gzip is taken and undone before the handler sees the body; max_body bounds
    // both forms. Not together with on_network_thread.
    bool gzip_body = false;
    // Errors are told as RFC 9290 tells them, in CBOR: those of the server too.
    bool concise_problems = false;
    // Not together with on_network_thread.
    Holder hold{};
};

struct Route {
    Method method;
    std::string pattern;
    std::string access;
    RouteOptions options;
    Handler handler;
};

// What a path and method lead to.
struct RouteMatch {
    const Route* route = nullptr;  // null: `refusal` is the answer
    std::map<std::string, std::string, std::less<>> parameters;
    Response refusal;  // 404, 405 with Allow, or 204 with Allow for OPTIONS
};

class Router {
  public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    // Patterns: "/v1/items/{id}" takes one non-empty part; "/log/{path...}" takes one part or more,
    // joined with '/', none of which holds a '/' of its own (only the last may be empty, so
    // "/log/" has path ""). Where several patterns fit, literal parts win over {names}, and {names}
    // over tails, decided from left to right. GET routes answer HEAD too.
    // `access` is handed to the authoriser; kPublicAccess for everyone.
    // Throws std::invalid_argument on a bad pattern or one that is taken: a bug of the caller.
    void add(Method method, std::string pattern, std::string access, Handler handler,
             RouteOptions options = {});

    // Without one, routes that are not public answer 403.
    void set_authoriser(Authoriser authoriser);

    // Keeps an account of what was asked and answered.
    void set_observer(Observer observer);

    // All routes in the order added.
    const std::vector<Route>& routes() const;

    RouteMatch match(Method method, const std::vector<std::string>& segments) const;

    // Nothing when the caller may go on. Exceptions of the authoriser pass through.
    std::optional<Response> authorise(const Route& route, Request& request) const;
    // The handler's answer, once the caller is authorised. Its exceptions pass through.
    Response answer(const Route& route, const Request& request) const;

    // match, authorise and answer in one, as a test or the fuzzer wants it: no limits, no
    // compression. Exceptions pass through.
    Response handle(Request& request) const;

  private:
    struct Tree;
    [[nodiscard]] Response observed(const Route& route, const Request& request,
                                    Response response) const;
    std::unique_ptr<Tree> tree_;
};

}  // namespace reelproof::api
