#include "ledger/format/tlog_policy.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/wire.h"
#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

namespace {

NoteSigner log_key(const std::string& org) {
    return {org + "/ledger", wire::kNoteEd25519, Secret<32>(sha256(as_bytes(org + " log")))};
}
NoteSigner mirror_key(const std::string& org) {
    return {org + "/mirror", wire::kNoteCosignatureV1,
            Secret<32>(sha256(as_bytes(org + " mirror")))};
}

std::string log_line(const std::string& org) {
    return "log " + log_key(org).verifier().vkey() + "\n";
}
std::string witness_line(const std::string& name) {
    return "witness " + name + " " + mirror_key(name).verifier().vkey() + "\n";
}
std::string witnesses(std::initializer_list<const char*> names) {
    std::string out;
    for (const auto* name : names) out += witness_line(name);
    return out;
}

std::string refusal(const std::string& text) {
    const auto policy = TlogPolicy::parse(text);
    return policy ? "" : policy.error().message;
}

Note checkpoint_of(const std::string& org, const std::vector<NoteSigner>& cosigners) {
    const std::string text = format_checkpoint({org + "/ledger", 7, sha256(as_bytes("root"))});
    std::vector<std::string> lines{log_key(org).sign(text)};
    for (const auto& one : cosigners) lines.push_back(one.sign(text, 1'800'000'000));
    return parse_note(format_note(text, lines)).value();
}

}  // namespace

TEST_CASE("a policy of two levels asks for its groups' thresholds", "[format][policy]") {
    const auto policy =
        TlogPolicy::parse("# the example of the text\n\n" + log_line("maker") +
                          witnesses({"X1", "X2", "X3"}) + "\tgroup X-witnesses 2 X1\tX2  X3 \n" +
                          witnesses({"Y1", "Y2", "Y3"}) +
                          "group Y-witnesses any Y1 Y2 Y3\n"
                          "  # indented\n"
                          "group X-and-Y all X-witnesses Y-witnesses\n"
                          "quorum X-and-Y\n")
            .value();
    CHECK(policy.logs().size() == 1);
    CHECK(policy.log("maker/ledger") != nullptr);
    CHECK(policy.log("other/ledger") == nullptr);
    REQUIRE(policy.witnesses().size() == 6);
    CHECK(policy.witnesses()[3].name == "Y1");
    const auto met = [&](unsigned bits) {
        std::vector<bool> cosigned;
        for (unsigned i = 0; i < 6; ++i) cosigned.push_back(((bits >> i) & 1) != 0);
        return policy.quorum_met(cosigned);
    };
    for (unsigned bits = 0; bits < 64; ++bits) {
        const int xs = __builtin_popcount(bits & 7), ys = __builtin_popcount(bits >> 3);
        CHECK(met(bits) == (xs >= 2 && ys >= 1));
    }
}

TEST_CASE("a quorum is one witness, or none at all", "[format][policy]") {
    const auto one = TlogPolicy::parse(witnesses({"a", "b"}) + "quorum b\n").value();
    CHECK(one.quorum_met({false, true}));
    CHECK_FALSE(one.quorum_met({true, false}));
    CHECK(TlogPolicy::parse("quorum none\n").value().quorum_met({}));
    const auto none = TlogPolicy::parse(witnesses({"a"}) + "quorum none\n").value();
    CHECK(none.quorum_met({false}));
}

TEST_CASE("names are octets, and lines may have URLs and any order", "[format][policy]") {
    const std::string kelvin = "\xe2\x84\xaa", high = "\xff\x80";
    const auto policy =
        TlogPolicy::parse("witness " + kelvin + " " + mirror_key("a").verifier().vkey() +
                          " https://a.example/mirror\nwitness K " +
                          mirror_key("b").verifier().vkey() + "\nwitness " + high + " " +
                          mirror_key("c").verifier().vkey() + "\nquorum " + kelvin + "\nlog " +
                          log_key("maker").verifier().vkey() + " https://maker.example/log\n")
            .value();
    CHECK(policy.quorum_met({true, false, false}));
    CHECK(policy.witnesses()[0].url == "https://a.example/mirror");
    CHECK(policy.witnesses()[2].name == high);
    CHECK(policy.logs()[0].url == "https://maker.example/log");
}

TEST_CASE("thirty-two of everything is no limit, and there is one", "[format][policy]") {
    std::string text;
    for (int i = 0; i < 32; ++i) text += log_line("log" + std::to_string(i));
    for (int i = 0; i < 32; ++i) text += witness_line("w" + std::to_string(i));
    // Each group has the one before as its member.
    for (int i = 0; i < 32; ++i)
        text += "group g" + std::to_string(i) + " all w" + std::to_string(i) +
                (i > 0 ? " g" + std::to_string(i - 1) : "") + "\n";
    const auto policy = TlogPolicy::parse(text + "quorum g31\n").value();
    std::vector<bool> all(32, true);
    CHECK(policy.quorum_met(all));
    all[0] = false;
    CHECK_FALSE(policy.quorum_met(all));

    std::string many;
    for (std::size_t i = 0; i <= kMaxPolicyNames; ++i) many += log_line(std::to_string(i));
    CHECK(refusal(many + "quorum none\n") == "line 257: more than 256 logs");
}

TEST_CASE("what breaks the policy's format is refused with its line", "[format][policy]") {
    const auto a = witness_line("a"), b = witness_line("b");
    const auto vkey = mirror_key("a").verifier().vkey();
    const std::pair<std::string, std::string> kCases[] = {
        {"", "there is no quorum line"},
        {a, "there is no quorum line"},
        {"quorum none", "line 1 does not end in a newline: is the file cut short?"},
        {"quorum none\r\n", "line 1: ends as lines of Windows do: it may end in a newline only"},
        {std::string("# \0\nquorum none\n", 16), "line 1: has a control character that is no tab"},
        {"# \x7f\nquorum none\n", "line 1: has a control character that is no tab"},
        {"\nmirror a\n", "line 2: \"mirror\" is none of log, witness, group, quorum"},
        {"log\n", "line 1: must be: log <vkey> [<url>]"},
        {"log " + vkey + "\n",
         "line 1: the key a/mirror is of type 4, not one that signs for a "
         "log (1)"},
        {"witness a " + log_key("a").verifier().vkey() + "\n",
         "line 1: the key a/ledger is of type 1, not one for cosignatures (4)"},
        {log_line("a") + log_line("a"), "line 2: this log's key stands on a line before"},
        {"witness a\n", "line 1: must be: witness <name> <vkey> [<url>]"},
        {"witness a " + vkey + " https://a.example more\n",
         "line 1: must be: witness <name> <vkey> [<url>]"},
        {"witness none " + vkey + "\n", "line 1: \"none\" can't be the name of anything"},
        {a + "witness other " + vkey + "\n", "line 2: this witness's key stands on a line before"},
        {a + "witness a " + mirror_key("b").verifier().vkey() + "\n",
         "line 2: \"a\" is the name of something on a line before"},
        {a + "group a any a\n", "line 2: \"a\" is the name of something on a line before"},
        {a + "group none any a\n", "line 2: \"none\" can't be the name of anything"},
        {a + "group g any\n", "line 2: must be: group <name> all|any|<k> <member>..."},
        {a + "group g any none\n", "line 2: \"none\" can't be a member of a group"},
        {"group g any a\n" + a, "line 1: no line before defines \"a\""},
        {a + "group g any g\n", "line 2: no line before defines \"g\""},
        {a + "group g 0 a\n",
         "line 2: must ask for all, any or a number from 1 to 1 of its members, not \"0\""},
        {a + "group g 2 a\n",
         "line 2: must ask for all, any or a number from 1 to 1 of its members, not \"2\""},
        {a + "group g +1 a\n",
         "line 2: must ask for all, any or a number from 1 to 1 of its members, not \"+1\""},
        {a + "group g 99999999999999999999 a\n",
         "line 2: must ask for all, any or a number from 1 to 1 of its members, not "
         "\"99999999999999999999\""},
        {a + "group g any a a\n",
         "line 2: \"a\" is a member already: each name counts in one place only"},
        {a + b + "group g any a\ngroup h all a b\n",
         "line 4: \"a\" is a member already: each name counts in one place only"},
        {"quorum\n", "line 1: must be: quorum <name>, or: quorum none"},
        {"quorum a\n" + a, "line 1: no line before defines \"a\""},
        {a + "quorum a\nquorum none\n", "line 3: a line before has said what the quorum is"},
    };
    for (const auto& [text, reason] : kCases) {
        INFO(text);
        CHECK(refusal(text) == reason);
    }
    CHECK(refusal("witness a a/mirror+00000000+AAAA\nquorum a\n").starts_with("line 1: note key"));
}

TEST_CASE("a checkpoint is held to logs and quorum of a policy", "[format][policy]") {
    const auto policy = TlogPolicy::parse(log_line("maker") + witnesses({"a", "b", "c"}) +
                                          "group two 2 a b c\nquorum two\n")
                            .value();
    const auto a = mirror_key("a"), b = mirror_key("b"), stranger = mirror_key("d");
    const auto verify = [&](const Note& note) {
        const auto cosigned = policy.verify(note);
        return cosigned ? "" : cosigned.error().message;
    };
    CHECK(policy.verify(checkpoint_of("maker", {a, b})).value() ==
          std::vector<bool>{true, true, false});
    const std::string few =
        "maker/ledger: those who cosigned its tree of 7 entries are no quorum "
        "of the policy; of its witnesses ";
    CHECK(verify(checkpoint_of("maker", {a})) == few + "only a");
    CHECK(verify(checkpoint_of("maker", {a, a, stranger})) == few + "only a");
    CHECK(verify(checkpoint_of("maker", {stranger})) == few + "nobody did");
    CHECK(verify(checkpoint_of("other", {a, b})) == "other/ledger is none of the policy's logs");
    auto damaged = checkpoint_of("maker", {a, b});
    damaged.signatures[2].signature.back() ^= 1;
    CHECK(verify(damaged) == "maker/ledger: the cosignature of b/mirror does not hold");
    damaged = checkpoint_of("maker", {a, b});
    damaged.signatures[0].signature.back() ^= 1;
    CHECK_FALSE(verify(damaged).empty());

    // Which logs count may be known otherwise.
    const auto any_log =
        TlogPolicy::parse(witnesses({"a", "b"}) + "group all all a b\nquorum all\n").value();
    CHECK(any_log.verify(checkpoint_of("other", {a, b})).has_value());
}
