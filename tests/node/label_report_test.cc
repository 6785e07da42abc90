// What label read tells a person.
#include "node/cli/label_report.h"

#include <catch2/catch.hpp>

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

namespace {

vision::Symbol symbol(std::string symbology, std::string text, int x, int y) {
    vision::Symbol one;
    one.symbology = std::move(symbology);
    one.bytes.assign(text.begin(), text.end());
    one.text = std::move(text);
    one.engine = "zxing";
    one.path = "frame";
    one.position = {{{x, y}, {x + 100, y}, {x + 100, y + 100}, {x, y + 100}}};
    return one;
}

std::string message(const std::string& lot) {
    return "[)>\x1e"
           "06\x1d"
           "1PABC\x1dQ5\x1d"
           "1T" +
           lot + "\x1e\x04";
}

}  // namespace

TEST_CASE("a reading says of each symbol how it was read and why it is believed") {
    const auto text =
        label_report("reel.jpg", vision::merge({symbol("DataMatrix", message("L1"), 0, 0)}));
    CHECK_THAT(text, Contains("reel.jpg: 1 symbol, iso15434-06"));
    CHECK_THAT(text, Contains("by zxing, frame: corrected"));
    CHECK_THAT(text, Contains("lot: L1"));
    CHECK_THAT(text, !Contains("label 1 of"));
}

TEST_CASE("several labels are told one by one, then what they differ in") {
    const auto text =
        label_report("reel.jpg", vision::merge({symbol("DataMatrix", message("L1"), 0, 0),
                                                symbol("DataMatrix", message("L2"), 0, 900)}));
    const auto first = text.find("label 1 of 2: iso15434-06"), second = text.find("label 2 of 2:"),
               all = text.find("all labels:");
    REQUIRE((first < second && second < all && all != std::string::npos));
    CHECK_THAT(text.substr(first, second - first), Contains("lot: L1") && !Contains("lot: L2"));
    CHECK_THAT(text.substr(second, all - second), Contains("lot: L2") && !Contains("lot: L1"));
    CHECK_THAT(text.substr(all), Contains("lot differs from label to label: L1 L2"));
}

TEST_CASE("what was seen but not read is told with its place and what to do") {
    vision::LabelReading reading;
    reading.width = 900;
    reading.height = 600;
    reading.unread.push_back({"DataMatrix", {{{20, 20}, {120, 20}, {120, 120}, {20, 120}}}});
    reading.unread.push_back({"linear", {{{700, 280}, {899, 280}, {899, 320}, {700, 320}}}});
    reading.unread.push_back({"QRCode", {{{200, 100}, {600, 100}, {600, 500}, {200, 500}}}});
    const auto text = label_report("reel.jpg", reading);
    CHECK_THAT(text, Contains("not read: a Data Matrix at the top left: come closer"));
    CHECK_THAT(text, Contains("not read: bars at the right: the picture's edge cuts it"));
    CHECK_THAT(text, Contains("not read: a QR code in the middle: hold still"));
}

}  // namespace reelproof::node::tests
