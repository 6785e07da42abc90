#include "vision/label/pages.h"

#include <catch2/catch.hpp>

namespace reelproof::vision {
namespace {

bool says(const std::string& pdf, std::string_view words) {
    return pdf.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("paragraphs go on over pages") {
    using Style = Paragraph::Style;
    const auto one = draw_pages({{Style::title, "Item X"}, {Style::plain, "made", 5}}, "x");
    CHECK(one.starts_with("%PDF-"));
    CHECK(says(one, "/Count 1"));
    const std::vector<Paragraph> many(200, {Style::plain, "one line of a long history"});
    CHECK(says(draw_pages(many, "x"), "/Count 5"));
    CHECK(says(draw_pages({}, "x"), "/Count 1"));
    // A word longer than a line, and one longer than a page.
    CHECK(says(draw_pages({{Style::fine, std::string(2000, 'w')}}, "x"), "/Count 1"));
    CHECK(says(draw_pages({{Style::title, std::string(2000, 'w')}}, "x"), "/Count 3"));
}

TEST_CASE("whatever a label says can be put on paper") {
    using Style = Paragraph::Style;
    for (const std::string& text :
         {std::string("\xff\xfe"), std::string(1, '\0'), std::string("\xc0\x80"),
          std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"), std::string("\xe4\xb8"),
          std::string("\xe4\xb8\xad\xe6\x96\x87"), std::string("<script>\r\n\t)(\\"),
          std::string("     ")})
        CHECK(draw_pages({{Style::plain, text}}, text).starts_with("%PDF-"));
}

}  // namespace reelproof::vision
