#include "api/http/request_parser.h"

#include <cassert>

#include "api/http/target.h"
#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr std::string_view kHttp11 = "HTTP/1.1";
constexpr std::string_view kHttp10 = "HTTP/1.0";

bool is_http_version(std::string_view text) {  // RFC 9112 2.3
    return text.size() == 8 && text.starts_with("HTTP/") && text[5] >= '0' && text[5] <= '9' &&
           text[6] == '.' && text[7] >= '0' && text[7] <= '9';
}

// #connection-option (RFC 9110 7.6.1); empty elements are allowed (5.6.1).
bool is_token_list(std::string_view list) {
    std::string_view part;
    while (next_part(list, ',', part))
        if (!trim_ows(part).empty() && !is_token(trim_ows(part))) return false;
    return true;
}

// uri-host [ ":" port ]: enough to be sure that nothing else hides in it.
bool is_host(std::string_view text) {
    for (char c : text)
        if (!is_token_char(c) && std::string_view(":[]()=,;").find(c) == std::string_view::npos)
            return false;
    return !text.empty();
}

}  // namespace

RequestParser::RequestParser(const Limits& limits)
    : limits_(limits), collector_(limits.max_header) {}

RequestParser::~RequestParser() {
    wipe(request_.body);
}

void RequestParser::fail(const WireError& error) {
    error_ = error;
    state_ = State::failed;
}

std::size_t RequestParser::feed(std::string_view bytes) {
    if (state_ == State::head) {
        const std::size_t used = collector_.feed(bytes);
        if (collector_.state() == HeadCollector::State::failed)
            fail(collector_.error());
        else if (collector_.state() == HeadCollector::State::complete)
            parse_head();
        return used;
    }
    if (state_ != State::body) return 0;
    const std::size_t used = body_->feed(bytes, request_.body);
    switch (body_->state()) {
        case BodyDecoder::State::need_more:
            break;
        case BodyDecoder::State::complete:
            state_ = State::complete;
            break;
        case BodyDecoder::State::malformed:
            fail(WireError{400, "the chunks of the body are malformed"});
            break;
        case BodyDecoder::State::too_large:
            fail(WireError{413, "the body is too large"});
            break;
    }
    return used;
}

void RequestParser::accept_body(std::size_t max_body, bool cut) {
    assert(state_ == State::head_done);
    body_.emplace(framing_, max_body, cut);
    if (body_->state() == BodyDecoder::State::too_large)
        fail(WireError{413, "the body is too large"});
    else
        state_ = body_->state() == BodyDecoder::State::complete ? State::complete : State::body;
}

void RequestParser::parse_head() {
    auto error = parse_request_line(collector_.start_line());
    if (!error) error = parse_fields(collector_.fields(), limits_.max_fields, request_.headers);
    if (!error) error = check_fields();
    if (error)
        fail(*error);
    else
        state_ = State::head_done;
}

// method SP request-target SP HTTP-version, each blank one space (RFC 9112 3).
std::optional<WireError> RequestParser::parse_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return WireError{400, "the request line is not 'method target version'"};
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) return WireError{400, "the method is not a token"};
    if (!is_http_version(version)) return WireError{400, "the HTTP version is malformed"};
    if (version != kHttp11 && version != kHttp10)
        return WireError{400, "the HTTP version is neither 1.1 nor 1.0"};
    http_1_0_ = version == kHttp10;
    request_.method = method_from(method);
    return parse_target(line.substr(first + 1, last - first - 1), request_);
}

std::optional<WireError> RequestParser::check_fields() {
    const Headers& fields = request_.headers;
    const std::size_t hosts = fields.count("Host");
    if (hosts > 1 || (hosts == 0 && !http_1_0_))
        return WireError{400, "there must be one Host header"};  // RFC 9112 3.2
    if (hosts == 1 && !is_host(*fields.get("Host")))
        return WireError{400, "the Host header is malformed"};
    if (auto error = parse_framing(fields, framing_)) return error;
    if (http_1_0_ && framing_.kind == Framing::Kind::chunked)
        return WireError{400, "HTTP/1.0 has no chunked bodies"};  // RFC 9112 6.1
    if (fields.has("Expect") && !http_1_0_) {
        if (fields.count("Expect") > 1 || !iequals(*fields.get("Expect"), "100-continue"))
            return WireError{417, "the expectation is not 100-continue"};
        expects_continue_ = framing_.kind != Framing::Kind::none;
    }
    if (!is_token_list(fields.joined("Connection")))
        return WireError{400, "the Connection header is not a list of tokens"};
    // HTTP/1.0 clients must ask for keep-alive; ours don't exist, so we close (RFC 9112 9.3).
    keep_alive_ = !http_1_0_ && !fields.has_token("Connection", "close");
    return std::nullopt;
}

}  // namespace reelproof::api
