#include "api/service/boms.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "api/service/bom_rows.h"
#include "api/service/vault_errors.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::BomField;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

Error no_bom(std::string_view named) {
    return nothing("there is no BOM " + std::string(named.substr(0, 200)) +
                   "; `reelproof bom list` lists them as PROJECT/NAME");
}

// What an import changes of a draft: the lines that it has, as far as the file has their fields.
std::vector<BomEdit> edits_of(const std::map<std::uint64_t, BomDraftLine>& draft,
                              const ledger::BomImport& read, std::uint64_t seen) {
    std::map<std::string, std::uint64_t> whole, loose;
    std::map<std::string, std::uint64_t, std::less<>> by_designator;
    for (const auto& [number, line] : draft) {
        const auto& cell = line.line.cell(BomField::designators);
        if (cell.empty()) {
            loose.emplace(part_name(line.line), number);
            continue;
        }
        whole.emplace(cell, number);
        for (const auto one : line.line.designators()) by_designator.emplace(one, number);
    }
    std::set<std::uint64_t> used;
    const auto same_line = [&](const ledger::BomLine& line) -> std::uint64_t {
        const auto free = [&](std::uint64_t number) { return used.insert(number).second; };
        const auto designators = line.designators();
        if (designators.empty()) {
            const auto found = loose.find(part_name(line));
            return found != loose.end() && free(found->second) ? found->second : 0;
        }
        if (const auto found = whole.find(line.cell(BomField::designators)); found != whole.end())
            return free(found->second) ? found->second : 0;
        const auto found = by_designator.find(designators.front());
        return found != by_designator.end() && !whole.contains(line.cell(BomField::designators)) &&
                       free(found->second)
                   ? found->second
                   : 0;
    };
    std::vector<BomEdit> out;
    for (const auto& line : read.lines) {
        const auto number = same_line(line);
        if (number == 0) {
            out.push_back(
                {.action = BomEdit::Action::add, .was = {}, .value = {}, .cells = line.cells});
            continue;
        }
        for (std::size_t i = 0; i < ledger::kBomFields; ++i) {
            const auto field = ledger::bom_field(i);
            const auto& was = draft.at(number).line.cells[i];
            if (was == line.cells[i] ||
                (!read.mapping.contains(field) && field != BomField::quantity))
                continue;
            out.push_back({.action = BomEdit::Action::set,
                           .line = number,
                           .field = field,
                           .was = was,
                           .value = line.cells[i]});
        }
    }
    for (const auto& [number, line] : draft)
        if (!used.contains(number))
            out.push_back({.action = BomEdit::Action::remove,
                           .line = number,
                           .was = {},
                           .value = {},
                           .seen = seen});
    return out;
}

}  // namespace

std::string_view to_string(BomEdit::Action action) {
    switch (action) {
        case BomEdit::Action::set:
            return "set";
        case BomEdit::Action::add:
            return "add";
        case BomEdit::Action::remove:
            break;
    }
    return "remove";
}

const BomRevision* Bom::revision(std::uint64_t number) const {
    for (const auto& one : revisions)
        if (one.terms.number == number) return &one;
    return nullptr;
}

const BomRevision* Bom::revision_called(std::string_view called) const {
    for (const auto& one : revisions)
        if (one.terms.revision == called) return &one;
    return nullptr;
}

Boms::Boms(JsonRows& rows, Vault& vault, VaultSharing& sharing, std::string org,
           ledger::Clock clock)
    : rows_(rows),
      vault_(vault),
      sharing_(sharing),
      org_(std::move(org)),
      clock_(std::move(clock)) {
    load();
}

