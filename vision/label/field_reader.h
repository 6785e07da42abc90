// Puts raw values into the fields of a label, with the checks that every format shares.
// Thread safety: one object belongs to one thread.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "vision/label/label.h"
#include "vision/label/profile.h"

namespace reelproof::vision {

class FieldReader {
  public:
    explicit FieldReader(ParsedLabel& label) : label_(label) {}

    // Each trims its value, ignores an empty one, and keeps the first where a field is named
    // twice; a second, different value is a conflict.
    void text(std::string_view field, std::string_view value);
    void quantity(std::string_view value);  // "4000", "0004000", "4000.000", "3000NAR000"
    void date(std::string_view identifier, std::string_view value);  // date_code and its kind
    void country(std::string_view value);  // letters, number or name by ISO 3166
    // By the field's name as one of these.
    void put(std::string_view field, std::string_view identifier, std::string_view value);
    // By the first target that takes the value; one whose field is taken by another value is passed
    // over while more follow. False if none does.
    bool put(const std::vector<Target>& targets, std::string_view identifier,
             std::string_view value);
    void constants(const Profile& profile);

    void warn(std::string_view code, std::string_view text);
    bool has(std::string_view field) const { return label_.fields.contains(field); }
    // Warns of each of these fields that is missing.
    void require(std::string_view field);
    void require(std::initializer_list<std::string_view> fields);

    // Keeps what a symbol says under an identifier: a second time among the repeated ones. The
    // unique id of 25S goes to its own place, out of sight.
    void keep(std::string_view identifier, std::string_view data);

  private:
    bool taken_otherwise(std::string_view field, std::string_view value) const;

    ParsedLabel& label_;
};

}  // namespace reelproof::vision
