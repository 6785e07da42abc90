#include "ledger/format/strict_json.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>

#include "ledger/format/text_rules.h"

namespace reelproof::ledger {
namespace {

namespace json = boost::json;

// Boost.JSON calls these with parts of the text; the signatures are its own.
class Checker {
  public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code&) {
        if (depth_ == 0) is_object_ = true;
        ++depth_;
        names_of_.push_back(names_.size());
        return true;
    }
    bool on_object_end(std::size_t, json::error_code& error) {
        const auto first = names_.begin() + static_cast<std::ptrdiff_t>(names_of_.back());
        std::sort(first, names_.end(),
                  [this](const Name& a, const Name& b) { return text(a) < text(b); });
        const auto twice =
            std::adjacent_find(first, names_.end(), [this](const Name& a, const Name& b) {
                return text(a) == text(b) && may_repeat_ != text(a);
            });
        if (twice != names_.end()) {
            repeated_ = text(*twice);
            error = json::error::syntax;
            return false;
        }
        if (first != names_.end()) {
            const auto begin = std::min_element(
                first, names_.end(), [](const Name& a, const Name& b) { return a.at < b.at; });
            names_text_.resize(begin->at);
        }
        names_.erase(first, names_.end());
        names_of_.pop_back();
        --depth_;
        return true;
    }
    bool on_array_begin(json::error_code&) {
        ++depth_;
        return true;
    }
    bool on_array_end(std::size_t, json::error_code&) {
        --depth_;
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        names_text_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t size, json::error_code&) {
        names_text_.append(part.data(), part.size());
        names_.push_back({names_text_.size() - size, size});
        type_is_next_ = depth_ == 1 && text(names_.back()) == "type";
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        if (wants_type()) text_.append(part.data(), part.size());
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        if (wants_type()) {
            text_.append(part.data(), part.size());
            type_ = std::move(text_);
            text_.clear();
            type_is_next_ = false;
        }
        return true;
    }

    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
    bool on_double(double, json::string_view, json::error_code&) { return true; }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

    [[nodiscard]] bool is_object() const { return is_object_; }
    [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }
    std::optional<std::string>& type() { return type_; }
    void set_may_repeat(std::string_view name) { may_repeat_ = name; }
    // The last that was named and is open.
    [[nodiscard]] std::optional<std::string_view> member() const {
        return names_.empty() ? std::nullopt : std::optional(text(names_.back()));
    }

  private:
    // In names_text_, which holds the names of all open objects: no allocation a name.
    struct Name {
        std::size_t at, size;
    };

    [[nodiscard]] std::string_view text(const Name& name) const {
        return std::string_view(names_text_).substr(name.at, name.size);
    }
    [[nodiscard]] bool wants_type() const { return type_is_next_ && depth_ == 1; }

    std::optional<std::string_view> may_repeat_;
    std::size_t depth_ = 0;
    bool is_object_ = false;
    // A member "type" of the outermost object has just been named: its value is what comes next.
    bool type_is_next_ = false;
    std::string text_;
    std::string names_text_;
    std::vector<Name> names_;            // of all open objects, the innermost last
    std::vector<std::size_t> names_of_;  // where the names of each open object begin
    std::optional<std::string> repeated_;
    std::optional<std::string> type_;
};

// The text of the member "type" of the object, where it has one.
Result<std::optional<std::string>> check(std::string_view text, const std::string& name,
                                         std::string_view may_repeat = {}) {
    if (!is_utf8(as_bytes(text))) return malformed(name + " is not UTF-8");
    json::parse_options options;
    options.max_depth = kJsonMaxDepth;
    json::basic_parser<Checker> parser(options);
    if (!may_repeat.empty()) parser.handler().set_may_repeat(may_repeat);
    json::error_code error;
    std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (!error && read < text.size()) error = json::error::extra_data;
    Checker& checker = parser.handler();
    if (checker.repeated())
        return malformed(name + " has " +
                         (may_be_quoted(*checker.repeated())
                              ? "the member \"" + *checker.repeated() + "\""
                              : "a member") +
                         " twice");
    if (error == json::error::exponent_overflow && checker.member())
        return malformed(name + ": " +
                         (may_be_quoted(*checker.member())
                              ? "the member \"" + std::string(*checker.member()) + "\""
                              : "a member") +
                         " holds a number that is too large");
    if (error) return malformed(name + " is not JSON: " + error.message());
    if (!checker.is_object()) return malformed(name + " is not a JSON object");
    return std::move(checker.type());
}

}  // namespace

Result<std::string> check_json_object(std::string_view text, std::string_view what) {
    const std::string name(what);
    auto type = check(text, name);
    if (!type) return type.error();
    if (!*type) return malformed(name + " has no text \"type\"");
    return std::move(**type);
}

Result<void> check_untyped_json_object(std::string_view text, std::string_view what,
                                       std::string_view may_repeat) {
    auto type = check(text, std::string(what), may_repeat);
    if (!type) return type.error();
    return {};
}

}  // namespace reelproof::ledger
