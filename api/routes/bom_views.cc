// Declared in boms.h: what revisions hold and differ in, who uses a part, and what stock and jobs
// say of it.
#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/boms.h"
#include "api/routes/json_text.h"
#include "api/routes/known.h"
#include "api/routes/problems.h"
#include "api/service/bom_use.h"
#include "api/service/word.h"
#include "ledger/bom/difference.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::BomField;
using ledger::Result;

using Table = std::shared_ptr<const ledger::BomContents>;

// The newest revision where none is named; the draft where there is none at all.
std::uint64_t newest(const Bom& bom) {
    return bom.revisions.empty() ? 0 : bom.revisions.back().terms.number;
}

std::string name_of(const Bom& bom, std::uint64_t number) {
    const auto* revision = bom.revision(number);
    return revision == nullptr ? "draft" : revision->terms.revision;
}

Response show_revision(BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto number = whole_number(request.parameter("number"));
    if (!number || *number == 0)
        return problem_of(ledger::malformed("a revision is named by its number, from 1"));
    const auto reader = vault_reader(request);
    const auto table = routes.boms.table(bom->id, *number, &reader);
    if (!table) return problem_of(table.error());
    request.subject += " revision " + name_of(*bom, *number);
    json::array lines;
    for (const auto& line : (*table)->lines) lines.emplace_back(bom_line_json(line));
    return Response::json(200,
                          json_text(json::object{{"revision", name_of(*bom, *number)},
                                                 {"number", *number},
                                                 {"hidden", json::value_from((*table)->hidden())},
                                                 {"lines", std::move(lines)}}));
}

Response show_difference(BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto from = revision_asked(request, "from"), to = revision_asked(request, "to");
    if (!from) return problem_of(from.error());
    if (!to) return problem_of(to.error());
    const auto before = from->value_or(newest(*bom)), after = to->value_or(0);
    const auto reader = vault_reader(request);
    const auto old = routes.boms.table(bom->id, before, &reader, Boms::For::difference);
    if (!old) return problem_of(old.error());
    const auto now = routes.boms.table(bom->id, after, &reader, Boms::For::difference);
    if (!now) return problem_of(now.error());
    return Response::json(200,
                          json_text(json::object{{"from", name_of(*bom, before)},
                                                 {"to", name_of(*bom, after)},
                                                 {"changes", bom_changes_json(**old, **now)}}));
}

json::object stock_of(BomRoutes& routes, const std::string& mpn, bool sees_stock) {
    json::object out{{"mpn", mpn}};
    const auto data = routes.parts.find(mpn);
    if (data && !data->lifecycle.empty()) out["lifecycle"] = data->lifecycle;
    if (data && data->reorder_point) out["reorder_point"] = *data->reorder_point;
    if (!sees_stock) return out;
    const auto summary = routes.stock.summary();
    const auto found = summary->parts.find(word_of(mpn));
    const auto parts = found == summary->parts.end() ? 0 : found->second.sums.parts;
    out["parts"] = parts;
    out["items"] = found == summary->parts.end() ? 0 : found->second.sums.items;
    if (data && data->reorder_point && parts <= *data->reorder_point) out["low"] = true;
    return out;
}

// What speaks against buying or building it: of the first source, then what the others do for it.
std::string advice(const json::array& sources) {
    const auto lifecycle = [](const json::value& source) -> std::string {
        const auto* text = source.get_object().if_contains("lifecycle");
        return text == nullptr ? "" : std::string(text->get_string());
    };
    if (sources.empty()) return "";
    const auto first = lifecycle(sources.front());
    if (first.empty() || first == "active") return "";
    const auto good = std::find_if(sources.begin() + 1, sources.end(), [&](const auto& source) {
        const auto cycle = lifecycle(source);
        return cycle.empty() || cycle == "active";
    });
    const auto what = first == "nrnd" ? std::string("not recommended for new designs") : first;
    if (good == sources.end()) return what + ", and no second source is approved";
    return what + "; approved instead: " + std::string(good->at("mpn").as_string());
}

