#include "vision/label/scanner_profile.h"

#include <catch2/catch.hpp>

#include "vision/label/characters.h"
#include "vision/label/keyboard_layouts.h"
#include "vision/label/label.h"

using namespace reelproof::vision;

namespace {

const std::string calibration(calibration_text());

std::string swapped(std::string text,
                    const std::vector<std::pair<std::string, std::string>>& replacements) {
    for (const auto& [what, with] : replacements) replace_all(text, what, with);
    return text;
}

const std::string reel =
    "[)>\x1e"
    "06\x1d"
    "1PZY-1{2}/3\x1dQ2500\x1d"
    "10D2448\x1d"
    "1TLOT:7\x1d"
    "4LMY\x1e\x04";

// What a scanner makes of a text by a fixed rule.
using Damage = std::string (*)(std::string);

struct Kind {
    const char* name;
    Damage damage;
};

std::string tokens(std::string text) {
    return swapped(std::move(text), {{"\x1d", "{GS}"}, {"\x1e", "{RS}"}, {"\x04", "{EOT}"}});
}
std::string pictures(std::string text) {
    return swapped(std::move(text), {{"\x1d", "␝"}, {"\x1e", "␞"}, {"\x04", "␄"}});
}
std::string private_use(std::string text) {
    return swapped(std::move(text),
                   {{"\x1d", "\xEF\x9C\x8B"}, {"\x1e", "\xEF\x9C\x8C"}, {"\x04", "\xEF\x9C\x84"}});
}
std::string glyphs(std::string text) {
    return swapped(std::move(text), {{"\x1d", "↔"}, {"\x1e", "▲"}, {"\x04", "♦"}});
}
std::string pipes(std::string text) {
    return swapped(std::move(text), {{"\x1d", "¦"}, {"\x1e", "«"}, {"\x04", "»"}});
}
std::string latin_bytes(std::string text) {
    return swapped(std::move(text), {{"\x1d", "\xa6"}, {"\x1e", "\xab"}, {"\x04", "\xbb"}});
}
std::string german(std::string text) {
    return tokens(typed_on("German", text));
}
std::string french(std::string text) {
    return pictures(typed_on("French", text));
}
std::string british(std::string text) {
    return typed_on("British", text) + "\r\n";
}
std::string framed(std::string text) {
    return "\x02" + text + "\t";
}
std::string caps_lock(std::string text) {
    for (char& c : text) {
        if (is_upper(c)) {
            c = static_cast<char>(c - 'A' + 'a');
        } else if (is_lower(c)) {
            c = static_cast<char>(c - 'a' + 'A');
        }
    }
    return text;
}

}  // namespace

TEST_CASE("the calibration text has all that a scanner can spoil") {
    CHECK(calibration.size() <= 260);
    for (int c = ' '; c < 0x7f; ++c) {
        INFO(static_cast<char>(c));
        CHECK(calibration.find(static_cast<char>(c)) != std::string::npos);
    }
    const auto parsed = parse(calibration);
    REQUIRE(parsed.has_value());
    CHECK(to_string(parsed->fields.at("kind")) == "scanner_calibration");
    CHECK_FALSE(parsed->fields.contains("mpn"));
}

TEST_CASE("a scanner that delivers texts as they are needs no profile") {
    const auto profile = learn(calibration, calibration);
    REQUIRE(profile.has_value());
    CHECK(profile->transparent());
    CHECK(undo(*profile, reel) == reel);
}

