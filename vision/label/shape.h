// The small pattern language of label profiles: which texts a value can be. No regular expressions:
// matching takes time that grows with the length of text and pattern only, whatever either says.
//
//   shape       = alternative { "|" alternative }
//   alternative = element { blank element }        matches the whole text
//   element     = 'text'                           that text
//               | class [count]                    so many characters of a class
//   class       = n   digit          a   capital letter     an  capital letter or digit
//               | w   letter, digit  h   hexadecimal digit  s   blank
//               | p   digit but 0        x   anything but control characters
//   count       = "6" | "1-9" | "*"                exactly, from-to, none or more; else one or more
//   and, each an alternative of its own: "date", "date:YYWW" …, "country", "quantity", "empty"
//
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

class Shape {
  public:
    // Matches everything, the empty text too.
    Shape() = default;

    // Fails: "shape.syntax", saying what is wrong and where.
    static Result<Shape> parse(std::string_view pattern);

    bool matches(std::string_view text) const;
    bool any() const { return alternatives_.empty(); }

  private:
    enum class Class : std::uint8_t {
        literal,
        digit,
        positive,
        capital,
        alphanumeric,
        word,
        hex,
        blank,
        any
    };
    enum class Named : std::uint8_t { none, date, country, quantity, empty };
    struct Element {
        Class of = Class::any;
        std::size_t least = 1, most = 1;
        std::string text;  // of a literal
    };
    struct Alternative {
        Named named = Named::none;
        std::string kind;  // of a date, "" for any
        std::vector<Element> elements;
        std::size_t least = 0, most = 0;  // length of the texts that it matches
    };

    static Result<Alternative> parse_alternative(std::string_view pattern);
    static Result<Element> parse_element(std::string_view pattern);
    static bool is_of(Class which, char c);
    static bool matches(const Alternative& alternative, std::string_view text);

    std::vector<Alternative> alternatives_;
};

}  // namespace reelproof::vision