void Boms::load() {
    namespace rows = bom_rows;
    rows_.each(rows::kBom, [&](std::string_view id, const json::object& row) {
        boms_.emplace(id, Kept{rows::to_bom(id, row), {}});
    });
    const auto of = [&](std::string_view key) -> std::pair<Kept*, std::uint64_t> {
        const auto slash = key.find('/');
        const auto found = boms_.find(std::string(key.substr(0, slash)));
        if (found == boms_.end() || slash == std::string_view::npos)
            throw ledger::EnvironmentError(
                "the store is damaged: a row of a BOM that there is not; run: reelproof ledger "
                "check");
        return {&found->second, std::stoull(std::string(key.substr(slash + 1)))};
    };
    rows_.each(rows::kLine, [&](std::string_view key, const json::object& row) {
        const auto [bom, number] = of(key);
        bom->draft.emplace(number, rows::to_line(number, row));
        bom->bom.draft_lines = bom->draft.size();
    });
    rows_.each(rows::kRevision, [&](std::string_view key, const json::object& row) {
        of(key).first->bom.revisions.push_back(rows::to_revision(row));
    });
    rows_.each(rows::kColumns, [&](std::string_view id, const json::object& row) {
        if (const auto project = ledger::parse_vault_id(id, "project"))
            columns_.emplace(*project, rows::to_columns(row));
    });
    for (auto& [id, one] : boms_) {
        auto& all = one.bom.revisions;
        std::sort(all.begin(), all.end(), [](const BomRevision& a, const BomRevision& b) {
            return a.terms.number < b.terms.number;
        });
        if (one.bom.first == 0 && !all.empty()) one.bom.first = all.front().terms.number;
    }
}

std::vector<Bom> Boms::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Bom> out;
    for (const auto& [id, one] : boms_) out.push_back(one.bom);
    return out;
}

Result<Bom> Boms::find(std::string_view named) const {
    const std::lock_guard lock(mutex_);
    const Kept* found = nullptr;
    if (const auto by_id = boms_.find(std::string(named)); by_id != boms_.end())
        return by_id->second.bom;
    for (const auto& [id, one] : boms_) {
        if (one.bom.project + "/" + one.bom.name != named) continue;
        // What a partner calls its own can't take the name from ours.
        if (one.bom.owner == org_) return one.bom;
        if (found != nullptr)
            return Error{ErrorKind::conflict, std::string(named) + " is one of " +
                                                  found->bom.owner + " and one of " +
                                                  one.bom.owner + ": name it by its id"};
        found = &one;
    }
    if (found == nullptr) return no_bom(named);
    return found->bom;
}

Result<Boms::Kept> Boms::kept(const std::string& bom) const {
    const std::lock_guard lock(mutex_);
    const auto found = boms_.find(bom);
    if (found == boms_.end()) return no_bom(bom);
    return found->second;
}

Result<Boms::Kept> Boms::ours(const std::string& bom) const {
    auto out = kept(bom);
    if (out && out->bom.owner != org_)
        return Error{ErrorKind::conflict,
                     "the BOM is one of " + out->bom.owner + ": only its owner changes it"};
    return out;
}

ledger::BomMapping Boms::remembered(const ledger::VaultId& project) const {
    const std::lock_guard lock(mutex_);
    const auto found = columns_.find(project);
    return found == columns_.end() ? ledger::BomMapping() : found->second;
}

BomEdited Boms::journal(const std::string& bom, std::uint64_t number) const {
    const auto row = rows_.get(std::string(bom_rows::kEdit) + bom_rows::numbered(bom, number));
    return row ? bom_rows::to_edit(number, *row) : BomEdited{};
}

