#include <catch2/catch.hpp>

#include "tests/paths.h"
#include "tests/vision/vision_support.h"
#include "vision/label/identifiers.h"
#include "vision/label/profile_set.h"
#include "vision/label/scanner_profile.h"

using namespace reelproof::vision;

namespace {

std::string trouble(const std::string& toml) {
    const auto profile = profile_from_toml(toml, "mine.toml");
    return profile ? "" : profile.error().text;
}

const std::string sound = R"(name = "acme-list"
kind = "list"
separator = "|"
[[item]]
tag = "P"
shape = "an3-20"
to = "mpn"
[[item]]
shape = "n1-7"
to = "quantity"
[[example]]
text = "PABC123|500"
fields = { mpn = "ABC123", quantity = 500 }
)";

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

bool matches(const char* shape, std::string_view text) {
    const auto parsed = Shape::parse(shape);
    REQUIRE(parsed.has_value());
    return parsed->matches(text);
}

}  // namespace

TEST_CASE("the examples of our own label profiles are right") {
    const ProfileSet& ours = ProfileSet::built_in();
    CHECK(ours.all().size() == built_in_profile_files().size());
    CHECK(ours.all().size() >= 30);
    for (const auto& profile : ours.all()) {
        for (const auto& wrong : check_examples(*profile, ours)) {
            UNSCOPED_INFO(wrong);
            CHECK(false);
        }
        CHECK_FALSE(profile->title.empty());
    }
}

TEST_CASE("a profile that a user adds is used, and takes the place of ours of that name") {
    ProfileSet mine = ProfileSet::built_in();
    REQUIRE(mine.add(sound, "mine.toml").has_value());
    CHECK(check_examples(*mine.all().front(), mine).empty());
    ParseOptions options;
    options.profiles = &mine;
    const auto parsed = parse("PXYZ9|20", options);
    REQUIRE(parsed.has_value());
    CHECK(parsed->format == "acme-list");
    CHECK(to_string(parsed->fields.at("mpn")) == "XYZ9");
    CHECK(parse("PXYZ9|20")->format == "di");

    const auto count = mine.all().size();
    REQUIRE(mine.add(with(sound, "acme-list", "lcsc"), "lcsc.toml").has_value());
    CHECK(mine.all().size() == count);
    CHECK(parse("{pbn:PICK1,on:SO1,pc:C1,pm:X,qty:1}", options)->format != "lcsc");
}

TEST_CASE("what is wrong in a profile is said with file, line and field") {
    CHECK(trouble(sound) == "");
    const auto says = [](const std::string& toml, const std::string& text) {
        INFO(trouble(toml));
        return trouble(toml).find(text) != std::string::npos;
    };
    CHECK(says(with(sound, "kind = \"list\"", "kind = \"lists\""), "mine.toml: line 1: kind: "));
    CHECK(says(with(sound, "an3-20", "an20-3"), "mine.toml: line 6: item[1].shape: "));
    CHECK(says(with(sound, "to = \"mpn\"", "to = \"Mpn\""), "line 7: item[1].to: "));
    CHECK(says(with(sound, "separator", "seperator"), "line 3: seperator: there is no such"));
    CHECK(says(with(sound, "tag = \"P\"", "tag = \"25S\""), "item[1].tag: 25S"));
    CHECK(says(with(sound, "name = \"acme-list\"", "name = \"Acme\""), "name: "));
    CHECK(says(sound.substr(0, sound.find("[[example]]")), "example: "));
    CHECK(says("require = [\"mnp\"]\n" + sound,
               "line 1: require: no field is called \"mnp\"; this profile gives mpn, quantity"));
    CHECK(says("require_if = { lott = \"P\" }\n" + sound,
               "line 1: require_if: no field is called \"lott\""));
    CHECK(trouble("require = [\"lot\"]\n" + sound) == "");
    CHECK(trouble("require = [\"mpn\"]\n" + sound) == "");
    CHECK(says("name = \"x", "mine.toml: line 1: "));
    CHECK(says("[[", "mine.toml: "));
    CHECK(says(
        "name = \"x\"\nkind = \"identifiers\"\n[[when]]\nhas = [\"1P\"]\n[fields]\n1p = \"mpn\"",
        "fields.1p: "));
    CHECK(
        says("name = \"x\"\nkind = \"identifiers\"\n[[when]]\nhas = [\"1P\"]\n[fields]\n25S = "
             "\"serial\"\n[[example]]\ntext = \"x\"",
             "fields.25S: 25S of a label of ours is a secret"));
    CHECK(says(std::string(max_profile_bytes + 1, ' '), "256 KiB"));

    ProfileSet mine;
    REQUIRE(mine.add(with(sound, "quantity = 500", "quantity = 501"), "mine.toml").has_value());
    const auto wrong = check_examples(*mine.all().front(), mine);
    REQUIRE(wrong.size() == 1);
    CHECK(wrong[0] ==
          "mine.toml: line 11: example[1]: field quantity: expected \"501\", read \"500\"");
}

