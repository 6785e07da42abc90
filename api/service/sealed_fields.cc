#include "api/service/sealed_fields.h"

#include <boost/json/parse.hpp>

#include "api/service/sealing_keys.h"
#include "ledger/base/bytes.h"
#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"

namespace reelproof::api {

namespace {

constexpr std::size_t kLongest = 200;

bool showable(std::string_view text) {
    return !text.empty() && text.size() <= kLongest && ledger::is_utf8(ledger::as_bytes(text)) &&
           !ledger::has_control_characters(text);
}

std::optional<std::string> opened(const ledger::SealedPayloadView& payload,
                                  const ledger::EnvelopeView& envelope, const SealingKeys& keys) {
    for (const auto& key : keys.held())
        if (auto text = ledger::open_partner(payload, envelope, key)) return std::move(*text);
    return std::nullopt;
}

}  // namespace

boost::json::object sealed_for_us(const ServiceContext& context, const ledger::Link& link) {
    if (context.sealing_keys == nullptr) return {};
    const auto bytes = context.store.entry(link.place.log, link.place.index);
    if (!bytes) return {};
    const auto statement = ledger::parse_statement(*bytes);
    if (!statement) return {};
    const auto payload = ledger::parse_sealed_payload(statement->payload);
    if (!payload || link.position >= payload->envelopes.size()) return {};
    const auto& envelope = payload->envelopes[link.position];
    if (!envelope.partner) return {};
    const auto text = opened(*payload, envelope, *context.sealing_keys);
    if (!text) return {};
    boost::system::error_code wrong;
    const auto given = boost::json::parse(*text, wrong);
    if (wrong || !given.is_object()) return {};
    boost::json::object out;
    for (const auto name : kSealedFields)
        if (const auto* value = given.get_object().if_contains(name);
            value != nullptr && value->is_string() && showable(value->get_string()))
            out[name] = value->get_string();
    return out;
}

}  // namespace reelproof::api
