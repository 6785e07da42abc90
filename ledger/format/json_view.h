// JSON from outside, read once and looked at in place: what a strict text (strict_json.h) says,
// without a copy of it. For small texts: each value costs 56 bytes. Thread-safe as a plain value
// is.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ledger/base/secret.h"

namespace reelproof::ledger {

class JsonView {
  public:
    // `text` must stay where it is as long as the view and its values are used. The error is that
    // of check_untyped_json_object.
    static Result<JsonView> read(std::string_view text, std::string_view what);

    JsonView(JsonView&&) = default;
    JsonView& operator=(JsonView&&) = default;
    // Texts that had to be decoded may be secrets, as all of the text may be.
    ~JsonView() {
        if (!decoded_.empty()) wipe(decoded_.data(), decoded_.size());
    }

    class Value;
    [[nodiscard]] Value root() const;

  private:
    friend class JsonHandler;
    enum class Kind : std::uint8_t { object, array, text, whole, other };
    struct Node {
        std::string_view name{};  // of a member
        std::string_view text{};
        std::int64_t number = 0;  // the value, or how many are inside
        std::uint32_t end = 0;    // the node behind all that are inside
        Kind kind = Kind::other;
    };

    JsonView() = default;

    std::vector<Node> nodes_;    // each before those inside it, the root first
    std::vector<char> decoded_;  // texts with escapes; of fixed capacity, so views into it hold
};

// Ends with its view.
class JsonView::Value {
  public:
    [[nodiscard]] bool is_object() const { return node().kind == Kind::object; }
    [[nodiscard]] bool is_array() const { return node().kind == Kind::array; }
    [[nodiscard]] bool is_text() const { return node().kind == Kind::text; }
    [[nodiscard]] std::string_view text() const { return node().text; }
    // Where it is a number without fraction or exponent that fits.
    [[nodiscard]] std::optional<std::int64_t> whole() const {
        return node().kind == Kind::whole ? std::optional(node().number) : std::nullopt;
    }
    // Of an object.
    [[nodiscard]] std::optional<Value> member(std::string_view name) const {
        for (Value inside = first(); inside.at_ < node().end; inside = inside.next())
            if (inside.node().name == name) return inside;
        return std::nullopt;
    }
    // Of an array, each in turn: for (i = 0, v = first(); i < size(); ++i, v = v.next()).
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(node().number); }
    [[nodiscard]] Value first() const { return {*view_, at_ + 1}; }
    [[nodiscard]] Value next() const { return {*view_, node().end}; }

  private:
    friend class JsonView;
    Value(const JsonView& view, std::uint32_t at) : view_(&view), at_(at) {}
    [[nodiscard]] const Node& node() const { return view_->nodes_[at_]; }

    const JsonView* view_;
    std::uint32_t at_;
};

inline JsonView::Value JsonView::root() const {
    return {*this, 0};
}

}  // namespace reelproof::ledger
