// Requests and responses as handlers see them: plain values, already checked (path and query are
// decoded, well-formed UTF-8, free of control characters and of "." and ".." parts).
// Not synchronised: one thread at a time.
#pragma once

#include <any>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace reelproof::api {

// `other`: any that we don't know (TRACE, CONNECT). No route takes it, so it is refused as any
// other method that a path doesn't take.
enum class Method { get, head, post, put, patch, delete_, options, other };

// "GET"; "other" of one that we don't know. Never fails.
std::string_view to_string(Method method);
// Methods are case-sensitive (RFC 9110 9.1).
Method method_from(std::string_view name);

// SHA-256 of the DER SubjectPublicKeyInfo: the identity of a TLS peer.
using SpkiSha256 = std::array<std::uint8_t, 32>;

// ASCII case-insensitive equality, as HTTP compares names and tokens.
bool iequals(std::string_view a, std::string_view b);

// Fields in the order sent; names compare without case (RFC 9110 5.1).
class Headers {
  public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : fields_(fields) {}

    // The first value of that name. The view lives until the next change.
    std::optional<std::string_view> get(std::string_view name) const;
    // All values of that name, joined with ", " (RFC 9110 5.3); empty if there are none.
    std::string joined(std::string_view name) const;
    bool has(std::string_view name) const { return get(name).has_value(); }
    std::size_t count(std::string_view name) const;
    // True when the comma-separated list under `name` holds `token` (without case).
    bool has_token(std::string_view name, std::string_view token) const;

    void add(std::string name, std::string value);
    // Replaces all fields of that name by one.
    void set(std::string name, std::string value);
    void erase(std::string_view name);

    std::size_t size() const { return fields_.size(); }
    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }

  private:
    std::vector<Field> fields_;
};

// Decoded query parameters in the order sent ('+' is a space).
class Query {
  public:
    using Parameter = std::pair<std::string, std::string>;

    // The first value of that name. The view lives as long as the request.
    std::optional<std::string_view> get(std::string_view name) const;
    std::vector<std::string_view> all(std::string_view name) const;
    bool has(std::string_view name) const { return get(name).has_value(); }

    void add(std::string name, std::string value);
    bool empty() const { return parameters_.empty(); }
    std::size_t size() const { return parameters_.size(); }
    auto begin() const { return parameters_.begin(); }
    auto end() const { return parameters_.end(); }

  private:
    std::vector<Parameter> parameters_;
};

// Who is on the other end of the connection.
struct Peer {
    std::string address;  // "192.0.2.7" or "2001:db8::7"; an IPv4-mapped address is shown as IPv4
    std::uint16_t port = 0;
    // Set when the peer proved in the handshake that it holds this key. Whose key it is, is for the
    // application to say: at the TLS level any self-signed certificate will do.
    std::optional<SpkiSha256> certificate_spki;
};

struct Request {
    Method method = Method::get;
    // The path as sent, without the query: for logs and problems, never for decisions.
    std::string path;
    // The path's decoded parts; an encoded '/' stays inside its part. "/" has none.
    std::vector<std::string> segments;
    Query query;
    Headers headers;
    std::string body;
    Peer peer;

    // Filled in by the router: values of the pattern's {names}, and the pattern itself.
    std::map<std::string, std::string, std::less<>> parameters;
    std::string route;
    // Whatever the Authoriser found out about the caller.
    std::any principal;
    // What it is about, for the audit log: an item's public id, "user anna". A handler says it as
    // soon as it knows, so that a refusal has it too. Never sent.
    mutable std::string subject{};

    // The value of a {name} of the route's pattern; empty if the pattern has no such name.
    const std::string& parameter(std::string_view name) const;
    // The value of a cookie (RFC 6265 4.2.1), as sent.
    std::optional<std::string_view> cookie(std::string_view name) const;
};

// What an error says, for a route that tells it in another form than JSON.
struct ProblemText {
    std::string title, detail;
};

// A body without an end. All but the destructor is called on a network thread: it must not block.
class BodyStream {
  public:
    virtual ~BodyStream() = default;
    // Once, before the first next(). `wake`, from any thread, at once or often, says that there is
    // more; it never throws. It must not be called any more once the stream is destroyed, which
    // does not happen within it.
    virtual void open(std::function<void()> wake) = 0;
    // What is to be sent now, or an empty text; nothing: this is the end. `idle`: nothing was sent
    // for ServerOptions::stream_idle, after which somebody may take the connection for dead.
    virtual std::optional<std::string> next(bool idle) = 0;
};

struct Response {
    // Shared bodies are sent without a copy; they must not change afterwards.
    using Body = std::variant<std::string, std::shared_ptr<const std::string>>;

    int status = 200;
    std::string content_type;  // empty: no Content-Type
    Headers headers;           // without Content-Type, Content-Length, Connection and Date
    Body body;
    // Of an error that Problem made.
    std::optional<ProblemText> problem{};
    // In the place of a body: sent as it comes, and then the connection closes. No worker waits.
    std::shared_ptr<BodyStream> stream{};

    std::string_view body_view() const;

    static Response text(int status, std::string body);
    static Response json(int status, std::string body);
    static Response html(int status, std::string body);
    // 204, or another status without a body.
    static Response empty(int status = 204);
    static Response bytes(int status, std::string content_type, Body body);
    // 303 See Other unless told otherwise.
    static Response redirect(std::string location, int status = 303);
};

// The standard reason phrase ("Not Found"); "Unknown" for a status we don't know.
std::string_view reason_phrase(int status);

}  // namespace reelproof::api