Response show_parts(BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    const auto asked = revision_asked(request, "revision");
    if (!asked) return problem_of(asked.error());
    const auto number = asked->value_or(newest(*bom));
    const auto reader = vault_reader(request);
    const auto table = routes.boms.table(bom->id, number, &reader, Boms::For::lines);
    if (!table) return problem_of(table.error());
    const bool sees_stock = caller_may(request, kStockAccess) && routes.index.kept();
    json::array lines;
    std::int64_t flagged = 0, low = 0;
    for (const auto& line : (*table)->lines) {
        if (!line.fitted()) continue;
        json::array sources;
        for (const auto& mpn : line.mpns()) sources.emplace_back(stock_of(routes, mpn, sees_stock));
        auto told = advice(sources);
        const bool is_low = !sources.empty() && sources.front().get_object().contains("low");
        flagged += told.empty() ? 0 : 1;
        low += is_low ? 1 : 0;
        json::object one{{"line", line.number},
                         {"designators", line.cell(BomField::designators)},
                         {"quantity", line.cell(BomField::quantity)},
                         {"part", part_name(line)},
                         {"sources", std::move(sources)}};
        if (!told.empty()) one["advice"] = std::move(told);
        if (is_low) one["low"] = true;
        lines.emplace_back(std::move(one));
    }
    return Response::json(200, json_text(json::object{{"revision", name_of(*bom, number)},
                                                      {"flagged", flagged},
                                                      {"low", low},
                                                      {"lines", std::move(lines)}}));
}

// Each BOM that the caller may see, by its newest revision, or its draft where it has none.
Response where_used(BomRoutes& routes, const Request& request) {
    const auto wanted = request.query.get("part");
    if (!wanted || wanted->empty()) return problem_of(ledger::malformed("query: part is missing"));
    const auto word = word_of(*wanted);
    const auto reader = vault_reader(request);
    json::array out;
    for (const auto& bom : routes.boms.list()) {
        if (routes.boms.refusal(bom, reader)) continue;
        const auto table = routes.boms.table(bom.id, newest(bom), &reader, Boms::For::lines);
        if (!table) continue;
        for (const auto& line : (*table)->lines) {
            const auto mpns = line.mpns();
            const bool first = !mpns.empty() && word_of(mpns.front()) == word;
            const bool own = word_of(line.cell(BomField::customer_pn)) == word &&
                             !line.cell(BomField::customer_pn).empty();
            const bool second = std::any_of(mpns.begin(), mpns.end(), [&](const std::string& mpn) {
                return word_of(mpn) == word;
            });
            if (!first && !own && !second) continue;
            out.emplace_back(json::object{{"bom", bom.id},
                                          {"name", bom.name},
                                          {"project", bom.project},
                                          {"revision", name_of(bom, newest(bom))},
                                          {"line", line.number},
                                          {"designators", line.cell(BomField::designators)},
                                          {"quantity", line.cell(BomField::quantity)},
                                          {"as", first || own ? "part" : "second source"}});
        }
    }
    return Response::json(200, json_text(json::object{{"used", std::move(out)}}));
}

struct Needed {
    std::string part;
    std::vector<std::string> mpns;
    std::int64_t thousandths = 0;  // on one board
};
// By the part that lines name first: of two lines with the same one what is placed can't be told
// apart.
std::vector<Needed> needed_of(const ledger::BomContents& table) {
    std::vector<Needed> out;
    std::map<std::string, std::size_t> known;
    for (const auto& line : table.lines) {
        if (!line.fitted() || line.mpns().empty()) continue;
        const auto [at, fresh] = known.emplace(word_of(line.mpns().front()), out.size());
        if (fresh) out.push_back({part_name(line), {}, 0});
        auto& one = out[at->second];
        for (const auto& mpn : line.mpns())
            if (std::find(one.mpns.begin(), one.mpns.end(), mpn) == one.mpns.end())
                one.mpns.push_back(mpn);
        one.thousandths += line.quantity().value_or(0);
    }
    return out;
}

// Part numbers that any revision here names, and those on the job's feeders.
std::vector<std::string> candidates(BomRoutes& routes, const Bom& bom, const Job* job) {
    std::set<std::string> out;
    for (const auto& revision : bom.revisions)
        if (const auto table = routes.boms.table(bom.id, revision.terms.number, nullptr))
            for (const auto& line : (*table)->lines)
                for (auto& mpn : line.mpns()) out.insert(std::move(mpn));
    if (job != nullptr)
        for (const auto& slot : job->slots) {
            out.insert(slot.mpns.begin(), slot.mpns.end());
            if (slot.loaded && !slot.loaded->mpn.empty()) out.insert(slot.loaded->mpn);
        }
    return {out.begin(), out.end()};
}

