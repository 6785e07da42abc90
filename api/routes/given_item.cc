#include "api/routes/given_item.h"

#include "api/routes/problems.h"
#include "api/routes/subject.h"
#include "api/service/item_index.h"
#include "vision/label/read_image.h"

namespace reelproof::api {

namespace {

constexpr std::size_t kMaxSymbols = 64;  // of one label

// "text": "no" in the query of a picture leaves its print alone.
ledger::Result<vision::PrintedText> printed_text_of(const Request& request) {
    const auto wanted = request.query.get("text").value_or("yes");
    if (wanted == "yes") return vision::PrintedText::compare;
    if (wanted == "no") return vision::PrintedText::leave;
    return ledger::malformed("text must be yes or no: whether print is compared with the symbols");
}

}  // namespace

bool is_picture(const Request& request) {
    const auto type = request.headers.get("Content-Type");
    return type && type->starts_with("image/");
}

GivenLabel label_of(EventRoutes& routes, const Request& request, const Body& body) {
    GivenLabel out;
    if (is_picture(request)) {
        const auto text = printed_text_of(request);
        if (!text) {
            out.refusal = problem_of(text.error());
            return out;
        }
        auto reading = routes.reader.read_label(
            {reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()},
            *text);
        if (reading)
            out.reading = std::move(*reading);
        else
            out.refusal = problem_of(reading.error());
        return out;
    }
    const auto texts = body.required_texts("symbols", kMaxSymbols);
    if (body.error())
        out.refusal = problem_of(*body.error());
    else
        out.reading = read_texts(texts);
    return out;
}

GivenItem given_item(EventRoutes& routes, const Request& request, const Body& body) {
    GivenItem out;
    const auto take = [&](ledger::Result<Identified> item) {
        if (!item) {
            out.refusal = problem_of(item.error());
            return;
        }
        request.subject = item->id;
        out.item = std::move(*item);
    };
    if (!is_picture(request) && body.has("item")) {
        take(known_item(routes.context, request, body));
        return out;
    }
    auto label = label_of(routes, request, body);
    if (label.refusal)
        out.refusal = std::move(label.refusal);
    else
        take(routes.context.identifier.identify(label.reading));
    return out;
}

ledger::Result<Identified> known_item(const ServiceContext& context, const Request& request,
                                      const Body& body) {
    constexpr std::size_t kLongestId = 100;
    const auto id = body.required_text("item");
    if (body.has("symbols")) return ledger::malformed("symbols or item, not both");
    if (body.error()) return *body.error();
    if (id.size() <= kLongestId) request.subject = id;
    const auto item = context.index != nullptr ? context.index->find(id) : std::nullopt;
    if (item) return item->identified();
    return ledger::Error{ledger::ErrorKind::not_found,
                         "item: this node was never shown that label: scan it"};
}

}  // namespace reelproof::api
