// Bills of materials under version control. A BOM of ours has one draft, cell by cell with who
// changed it, and revisions: each a version of a document in the vault, hashed, signed, and never
// changed. Partners' BOMs are their signed revisions, and what shares let us read of them.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   bom/<id>   bom.line/<id>/<line>   bom.edit/<id>/<number>   bom.revision/<id>/<number>
//   bom.columns/<project>: what columns were taken for when it was last said
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/vault_sharing.h"
#include "ledger/bom/built.h"
#include "ledger/bom/import.h"

namespace reelproof::api {

struct BomRevision {
    ledger::BomRelease terms;
    ledger::Bytes statement;  // of the owner
    ledger::UnixSeconds at = 0;
    std::string by;  // of ours
    // Of a partner's: what it builds, once quality signed it or a job was set up by it.
    std::optional<ledger::Built> built{};
};

// A BOM without its lines.
struct Bom {
    std::string id;  // 32 hex digits
    std::string name, project, owner;
    ledger::VaultId project_id{};  // of ours
    ledger::UnixSeconds made = 0;
    std::string by;
    std::vector<BomRevision> revisions{};  // by number
    // The number that came first and so needs no change: what is handed in later, with whichever
    // number, does. 0: none came.
    std::uint64_t first = 0;
    // Of the draft.
    std::uint64_t edits = 0;           // so far
    std::uint64_t released_edits = 0;  // up to the last release
    std::uint64_t next_line = 1;
    std::size_t draft_lines = 0;

    [[nodiscard]] const BomRevision* revision(std::uint64_t number) const;
    [[nodiscard]] const BomRevision* revision_called(std::string_view name) const;
};

// A line of a draft: of each cell the number of the edit that wrote it last.
struct BomDraftLine {
    ledger::BomLine line;
    std::array<std::uint64_t, ledger::kBomFields> edits{};
};

// What somebody does to a draft.
struct BomEdit {
    enum class Action { set, add, remove };
    Action action = Action::set;
    std::uint64_t line = 0;  // of set and remove
    ledger::BomField field = ledger::BomField::mpn;
    std::string was, value;                               // of set: what it was based on
    std::array<std::string, ledger::kBomFields> cells{};  // of add
    std::uint64_t seen = 0;                               // of remove: the last edit that he saw
};
std::string_view to_string(BomEdit::Action action);
// And what became of it.
struct BomEdited {
    std::uint64_t number = 0;
    ledger::UnixSeconds at = 0;
    std::string by;
    std::string action;  // as above, or "import"
    std::uint64_t line = 0;
    std::string field, was, value;
};
// Somebody else was faster.
struct BomConflict {
    std::size_t edit = 0;  // which of those that were asked for
    std::uint64_t line = 0;
    std::string field, now;
    BomEdited by;  // the edit that stands in its way
};

class Boms {
  public:
    static constexpr std::size_t kMostBoms = 1000, kMostEdits = 1000;  // edits: at a time

    // Throws EnvironmentError for a store that can't be read.
    Boms(JsonRows& rows, Vault& vault, VaultSharing& sharing, std::string org, ledger::Clock clock);

    [[nodiscard]] std::vector<Bom> list() const;
    // By id, or "PROJECT/NAME".
    [[nodiscard]] ledger::Result<Bom> find(std::string_view bom) const;
    // Why that person may not see it.
    [[nodiscard]] ledger::VaultVerdict refusal(const Bom& bom, const VaultReader& reader) const;

    // Into the draft of the BOM of that name, or a new one. Line by line, so that lines and who
    // wrote them last stay what they are. `conflict` where the draft holds edits that no release
    // has, unless `seen` is its last one.
    struct Import {
        std::string project, name, encoding, by;
        ledger::BomMapping mapping{};
        std::optional<std::uint64_t> seen{};
        bool check_only = false;
    };
    struct Imported {
        ledger::BomImport read;
        std::optional<Bom> bom{};  // nothing: there were errors, or it was only checked
        std::uint64_t edits = 0;
    };
    ledger::Result<Imported> import(const Import& how, ledger::ByteView file);

