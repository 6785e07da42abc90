#include "api/service/production.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/bom_setup.h"
#include "api/service/bom_use.h"
#include "api/service/vault_errors.h"
#include "api/service/word.h"
#include "ledger/provenance/history.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Result;

namespace {

constexpr std::string_view kGrant = "production/", kPath = "/vault/production";
constexpr std::size_t kMostReels = 200;  // of one job, that are looked at

// Of an event's output, "https://ems.example/i/<id>".
std::string item_of(const std::string& uri) {
    return uri.substr(uri.rfind('/') + 1);
}

// What was found of a board: put aside, freed, looked at, thrown away.
json::array findings_of(const ServiceContext& context, const KnownItem& board,
                        const ledger::Issuers& issuers) {
    using ledger::EventKind;
    json::array out;
    for (const auto& link : ledger::collect(board.key, issuers, finder(context.store)).links) {
        const auto& event = link.body.event;
        if (link.iss != context.org) continue;
        if (event.kind != EventKind::quarantine && event.kind != EventKind::release &&
            event.kind != EventKind::inspect && event.kind != EventKind::scrap)
            continue;
        out.emplace_back(json::object{
            {"at", link.iat}, {"what", to_string(event.kind)}, {"reason", event.reason}});
    }
    return out;
}

json::array results_json(const std::vector<ledger::TestResult>& results) {
    json::array out;
    for (const auto& one : results) {
        if (out.size() == Production::kMostResults) break;
        out.emplace_back(json::object{{"test", one.test},
                                      {"passed", one.passed},
                                      {"value", one.value},
                                      {"limits", one.limits},
                                      {"station", one.station},
                                      {"at", one.at}});
    }
    return out;
}

class JobTold {
  public:
    // `tests` null: without boards one by one.
    JobTold(const ProductionDeps& deps, const Job& job, const TestResults* tests)
        : deps_(deps), job_(job), with_boards_(tests != nullptr) {
        if (tests != nullptr) results_ = tests->of(job);
    }

    json::object told() {
        const auto bom = deps_.boms.find(job_.bom);
        out_ = {{"job", job_.job},
                {"product", job_.product},
                {"made", job_.made},
                {"bom", bom ? bom->project + "/" + bom->name : ""},
                {"revision", job_.revision_name}};
        if (!job_.lot.empty()) out_["lot"] = job_.lot;
        if (!job_.serial.empty()) out_["serial"] = job_.serial;
        const auto now = deps_.changes.on_floor(job_.bom, job_.lot, job_.serial);
        out_["counts"] = revision_findings(job_, now).empty();
        if (now && !now->change.empty()) out_["change"] = now->change;
        std::set<std::string> mpns;
        for (const auto& slot : job_.slots) mpns.insert(slot.mpns.begin(), slot.mpns.end());
        const auto use = use_of(deps_.context, deps_.index, job_.job, {mpns.begin(), mpns.end()});
        add_progress(use);
        add_boards(use);
        add_reels(use);
        if (use.truncated) out_["truncated"] = true;
        return std::move(out_);
    }

  private:
    void add_progress(const JobUse& use) {
        std::int64_t loaded = 0, needed = 0, placed = 0;
        for (const auto& slot : job_.slots) {
            loaded += slot.loaded ? 1 : 0;
            needed += slot.quantity;
        }
        for (const auto& [word, part] : use.parts) placed += part.consumed;
        out_["slots_loaded"] = loaded;
        out_["slots_in_all"] = job_.slots.size();
        out_["parts_placed"] = placed;
        if (needed > 0) out_["parts_needed"] = needed;
    }

