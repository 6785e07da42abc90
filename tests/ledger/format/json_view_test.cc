#include "ledger/format/json_view.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "ledger/format/strict_json.h"
#include "tests/ledger/base/result_printer.h"

namespace reelproof::ledger::tests {

namespace {

// The value as Boost.JSON's own tree of it is written.
boost::json::value tree_of(JsonView::Value value, const boost::json::value& like) {
    if (value.is_object()) {
        boost::json::object out;
        for (const auto& member : like.as_object()) {
            const auto inside = value.member(member.key());
            if (inside) out[member.key()] = tree_of(*inside, member.value());
        }
        return out;
    }
    if (value.is_array()) {
        boost::json::array out;
        auto element = value.first();
        for (std::size_t i = 0; i < value.size(); ++i, element = element.next())
            out.push_back(tree_of(element, like.as_array().at(i)));
        return out;
    }
    if (value.is_text()) return boost::json::string(value.text());
    if (const auto whole = value.whole()) return *whole;
    return like.is_int64() ? boost::json::value("not whole") : like;
}

}  // namespace

TEST_CASE("a view says what the text says", "[format][json]") {
    const std::string long_text(5000, 'x');
    for (const std::string& text :
         {std::string(R"({})"), std::string(R"( { "a" : [ ] } )"),
          std::string(R"({"a":"text","b":[1,-2,"c",{"d":[[],[{}]]}],"":null,"e":true})"),
          std::string(R"({"a\n\u00e9":"tab\tquote\"","b":"\ud83d\ude00","c":"plain"})"),
          std::string(R"({"n":[0,-0,1e2,1.5,9223372036854775807,9223372036854775808,-1e-7]})"),
          R"({"long":")" + long_text + R"(","escaped":")" + long_text + R"(\n)" + long_text +
              R"("})"}) {
        CAPTURE(text);
        const auto view = JsonView::read(text, "it");
        REQUIRE(view);
        const auto tree = boost::json::parse(text);
        CHECK(tree_of(view->root(), tree) == tree);
        CHECK_FALSE(view->root().member("nobody"));
    }
}

TEST_CASE("a view stays good when it is moved", "[format][json]") {
    const std::string text = R"({"a":"b\nc"})";
    auto view = JsonView::read(text, "it");
    REQUIRE(view);
    const JsonView moved = std::move(*view);
    CHECK(moved.root().member("a")->text() == "b\nc");
}

TEST_CASE("a view takes what the strict check takes, with its error", "[format][json]") {
    std::string many = R"({"m0":0)";
    for (int i = 1; i < 100; ++i) many += ",\"m" + std::to_string(i) + "\":0";
    std::vector<std::string> texts{"",
                                   "[]",
                                   "1",
                                   R"({"a":1}x)",
                                   R"({"a":1,"a":2})",
                                   R"({"a":1,"\u0061":2})",
                                   R"({"a":{"b":1,"b":1}})",
                                   many + "}",
                                   many + R"(,"m50":0})",
                                   R"({"a":"\ud800"})",
                                   R"({"a":1e999999999999})",
                                   "{\"a\":\"\xff\"}",
                                   R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}"};
    const std::string good = R"({"a":"b\n","c":[1,{"d":-2.5}],"e":null,"f":"é"})";
    for (std::size_t at = 0; at < good.size(); ++at) {
        texts.push_back(good.substr(0, at));
        for (const char c : {'"', '\\', '{', '}', '[', ']', ',', '0', '\xc3'}) {
            texts.push_back(good);
            texts.back()[at] = c;
        }
    }
    for (const auto& text : texts) {
        CAPTURE(text);
        const auto checked = check_untyped_json_object(text, "it");
        const auto view = JsonView::read(text, "it");
        REQUIRE(view.has_value() == checked.has_value());
        if (!view) CHECK(view.error().message == checked.error().message);
    }
}

}  // namespace reelproof::ledger::tests
