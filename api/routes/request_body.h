// The JSON body of a request: members read one by one, the first that is missing or of the wrong
// kind is the error. A member that the route does not know is one too: misspelt, it would be left
// out without a word. Belongs to one request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "api/http/message.h"
#include "ledger/base/result.h"
#include "ledger/format/wiping_memory.h"

namespace reelproof::api {

// Names of the members that a route knows.
using Members = std::vector<std::string>;

class Body {
  public:
    // Of a request without one.
    explicit Body(Members members) : members_(std::move(members)) {}
    // One JSON object, nesting of at most 8, no member named twice, none but these.
    // `what`: what an error calls the text.
    static ledger::Result<Body> parse(std::string_view text, const Members& members,
                                      std::string_view what = "the body");

    // Whether the route knows such a member.
    [[nodiscard]] bool knows(std::string_view name) const;
    // Each of these may only ask for a member that the route knows.
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    // Empty when absent.
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] std::string required_text(std::string_view name) const;
    // A whole number from 0.
    [[nodiscard]] std::int64_t count(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> optional_count(std::string_view name) const;
    // False when absent.
    [[nodiscard]] bool flag(std::string_view name) const;
    // A text or a list of at most `most` texts; empty when absent.
    [[nodiscard]] std::vector<std::string> texts(std::string_view name, std::size_t most) const;
    // The same, and at least one.
    [[nodiscard]] std::vector<std::string> required_texts(std::string_view name,
                                                          std::size_t most) const;
    // Labels: a list of 1 to `most`, each a text or a list of texts. Required.
    [[nodiscard]] std::vector<std::vector<std::string>> labels(std::string_view name,
                                                               std::size_t most) const;

    // An object as JSON, for a reader of its own; empty when absent.
    [[nodiscard]] std::string object_text(std::string_view name) const;
    // An object of these members; nothing when absent. It has an error of its own.
    [[nodiscard]] std::optional<Body> object(std::string_view name, const Members& members) const;
    // A list of at most `most` objects of these members; empty when absent. Each has an error of
    // its own.
    [[nodiscard]] std::vector<Body> objects(std::string_view name, const Members& members,
                                            std::size_t most) const;

    [[nodiscard]] const std::optional<ledger::Error>& error() const { return error_; }

  private:
    [[nodiscard]] const boost::json::value* find(std::string_view name) const;
    void fail(std::string_view name, std::string_view what) const;
    [[nodiscard]] std::optional<Body> part(std::string_view name, const boost::json::value& value,
                                           const Members& members) const;

    Members members_;
    boost::json::object object_{ledger::WipingMemory::get()};
    mutable std::optional<ledger::Error> error_;  // the first; owned by the request's thread
};

// The refusal (415) of a body that does not say that it is JSON; nothing when it does. Another
// site's form can send none, so it does nothing in somebody else's name.
std::optional<Response> refuse_other_than_json(const Request& request);

// Of a body, without its parameters (RFC 9110 8.3.1); compared without regard to case.
std::string_view media_type(std::string_view content_type);
std::string_view media_type(const Request& request);
// Digits and nothing else.
std::optional<std::uint64_t> whole_number(std::string_view text);

// Nothing when `name` is one of `members`; else an error that names it and them.
ledger::Result<void> check_member(std::string_view name, const Members& members);

}  // namespace reelproof::api
