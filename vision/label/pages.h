// Text on pages of A4, as PDF: reports. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reelproof::vision {

struct Paragraph {
    enum class Style { title, heading, plain, fine };  // fine: small, for hashes and places
    Style style = Style::plain;
    std::string text;  // UTF-8; whatever is not, and control characters, show as a question mark
    int indent_mm = 0;
};

// Lines are broken at blanks, and inside what is longer than a line; paragraphs go on over pages.
// `footer` stands under each page with its number. Throws std::runtime_error without any font.
std::string draw_pages(const std::vector<Paragraph>& paragraphs, std::string_view footer);

}  // namespace reelproof::vision
