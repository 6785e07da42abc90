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

ledger::Result<TypedFields> typed_of(const Request& request, const Body& body) {
    std::optional<Body> given;
    if (const auto in_query = request.query.get("typed")) {
        if (!is_picture(request))
            return ledger::malformed("typed goes into the body, beside symbols");
        auto parsed = Body::parse(*in_query, typed_field_names(), "typed");
        if (!parsed) return parsed.error();
        given = std::move(*parsed);
    } else {
        given = body.object("typed", typed_field_names());
        if (body.error()) return *body.error();
    }
    TypedFields out;
    if (!given) return out;
    for (const auto& field : typed_field_names())
        if (given->has(field)) out.emplace_back(field, given->text(field));
    if (given->error()) return ledger::within("typed", *given->error());
    return out;
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

GivenItem labelled_item(EventRoutes& routes, const Request& request, const Body& body) {
    GivenItem out;
    const auto typed = typed_of(request, body);
    // Where nothing of a label can be read there are no symbols.
    const bool by_hand = !is_picture(request) && !body.has("symbols") && typed && !typed->empty();
    auto label = by_hand ? GivenLabel() : label_of(routes, request, body);
    if (label.refusal) {
        out.refusal = std::move(label.refusal);
        return out;
    }
    auto item = !typed    ? ledger::Result<Identified>(typed.error())
                : by_hand ? identify_typed(routes.context.identifier, *typed)
                          : identify(routes.context.identifier, label.reading, *typed);
    if (!item) {
        out.refusal = problem_of(item.error());
        return out;
    }
    concerns_item(request, item->id);
    concerns_typed(request, *typed);
    out.item = std::move(*item);
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
