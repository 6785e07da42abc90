// Proofs as a person gets them and hands them over: what the program prints is what is run.
#include "tests/node/cli_site.h"

namespace reelproof::node::tests {

namespace json = boost::json;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

std::string text_of(const json::value& object, const char* name) {
    return std::string(object.at(name).as_string());
}

}  // namespace

TEST_CASE("what is printed to check a proof is run as it is printed", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site maker(work, "maker");
    maker.start();
    const auto labels = (work.path() / "labels").string();
    REQUIRE(
        maker.run({"label", "issue", "--mpn", "NL52840", "--out", labels, "--commission"}).code ==
        0);

    const auto us = maker.run({"org", "show"}).json();
    std::vector<std::string> lines;
    for (const std::string form : {"receipt", "transparent", "tlog-proof"}) {
        const auto out = (work.path() / ("it's 1." + form)).string();
        const std::vector<std::string> get{"proof",  "get", "--index", "1",
                                           "--form", form,  "--out",   out};
        const auto got = maker.run(get).json();
        REQUIRE(got.is_object());
        CHECK(text_of(got, "key") == text_of(us, form == "tlog-proof" ? "vkey" : "receipt_key"));
        CHECK(text_of(got, "signer") == text_of(us.at("signers").at(0), "key"));
        lines.push_back(text_of(got, "check"));

        const auto again = maker.run(get);
        CHECK(again.code == 2);
        CHECK_THAT(again.err, Contains("exists and is not overwritten without --force"));
        auto forced = get;
        forced.insert(forced.end(), {"--force", "--config", maker.config()});
        const auto told = work.run(forced);
        CHECK(told.code == 0);
        CHECK_THAT(told.out, Contains("\n  to check it: " + lines.back() + "\n"));
    }
    const auto leaf = maker.run({"proof", "get", "--form", "receipt", "--leaf",
                                 std::string(64, 'a'), "--out", work.path() / "no"});
    CHECK(leaf.code == 2);
    CHECK_THAT(leaf.err, Contains("no entry of our log has this leaf hash"));
    CHECK(maker.stop() == 0);

    for (const auto& line : lines) {
        const auto ran = work.shell(line);
        CAPTURE(line, ran.err);
        CHECK(ran.code == 0);
        CHECK_THAT(ran.out,
                   Contains("Entry 1 of maker.example/ledger, a log of 2 entries: proved") &&
                       Contains("its signature holds under the key given"));
    }
}

TEST_CASE("a proof's options are looked at before a node is asked", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto get = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"proof", "get", "--form", "receipt"});
        const auto ran = work.run(more);
        CAPTURE(ran.err);
        CHECK(ran.code == 2);
        CHECK(ran.err.size() < 200);
        return ran.err;
    };
    const auto out = (work.path() / "r").string();
    for (const std::string wrong : {"-1", "1x", "", "99999999999999999999"})
        CHECK_THAT(get({"--index", wrong, "--out", out}),
                   Contains("--index") && Contains("is not a whole number from 0 on"));
    for (const auto& wrong :
         std::vector<std::string>{"3", "../health", std::string(63, 'a'), std::string(66, 'a')})
        CHECK_THAT(get({"--leaf", wrong, "--out", out}), Contains("--leaf"));
    CHECK_THAT(get({"--index", "1", "--out", work.path() / "none/r"}),
               Contains("there is no folder " + (work.path() / "none").string()));
    CHECK_THAT(get({"--index", "1", "--out", work.path()}), Contains("is a folder"));
}

}  // namespace reelproof::node::tests
