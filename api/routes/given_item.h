// The item that a request is about: its label as a picture or as symbols, or its public id where
// this node knows it. Thread-safe.
#pragma once

#include <optional>

#include "api/http/message.h"
#include "api/routes/events.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

bool is_picture(const Request& request);

// A picture as the body, or "symbols" of its JSON.
struct GivenLabel {
    vision::LabelReading reading;
    std::optional<Response> refusal;
};
GivenLabel label_of(EventRoutes& routes, const Request& request, const Body& body);

struct GivenItem {
    std::optional<Identified> item;
    std::optional<Response> refusal;
};
// The item of such a label, with "typed": of the body, or JSON in the query of a picture. The audit
// log learns of both here.
GivenItem labelled_item(EventRoutes& routes, const Request& request, const Body& body);
// A label or "item". The audit log learns of it here.
GivenItem given_item(EventRoutes& routes, const Request& request, const Body& body);
// "item" alone. `not_found` for one that this node was never shown.
ledger::Result<Identified> known_item(const ServiceContext& context, const Request& request,
                                      const Body& body);

}  // namespace reelproof::api
