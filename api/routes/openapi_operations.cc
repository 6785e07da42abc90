// What the operations of the OpenAPI document share, and all of them together.
#include <utility>
#include <vector>

#include "api/routes/openapi_subjects.h"

namespace reelproof::api {

namespace {

// Members that several answers have, by the word that stands for them.
constexpr std::pair<std::string_view, std::string_view> kShared[] = {
    {"@verdict",
     "verdict*:ACCEPT|HOLD|REJECT item*:text lot_level:flag fields*:object findings*:list "
     "state*:object proof*:list sources*:list policy*:text ms*:number"},
    {"@recorded", "items*:list statements*:list repeated*:flag warnings:list"},
    {"@session",
     "org*:text user*:text name*:text roles*:list accesses*:list csrf*:text until*:count "
     "recovery_codes_left*:count"},
    {"@job",
     "job*:text product*:text made*:text by*:text slots_loaded*:count slots_in_all*:count "
     "built_by:object slots:list"},
    {"@bom",
     "bom*:text name*:text project*:text owner*:text made*:count by*:text revisions*:list "
     "draft:object"},
    {"@bom_import",
     "lines*:count edits*:count mapping*:object unused*:list encoding*:text heading*:count "
     "errors*:count warnings*:count problems*:list sheet:text sheets:list"},
    {"@bom_revision",
     "number*:count revision*:text lines*:count content*:text document*:text version*:count "
     "statement*:text at*:count by:text"},
    {"@change",
     "change*:text number*:text bom*:text name*:text owner*:text partner*:text from*:text to*:text "
     "from_number*:count to_number*:count reason*:text effect*:date|lot|serial effect_value*:text "
     "emergency*:flag state*:text digest*:text proposed*:count approve_by:count "
     "approved_by_owner:object approved_by_partner:object rejected:count rejected_by:text "
     "rejected_why:text not_shown:text changes:list hidden:list touches:object"},
    {"@user",
     "user*:text name*:text roles*:list disabled*:flag enrolled*:flag made*:count "
     "recovery_codes_left*:count link_until:count"},
    {"@project",
     "project*:text name*:text owner*:text steward*:text "
     "classification*:public|internal|confidential|restricted made*:count by*:text hold:object"},
    {"@document",
     "document*:text project*:text name*:text "
     "classification*:public|internal|confidential|restricted retain_until:count made*:count "
     "versions*:list shred_at_end:flag hold:object"},
    {"@upload", "upload*:text name*:text size*:count taken*:count sha256:text"},
    {"@agreement",
     "agreement*:text drafter*:text partner*:text state*:text scope*:text systems*:list "
     "roles*:list retention_days*:count breach_notice_hours*:count sub_tiers*:flag "
     "audit_right*:flag start*:count end*:count signed_by_us:count signed_by_them:count "
     "ended:count ended_by:text reason:text"},
    {"@share",
     "share*:text owner*:text recipient*:text role:text person:text project*:text document:text "
     "purpose*:text columns:list mode*:view|download granted*:count end*:count agreement:text "
     "ended:count reason:text destroyed:count destructions:list frozen:count of:text "
     "passed:list"},
    {"@exit",
     "exit*:text partner*:text ours*:flag state*:open|overdue|done|closed reason*:text by*:text "
     "began*:count until*:count agreements*:list shares*:list destroyed*:list steps*:list "
     "files*:list told:count closed:count closed_by:text closed_reason:text"},
    {"@incident",
     "incident*:text kind*:text partner:text project:text text*:text by*:text drill*:flag "
     "known*:count opened*:count closed:count clocks*:list affected*:list frozen*:list "
     "timeline*:list"},
    {"@raci",
     "project*:text name*:text rows*:list set*:count set_by*:text reviewed:count reviewed_by:text "
     "due*:count"},
    {"@review", "quarter*:text report*:object signed:count by:text remark:text digest:text"},
    {"@certificate",
     "certificate*:text partner*:text standard*:text number*:text scope*:text issuer*:text "
     "from*:count until*:count document:text checked_by*:text checked_how*:text checked*:count "
     "holds*:flag withdrawn:count withdrawn_by:text reason:text"},
    {"@partner",
     "partner*:text steward*:text their_steward*:text certificates*:list lacks*:list "
     "agreements*:list shares*:list held*:list survey*:list points*:count of*:count "
     "surveyed:count surveyed_by:text open*:list"},
    {"@proof",
     "log*:text index*:count size*:count leaf*:text form*:text key*:text signer:text "
     "statement*:text replicated*:object bytes*:text"},
};
constexpr std::string_view kProblems[] = {
    "archive",     "audit",     "bad-query",   "bad-tile-path", "bad-token",    "busy",
    "code-needed", "conflict",  "csrf",        "invalid",       "malformed",    "media-type",
    "no-index",    "no-portal", "no-room",     "no-token",      "not-found",    "not-signed-in",
    "pages",       "picture",   "refused",     "scope",         "sheet",        "signed-out",
    "too-large",   "too-many",  "unavailable", "unknown-log",   "unknown-node", "unsupported",
    "untrusted",   "wait"};

}  // namespace

std::span<const Operation> operations() {
    static const std::vector<Operation> all = [] {
        std::vector<Operation> out;
        for (const auto& subject : {work_operations(), people_operations(), log_operations(),
                                    epcis_operations(), vault_operations(), bom_operations()})
            out.insert(out.end(), subject.begin(), subject.end());
        return out;
    }();
    return all;
}

std::span<const std::string_view> problem_names() {
    return kProblems;
}

std::string_view shared_members(std::string_view word) {
    for (const auto& [name, members] : kShared)
        if (name == word) return members;
    return {};
}

}  // namespace reelproof::api