TEST_CASE("what a scanner does by a fixed rule is learned and undone") {
    for (const Kind& kind :
         {Kind{"tokens", tokens}, Kind{"pictures", pictures}, Kind{"private use", private_use},
          Kind{"glyphs", glyphs}, Kind{"pipes", pipes}, Kind{"bytes", latin_bytes},
          Kind{"German", german}, Kind{"French", french}, Kind{"British", british},
          Kind{"framed", framed}, Kind{"caps lock", caps_lock}}) {
        INFO(kind.name);
        const auto profile = learn(calibration, kind.damage(calibration));
        if (!profile) UNSCOPED_INFO(profile.error().text);
        REQUIRE(profile.has_value());
        CHECK_FALSE(profile->transparent());
        // Two keys of a French keyboard give the same character: neither can be told.
        const bool told = std::string(kind.name) != "French";
        CHECK((undo(*profile, kind.damage(calibration)) == calibration) == told);
        CHECK(undo(*profile, kind.damage(reel)) == reel);
        const auto again = scanner_profile_from_toml(to_toml(*profile));
        REQUIRE(again.has_value());
        CHECK(*again == *profile);

        ParseOptions options{Channel::wedge, {}};
        options.scanner = &*profile;
        const auto parsed = parse(kind.damage(reel), options);
        REQUIRE(parsed.has_value());
        CHECK(parsed->fields == parse(reel)->fields);
        CHECK_FALSE(parsed->recovered);
    }
}

TEST_CASE("a scanner that loses the control key is undone within messages only") {
    // Ctrl+] for GS arrives as ], and the letter behind it small.
    std::string delivered = swapped(calibration, {{"\x1e\x04", "^d"}, {"\x1e", "^"}});
    std::string small;
    bool behind = false;
    for (const char c : delivered) {
        small += behind && is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c == '\x1d' ? ']' : c;
        behind = c == '\x1d';
    }
    const auto profile = learn(calibration, small);
    if (!profile) UNSCOPED_INFO(profile.error().text);
    REQUIRE(profile.has_value());
    CHECK(profile->small_after_control);
    CHECK(undo(*profile, "[)>^06]1PABC]q5^d") ==
          "[)>\x1e"
          "06\x1d"
          "1PABC\x1dQ5\x1e\x04");
    CHECK(undo(*profile, "A]B^C") == "A]B^C");
}

TEST_CASE("a scanner that drops the end of a message alone loses nothing that matters") {
    for (const auto& [group, record] : {std::pair{"|", "~"}, {"{GS}", "{RS}"}, {"\x1d", "\x1e"}}) {
        const std::vector<std::pair<std::string, std::string>> keys{
            {"\x1d", group}, {"\x1e", record}, {"\x04", ""}};
        const auto profile = learn(calibration, swapped(calibration, keys));
        INFO(record);
        REQUIRE(profile.has_value());
        CHECK(profile->lost == "\x04");
        CHECK_FALSE(profile->loses_separators());
        ParseOptions options{Channel::wedge, {}};
        options.scanner = &*profile;
        const auto parsed = parse(swapped(reel, keys), options);
        REQUIRE(parsed.has_value());
        CHECK(parsed->fields == parse(reel)->fields);
        CHECK_FALSE(parsed->recovered);
    }
}

TEST_CASE("what never arrives is known to be lost") {
    const auto profile =
        learn(calibration, swapped(calibration, {{"\x1d", ""}, {"\x1e", ""}, {"\x04", ""}}));
    REQUIRE(profile.has_value());
    CHECK(profile->loses_separators());
    // Decimal numbers for control characters can't be told from numbers.
    const auto decimal =
        learn(calibration, swapped(calibration, {{"\x1d", "29"}, {"\x1e", "30"}, {"\x04", "04"}}));
    REQUIRE(decimal.has_value());
    CHECK(decimal->loses_separators());
    CHECK(undo(*decimal, "1P2930") == "1P2930");
    const auto small = learn(calibration, [] {
        std::string text = calibration;
        for (char& c : text) {
            if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
        }
        return text;
    }());
    REQUIRE(small.has_value());
    CHECK(small->case_lost);
    CHECK(undo(*small, "1pabc") == "1PABC");
}

