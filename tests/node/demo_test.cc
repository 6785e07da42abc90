// The demo, whole: every scene as told, nothing left behind, also when it is interrupted.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <signal.h>

#include "tests/node/cli_support.h"
#include "tests/node/node_process.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

// Nothing in its temporary folder, and no process that works there: the demo ends last.
void check_all_gone(const WorkFolder& work) {
    const auto temporary = work.path() / "tmp";
    CHECK(processes_with(temporary.string()) == 0);
    CHECK(std::filesystem::is_empty(temporary));
}

}  // namespace

TEST_CASE("the demo plays its nine scenes as told and cleans up", "[demo][budget]") {
    if (!have_program()) return;
    const WorkFolder work;
    std::filesystem::create_directory(work.path() / "tmp");
    Process demo({"demo", "--json"}, work.path() / "errors",
                 {{"TMPDIR", (work.path() / "tmp").string()}});
    int scenes = 0;
    for (std::string line; !(line = demo.line()).empty();) {
        INFO(line);
        const auto scene = json::parse(line);
        CHECK(scene.at("scene") == ++scenes);
        CHECK(scene.at("as_told").as_bool());
        CHECK(scene.at("got") == scene.at("expected"));
    }
    INFO(text_of(work.path() / "errors"));
    CHECK(scenes == 9);
    CHECK(demo.wait() == 0);
    check_all_gone(work);
}

TEST_CASE("the demo cleans up when it is interrupted", "[demo]") {
    if (!have_program()) return;
    const WorkFolder work;
    std::filesystem::create_directory(work.path() / "tmp");
    Process demo({"demo", "--json"}, work.path() / "errors",
                 {{"TMPDIR", (work.path() / "tmp").string()}});
    REQUIRE_FALSE(demo.line().empty());  // four nodes run and the second scene plays
    demo.signal(SIGINT);
    CHECK(demo.wait() == 130);
    CHECK(text_of(work.path() / "errors").find("interrupted") != std::string::npos);
    check_all_gone(work);
}

TEST_CASE("the demo cleans up when what plays it dies", "[demo]") {
    if (!have_program()) return;
    const WorkFolder work;
    std::filesystem::create_directory(work.path() / "tmp");
    Process demo({"demo", "--json"}, work.path() / "errors",
                 {{"TMPDIR", (work.path() / "tmp").string()}});
    REQUIRE_FALSE(demo.line().empty());
    demo.signal_children(SIGKILL);
    CHECK(demo.wait() == 3);
    check_all_gone(work);
}

TEST_CASE("the demo takes no folder that is in use", "[demo]") {
    if (!have_program()) return;
    const WorkFolder work;
    (void)work.file("mine", ledger::as_bytes("x"));
    const auto ran = work.run({"demo", "--dir", work.path().string()});
    CHECK(ran.code == 2);
    CHECK(ran.err.find("is not empty") != std::string::npos);
    CHECK(std::filesystem::exists(work.path() / "mine"));
}

}  // namespace reelproof::node::tests
