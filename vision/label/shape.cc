#include "vision/label/shape.h"

#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/countries.h"
#include "vision/label/date_code.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t no_end = 1u << 20;
constexpr std::size_t longest_pattern = 400;
constexpr std::size_t most_elements = 24;

Error wrong(std::string text) {
    return {"shape.syntax", std::move(text)};
}

bool control(char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
}

// Cuts at `separator` outside quotes; pieces without blanks around them.
std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    std::size_t start = 0;
    bool quoted = false;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '\'') quoted = !quoted;
        if (i < text.size() && (text[i] != separator || quoted)) continue;
        const auto piece = trim(text.substr(start, i - start));
        if (!piece.empty() || separator == '|') pieces.push_back(piece);
        start = i + 1;
    }
    return pieces;
}

}  // namespace

bool Shape::is_of(Class which, char c) {
    switch (which) {
        case Class::digit:
            return is_digit(c);
        case Class::positive:
            return is_digit(c) && c != '0';
        case Class::capital:
            return is_upper(c);
        case Class::alphanumeric:
            return is_digit(c) || is_upper(c);
        case Class::word:
            return is_alphanumeric(c);
        case Class::hex:
            return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
        case Class::blank:
            return c == ' ';
        default:
            return !control(c);
    }
}

Result<Shape::Element> Shape::parse_element(std::string_view pattern) {
    Element element;
    if (pattern.front() == '\'') {
        if (pattern.size() < 3 || pattern.back() != '\'' ||
            pattern.substr(1, pattern.size() - 2).find('\'') != std::string_view::npos) {
            return wrong("a quoted text ends with the quote, and holds something: " +
                         std::string(pattern));
        }
        element.of = Class::literal;
        element.text = pattern.substr(1, pattern.size() - 2);
        element.least = element.most = element.text.size();
        return element;
    }
    struct Name {
        std::string_view name;
        Class of;
    };
    constexpr Name names[] = {
        {"an", Class::alphanumeric}, {"n", Class::digit},    {"a", Class::capital},
        {"w", Class::word},          {"h", Class::hex},      {"s", Class::blank},
        {"x", Class::any},           {"p", Class::positive},
    };
    const Name* found = nullptr;
    for (const Name& name : names) {
        if (found == nullptr && pattern.starts_with(name.name)) found = &name;
    }
    if (found == nullptr) {
        return wrong("\"" + std::string(pattern) +
                     "\" is none of n p a an w h s x, no quoted text, and no known word");
    }
    element.of = found->of;
    auto count = pattern.substr(found->name.size());
    element.most = no_end;
    if (count.empty()) return element;
    if (count == "*") {
        element.least = 0;
        return element;
    }
    const auto dash = count.find('-');
    const auto least = small_number(count.substr(0, dash));
    const auto most = dash == std::string_view::npos ? least : small_number(count.substr(dash + 1));
    if (!least || !most || *least > *most || *most == 0 || *most > 8192) {
        return wrong("\"" + std::string(pattern) +
                     "\": a count is a number, two with a dash between, or *");
    }
    element.least = static_cast<std::size_t>(*least);
    element.most = static_cast<std::size_t>(*most);
    return element;
}

Result<Shape::Alternative> Shape::parse_alternative(std::string_view pattern) {
    Alternative result;
    if (pattern.empty()) return wrong("an alternative is empty; write the word empty");
    if (pattern == "empty") {
        result.named = Named::empty;
    } else if (pattern == "country") {
        result.named = Named::country;
    } else if (pattern == "quantity") {
        result.named = Named::quantity;
    } else if (pattern == "date" || pattern.starts_with("date:")) {
        result.named = Named::date;
        if (pattern.size() > 4) {
            result.kind = pattern.substr(5);
            if (!is_date_kind(result.kind)) {
                return wrong("\"" + result.kind + "\" is no kind of date code");
            }
        }
    } else {
        for (const auto piece : pieces_of(pattern, ' ')) {
            auto element = parse_element(piece);
            if (!element) return element.error();
            result.least += element->least;
            result.most = std::min(no_end, result.most + element->most);
            result.elements.push_back(*std::move(element));
        }
        if (result.elements.size() > most_elements) return wrong("more than 24 elements");
    }
    return result;
}

Result<Shape> Shape::parse(std::string_view pattern) {
    if (pattern.size() > longest_pattern) return wrong("longer than 400 characters");
    if (trim(pattern).empty()) return wrong("it is empty");
    Shape shape;
    for (const auto piece : pieces_of(pattern, '|')) {
        auto alternative = parse_alternative(piece);
        if (!alternative) return alternative.error();
        shape.alternatives_.push_back(*std::move(alternative));
    }
    return shape;
}

// Follows all places that the elements so far can end at; each element costs one pass.
bool Shape::matches(const Alternative& alternative, std::string_view text) {
    if (text.size() < alternative.least || text.size() > alternative.most) return false;
    const auto& elements = alternative.elements;
    if (elements.size() == 1 && elements[0].of != Class::literal) {
        return std::all_of(text.begin(), text.end(),
                           [&](char c) { return is_of(elements[0].of, c); });
    }
    // Elements of one length only: there is one place to follow.
    std::size_t place = 0, next = 0;
    for (; next < elements.size() && elements[next].least == elements[next].most; ++next) {
        const Element& element = elements[next];
        const auto piece = text.substr(place, element.least);
        if (element.of == Class::literal ? piece != element.text
                                         : !std::all_of(piece.begin(), piece.end(), [&](char c) {
                                               return is_of(element.of, c);
                                           })) {
            return false;
        }
        place += element.least;
    }
    if (next == elements.size()) return place == text.size();
    std::vector<char> here(text.size() + 1, 0);
    here[place] = 1;
    std::vector<int> begins(text.size() + 2);
    std::vector<std::size_t> run(text.size() + 1);
    for (; next < elements.size(); ++next) {
        const Element& element = elements[next];
        std::vector<char> there(text.size() + 1, 0);
        if (element.of == Class::literal) {
            for (std::size_t i = 0; i + element.text.size() <= text.size(); ++i) {
                if (here[i] && text.substr(i, element.text.size()) == element.text) {
                    there[i + element.text.size()] = 1;
                }
            }
        } else {
            run[text.size()] = 0;
            for (std::size_t i = text.size(); i-- > 0;) {
                run[i] = is_of(element.of, text[i]) ? run[i + 1] + 1 : 0;
            }
            std::fill(begins.begin(), begins.end(), 0);
            for (std::size_t i = 0; i <= text.size(); ++i) {
                const std::size_t most = std::min(run[i], element.most);
                if (!here[i] || most < element.least) continue;
                ++begins[i + element.least];
                --begins[i + most + 1];
            }
            int open = 0;
            for (std::size_t i = 0; i <= text.size(); ++i) {
                open += begins[i];
                there[i] = open > 0;
            }
        }
        here = std::move(there);
    }
    return here[text.size()] != 0;
}

bool Shape::matches(std::string_view text) const {
    if (alternatives_.empty()) return true;
    return std::any_of(
        alternatives_.begin(), alternatives_.end(), [&](const Alternative& alternative) {
            switch (alternative.named) {
                case Named::empty:
                    return text.empty();
                case Named::country:
                    return text.size() == 2 && is_upper(text[0]) && is_upper(text[1]);
                case Named::quantity:
                    return text.size() <= 9 && all_digits(text);
                case Named::date:
                    return alternative.kind.empty()
                               ? is_date_code(text)
                               : !date_intervals(text, alternative.kind).empty();
                default:
                    return matches(alternative, text);
            }
        });
}

}  // namespace reelproof::vision
