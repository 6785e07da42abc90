// Declared in boms.h: revisions, ours and partners'.
#include <algorithm>

#include <boost/json.hpp>

#include "api/service/bom_rows.h"
#include "api/service/boms.h"
#include "api/service/vault_errors.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::size_t kMostRevisions = 10'000;  // of one partner
constexpr std::size_t kMostTables = 8,
                      kMostTableBytes = std::size_t{64} << 20;  // kept as they were read

std::vector<ledger::BomLine> lines_of(const std::map<std::uint64_t, BomDraftLine>& draft) {
    std::vector<ledger::BomLine> out;
    for (const auto& [number, line] : draft) out.push_back(line.line);
    return out;
}

}  // namespace

ledger::VaultVerdict Boms::refusal(const Bom& bom, const VaultReader& reader) const {
    if (reader.manages) return {};
    ledger::VaultVerdict best =
        ledger::VaultRefusal{"share.missing", "no share lets you see this BOM"};
    for (const auto& revision : bom.revisions) {
        const auto& terms = revision.terms;
        if (bom.owner != org_) {
            if (sharing_.share_over(bom.owner, terms.project, terms.document, &reader)) return {};
            continue;
        }
        const auto id = ledger::parse_vault_id(terms.document, "document");
        const auto document = id ? vault_.document(*id) : std::nullopt;
        if (!document) continue;
        best = sharing_.own_refusal(*document, reader, VaultUse::look);
        if (!best) return {};
    }
    return best;
}

// As the next version of a document of its own. Who dies behind this leaves a version that no
// revision names; the next release writes another.
Result<Vault::Stored> Boms::store(const Bom& bom, const std::string& revision,
                                  const std::string& text, const std::string& by) {
    const auto upload = vault_.begin_upload({.project = bom.project_id,
                                             .name = bom.name + ".bom.csv",
                                             .note = "revision " + revision,
                                             .by = by,
                                             .size = text.size()});
    if (!upload) return upload.error();
    for (std::uint64_t taken = 0; taken < text.size();) {
        const auto part =
            std::string_view(text).substr(static_cast<std::size_t>(taken), kVaultPart);
        const auto now = vault_.take(upload->id, taken, ledger::as_bytes(part));
        if (!now) return now.error();
        taken = now->taken;
    }
    return vault_.finish(upload->id);
}

