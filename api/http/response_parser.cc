#include "api/http/response_parser.h"

#include <string>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr int kMaxInterim = 8;  // 1xx responses before the real one

// "HTTP/1.x" SP 3DIGIT SP [ reason ] (RFC 9112 4); 0 when it isn't that. Servers that leave the
// blank before an empty reason out are common enough to be let through.
int status_of(std::string_view line) {
    if (line.size() < 12 || !(line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")))
        return 0;
    if (line.size() > 12 && line[12] != ' ') return 0;
    const auto status = parse_decimal(line.substr(9, 3));
    return status && *status >= 100 && *status <= 599 ? static_cast<int>(*status) : 0;
}

}  // namespace

ResponseParser::ResponseParser(Method to, const Limits& limits)
    : to_(to), limits_(limits), collector_(limits.max_header) {}

void ResponseParser::malformed(const char* text) {
    error_ = text;
    state_ = State::malformed;
}

std::size_t ResponseParser::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ == State::need_more) {
        if (body_) {
            used += body_->feed(bytes.substr(used), std::get<std::string>(response_.body));
            check_body_state();
        } else {
            used += collector_.feed(bytes.substr(used));
            if (collector_.state() == HeadCollector::State::failed)
                malformed(collector_.error().text);
            else if (collector_.state() == HeadCollector::State::complete)
                parse_head();
        }
    }
    return used;
}

bool ResponseParser::finish_at_close() {
    if (state_ == State::need_more && body_ && body_->finish_at_close()) state_ = State::complete;
    return state_ == State::complete;
}

void ResponseParser::check_body_state() {
    switch (body_->state()) {
        case BodyDecoder::State::need_more:
            break;
        case BodyDecoder::State::complete:
            state_ = State::complete;
            break;
        case BodyDecoder::State::malformed:
            malformed("the chunks of the body");
            break;
        case BodyDecoder::State::too_large:
            state_ = State::too_large;
            break;
    }
}

void ResponseParser::parse_head() {
    const std::string_view line = collector_.start_line();
    const int status = status_of(line);
    if (status == 0) return malformed("the status line");
    if (status == 101) return malformed("a change of protocol that nobody asked for");
    Headers fields;
    if (auto error = parse_fields(collector_.fields(), limits_.max_fields, fields))
        return malformed(error->text);
    if (status < 200) {
        if (++interim_ > kMaxInterim) return malformed("interim responses without end");
        collector_ = HeadCollector(limits_.max_header);
        return;
    }
    Framing framing;
    if (auto error = parse_framing(fields, framing)) return malformed(error->text);
    keep_alive_ = line.starts_with("HTTP/1.1") && !fields.has_token("Connection", "close");
    // RFC 9112 6.3: these have no body, whatever their headers say.
    const bool no_body = to_ == Method::head || status == 204 || status == 304;
    const bool sized = fields.has("Content-Length") || fields.has("Transfer-Encoding");
    if (no_body) {
        body_.emplace(Framing{}, 0);
    } else if (sized) {
        body_.emplace(framing, limits_.max_body);
    } else {
        body_ = BodyDecoder::until_close(limits_.max_body);
        keep_alive_ = false;
    }
    response_.status = status;
    response_.content_type = std::string(fields.get("Content-Type").value_or(""));
    fields.erase("Content-Type");
    response_.headers = std::move(fields);
    response_.body = std::string();
    check_body_state();
}

}  // namespace reelproof::api