TEST_CASE("blanks in place of separators are not taken for them, since values hold blanks") {
    struct Blanks {
        const char *group, *record, *end;
    };
    for (const Blanks& sent : {Blanks{" ", "\x1e", "\x04"}, Blanks{" ", "", ""},
                               Blanks{" ", " ", " "}, Blanks{" ", " ", ""}}) {
        const auto typed = [&](const std::string& text) {
            return swapped(text, {{"\x1d", sent.group}, {"\x1e", sent.record}, {"\x04", sent.end}});
        };
        INFO("\"" << sent.record << "\", \"" << sent.end << '"');
        const auto profile = learn(calibration, typed(calibration));
        REQUIRE(profile.has_value());
        CHECK(profile->loses_separators());
        CHECK(profile->message_only.empty());
        ParseOptions options{Channel::wedge, {}};
        options.scanner = &*profile;
        const auto with_blank = parse(typed("[)>\x1e"
                                            "06\x1d"
                                            "1PABC-1\x1dQ5000\x1d"
                                            "1TLOT 77\x1d"
                                            "10D2617\x1d"
                                            "4LCN\x1e\x04"),
                                      options);
        // The lot is "LOT 77" or nothing, never "LOT".
        if (with_blank) {
            CHECK(with_blank->recovered);
            CHECK(to_string(with_blank->fields.at("lot")) == "LOT 77");
        } else {
            CHECK(with_blank.error().code == "label.ambiguous");
        }
    }
}

TEST_CASE("the key behind each scan is not taken for the end of the message") {
    for (const auto* key : {"\r", "\n", "\r\n", "\t"}) {
        const auto profile = learn(
            calibration, swapped(calibration, {{"\x1d", ""}, {"\x1e", ""}, {"\x04", ""}}) + key);
        REQUIRE(profile.has_value());
        CHECK(profile->suffix == key);
        CHECK(profile->substitutions.empty());
        CHECK(profile->lost.find('\x04') != std::string::npos);
        CHECK(undo(*profile, "Q3000" + std::string(key)) == "Q3000");
    }
    const auto braces = learn(calibration, tokens(calibration) + "\n");
    REQUIRE(braces.has_value());
    CHECK(braces->suffix == "\n");
    CHECK(undo(*braces, "{\"a\":{}}\n") == "{\"a\":{}}");
    CHECK(undo(*braces, tokens(reel) + "\n") == reel);
}

TEST_CASE("a scanner that changes its mind, or another text, teaches nothing") {
    std::string moody = calibration;
    const char* marks[] = {"┴", "E", "q", "¡", "Á"};
    for (std::size_t at = 0, n = 0; (at = moody.find('\x1d')) != std::string::npos; ++n) {
        moody.replace(at, 1, marks[n % 5]);
    }
    const auto changing = learn(calibration, moody);
    REQUIRE_FALSE(changing.has_value());
    CHECK(changing.error().code == "scanner.unstable");
    for (const std::string& other :
         {std::string("1PABC123"), calibration.substr(0, 120), calibration.substr(100),
          calibration + calibration, std::string(300, 'A'), reel + reel + reel}) {
        INFO(other);
        const auto learned = learn(calibration, other);
        REQUIRE_FALSE(learned.has_value());
        CHECK((learned.error().code == "scanner.another-text" ||
               learned.error().code == "scanner.unstable"));
    }
    CHECK(learn(calibration, "").error().code == "scanner.empty");
    CHECK(learn(calibration, std::string(5000, 'A')).error().code == "scanner.too-long");
}

TEST_CASE("what is wrong in a scanner's profile is said") {
    const auto trouble = [](const char* text) {
        const auto profile = scanner_profile_from_toml(text);
        return profile ? std::string() : profile.error().text;
    };
    CHECK(trouble("name = \"desk 1\"") == "");
    CHECK(trouble("name = 1").find("line 1: name: ") != std::string::npos);
    CHECK(trouble("\nnames = \"x\"").find("line 2: names: ") != std::string::npos);
    CHECK(trouble("[[substitution]]\nmeant = \"x\"").find("delivered is empty") !=
          std::string::npos);
    CHECK(trouble("prefix_hex = \"0g\"").find("hexadecimal") != std::string::npos);
    CHECK_FALSE(trouble("[[").empty());
    CHECK_FALSE(trouble("= 1").empty());
}
