// Labels that were handed out: nothing of their secrets stays in memory.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/http/text.h"
#include "api/routes/json_text.h"
#include "api/service/issue.h"
#include "ledger/format/wiping_memory.h"
#include "tests/memory_scan.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// The marker so often that it is no short text, with no other copy of it.
std::string marked(const reelproof::tests::Marker& secret, int times) {
    std::string out;
    out.reserve(static_cast<std::size_t>(times) * reelproof::tests::Marker::kSize);
    for (int i = 0; i < times; ++i) secret.append_to(out);
    return out;
}

}  // namespace

TEST_CASE("an issued label is wiped in all its forms when it goes", "[labels]") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    const reelproof::tests::Marker secret('l');
    {
        vision::RenderedLabel drawn;
        drawn.payload = marked(secret, 3);
        drawn.symbols.push_back({"the Data Matrix", "DataMatrix", marked(secret, 3)});
        drawn.png.assign(1000, 0);
        for (std::size_t i = 0; i < reelproof::tests::Marker::kSize; ++i)
            drawn.png[i] = static_cast<std::uint8_t>(secret.at(i));
        drawn.svg = marked(secret, 50);
        drawn.pdf = marked(secret, 50);
        drawn.zpl = marked(secret, 50);
        api::IssuedLabel label(ledger::ItemKey::random(), std::move(drawn));
        const auto moved = std::move(label);
        CHECK(secret.present());
        CHECK_FALSE(moved.drawn.zpl.empty());
    }
    CHECK_FALSE(secret.present());
}

TEST_CASE("an answer in JSON leaves no copy of a secret but itself", "[labels]") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    const reelproof::tests::Marker secret('j');
    {
        json::object out(ledger::WipingMemory::get());
        for (const auto* name : {"symbols", "file", "again"}) {
            auto text = marked(secret, 300);
            out[name] = json::string(text, ledger::WipingMemory::get());
            api::wipe(text);
        }
        auto answer = api::json_text(out);
        CHECK(answer.size() > 3 * 300 * reelproof::tests::Marker::kSize);
        CHECK(secret.present());
        api::wipe(answer);
    }
    CHECK_FALSE(secret.present());
}

}  // namespace reelproof::node::tests