Result<BomRevision> Boms::release(const std::string& bom, const std::string& revision,
                                  const std::string& by) {
    if (auto fine = check_vault_name(revision, "revision"); !fine) return fine.error();
    if (revision == "draft") return ledger::malformed("revision: draft is what is not released");
    const std::lock_guard changing(changing_);
    auto now = ours(bom);
    if (!now) return now.error();
    if (now->bom.revision_called(revision) != nullptr)
        return Error{ErrorKind::conflict, "there is a revision " + revision +
                                              " already, and none is ever changed: name another"};
    const auto lines = lines_of(now->draft);
    ledger::BomProblems problems;
    ledger::check_bom(lines, problems);
    ledger::check_release(lines, problems);
    if (problems.errors() > 0)
        return Error{ErrorKind::conflict, "the draft has " +
                                              ledger::counted(problems.errors(), "error") +
                                              "; `reelproof bom check` lists them"};
    const auto text = ledger::format_bom(lines);
    const auto content = ledger::sha256(ledger::as_bytes(text));
    if (!now->bom.revisions.empty() && now->bom.revisions.back().terms.content == content)
        return Error{ErrorKind::conflict, "nothing has changed since revision " +
                                              now->bom.revisions.back().terms.revision};
    const auto stored = store(now->bom, revision, text, by);
    if (!stored) return stored.error();
    const auto number = now->bom.revisions.empty() ? 1 : now->bom.revisions.back().terms.number + 1;
    const ledger::BomRelease terms{.bom = bom,
                                   .name = now->bom.name,
                                   .project = now->bom.project,
                                   .number = number,
                                   .revision = revision,
                                   .document = ledger::vault_id_text(stored->document.id),
                                   .version = stored->version,
                                   .content = content,
                                   .lines = lines.size()};
    const auto object = sharing_.sign_and_commit("bom.release", ledger::format_vault_object(terms));
    if (!object) return object.error();
    BomRevision out{terms, object->statement, clock_(), by};
    if (now->bom.revisions.empty()) now->bom.first = number;
    now->bom.revisions.push_back(out);
    now->bom.released_edits = now->bom.edits;
    if (auto done =
            rows_.write({{std::string(bom_rows::kRevision) + bom_rows::numbered(bom, number),
                          bom_rows::of_revision(out)},
                         {std::string(bom_rows::kBom) + bom, bom_rows::of_bom(now->bom)}});
        !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    boms_.insert_or_assign(bom, std::move(*now));
    return out;
}

Result<ledger::Bytes> Boms::given(const Bom& bom, std::uint64_t number,
                                  const std::string& org) const {
    const auto* revision = bom.revision(number);
    if (revision == nullptr) return nothing("the BOM has no such revision");
    const auto id = ledger::parse_vault_id(revision->terms.document, "document");
    const auto document = id ? vault_.document(*id) : std::nullopt;
    if (!document) return nothing("the revision's document is not there any more");
    if (const auto no = sharing_.shared_with(org, *document)) return refused(*no);
    return revision->statement;
}

Result<BomRevision> Boms::give(const std::string& bom, std::uint64_t number,
                               const std::string& org) {
    const auto now = ours(bom);
    if (!now) return now.error();
    const auto statement = given(now->bom, number, org);
    if (!statement) return statement.error();
    const auto& revision = *now->bom.revision(number);
    // The row stays as it is.
    if (auto done =
            sharing_.send({std::string(bom_rows::kRevision) + bom_rows::numbered(bom, number),
                           bom_rows::of_revision(revision)},
                          org, {*statement});
        !done)
        return done.error();
    return revision;
}

Result<bool> Boms::open(const std::string& bom, std::uint64_t number, const VaultReader& reader) {
    const auto now = find(bom);
    if (!now) return now.error();
    const auto* revision = now->revision(number);
    if (revision == nullptr) return nothing("the BOM has no such revision");
    if (now->owner == org_) return true;
    const auto& terms = revision->terms;
    const auto share = sharing_.share_over(now->owner, terms.project, terms.document, &reader);
    if (!share) return share.error();
    const auto reading = sharing_.open(share->name, terms.document, terms.version, reader);
    if (!reading) return reading.error();
    return reading->complete;
}

// The text of a revision that may be read, with its size.
Result<VaultSharing::Range> Boms::stored(const Bom& bom, const BomRevision& revision,
                                         const VaultReader* reader, For what) const {
    const auto& terms = revision.terms;
    if (bom.owner != org_) {
        const auto share = sharing_.share_over(bom.owner, terms.project, terms.document, reader);
        if (!share) return share.error();
        if (reader != nullptr && what == For::lines &&
            share->terms.mode != ledger::ShareMode::download)
            return refused({"share.view-only",
                            "the share lets nobody take the lines out of the node: differences, "
                            "and what the line needs, are shown"});
        auto text =
            sharing_.held_text(share->name, terms.document, terms.version, ledger::kMaxBomFile);
        if (!text) return text.error();
        // Of a share with columns the text is another one than `content` names; settle() holds it.
        if (share->terms.columns.empty() && ledger::sha256(*text) != terms.content)
            return Error{ErrorKind::invalid,
                         "the document that " + bom.owner +
                             " gave is not what its own signature of the revision names: build "
                             "nothing by it, and ask for the right one"};
        const auto size = text->size();
        return VaultSharing::Range{std::move(*text), size};
    }
    const auto id = ledger::parse_vault_id(terms.document, "document");
    const auto document = id ? vault_.document(*id) : std::nullopt;
    const auto* version = document ? document->version(terms.version) : nullptr;
    if (version == nullptr) return nothing("the revision's document is not there any more");
    if (reader != nullptr)
        if (const auto no = sharing_.own_refusal(
                *document, *reader, what == For::lines ? VaultUse::take : VaultUse::look))
            return refused(*no);
    ledger::Bytes text;
    while (text.size() < version->size) {
        auto part = vault_.read(*version, document->project, text.size(), kVaultPart);
        if (!part) return part.error();
        text.insert(text.end(), part->begin(), part->end());
    }
    if (ledger::sha256(text) != terms.content)
        return Error{ErrorKind::invalid,
                     "the document is not what the revision's signature names: it was changed"};
    return VaultSharing::Range{std::move(text), version->size};
}

Result<std::shared_ptr<const ledger::BomContents>> Boms::table(const std::string& bom,
                                                               std::uint64_t number,
                                                               const VaultReader* reader,
                                                               For what) {
    const auto now = kept(bom);
    if (!now) return now.error();
    if (number == 0) {
        if (auto fine = ours(bom); !fine) return fine.error();
        if (reader != nullptr && !reader->manages)
            return refused({"share.missing", "drafts are for who manages the vault"});
        ledger::BomContents draft{lines_of(now->draft), {}};
        draft.has.fill(true);
        return std::make_shared<const ledger::BomContents>(std::move(draft));
    }
    const auto* revision = now->bom.revision(number);
    if (revision == nullptr)
        return nothing("the BOM has no revision number " + std::to_string(number));
    const auto text = stored(now->bom, *revision, reader, what);
    if (!text) return text.error();
    const auto hash = ledger::sha256(text->bytes);
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [of, table] : tables_)
            if (of == hash) return table;
    }
    auto read = ledger::parse_bom(ledger::as_text(text->bytes));
    if (!read) return ledger::within("the revision can't be read", read.error());
    auto out = std::make_shared<const ledger::BomContents>(std::move(*read));
    const std::lock_guard lock(mutex_);
    tables_.emplace_back(hash, out);
    std::size_t bytes = 0;
    for (const auto& [of, table] : tables_) bytes += table->bytes();
    while (tables_.size() > kMostTables || (bytes > kMostTableBytes && tables_.size() > 1)) {
        bytes -= tables_.front().second->bytes();
        tables_.erase(tables_.begin());
    }
    return out;
}