    void add_boards(const JobUse& use) {
        using ledger::ItemStatus;
        const auto issuers = ledger::trusted_issuers(deps_.context.store.directory());
        std::int64_t held = 0, scrapped = 0, left = 0;
        json::array boards;
        for (const auto& uri : use.boards) {
            const auto known = deps_.index.find(item_of(uri));
            if (!known) continue;
            const auto board = deps_.index.fresh(*known);
            const bool is_scrapped = board.status == to_string(ItemStatus::scrapped);
            const bool is_held = !is_scrapped && !board.blocked_by.empty();
            const bool has_left = !is_scrapped && !is_held && !board.here(deps_.context.org);
            scrapped += is_scrapped ? 1 : 0;
            held += is_held ? 1 : 0;
            left += has_left ? 1 : 0;
            if (!with_boards_ || boards.size() >= Production::kMostBoards) continue;
            const auto name = board.facts.serial.empty() ? board.id : board.facts.serial;
            boards.emplace_back(
                json::object{{"board", name},
                             {"state", is_scrapped ? "scrapped"
                                       : is_held   ? "held"
                                       : has_left  ? "shipped"
                                                   : "here"},
                             {"findings", findings_of(deps_.context, board, issuers)},
                             {"results", results_json(results_[name])}});
            results_.erase(name);
        }
        // Tested, and no event names them: a line may record no boards.
        for (const auto& [serial, results] : results_)
            if (boards.size() < Production::kMostBoards)
                boards.emplace_back(json::object{{"board", serial},
                                                 {"state", "not-recorded"},
                                                 {"findings", json::array()},
                                                 {"results", results_json(results)}});
        out_["boards"] = use.boards.size();
        out_["held"] = held;
        out_["scrapped"] = scrapped;
        out_["shipped"] = left;
        if (with_boards_) out_["tests"] = std::move(boards);
    }

    // Those on its feeders as they are now, those that were used as they were looked at last.
    void add_reels(const JobUse& use) {
        std::map<std::string, std::string> reels;  // id, position
        for (const auto& id : use.reels) reels.emplace(id, "");
        for (const auto& slot : job_.slots)
            if (slot.loaded) reels[slot.loaded->item] = slot.position;
        std::map<std::string, std::int64_t> words{{"ACCEPT", 0}, {"HOLD", 0}, {"REJECT", 0}};
        json::array holds;
        std::size_t looked = 0;
        for (const auto& [id, position] : reels) {
            const auto item = deps_.index.find(id);
            if (!item || ++looked > kMostReels) continue;
            std::string word, rule;
            if (!position.empty()) {
                const auto now = inspect(deps_.context, item->identified(), "line");
                word = to_string(now.verdict.decision);
                if (now.verdict.decision != ledger::Decision::accept)
                    rule = now.verdict.findings.front().rule;
            } else if (item->verdict) {
                word = item->verdict->word;
                if (!item->verdict->rules.empty()) rule = item->verdict->rules.front();
            }
            if (word.empty()) continue;
            ++words[word];
            if (word == "ACCEPT") continue;
            json::object hold{
                {"mpn", item->facts.mpn}, {"lot", item->facts.lot}, {"verdict", word}};
            if (!rule.empty()) hold["rule"] = rule;
            if (!position.empty()) hold["position"] = position;
            holds.emplace_back(std::move(hold));
        }
        json::object verdicts;
        for (const auto& [word, count] : words) verdicts[word] = count;
        out_["verdicts"] = std::move(verdicts);
        out_["holds"] = std::move(holds);
    }

    const ProductionDeps& deps_;
    const Job& job_;
    const bool with_boards_;
    TestResults::Boards results_;
    json::object out_;
};

}  // namespace

Production::Production(ProductionDeps deps)
    : deps_(std::move(deps)), tests_(deps_.rows, deps_.jobs) {
    deps_.rows.each(kGrant, [&](std::string_view org, const json::object& row) {
        grants_.keep(std::string(org), {.partner = std::string(org),
                                        .roles = texts_in(row, "roles"),
                                        .by = text_in(row, "by"),
                                        .at = number_in(row, "at"),
                                        .ended = number_in(row, "ended")});
    });
}

std::vector<std::string> Production::partners() const {
    const auto& org = deps_.context.org;
    const auto now = deps_.clock();
    std::set<std::string> out;
    for (const auto& one : deps_.sharing.agreements())
        if (one.state(org).in_force(now))
            out.insert(one.terms.drafter == org ? one.terms.partner : one.terms.drafter);
    return {out.begin(), out.end()};
}

