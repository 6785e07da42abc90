#include "vision/reader/reader_pool.h"

#include <cstdlib>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/vision/vision_support.h"
#include "vision/label/render.h"
#include "vision/reader/wire.h"

using namespace reelproof;
using namespace reelproof::vision;
using namespace std::chrono_literals;

namespace {

class FaultyReader {
  public:
    FaultyReader() { setenv("REELPROOF_READER_FAULT", "1", 1); }
    ~FaultyReader() { unsetenv("REELPROOF_READER_FAULT"); }
};

std::vector<std::uint8_t> order(std::string_view fault) {
    const std::string text = "FAULT:" + std::string(fault);
    return {text.begin(), text.end()};
}

std::vector<std::uint8_t> label() {
    return render_label({{"mpn", "ABC123"}}, "LEX1")->png;
}

std::string code_of(ReaderPool& pool, std::string_view fault) {
    const auto result = pool.read_symbols(order(fault));
    return result ? "read" : result.error().code;
}

std::string text_of(ReaderPool& pool, std::string_view fault) {
    const auto result = pool.read_symbols(order(fault));
    return result ? "read" : result.error().text;
}

}  // namespace

TEST_CASE("a reader that dies costs one picture, and says how it died") {
    const FaultyReader faulty;
    ReaderPool pool(tests::reader_options());
    REQUIRE(pool.read_label(label()).has_value());
    const auto crashed = pool.read_symbols(order("crash"));
    REQUIRE_FALSE(crashed.has_value());
    CHECK(crashed.error().code == "reader.crashed");
    CHECK(crashed.error().text.find("ABRT") != std::string::npos);
    REQUIRE(pool.read_label(label()).has_value());
    CHECK(text_of(pool, "exit").find("status 7") != std::string::npos);
    REQUIRE(pool.read_label(label()).has_value());
    // Each was tried a second time, with care.
    CHECK(pool.stats().crashed == 4);
    CHECK(pool.stats().started == 5);
}

TEST_CASE("a picture on which a decoder died is read again with care") {
    const FaultyReader faulty;
    ReaderPool pool(tests::reader_options());
    CHECK(code_of(pool, "crash-once") == "fault.careful");
    CHECK(pool.stats().crashed == 1);
    CHECK(pool.stats().pictures == 1);
}

TEST_CASE("a reader that hangs is replaced at the deadline") {
    const FaultyReader faulty;
    auto options = tests::reader_options();
    options.deadline = 400ms;
    ReaderPool pool(options);
    CHECK(code_of(pool, "hang") == "reader.timeout");
    CHECK(pool.stats().timed_out == 1);
    CHECK(code_of(pool, "socket") == "fault.tried");
}

TEST_CASE("a reader that talks nonsense or eats all memory is replaced") {
    const FaultyReader faulty;
    ReaderPool pool(tests::reader_options());
    CHECK(code_of(pool, "garbage") == "reader.garbage");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(code_of(pool, "memory") == "reader.crashed");
#endif
    REQUIRE(pool.read_label(label()).has_value());
}

TEST_CASE("the reader can reach no file, no network, no program and no other descriptor") {
    const FaultyReader faulty;
    ReaderPool pool(tests::reader_options());
    for (const auto* attempt : {"socket", "read-file", "write-file", "fork"}) {
        INFO(attempt);
        CHECK(text_of(pool, attempt) == "Operation not permitted");
    }
    CHECK(text_of(pool, "descriptor") != "allowed");
    CHECK(text_of(pool, "exec").find("SYS") != std::string::npos);
}

TEST_CASE("faults are not obeyed unless the environment asks for them") {
    ReaderPool pool(tests::reader_options());
    CHECK(code_of(pool, "crash") == "picture.unknown-format");
}

TEST_CASE("a pool serves many threads, each child one picture at a time") {
    auto options = tests::reader_options();
    options.processes = 2;
    ReaderPool pool(options);
    std::atomic<int> read = 0;
    std::vector<std::thread> threads;
    const auto picture = label();
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] { read += pool.read_label(picture).has_value(); });
    }
    for (auto& thread : threads) thread.join();
    CHECK(read == 6);
    CHECK(pool.stats().started <= 2);
    // Children outlive the threads that first needed them.
    CHECK(pool.read_label(picture).has_value());
    CHECK(pool.stats().started <= 2);
    CHECK(pool.stats().crashed == 0);
}

TEST_CASE("a reader that can't be started is an error, not a hang") {
    ReaderPool nothing(ReaderOptions{});
    CHECK(nothing.read_symbols(label()).error().code == "reader.cannot-start");
    ReaderOptions missing;
    missing.command = {"/nonexistent/reelproof"};
    ReaderPool pool(missing);
    CHECK(pool.read_symbols(label()).error().code == "reader.cannot-start");
    CHECK(pool.read_symbols({}).error().code == "picture.empty");
    ReaderOptions wrong;
    wrong.command = {"/bin/true"};
    ReaderPool not_a_reader(wrong);
    CHECK(not_a_reader.read_symbols(label()).error().code == "reader.crashed");
}

TEST_CASE("answers of the reader survive the wire and nonsense does not") {
    Symbol symbol{"DataMatrix", "\xff\x1d text", {0, 0x1d, 0xff}, "]d1", {}, "zxing", "crop"};
    symbol.position = {{{1, 2}, {-3, 4}, {5, 6}, {7, 8}}};
    symbol.confidence = Confidence::grammar;
    const ReadResult result{{symbol}, {{"linear", symbol.position}}, 640, 480, true};
    const auto decoded = decode_answer(encode_answer(result));
    REQUIRE(decoded);
    CHECK(decoded->value() == result);
    const auto error = decode_answer(encode_answer(Error{"a.b", "text"}));
    REQUIRE(error);
    CHECK(error->error() == Error{"a.b", "text"});
    for (
        const auto* nonsense :
        {"", "{}", "[]", "hello", R"({"symbols":[1]})", R"({"error":{}})",
         R"({"symbols":[{"symbology":"x","text":"0","bytes":"","aim":"","engine":"","path":"","position":[]}]})"}) {
        INFO(nonsense);
        CHECK_FALSE(decode_answer(nonsense));
    }
}
