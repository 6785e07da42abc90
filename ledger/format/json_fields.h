// Reads the members of a JSON object from outside, each with its type and limits; the error names
// the member. Not thread-safe; a short-lived helper of the format's readers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ledger/base/bytes.h"
#include "ledger/base/clock.h"

namespace reelproof::ledger {

inline constexpr std::size_t kMaxJsonList = 1000;
inline constexpr std::size_t kMaxJsonText = 4096;

class JsonFields {
  public:
    // `where` comes before the member's name in errors: "keys[2]."; empty for the outermost object.
    explicit JsonFields(const boost::json::object& object, std::string where = "")
        : object_(object), where_(std::move(where)) {}

    [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }

    // Text without control characters, not empty, of at most 4096 bytes.
    Result<std::string> text(std::string_view name) const;
    // The same, but empty when the member is absent, and may be empty.
    Result<std::string> optional_text(std::string_view name) const;
    // Text that may have newlines, as a signed note has; at most `limit` bytes.
    Result<std::string> long_text(std::string_view name, std::size_t limit) const;
    Result<Bytes> hex(std::string_view name) const;
    Result<Hash> hash(std::string_view name) const;
    Result<std::uint64_t> number(std::string_view name) const;
    Result<std::optional<UnixSeconds>> optional_time(std::string_view name) const;
    // At most 1000 texts as by text(); empty when absent.
    Result<std::vector<std::string>> texts(std::string_view name) const;
    // At most `limit` elements; null when absent.
    Result<const boost::json::array*> list(std::string_view name, std::size_t limit) const;

    // How errors call a member: member "keys[2].role"
    [[nodiscard]] std::string member(std::string_view name) const;
    // An error about it.
    [[nodiscard]] Error problem(std::string_view name, std::string_view text) const;

  private:
    Result<const boost::json::value*> required(std::string_view name) const;
    Result<std::string> as_plain_text(const boost::json::value& value, std::string_view name,
                                      bool may_be_empty) const;

    const boost::json::object& object_;
    std::string where_;
};

}  // namespace reelproof::ledger