Result<void> Boms::settle(const std::string& bom, std::uint64_t number,
                          const ledger::BomContents& table) {
    const std::lock_guard changing(changing_);
    auto now = kept(bom);
    if (!now) return now.error();
    auto& all = now->bom.revisions;
    const auto at = std::find_if(
        all.begin(), all.end(), [&](const BomRevision& one) { return one.terms.number == number; });
    if (at == all.end()) return nothing("the BOM has no such revision");
    // Ours is held against its hash whenever it is read.
    if (now->bom.owner == org_) return {};
    auto built = at->built ? agreed(*at->built, table) : built_by(table, frame_of(table));
    if (!built) return ledger::within("revision " + at->terms.revision, built.error());
    if (at->built && at->built->fields.size() == built->fields.size()) return {};
    at->built = std::move(*built);
    if (auto done =
            rows_.write({{std::string(bom_rows::kRevision) + bom_rows::numbered(bom, number),
                          bom_rows::of_revision(*at)}});
        !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    boms_.insert_or_assign(bom, std::move(*now));
    return {};
}

Result<void> Boms::receive(const std::string& org, const ledger::SignedObject& object) {
    const auto& terms = std::get<ledger::BomRelease>(object.object);
    if (terms.number == 0) return ledger::malformed("number: revisions count from 1");
    const std::lock_guard changing(changing_);
    auto now = kept(terms.bom);
    std::size_t held = 0;
    for (const auto& one : list())
        if (one.owner == org) held += one.revisions.size();
    if (held >= kMostRevisions)
        return Error{ErrorKind::too_large, "more revisions than we keep of one partner"};
    if (now && now->bom.owner != org)
        return Error{ErrorKind::conflict, "the BOM of that id is not one of " + org};
    const auto* known = now ? now->bom.revision(terms.number) : nullptr;
    if (known != nullptr && known->statement == object.statement) return {};
    if (known != nullptr)
        return Error{ErrorKind::conflict, "there is another revision of that number"};
    if (!now)
        now = Kept{{.id = terms.bom,
                    .name = terms.name,
                    .project = terms.project,
                    .owner = org,
                    .made = clock_(),
                    .by = org,
                    .first = terms.number},
                   {}};
    BomRevision revision{terms, object.statement, clock_(), {}};
    if (auto done = rows_.write(
            {{std::string(bom_rows::kBom) + terms.bom, bom_rows::of_bom(now->bom)},
             {std::string(bom_rows::kRevision) + bom_rows::numbered(terms.bom, terms.number),
              bom_rows::of_revision(revision)}});
        !done)
        return done.error();
    auto& all = now->bom.revisions;
    all.push_back(std::move(revision));
    std::sort(all.begin(), all.end(), [](const BomRevision& a, const BomRevision& b) {
        return a.terms.number < b.terms.number;
    });
    const std::lock_guard lock(mutex_);
    boms_.insert_or_assign(terms.bom, std::move(*now));
    return {};
}

}  // namespace reelproof::api
