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
     "slots:list"},
    {"@user",
     "user*:text name*:text roles*:list disabled*:flag enrolled*:flag made*:count "
     "recovery_codes_left*:count link_until:count"},
    {"@proof",
     "log*:text index*:count size*:count leaf*:text form*:text key*:text signer:text "
     "statement*:text replicated*:object bytes*:text"},
};
constexpr std::string_view kProblems[] = {
    "audit",        "bad-query",   "bad-tile-path", "bad-token",     "busy",        "code-needed",
    "conflict",     "csrf",        "invalid",       "malformed",     "media-type",  "no-index",
    "no-portal",    "no-token",    "not-found",     "not-signed-in", "picture",     "refused",
    "scope",        "signed-out",  "too-large",     "too-many",      "unavailable", "unknown-log",
    "unknown-node", "unsupported", "untrusted",     "wait"};

}  // namespace

std::span<const Operation> operations() {
    static const std::vector<Operation> all = [] {
        std::vector<Operation> out;
        for (const auto& subject :
             {work_operations(), people_operations(), log_operations(), epcis_operations()})
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
