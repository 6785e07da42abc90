#include "api/service/bom_rows.h"

#include <boost/json.hpp>

#include "api/service/vault_rows.h"

namespace reelproof::api::bom_rows {

namespace json = boost::json;

namespace {

std::int64_t stored(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}
std::uint64_t count_in(const json::object& row, std::string_view name) {
    return static_cast<std::uint64_t>(number_in(row, name));
}

[[noreturn]] void damaged() {
    throw ledger::EnvironmentError(
        "the store is damaged: a row of a BOM is not as it was written; run: reelproof ledger "
        "check");
}

json::object of_built(const ledger::Built& built) {
    json::object fields;
    for (const auto& [field, hash] : built.fields) fields[to_string(field)] = ledger::to_hex(hash);
    return {{"designators", built.frame.designators},
            {"quantity", built.frame.quantity},
            {"fitted", built.frame.fitted},
            {"fields", std::move(fields)}};
}

ledger::Built to_built(const json::value& value) {
    const auto* row = value.if_object();
    const auto flag = [&](std::string_view name) {
        const auto* found = row == nullptr ? nullptr : row->if_contains(name);
        if (found == nullptr || !found->is_bool()) damaged();
        return found->get_bool();
    };
    ledger::Built out{{flag("designators"), flag("quantity"), flag("fitted")}, {}};
    const auto* fields = row->if_contains("fields");
    if (fields == nullptr || !fields->is_object()) damaged();
    for (const auto& member : fields->get_object()) {
        const auto field = ledger::parse_bom_field(member.key());
        const auto hash = member.value().is_string()
                              ? ledger::array_from_hex<32>(member.value().get_string(), "built")
                              : ledger::malformed("built");
        if (!field || !hash) damaged();
        out.fields.emplace(*field, *hash);
    }
    return out;
}

}  // namespace

std::string numbered(const std::string& id, std::uint64_t number) {
    auto digits = std::to_string(number);
    digits.insert(0, 20 - digits.size(), '0');
    return id + "/" + digits;
}

json::object of_bom(const Bom& bom) {
    return {{"name", bom.name},
            {"project", bom.project},
            {"project_id", ledger::vault_id_text(bom.project_id)},
            {"owner", bom.owner},
            {"made", bom.made},
            {"by", bom.by},
            {"edits", stored(bom.edits)},
            {"released_edits", stored(bom.released_edits)},
            {"next_line", stored(bom.next_line)},
            {"first", stored(bom.first)}};
}

Bom to_bom(std::string_view id, const json::object& row) {
    Bom out{.id = std::string(id),
            .name = text_in(row, "name"),
            .project = text_in(row, "project"),
            .owner = text_in(row, "owner"),
            .project_id = vault_rows::id_in(row, "project_id"),
            .made = number_in(row, "made"),
            .by = text_in(row, "by")};
    out.edits = count_in(row, "edits");
    out.released_edits = count_in(row, "released_edits");
    out.next_line = count_in(row, "next_line");
    // Rows of before it was kept have none.
    if (row.contains("first")) out.first = count_in(row, "first");
    return out;
}

json::object of_line(const BomDraftLine& line) {
    json::array cells, edits;
    for (const auto& cell : line.line.cells) cells.emplace_back(cell);
    for (const auto edit : line.edits) edits.emplace_back(stored(edit));
    return {{"cells", std::move(cells)}, {"edits", std::move(edits)}};
}

BomDraftLine to_line(std::uint64_t number, const json::object& row) {
    BomDraftLine out;
    out.line.number = number;
    const auto cells = texts_in(row, "cells");
    const auto* edits = row.contains("edits") ? row.at("edits").if_array() : nullptr;
    if (cells.size() != ledger::kBomFields || edits == nullptr || edits->size() != cells.size())
        damaged();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        out.line.cells[i] = cells[i];
        if (!(*edits)[i].is_int64()) damaged();
        out.edits[i] = static_cast<std::uint64_t>((*edits)[i].get_int64());
    }
    return out;
}

json::object of_edit(const BomEdited& edit) {
    return {{"at", edit.at},         {"by", edit.by},
            {"action", edit.action}, {"line", stored(edit.line)},
            {"field", edit.field},   {"was", edit.was},
            {"value", edit.value}};
}

BomEdited to_edit(std::uint64_t number, const json::object& row) {
    return {number,
            number_in(row, "at"),
            text_in(row, "by"),
            text_in(row, "action"),
            count_in(row, "line"),
            text_in(row, "field"),
            text_in(row, "was"),
            text_in(row, "value")};
}

json::object of_revision(const BomRevision& revision) {
    json::object out{{"statement", ledger::to_base64(revision.statement)},
                     {"at", revision.at},
                     {"by", revision.by}};
    if (revision.built) out["built"] = of_built(*revision.built);
    return out;
}

BomRevision to_revision(const json::object& row) {
    BomRevision out{.terms = {},
                    .statement = vault_rows::bytes_in(row, "statement"),
                    .at = number_in(row, "at"),
                    .by = text_in(row, "by")};
    auto object = ledger::read_signed_object(out.statement);
    auto* terms = object ? std::get_if<ledger::BomRelease>(&object->object) : nullptr;
    if (terms == nullptr) damaged();
    out.terms = std::move(*terms);
    if (row.contains("built")) out.built = to_built(row.at("built"));
    return out;
}

json::object of_columns(const ledger::BomMapping& mapping) {
    json::object out;
    for (const auto& [field, names] : mapping) out[to_string(field)] = json::value_from(names);
    return out;
}

ledger::BomMapping to_columns(const json::object& row) {
    ledger::BomMapping out;
    for (const auto& member : row) {
        const auto field = ledger::parse_bom_field(member.key());
        if (!field) damaged();
        out[*field] = texts_in(row, member.key());
    }
    return out;
}

}  // namespace reelproof::api::bom_rows
