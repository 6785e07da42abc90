#include "api/service/vault_sharing_rows.h"

#include <boost/json.hpp>

namespace reelproof::api::vault_rows {

namespace json = boost::json;

namespace {

template <class T>
T object_of(ledger::Result<ledger::VaultObject> object) {
    if (object)
        if (auto* out = std::get_if<T>(&*object)) return std::move(*out);
    throw ledger::EnvironmentError(
        "the store is damaged: a row of the vault holds no object of its kind; run: reelproof "
        "ledger check");
}

template <class T>
T signed_in(const ledger::Bytes& statement) {
    auto object = ledger::read_signed_object(statement);
    if (!object) return object_of<T>(object.error());
    return object_of<T>(std::move(object->object));
}

}  // namespace

json::object of_agreement(const VaultAgreement& agreement) {
    return {{"payload", ledger::to_base64(agreement.payload)},
            {"ours", ledger::to_base64(agreement.ours)},
            {"theirs", ledger::to_base64(agreement.theirs)},
            {"signed_by_us", agreement.signed_by_us},
            {"signed_by_them", agreement.signed_by_them},
            {"end", ledger::to_base64(agreement.end)},
            {"ended", agreement.ended},
            {"ended_by", agreement.ended_by},
            {"ended_why", agreement.ended_why}};
}

VaultAgreement to_agreement(std::string_view name, const json::object& row) {
    VaultAgreement out{.terms = {},
                       .payload = bytes_in(row, "payload"),
                       .ours = bytes_in(row, "ours"),
                       .theirs = bytes_in(row, "theirs"),
                       .signed_by_us = number_in(row, "signed_by_us"),
                       .signed_by_them = number_in(row, "signed_by_them"),
                       .end = bytes_in(row, "end"),
                       .ended = number_in(row, "ended"),
                       .ended_by = text_in(row, "ended_by"),
                       .ended_why = text_in(row, "ended_why"),
                       .name = std::string(name)};
    out.terms =
        object_of<ledger::Agreement>(ledger::parse_vault_object(ledger::as_text(out.payload)));
    return out;
}

json::object of_share(const VaultShare& share) {
    json::array destructions;
    for (const auto& statement : share.destructions)
        destructions.emplace_back(ledger::to_base64(statement));
    json::object out{{"owner", share.owner},         {"grant", ledger::to_base64(share.grant)},
                     {"granted", share.granted},     {"end", ledger::to_base64(share.end)},
                     {"ended", share.ended},         {"ended_why", share.ended_why},
                     {"destroyed", share.destroyed}, {"destructions", std::move(destructions)}};
    if (share.frozen != 0) {
        out["frozen"] = share.frozen;
        out["frozen_why"] = share.frozen_why;
    }
    if (share.marked) out["marked"] = 1;
    if (!share.of_owner.empty()) out["of_owner"] = share.of_owner;
    return out;
}

VaultShare to_share(std::string_view name, const json::object& row) {
    VaultShare out{.terms = {},
                   .owner = text_in(row, "owner"),
                   // Rows of before there were marks have none.
                   .marked = row.contains("marked") && number_in(row, "marked") != 0,
                   .grant = bytes_in(row, "grant"),
                   .granted = number_in(row, "granted"),
                   .end = bytes_in(row, "end"),
                   .ended = number_in(row, "ended"),
                   .ended_why = text_in(row, "ended_why"),
                   .destroyed = number_in(row, "destroyed"),
                   .of_owner = row.contains("of_owner") ? text_in(row, "of_owner") : "",
                   .name = std::string(name)};
    for (const auto& text : texts_in(row, "destructions"))
        out.destructions.push_back(bytes_of(text));
    if (row.contains("frozen")) {
        out.frozen = number_in(row, "frozen");
        out.frozen_why = text_in(row, "frozen_why");
    }
    out.terms = signed_in<ledger::Share>(out.grant);
    return out;
}

json::object of_reading(const VaultReading& reading) {
    json::object out{{"share", reading.share},
                     {"partner", reading.partner},
                     {"request", ledger::to_base64(reading.request_statement)},
                     {"release", ledger::to_base64(reading.release_statement)},
                     {"asked", reading.asked},
                     {"key", ledger::vault_id_text(reading.key)},
                     {"wrapped", ledger::to_base64(reading.wrapped)},
                     {"complete", reading.complete ? 1 : 0},
                     {"destroyed", reading.destroyed}};
    if (reading.copies.empty()) return out;
    json::array copies;
    for (const auto& copy : reading.copies) copies.emplace_back(of_copy(copy));
    out["copies"] = std::move(copies);
    return out;
}

VaultReading to_reading(const json::object& row) {
    VaultReading out{.share = text_in(row, "share"),
                     .partner = text_in(row, "partner"),
                     .request = {},
                     .request_statement = bytes_in(row, "request"),
                     .release_statement = bytes_in(row, "release"),
                     .asked = number_in(row, "asked"),
                     .key = id_in(row, "key"),
                     .wrapped = bytes_in(row, "wrapped"),
                     .complete = number_in(row, "complete") != 0,
                     .destroyed = number_in(row, "destroyed")};
    if (row.contains("copies"))
        for (const auto& copy : objects_in(row, "copies")) out.copies.push_back(to_copy(copy));
    out.request = signed_in<ledger::ReadRequest>(out.request_statement);
    if (out.release_statement.empty()) return out;
    out.release = signed_in<ledger::KeyRelease>(out.release_statement);
    out.body_size = ledger::age_body_size(out.release->size);
    return out;
}

json::object of_refused(const VaultRefused& refused) {
    return {{"statement", ledger::to_base64(refused.statement)},
            {"text", refused.text},
            {"at", refused.at}};
}

VaultRefused to_refused(std::string_view key, const json::object& row) {
    const auto slash = key.rfind('/');
    return {.id = std::string(key.substr(slash + 1)),
            .org = std::string(key.substr(0, slash)),
            .statement = bytes_in(row, "statement"),
            .text = text_in(row, "text"),
            .at = number_in(row, "at")};
}

json::object of_passed(const VaultPassed& passed) {
    return {{"by", passed.by},
            {"statement", ledger::to_base64(passed.statement)},
            {"told", passed.told},
            {"vouched", passed.vouched ? 1 : 0}};
}

VaultPassed to_passed(std::string_view key, const json::object& row) {
    VaultPassed out{.share = std::string(key.substr(0, key.find('/'))),
                    .by = text_in(row, "by"),
                    .statement = bytes_in(row, "statement"),
                    .told = number_in(row, "told"),
                    .vouched = number_in(row, "vouched") != 0};
    auto object = ledger::read_signed_object(out.statement);
    if (!object) return (void)object_of<ledger::Share>(object.error()), out;
    out.object = std::move(*object);
    return out;
}

}  // namespace reelproof::api::vault_rows
