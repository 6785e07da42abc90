#include "ledger/format/json_view.h"

#include <algorithm>
#include <functional>

#include <boost/json/basic_parser_impl.hpp>

#include "ledger/format/strict_json.h"

namespace reelproof::ledger {

namespace json = boost::json;

// Boost.JSON calls these with parts of the text; the signatures are its own.
class JsonHandler {
  public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit JsonHandler(std::string_view text) : text_(text) { view_.nodes_.reserve(kUsualNodes); }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return open(Kind::object); }
    bool on_object_end(std::size_t size, json::error_code& error) {
        if (repeats_name()) {
            error = json::error::syntax;
            return false;
        }
        return close(size);
    }
    bool on_array_begin(json::error_code&) { return open(Kind::array); }
    bool on_array_end(std::size_t size, json::error_code&) { return close(size); }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        return decode(part);
    }
    bool on_key(json::string_view part, std::size_t size, json::error_code&) {
        name_ = whole_text(part, size);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        return decode(part);
    }
    bool on_string(json::string_view part, std::size_t size, json::error_code&) {
        add(Kind::text).text = whole_text(part, size);
        return true;
    }

    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
        add(Kind::whole).number = number;
        return true;
    }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return add_other(); }
    bool on_double(double, json::string_view, json::error_code&) { return add_other(); }
    bool on_bool(bool, json::error_code&) { return add_other(); }
    bool on_null(json::error_code&) { return add_other(); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

    JsonView& view() { return view_; }

  private:
    using Kind = JsonView::Kind;
    static constexpr std::size_t kUsualNodes = 48;
    static constexpr std::size_t kFewNames = 24;

    JsonView::Node& add(Kind kind) {
        JsonView::Node& node = view_.nodes_.emplace_back();
        node.name = std::exchange(name_, {});
        node.kind = kind;
        node.end = static_cast<std::uint32_t>(view_.nodes_.size());
        return node;
    }
    bool add_other() {
        add(Kind::other);
        return true;
    }
    // While a container is open, its `end` is the one around it.
    bool open(Kind kind) {
        add(kind).end = open_;
        open_ = static_cast<std::uint32_t>(view_.nodes_.size() - 1);
        return true;
    }
    bool close(std::size_t size) {
        JsonView::Node& node = view_.nodes_[open_];
        node.number = static_cast<std::int64_t>(size);
        open_ = std::exchange(node.end, static_cast<std::uint32_t>(view_.nodes_.size()));
        return true;
    }

    // Of the object that is about to be closed.
    bool repeats_name() {
        names_.clear();
        for (std::size_t at = open_ + 1; at < view_.nodes_.size(); at = view_.nodes_[at].end)
            names_.push_back(view_.nodes_[at].name);
        if (names_.size() > kFewNames) {
            std::sort(names_.begin(), names_.end());
            return std::adjacent_find(names_.begin(), names_.end()) != names_.end();
        }
        for (auto name = names_.begin(); name != names_.end(); ++name)
            if (std::find(names_.begin(), name, *name) != name) return true;
        return false;
    }

    bool decode(json::string_view part) {
        std::vector<char>& decoded = view_.decoded_;
        if (decoded.capacity() == 0) decoded.reserve(text_.size());  // never longer than its source
        decoded.insert(decoded.end(), part.begin(), part.end());
        return true;
    }
    // The text of `size` bytes that ends in `part`: in place where it has no escapes.
    std::string_view whole_text(json::string_view part, std::size_t size) {
        const std::less<> before;
        const bool in_place = part.size() == size && !before(part.data(), text_.data()) &&
                              !before(text_.data() + text_.size(), part.data() + part.size());
        if (in_place) return {part.data(), part.size()};
        decode(part);
        return {view_.decoded_.data() + view_.decoded_.size() - size, size};
    }

    std::string_view text_;
    JsonView view_;
    std::string_view name_;  // of the member whose value comes next
    std::uint32_t open_ = 0;
    std::vector<std::string_view> names_;
};

Result<JsonView> JsonView::read(std::string_view text, std::string_view what) {
    json::parse_options options;
    options.max_depth = kJsonMaxDepth;
    json::basic_parser<JsonHandler> parser(options, text);
    json::error_code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    JsonView& view = parser.handler().view();
    if (!error && read == text.size() && is_utf8(as_bytes(text)) && view.root().is_object())
        return std::move(view);
    if (auto checked = check_untyped_json_object(text, what); !checked) return checked.error();
    throw std::logic_error("two readings of one JSON text");
}

}  // namespace reelproof::ledger
