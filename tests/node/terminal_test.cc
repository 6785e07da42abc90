// What others wrote, on a terminal: read, not obeyed.
#include "node/cli/terminal.h"

#include <sstream>

#include <catch2/catch.hpp>

#include "node/cli/arguments.h"
#include "tests/node/cli_support.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

namespace {

const std::string kEvil =
    "a\x1b[2J\x07\r\x7f\xc2\x9b"
    "31m\xe2\x80\xae"
    "b\xd8\x9c\xe2\x81\xa6";
constexpr const char* kTame = "a?[2J????31m?b??";

std::string guarded(const std::vector<std::string>& writes) {
    std::ostringstream out;
    {
        const TerminalGuard guard(out);
        for (const auto& text : writes) out << text;
    }
    return out.str();
}

}  // namespace

TEST_CASE("what a terminal would obey does not reach it", "[cli][terminal]") {
    CHECK(printable(kEvil + "\n\tc") == std::string(kTame) + "??c");
    CHECK(guarded({kEvil + "\n\tc"}) == std::string(kTame) + "\n\tc");
    CHECK(guarded({"\xc3\xa4 \xe2\x82\xac \xe2\x80\xa6 \xf0\x9f\x98\x80"}) ==
          "\xc3\xa4 \xe2\x82\xac \xe2\x80\xa6 \xf0\x9f\x98\x80");
    // In whichever pieces it comes.
    std::vector<std::string> bytes;
    for (const char c : kEvil) bytes.emplace_back(1, c);
    CHECK(guarded(bytes) == kTame);
}

TEST_CASE("JSON loses nothing of it", "[cli][terminal]") {
    const boost::json::object object{{"name", kEvil}};
    const auto line = json_line(object);
    CHECK(printable(line) == line);
    CHECK(boost::json::parse(line) == object);
    CHECK(json_line({{"a", "\xc3\xa4"}}) == "{\"a\":\"\xc3\xa4\"}");
}

TEST_CASE("no command prints it", "[cli][terminal]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto table =
        work.file("evil.csv", ledger::as_bytes("Reference,Qty,MPN\nR1," + kEvil + ",x\n"));
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"part", "import", table},
                                               {"label", "read", kEvil},
                                               {"label", "parse", kEvil},
                                               {kEvil},
                                               {"label", "parse", "--" + kEvil},
                                               {"org", "show", "--config", kEvil},
                                               {"marking", "expect", kEvil},
                                               {"proof", "verify", kEvil},
                                               {"ledger", "check", kEvil}}) {
        const auto ran = work.run(arguments);
        for (const auto* part : {"\x1b", "\x07", "\r", "\x7f", "\xc2\x9b", "\xe2\x80\xae"}) {
            CAPTURE(arguments[0], ran.out, ran.err, part);
            CHECK_THAT(ran.out + ran.err, !Contains(part));
        }
    }
}

}  // namespace reelproof::node::tests
