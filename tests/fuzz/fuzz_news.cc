// Any bytes as the target of GET /log/news: no crash, and what is taken is within its bounds and
// would be asked the same way again.
#include <cstdlib>

#include "api/http/target.h"
#include "api/routes/news_question.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::api;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    return {"size=0", "size=17&wait=10",
            "size=17&mirror=" + std::string(64, 'a') + "&mirrored=5&wait=20"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Request request;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (parse_target("/log/news?" + std::string(bytes), request)) return 0;
    const auto asked = read_news_question(request.query);
    if (!asked) return 0;
    require(request.query.has("size") && asked->wait <= kLongestNewsWait);
    require(asked->mirror.empty() || asked->mirror.size() == 64);
    require(!asked->mirror.empty() || asked->mirrored == 0);
    Query again;
    again.add("size", std::to_string(asked->size));
    again.add("wait", std::to_string(asked->wait.count()));
    if (!asked->mirror.empty()) {
        again.add("mirror", asked->mirror);
        again.add("mirrored", std::to_string(asked->mirrored));
    }
    const auto reread = read_news_question(again);
    require(reread && reread->size == asked->size && reread->mirrored == asked->mirrored &&
            reread->wait == asked->wait && reread->mirror == asked->mirror);
    return 0;
}