Result<Boms::Imported> Boms::import(const Import& how, ledger::ByteView file) {
    const auto project = vault_.project_named(how.project);
    if (!project)
        return nothing("there is no project " + how.project + ": reelproof vault project add");
    if (auto fine = check_vault_name(how.name, "name"); !fine) return fine.error();
    auto columns = remembered(project->id);
    auto read = ledger::import_bom(file, {how.encoding, how.mapping, columns});
    if (!read) return read.error();
    Imported out{std::move(*read), {}, 0};
    if (out.read.problems.errors() > 0 || how.check_only) return out;
    std::vector<JsonRows::Change> rows;
    for (const auto& [field, names] : how.mapping) columns[field] = names;
    if (!how.mapping.empty())
        rows.push_back({std::string(bom_rows::kColumns) + ledger::vault_id_text(project->id),
                        bom_rows::of_columns(columns)});
    const std::lock_guard changing(changing_);
    const auto all = list();
    const auto known = std::find_if(all.begin(), all.end(), [&](const Bom& one) {
        return one.owner == org_ && one.project_id == project->id && one.name == how.name;
    });
    Result<Bom> done = no_bom(how.name);
    if (known == all.end()) {
        done = begin(how, *project, out.read, std::move(rows));
        out.edits = 1;
    } else {
        auto now = ours(known->id);
        if (!now) return now.error();
        const auto& bom = now->bom;
        if (bom.edits != bom.released_edits && how.seen.value_or(0) != bom.edits) {
            const auto last = journal(bom.id, bom.edits);
            return Error{ErrorKind::conflict,
                         "the draft holds edits that no release has, the last by " + last.by +
                             " at " + ledger::to_iso8601(last.at) +
                             ": look at them with `reelproof bom log`, then import with `--seen " +
                             std::to_string(bom.edits) + "`"};
        }
        std::vector<BomConflict> conflicts;
        auto staged = stage(*now, edits_of(now->draft, out.read, bom.edits), how.by, conflicts);
        if (!staged) return staged.error();
        out.edits = staged->done.size();
        done = keep(std::move(*now), std::move(*staged), std::move(rows));
    }
    if (!done) return done.error();
    out.bom = std::move(*done);
    const std::lock_guard lock(mutex_);
    if (!how.mapping.empty()) columns_[project->id] = columns;
    return out;
}

Result<Bom> Boms::begin(const Import& how, const VaultProject& project,
                        const ledger::BomImport& read, std::vector<JsonRows::Change> rows) {
    if (list().size() >= kMostBoms)
        return Error{ErrorKind::too_large, "there are 1,000 BOMs, and no more can be"};
    Kept now{{.id = ledger::vault_id_text(ledger::new_vault_id()),
              .name = how.name,
              .project = project.name,
              .owner = project.owner,
              .project_id = project.id,
              .made = clock_(),
              .by = how.by},
             {}};
    Staged staged;
    staged.next_line = 1;
    for (const auto& line : read.lines) {
        BomDraftLine one{line, {}};
        one.line.number = staged.next_line++;
        one.edits.fill(1);
        staged.lines.emplace(one.line.number, std::move(one));
    }
    staged.done.push_back(
        {1, clock_(), how.by, "import", 0, "", "", ledger::counted(read.lines.size(), "line")});
    return keep(std::move(now), std::move(staged), std::move(rows));
}

Result<std::vector<BomDraftLine>> Boms::draft(const std::string& bom) const {
    const auto now = ours(bom);
    if (!now) return now.error();
    std::vector<BomDraftLine> out;
    for (const auto& [number, line] : now->draft) out.push_back(line);
    return out;
}

