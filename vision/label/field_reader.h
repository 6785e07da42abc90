// Puts raw values into the fields of a label, with the checks that every format shares.
// Thread safety: one object belongs to one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "vision/label/label.h"

namespace reelproof::vision {

class FieldReader {
  public:
    explicit FieldReader(ParsedLabel& label) : label_(label) {}

    // Each trims its value, ignores an empty one, and keeps the first where a field is named
    // twice; a second, different value is a conflict.
    void text(std::string_view field, std::string_view value);
    void quantity(std::string_view value);  // "4000", "0004000", "4000.000", "3000NAR000"
    void date(std::string_view identifier, std::string_view value);  // date_code and its kind
    void country(std::string_view value);                            // two capital letters

    void warn(std::string_view code, std::string_view text);
    bool has(std::string_view field) const { return label_.fields.contains(field); }
    // Warns of each of these fields that is missing.
    void require(std::initializer_list<std::string_view> fields);

  private:
    ParsedLabel& label_;
};

}  // namespace reelproof::vision