// Against what was consumed under a job.
Response compare(BomRoutes& routes, const Request& request) {
    const auto bom = bom_asked(routes, request);
    if (!bom) return problem_of(bom.error());
    if (!routes.index.kept()) return no_index();
    const std::string job(request.query.get("job").value_or(""));
    if (job.empty()) return problem_of(ledger::malformed("query: job is missing"));
    const auto asked = revision_asked(request, "revision"),
               told = revision_asked(request, "boards");
    if (!asked) return problem_of(asked.error());
    if (!told) return problem_of(told.error());
    const auto number = asked->value_or(newest(*bom));
    const auto reader = vault_reader(request);
    const auto table = routes.boms.table(bom->id, number, &reader, Boms::For::lines);
    if (!table) return problem_of(table.error());
    const auto known = routes.jobs.find(job);
    // Who sees a BOM sees what was built by it, and of other jobs nothing.
    if ((!known || known->bom != bom->id) && !caller_may(request, kJobsAccess))
        return problem_of({ledger::ErrorKind::not_found,
                           "no job " + job.substr(0, 200) + " is set up by this BOM"});
    auto use = use_of(routes.context, routes.index, job,
                      candidates(routes, *bom, known ? &*known : nullptr));
    const auto boards = static_cast<std::int64_t>(told->value_or(use.boards.size()));
    json::array lines, beside;
    std::int64_t wrong = 0;
    for (const auto& need : needed_of(**table)) {
        json::array used;
        std::int64_t consumed = 0;
        for (const auto& mpn : need.mpns) {
            const auto found = use.parts.find(word_of(mpn));
            if (found == use.parts.end()) continue;
            consumed += found->second.consumed;
            used.emplace_back(json::object{{"mpn", found->second.mpn},
                                           {"parts", found->second.consumed},
                                           {"items", found->second.items}});
            use.parts.erase(found);
        }
        const auto expected = need.thousandths * boards;
        const auto over = consumed * 1000 - expected;
        wrong += over == 0 ? 0 : 1;
        lines.emplace_back(json::object{{"part", need.part},
                                        {"expected", static_cast<double>(expected) / 1000},
                                        {"consumed", consumed},
                                        {"over", static_cast<double>(over) / 1000},
                                        {"used", std::move(used)}});
    }
    for (const auto& [word, part] : use.parts)
        beside.emplace_back(
            json::object{{"mpn", part.mpn}, {"parts", part.consumed}, {"items", part.items}});
    json::object out{{"revision", name_of(*bom, number)},
                     {"job", job},
                     {"boards", boards},
                     {"differ", wrong},
                     {"lines", std::move(lines)},
                     {"not_in_revision", std::move(beside)}};
    if (use.truncated) out["truncated"] = true;
    return Response::json(200, json_text(out));
}

}  // namespace

json::array bom_changes_json(const ledger::BomContents& before, const ledger::BomContents& after) {
    json::array out;
    for (const auto& change : difference(before, after)) {
        json::object one{{"what", change.before == nullptr  ? "added"
                                  : change.after == nullptr ? "removed"
                                                            : "changed"},
                         {"designators", ledger::shortened_designators(change.designators)},
                         {"count", change.designators.size()}};
        json::object old, now;
        const auto cells = [&](const ledger::BomLine* line, json::object& into, BomField field) {
            if (line != nullptr && !line->cell(field).empty())
                into[to_string(field)] = line->cell(field);
        };
        auto fields = change.fields;
        if (fields.empty())
            fields = {BomField::mpn, BomField::customer_pn, BomField::value, BomField::package};
        for (const auto field : fields) {
            cells(change.before, old, field);
            cells(change.after, now, field);
        }
        if (change.before != nullptr) {
            one["part"] = part_name(*change.before);
            one["before"] = std::move(old);
        }
        if (change.after != nullptr) {
            one["new_part"] = part_name(*change.after);
            one["after"] = std::move(now);
        }
        out.emplace_back(std::move(one));
    }
    return out;
}

void add_bom_view_routes(Router& router, BomRoutes& routes) {
    const std::string read(kDocumentsAccess);
    const auto add = [&](const char* pattern, Response (*handle)(BomRoutes&, const Request&)) {
        router.add(Method::get, pattern, read,
                   [&routes, handle](const Request& request) { return handle(routes, request); });
    };
    add("/v1/boms/{bom}/revisions/{number}", show_revision);
    add("/v1/boms/{bom}/difference", show_difference);
    add("/v1/boms/{bom}/parts", show_parts);
    add("/v1/boms/{bom}/consumption", compare);
    add("/v1/where-used", where_used);
}

}  // namespace reelproof::api