TEST_CASE("shapes say what a value can be") {
    CHECK(matches("n6", "123456"));
    CHECK_FALSE(matches("n6", "12345"));
    CHECK_FALSE(matches("n6", "12345A"));
    CHECK(matches("n1-3 | 'ABC'", "12"));
    CHECK(matches("n1-3 | 'ABC'", "ABC"));
    CHECK_FALSE(matches("n1-3 | 'ABC'", "ABD"));
    CHECK(matches("x '-ND'", "296-1-1-ND"));
    CHECK_FALSE(matches("x '-ND'", "-ND"));
    CHECK(matches("p1 n0-6", "1"));
    CHECK_FALSE(matches("p1 n0-6", "01"));
    CHECK(matches("a1 w* s*", "Ab3   "));
    CHECK(matches("n '/' n", "123/4"));
    CHECK(matches("date", "2617"));
    CHECK_FALSE(matches("date", "2699"));
    CHECK(matches("date:YYYYMMDD", "20260101"));
    CHECK(matches("country | empty", ""));
    CHECK(matches("' | ' n1", " | 3"));
    for (const char* wrong : {"", "|", "n0", "n3-2", "q", "'", "''", "n99999", "date:WWYY", "n-"}) {
        INFO(wrong);
        CHECK_FALSE(Shape::parse(wrong).has_value());
    }
}

TEST_CASE("hostile shapes and texts cost time in proportion only") {
    // What makes regular expressions explode: many ways to divide one text.
    std::string pattern = "x";
    for (int i = 0; i < 23; ++i) pattern += " x*";
    const auto shape = Shape::parse(pattern);
    REQUIRE(shape.has_value());
    CHECK(shape->matches(std::string(8192, 'a')));
    CHECK_FALSE(shape->matches(std::string(8191, 'a') + '\x01'));
}

TEST_CASE("the table of data identifiers is whole") {
    CHECK(identifiers().size() == 478);
    for (const Identifier& known : identifiers()) {
        INFO(known.code);
        CHECK(find_identifier(known.code) == &known);
        CHECK_FALSE(known.title.empty());
    }
    for (const auto* unknown : {"", "100P", "01P", "P1", "p", "1", "A", "98S"}) {
        CHECK(find_identifier(unknown) == nullptr);
    }
}

TEST_CASE("the profiles in docs/LABELS.md are right") {
    std::string page;
    for (const auto& line :
         reelproof::tests::read_lines(reelproof::tests::source_dir() / "docs/LABELS.md")) {
        page += line + "\n";
    }
    ProfileSet set = ProfileSet::built_in();
    std::vector<std::string> names;
    for (auto at = page.find("```toml\n"); at != std::string::npos;
         at = page.find("```toml\n", at)) {
        at += 8;
        const auto end = page.find("```", at);
        const std::string text = page.substr(at, end - at);
        at = end;
        if (text.find("[[example]]") == std::string::npos) {
            CHECK(scanner_profile_from_toml(text).has_value());
            continue;
        }
        const auto added = set.add(text, "LABELS.md");
        if (!added) UNSCOPED_INFO(added.error().text);
        REQUIRE(added.has_value());
        names.push_back(profile_from_toml(text, "LABELS.md")->name);
    }
    CHECK(names == std::vector<std::string>{"acme-reel", "acme-box"});
    for (const auto& profile : set.all()) {
        for (const auto& wrong : check_examples(*profile, set)) {
            UNSCOPED_INFO(wrong);
            CHECK(false);
        }
    }
}