    [[nodiscard]] ledger::Result<std::vector<BomDraftLine>> draft(const std::string& bom) const;
    // All of them or, where one conflicts, none.
    struct Edited {
        std::vector<BomEdited> done;
        std::vector<BomConflict> conflicts;
    };
    ledger::Result<Edited> edit(const std::string& bom, const std::vector<BomEdit>& edits,
                                const std::string& by);
    // Behind number `after`, at most kMostEdits.
    [[nodiscard]] ledger::Result<std::vector<BomEdited>> edits(const std::string& bom,
                                                               std::uint64_t after) const;
    // What stands in the way of a release of the draft.
    [[nodiscard]] ledger::Result<ledger::BomProblems> check(const std::string& bom) const;

    // Of the draft. `conflict`: the name is taken, nothing has changed, or the problems of check().
    ledger::Result<BomRevision> release(const std::string& bom, const std::string& revision,
                                        const std::string& by);
    // Hands the signed revision to a partner whom a share lets read it.
    ledger::Result<BomRevision> give(const std::string& bom, std::uint64_t number,
                                     const std::string& org);
    // Its statement, for whoever hands it on with more.
    [[nodiscard]] ledger::Result<ledger::Bytes> given(const Bom& bom, std::uint64_t number,
                                                      const std::string& org) const;
    // A partner's: asks for its key and fetches it; false: again, there is more to fetch.
    ledger::Result<bool> open(const std::string& bom, std::uint64_t number,
                              const VaultReader& reader);

    // What is in a revision; with number 0 the draft. `reader` null: for the node itself.
    enum class For { lines, difference };
    ledger::Result<std::shared_ptr<const ledger::BomContents>> table(const std::string& bom,
                                                                     std::uint64_t number,
                                                                     const VaultReader* reader,
                                                                     For what = For::lines);
    // To sign it or to set up by it. `table` is what table() gave. From then on the revision builds
    // this: `conflict` where its owner gives something else under the same number.
    ledger::Result<void> settle(const std::string& bom, std::uint64_t number,
                                const ledger::BomContents& table);

    // A partner's revision. `conflict` for another one of the same number.
    ledger::Result<void> receive(const std::string& org, const ledger::SignedObject& object);

  private:
    struct Kept {
        Bom bom;
        std::map<std::uint64_t, BomDraftLine> draft;
    };
    // Edits that were found good, and the lines as they are then.
    struct Staged {
        std::vector<BomEdited> done;
        std::map<std::uint64_t, std::optional<BomDraftLine>> lines;
        std::uint64_t next_line = 0;
    };

    void load();
    [[nodiscard]] ledger::Result<Kept> kept(const std::string& bom) const;
    [[nodiscard]] ledger::Result<Kept> ours(const std::string& bom) const;
    [[nodiscard]] ledger::BomMapping remembered(const ledger::VaultId& project) const;
    [[nodiscard]] BomEdited journal(const std::string& bom, std::uint64_t number) const;
    ledger::Result<Staged> stage(const Kept& now, const std::vector<BomEdit>& edits,
                                 const std::string& by, std::vector<BomConflict>& conflicts) const;
    ledger::Result<Bom> keep(Kept now, Staged staged, std::vector<JsonRows::Change> rows);
    ledger::Result<Bom> begin(const Import& how, const VaultProject& project,
                              const ledger::BomImport& read, std::vector<JsonRows::Change> rows);
    ledger::Result<VaultSharing::Range> stored(const Bom& bom, const BomRevision& revision,
                                               const VaultReader* reader, For what) const;
    [[nodiscard]] ledger::Result<VaultSharing::Range> given_text(const VaultShare& share,
                                                                 const Bom& bom,
                                                                 const BomRevision& revision,
                                                                 const VaultReader* reader,
                                                                 For what) const;
    ledger::Result<Vault::Stored> store(const Bom& bom, const std::string& revision,
                                        const std::string& text, const std::string& by);

    JsonRows& rows_;
    Vault& vault_;
    VaultSharing& sharing_;
    const std::string org_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    // Owner of these: mutex_.
    std::map<std::string, Kept> boms_;
    std::map<ledger::VaultId, ledger::BomMapping> columns_;
    // Tables that were read last, by SHA-256 of their text.
    std::vector<std::pair<ledger::Hash, std::shared_ptr<const ledger::BomContents>>> tables_;
};

}  // namespace reelproof::api
