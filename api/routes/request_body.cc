#include "api/routes/request_body.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/http/text.h"
#include "ledger/base/counted.h"
#include "ledger/format/strict_json.h"
#include "ledger/format/text_rules.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

bool contains(const Members& members, std::string_view name) {
    return std::find(members.begin(), members.end(), name) != members.end();
}

}  // namespace

std::optional<Response> refuse_other_than_json(const Request& request) {
    const auto type = request.headers.get("Content-Type").value_or("");
    if (type == "application/json" || type.starts_with("application/json;")) return std::nullopt;
    return Problem(415, "unsupported", "JSON is needed")
        .detail("send Content-Type: application/json")
        .response();
}

std::string_view media_type(std::string_view content_type) {
    return trim_ows(content_type.substr(0, content_type.find(';')));
}

std::string_view media_type(const Request& request) {
    return media_type(request.headers.get("Content-Type").value_or(""));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || failed != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return out;
}

ledger::Result<void> check_member(std::string_view name, const Members& members) {
    if (contains(members, name)) return {};
    std::string text = ledger::may_be_quoted(name) ? "\"" + std::string(name) + "\"" : "a member";
    text += " is not known to this request; it takes";
    for (const auto& member : members) text += (&member == &members.front() ? " " : ", ") + member;
    return ledger::malformed(text + (members.empty() ? " none" : ""));
}

ledger::Result<Body> Body::parse(std::string_view text, const Members& members,
                                 std::string_view what) {
    // A proxy, a log and we must not read two requests in one.
    if (auto strict = ledger::check_untyped_json_object(text, what); !strict) return strict.error();
    json::parse_options options;
    options.max_depth = 8;
    boost::system::error_code failure;
    // Labels are secrets.
    json::parser parser(ledger::WipingMemory::get(), options);
    parser.reset(ledger::WipingMemory::get());
    parser.write(text, failure);
    if (failure) return ledger::malformed(std::string(what) + " is not JSON: " + failure.message());
    Body body(members);
    body.object_ = std::move(parser.release().get_object());
    for (const auto& member : body.object_)
        if (auto known = check_member(member.key(), members); !known) return known.error();
    return body;
}

bool Body::knows(std::string_view name) const {
    return contains(members_, name);
}

const json::value* Body::find(std::string_view name) const {
    if (!contains(members_, name))
        throw std::logic_error("the route does not list its member " + std::string(name));
    return object_.if_contains(name);
}

void Body::fail(std::string_view name, std::string_view what) const {
    if (!error_) error_ = ledger::malformed(std::string(name).append(" ").append(what));
}

std::string Body::text(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (value->is_string()) return std::string(value->get_string());
    fail(name, "is not a text");
    return {};
}

std::string Body::required_text(std::string_view name) const {
    auto value = text(name);
    if (value.empty()) fail(name, "is missing");
    return value;
}

std::optional<std::int64_t> Body::optional_count(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_int64() && value->get_int64() >= 0) return value->get_int64();
    fail(name, "is not a whole number from 0");
    return std::nullopt;
}

std::int64_t Body::count(std::string_view name) const {
    if (!has(name)) fail(name, "is missing");
    return optional_count(name).value_or(0);
}

std::string Body::object_text(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (value->is_object()) return boost::json::serialize(*value);
    fail(name, "is not an object");
    return {};
}

std::optional<Body> Body::part(std::string_view name, const json::value& value,
                               const Members& members) const {
    Body out(members);
    out.object_ = value.get_object();
    for (const auto& member : out.object_)
        if (auto known = check_member(member.key(), members); !known) {
            if (!error_) error_ = ledger::within(name, known.error());
            return std::nullopt;
        }
    return out;
}

std::optional<Body> Body::object(std::string_view name, const Members& members) const {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_object()) return part(name, *value, members);
    fail(name, "is not an object");
    return std::nullopt;
}

std::vector<Body> Body::objects(std::string_view name, const Members& members,
                                std::size_t most) const {
    const auto* value = find(name);
    std::vector<Body> out;
    if (value == nullptr) return out;
    if (!value->is_array() || value->get_array().size() > most) {
        fail(name, "is not a list of at most " + ledger::counted(most, "object"));
        return out;
    }
    for (const auto& element : value->get_array()) {
        if (!element.is_object()) {
            fail(name, "holds something that is not an object");
            return {};
        }
        auto one = part(name, element, members);
        if (!one) return {};
        out.push_back(std::move(*one));
    }
    return out;
}

bool Body::flag(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) fail(name, "is not true or false");
    return value->is_bool() && value->get_bool();
}

std::vector<std::string> Body::texts(std::string_view name, std::size_t most) const {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (value->is_string()) return {std::string(value->get_string())};
    if (!value->is_array() || value->get_array().size() > most) {
        fail(name, "is not a text or a list of at most " + ledger::counted(most, "text"));
        return {};
    }
    std::vector<std::string> out;
    for (const auto& element : value->get_array()) {
        if (!element.is_string()) {
            fail(name, "holds something that is not a text");
            return {};
        }
        out.emplace_back(element.get_string());
    }
    return out;
}

std::vector<std::string> Body::required_texts(std::string_view name, std::size_t most) const {
    auto out = texts(name, most);
    if (out.empty()) fail(name, "is missing");
    return out;
}

std::vector<std::vector<std::string>> Body::labels(std::string_view name, std::size_t most) const {
    const auto* value = find(name);
    if (value == nullptr || !value->is_array() || value->get_array().empty() ||
        value->get_array().size() > most) {
        fail(name, "is not a list of 1 to " + ledger::counted(most, "label"));
        return {};
    }
    std::vector<std::vector<std::string>> out;
    for (const auto& element : value->get_array()) {
        std::vector<std::string> texts;
        if (element.is_string()) {
            texts.emplace_back(element.get_string());
        } else if (element.is_array()) {
            for (const auto& text : element.get_array())
                if (text.is_string()) texts.emplace_back(text.get_string());
            if (texts.size() != element.get_array().size()) texts.clear();
        }
        if (texts.empty()) {
            fail(name, "holds something that is neither a text nor a list of texts");
            return {};
        }
        out.push_back(std::move(texts));
    }
    return out;
}

}  // namespace reelproof::api
