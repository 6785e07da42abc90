#include "api/routes/subject.h"

namespace reelproof::api {

void concerns_item(const Request& request, std::string_view item) {
    request.subject.append(request.subject.empty() ? "" : " ").append(item);
}

void concerns_typed(const Request& request, const TypedFields& typed) {
    for (const auto& [field, value] : typed)
        concerns_item(request, &field == &typed.front().first ? "typed: " + field : field);
}

std::string described(const ledger::Recall& recall) {
    constexpr std::size_t kLongest = 1000;
    auto out = "recall of " + (recall.mpn.empty() ? "any part" : recall.mpn);
    for (const auto* names : {&recall.lots, &recall.date_codes})
        for (const auto& name : *names)
            if (out.size() < kLongest) out += " " + name;
    return out;
}

}  // namespace reelproof::api