bool Production::agreed_with(const std::string& org) const {
    const auto all = partners();
    return std::find(all.begin(), all.end(), org) != all.end();
}

Result<ProductionGrant> Production::keep(ProductionGrant grant) {
    json::object row{{"roles", json::value_from(grant.roles)},
                     {"by", grant.by},
                     {"at", grant.at},
                     {"ended", grant.ended}};
    if (auto done = deps_.rows.put(std::string(kGrant) + grant.partner, std::move(row)); !done)
        return done.error();
    grants_.keep(grant.partner, grant);
    return grant;
}

Result<ProductionGrant> Production::show(const std::string& partner, std::vector<std::string> roles,
                                         const std::string& by) {
    if (!agreed_with(partner))
        return refused({"agreement.missing", "no agreement with " + partner + " is in force"});
    const std::lock_guard changing(changing_);
    return keep({.partner = partner, .roles = std::move(roles), .by = by, .at = deps_.clock()});
}

Result<ProductionGrant> Production::end(const std::string& partner, const std::string& by) {
    const std::lock_guard changing(changing_);
    auto known = grants_.find(partner);
    if (!known) return nothing("nothing of the production is shown to " + partner);
    known->ended = deps_.clock();
    known->by = by;
    known->roles.clear();
    return keep(std::move(*known));
}

Result<std::string> Production::told_to(const std::string& org) const {
    const auto grant = grants_.find(org);
    if (!grant || grant->ended != 0)
        return refused({"production.not-shared",
                        deps_.context.org + " shows nothing of its production to " + org});
    if (!agreed_with(org))
        return refused({"agreement.missing", "no agreement with " + org + " is in force"});
    if (!deps_.index.kept())
        return ledger::Error{ledger::ErrorKind::conflict, "this node keeps no index of its items"};
    auto jobs = deps_.jobs.list();
    std::erase_if(jobs, [&](const Job& job) {
        const auto bom = job.bom.empty() ? Result<Bom>(nothing("")) : deps_.boms.find(job.bom);
        return !bom || bom->owner != org;
    });
    std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.made > b.made; });
    const bool cut = jobs.size() > kMostJobs;
    if (cut) jobs.resize(kMostJobs);
    json::array out;
    for (const auto& job : jobs)
        out.emplace_back(JobTold(deps_, job, grant->roles.empty() ? nullptr : &tests_).told());
    json::object told{
        {"at", deps_.clock()}, {"roles", json::value_from(grant->roles)}, {"jobs", std::move(out)}};
    if (cut) told["truncated"] = true;
    return json::serialize(told);
}

Result<std::string> Production::of(const std::string& partner,
                                   const std::vector<std::string>& roles) const {
    if (!deps_.sharing.knows(partner)) return nothing("there is no partner " + partner);
    const auto told = deps_.peers.get(partner, std::string(kPath), 0, 0);
    if (!told) return told.error();
    json::error_code failed;
    auto answer = json::parse(*told, failed);
    auto* object = failed ? nullptr : answer.if_object();
    const auto* named = object == nullptr ? nullptr : object->if_contains("roles");
    auto* jobs = object == nullptr ? nullptr : object->if_contains("jobs");
    if (named == nullptr || !named->is_array() || jobs == nullptr || !jobs->is_array())
        return ledger::Error{ledger::ErrorKind::unavailable,
                             "the node of " + partner + " answered something else"};
    // As with shares, roles are held to by the recipient's node.
    const bool sees_boards =
        std::any_of(named->get_array().begin(), named->get_array().end(), [&](const auto& role) {
            return role.is_string() && std::find(roles.begin(), roles.end(),
                                                 std::string(role.get_string())) != roles.end();
        });
    if (!sees_boards)
        for (auto& job : jobs->get_array())
            if (auto* one = job.if_object()) one->erase("tests");
    (*object)["partner"] = partner;
    return json::serialize(answer);
}

}  // namespace reelproof::api
