#include "api/routes/news_question.h"

#include <algorithm>

#include "api/routes/request_body.h"

namespace reelproof::api {
namespace {

bool is_name(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace

std::optional<NewsQuestion> read_news_question(const Query& query) {
    NewsQuestion out;
    for (const auto& [name, value] : query) {
        if (query.all(name).size() > 1) return std::nullopt;
        if (name == "mirror") {
            if (!is_name(value)) return std::nullopt;
            out.mirror = value;
            continue;
        }
        const auto given = whole_number(value);
        if (!given) return std::nullopt;
        if (name == "size")
            out.size = *given;
        else if (name == "mirrored")
            out.mirrored = *given;
        else if (name == "wait")
            out.wait = std::chrono::seconds(std::min<std::uint64_t>(
                *given, static_cast<std::uint64_t>(kLongestNewsWait.count())));
        else
            return std::nullopt;
    }
    if (!query.has("size") || (query.has("mirrored") && out.mirror.empty())) return std::nullopt;
    return out;
}

}  // namespace reelproof::api