Result<Boms::Staged> Boms::stage(const Kept& now, const std::vector<BomEdit>& edits,
                                 const std::string& by, std::vector<BomConflict>& conflicts) const {
    Staged out;
    out.next_line = now.bom.next_line;
    auto size = now.draft.size();
    const auto line_now = [&](std::uint64_t number) -> std::optional<BomDraftLine> {
        if (const auto staged = out.lines.find(number); staged != out.lines.end())
            return staged->second;
        const auto found = now.draft.find(number);
        return found == now.draft.end() ? std::nullopt : std::optional(found->second);
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        const auto& edit = edits[i];
        const auto where = "edits[" + std::to_string(i) + "].";
        BomEdited done{now.bom.edits + out.done.size() + 1,
                       clock_(),
                       by,
                       std::string(to_string(edit.action)),
                       edit.line,
                       "",
                       "",
                       ""};
        if (edit.action == BomEdit::Action::add) {
            BomDraftLine line;
            line.line.number = done.line = out.next_line++;
            line.edits.fill(done.number);
            for (std::size_t f = 0; f < ledger::kBomFields; ++f) {
                auto cell = ledger::normal_bom_cell(ledger::bom_field(f), edit.cells[f]);
                if (!cell)
                    return ledger::malformed(where + std::string(to_string(ledger::bom_field(f))) +
                                             ": " + cell.error().message);
                line.line.cells[f] = std::move(*cell);
            }
            done.value = part_name(line.line);
            out.lines.insert_or_assign(done.line, std::move(line));
            out.done.push_back(std::move(done));
            ++size;
            continue;
        }
        auto line = line_now(edit.line);
        if (!line) {
            conflicts.push_back({i, edit.line, "", "", {}});
            continue;
        }
        if (edit.action == BomEdit::Action::remove) {
            const auto last = *std::max_element(line->edits.begin(), line->edits.end());
            if (last > edit.seen) {
                conflicts.push_back({i, edit.line, "", "", journal(now.bom.id, last)});
                continue;
            }
            done.was = part_name(line->line);
            out.lines.insert_or_assign(edit.line, std::nullopt);
            out.done.push_back(std::move(done));
            --size;
            continue;
        }
        const auto field = static_cast<std::size_t>(edit.field);
        auto value = ledger::normal_bom_cell(edit.field, edit.value);
        if (!value)
            return ledger::malformed(where + std::string(to_string(edit.field)) + ": " +
                                     value.error().message);
        auto& cell = line->line.cells[field];
        if (cell == *value) continue;
        const auto was = ledger::normal_bom_cell(edit.field, edit.was);
        if (!was || *was != cell) {
            conflicts.push_back({i, edit.line, std::string(to_string(edit.field)), cell,
                                 journal(now.bom.id, line->edits[field])});
            continue;
        }
        done.field = to_string(edit.field);
        done.was = std::exchange(cell, *value);
        done.value = *value;
        line->edits[field] = done.number;
        out.lines.insert_or_assign(edit.line, std::move(line));
        out.done.push_back(std::move(done));
    }
    if (size > ledger::kMostBomLines)
        return Error{ErrorKind::too_large, "a BOM has at most 20,000 lines"};
    return out;
}

Result<Bom> Boms::keep(Kept now, Staged staged, std::vector<JsonRows::Change> rows) {
    auto& bom = now.bom;
    bom.edits += staged.done.size();
    bom.next_line = staged.next_line;
    for (const auto& edit : staged.done)
        rows.push_back({std::string(bom_rows::kEdit) + bom_rows::numbered(bom.id, edit.number),
                        bom_rows::of_edit(edit)});
    for (auto& [number, line] : staged.lines) {
        rows.push_back({std::string(bom_rows::kLine) + bom_rows::numbered(bom.id, number),
                        line ? bom_rows::of_line(*line) : json::object()});
        if (line)
            now.draft.insert_or_assign(number, std::move(*line));
        else
            now.draft.erase(number);
    }
    bom.draft_lines = now.draft.size();
    rows.push_back({std::string(bom_rows::kBom) + bom.id, bom_rows::of_bom(bom)});
    if (auto done = rows_.write(std::move(rows)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    auto out = bom;
    boms_.insert_or_assign(out.id, std::move(now));
    return out;
}

Result<Boms::Edited> Boms::edit(const std::string& bom, const std::vector<BomEdit>& edits,
                                const std::string& by) {
    const std::lock_guard changing(changing_);
    auto now = ours(bom);
    if (!now) return now.error();
    Edited out;
    auto staged = stage(*now, edits, by, out.conflicts);
    if (!staged) return staged.error();
    if (!out.conflicts.empty()) return out;
    out.done = staged->done;
    if (out.done.empty()) return out;
    if (auto done = keep(std::move(*now), std::move(*staged), {}); !done) return done.error();
    return out;
}

Result<std::vector<BomEdited>> Boms::edits(const std::string& bom, std::uint64_t after) const {
    const auto now = ours(bom);
    if (!now) return now.error();
    std::vector<BomEdited> out;
    for (auto number = after + 1; number <= now->bom.edits && out.size() < kMostEdits; ++number)
        out.push_back(journal(bom, number));
    return out;
}

Result<ledger::BomProblems> Boms::check(const std::string& bom) const {
    const auto now = ours(bom);
    if (!now) return now.error();
    std::vector<ledger::BomLine> lines;
    for (const auto& [number, line] : now->draft) lines.push_back(line.line);
    ledger::BomProblems out;
    ledger::check_bom(lines, out);
    ledger::check_release(lines, out);
    return out;
}

}  // namespace reelproof::api
