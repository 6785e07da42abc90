#include "ledger/store/evidence_rows.h"

#include <boost/json.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/cbor.h"
#include "ledger/format/json_view.h"

namespace reelproof::ledger {

namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMembers = 9;

}  // namespace

Bytes write_entry_evidence(const std::string& origin, const TlogProof& proof, ByteView entry) {
    const boost::json::object kept{{"type", kEntryEvidence},
                                   {"origin", origin},
                                   {"proof", format_tlog_proof(proof)},
                                   {"entry", to_hex(entry)}};
    return to_bytes(as_bytes(boost::json::serialize(kept)));
}

Result<void> verify_entry_evidence(std::string_view json, const NoteVerifier& log) {
    const auto view = JsonView::read(json, kEntryEvidence);
    if (!view) return view.error();
    const auto text = [&](std::string_view name) {
        const auto member = view->root().is_object() ? view->root().member(name) : std::nullopt;
        return member && member->is_text() ? member->text() : std::string_view();
    };
    if (text("origin") != log.name)
        return invalid("it is against the log " + std::string(text("origin")));
    const auto proof = parse_tlog_proof(text("proof"));
    if (!proof) return within("proof", proof.error());
    const auto entry = from_hex(text("entry"), "entry");
    if (!entry) return entry.error();
    if (auto holds = verify_tlog_proof(*proof, *entry, log); !holds)
        return within("proof", holds.error());
    return {};
}

std::string incident_rows(const std::string& origin) {
    return std::string(kIncidents) + origin + "/";
}

std::string incident_row(const std::string& origin, const Incident& incident) {
    std::string row = incident_rows(origin) + std::to_string(static_cast<int>(incident.kind));
    if (incident.kind != IncidentKind::suspect) return row;
    const Hash name = sha256(as_bytes(incident.second));
    return row + "/" + to_hex(ByteView(name).first(8));
}

std::string origin_of_incident(std::string_view row, const Incident& incident) {
    if (!row.starts_with(kIncidents)) return {};
    const std::string end = incident_row({}, incident).substr(kIncidents.size());
    row.remove_prefix(kIncidents.size());
    return row.ends_with(end) ? std::string(row.substr(0, row.size() - end.size())) : std::string();
}

Bytes write_incident(const Incident& incident) {
    CborWriter out;
    out.array(kMembers);
    out.uint(kVersion);
    out.uint(static_cast<std::uint64_t>(incident.kind));
    out.integer(incident.since);
    out.integer(incident.over);
    out.integer(incident.until);
    // Byte strings: words of others are in them, and need not be UTF-8.
    for (const auto* text : {&incident.text, &incident.first, &incident.second, &incident.bytes})
        out.bytes(as_bytes(*text));
    return out.take();
}

Result<std::optional<Incident>> read_incident(ByteView row) {
    constexpr std::string_view kWhat = "incident";
    CborReader reader(row);
    auto count = reader.array(kWhat, kMembers);
    if (!count) return count.error();
    auto version = reader.uint(kWhat);
    if (!version) return version.error();
    if (*version != kVersion) return std::optional<Incident>();
    auto kind = reader.uint(kWhat);
    if (!kind) return kind.error();
    Incident out;
    out.kind = static_cast<IncidentKind>(*kind);
    for (auto* time : {&out.since, &out.over, &out.until}) {
        auto value = reader.integer(kWhat);
        if (!value) return value.error();
        *time = *value;
    }
    for (auto* text : {&out.text, &out.first, &out.second, &out.bytes}) {
        auto value = reader.bytes(kWhat);
        if (!value) return value.error();
        *text = as_text(*value);
    }
    if (auto all = reader.finish(kWhat); !all) return all.error();
    return std::optional(std::move(out));
}

}  // namespace reelproof::ledger
