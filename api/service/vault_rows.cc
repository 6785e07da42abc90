#include "api/service/vault_rows.h"

#include <boost/json.hpp>

namespace reelproof::api::vault_rows {

namespace json = boost::json;

namespace {

template <class T>
T sound(ledger::Result<T> value) {
    if (!value)
        throw ledger::EnvironmentError("the store is damaged: a row of the vault: " +
                                       value.error().message + "; run: reelproof ledger check");
    return std::move(*value);
}

ledger::Classification classification_in(const json::object& row) {
    return sound(ledger::parse_classification(text_in(row, "classification")));
}

std::uint64_t count_in(const json::object& row, std::string_view name) {
    return static_cast<std::uint64_t>(number_in(row, name));
}

json::object of_version(const VaultVersion& version) {
    json::array copies;
    for (const auto& copy : version.copies) copies.emplace_back(of_copy(copy));
    return {{"number", static_cast<std::int64_t>(version.number)},
            {"key", ledger::vault_id_text(version.key)},
            {"wrapped", ledger::to_base64(version.wrapped)},
            {"upload", version.upload},
            {"body", ledger::to_hex(version.body)},
            {"size", static_cast<std::int64_t>(version.size)},
            {"note", version.note},
            {"made", version.made},
            {"by", version.by},
            {"copies", std::move(copies)},
            {"shredded", version.shredded},
            {"shredded_by", version.shredded_by},
            {"shredded_why", version.shredded_why}};
}

VaultVersion to_version(const json::object& row) {
    VaultVersion out{.number = count_in(row, "number"),
                     .key = id_in(row, "key"),
                     .wrapped = bytes_in(row, "wrapped"),
                     .upload = text_in(row, "upload"),
                     .body = hash_in(row, "body"),
                     .size = count_in(row, "size"),
                     .note = text_in(row, "note"),
                     .made = number_in(row, "made"),
                     .by = text_in(row, "by"),
                     .shredded = number_in(row, "shredded"),
                     .shredded_by = text_in(row, "shredded_by"),
                     .shredded_why = text_in(row, "shredded_why")};
    for (const auto& copy : objects_in(row, "copies")) out.copies.push_back(to_copy(copy));
    return out;
}

void add_hold(json::object& row, const VaultHold& hold) {
    if (hold.since != 0)
        row["hold"] = json::object{{"since", hold.since}, {"by", hold.by}, {"why", hold.why}};
}

VaultHold hold_in(const json::object& row) {
    const auto* hold = row.if_contains("hold");
    if (hold == nullptr || !hold->is_object()) return {};
    const auto& of = hold->get_object();
    return {number_in(of, "since"), text_in(of, "by"), text_in(of, "why")};
}

}  // namespace

ledger::VaultId id_of(std::string_view text) {
    return sound(ledger::parse_vault_id(text, "id"));
}

ledger::VaultId id_in(const json::object& row, std::string_view name) {
    return sound(ledger::parse_vault_id(text_in(row, name), name));
}

ledger::Hash hash_in(const json::object& row, std::string_view name) {
    return sound(ledger::array_from_hex<32>(text_in(row, name), name));
}

ledger::Bytes bytes_in(const json::object& row, std::string_view name) {
    return bytes_of(text_in(row, name));
}

ledger::Bytes bytes_of(std::string_view base64) {
    return sound(ledger::from_base64(base64, "base64"));
}

json::object of_project(const VaultProject& project) {
    json::object out{
        {"name", project.name},       {"owner", project.owner},
        {"steward", project.steward}, {"classification", to_string(project.classification)},
        {"made", project.made},       {"by", project.by}};
    add_hold(out, project.hold);
    return out;
}

VaultProject to_project(std::string_view id, const json::object& row) {
    return {id_of(id),
            text_in(row, "name"),
            text_in(row, "owner"),
            text_in(row, "steward"),
            classification_in(row),
            number_in(row, "made"),
            text_in(row, "by"),
            hold_in(row)};
}

json::object of_copy(const VaultCopy& copy) {
    return {{"share", copy.share},
            {"key", ledger::vault_id_text(copy.key)},
            {"wrapped", ledger::to_base64(copy.wrapped)},
            {"body", ledger::to_hex(copy.body)},
            {"size", static_cast<std::int64_t>(copy.size)}};
}

VaultCopy to_copy(const json::object& row) {
    return {text_in(row, "share"), id_in(row, "key"), bytes_in(row, "wrapped"),
            hash_in(row, "body"), count_in(row, "size")};
}

json::object of_document(const VaultDocument& document) {
    json::array versions;
    for (const auto& version : document.versions) versions.emplace_back(of_version(version));
    json::object out{{"project", ledger::vault_id_text(document.project)},
                     {"name", document.name},
                     {"classification", to_string(document.classification)},
                     {"retain_until", document.retain_until},
                     {"made", document.made},
                     {"versions", std::move(versions)}};
    if (document.shred_at_end) out["shred_at_end"] = 1;
    add_hold(out, document.hold);
    return out;
}

VaultDocument to_document(std::string_view id, const json::object& row) {
    VaultDocument out{.id = id_of(id),
                      .project = id_in(row, "project"),
                      .name = text_in(row, "name"),
                      .classification = classification_in(row),
                      .retain_until = number_in(row, "retain_until"),
                      .made = number_in(row, "made")};
    for (const auto& version : objects_in(row, "versions"))
        out.versions.push_back(to_version(version));
    out.shred_at_end = row.contains("shred_at_end");
    out.hold = hold_in(row);
    return out;
}

json::object of_upload(const UploadRow& row) {
    const auto& upload = row.upload;
    json::object out{{"project", ledger::vault_id_text(upload.project)},
                     {"name", upload.name},
                     {"classification", to_string(upload.classification)},
                     {"retain_until", upload.retain_until},
                     {"size", static_cast<std::int64_t>(upload.size)},
                     {"note", upload.note},
                     {"made", upload.made},
                     {"by", upload.by},
                     {"key", ledger::vault_id_text(row.key)},
                     {"wrapped", ledger::to_base64(row.wrapped)}};
    if (upload.sha256) out["sha256"] = ledger::to_hex(*upload.sha256);
    return out;
}

UploadRow to_upload(std::string_view id, const json::object& row) {
    UploadRow out;
    out.upload = {.id = id_of(id),
                  .project = id_in(row, "project"),
                  .name = text_in(row, "name"),
                  .classification = classification_in(row),
                  .retain_until = number_in(row, "retain_until"),
                  .size = count_in(row, "size"),
                  .note = text_in(row, "note"),
                  .made = number_in(row, "made"),
                  .by = text_in(row, "by")};
    if (row.contains("sha256")) {
        const auto hash = ledger::array_from_hex<32>(text_in(row, "sha256"), "sha256");
        if (!hash) throw ledger::EnvironmentError("the store is damaged: " + hash.error().message);
        out.upload.sha256 = *hash;
    }
    out.key = id_in(row, "key");
    out.wrapped = bytes_in(row, "wrapped");
    return out;
}

}  // namespace reelproof::api::vault_rows
