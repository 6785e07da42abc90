#include <algorithm>

#include "ledger/directory/matching.h"
#include "ledger/rules/family.h"

namespace reelproof::ledger {

namespace {

// The organisations that may be the origin of a part. Of something assembled only those whose part
// numbers the policy names: who trusts a maker with everything does not mean boards of others.
std::vector<std::string> makers_of(const Case& c, std::string_view mpn, std::string_view name,
                                   bool assembled) {
    std::vector<std::string> out;
    for (const auto* maker : c.policy.manufacturers_of(mpn, name))
        if (!assembled || !maker->mpns.empty()) out.push_back(maker->org);
    if (c.policy.manufacturers.empty() && c.directory.org(name) != nullptr) out.emplace_back(name);
    return out;
}

struct Origin {
    const Link* first;
    std::string_view mpn;
    bool assembled;  // of parts that are recorded, and other than itself
};

// Nothing when the origin is as it must be; else how bad it is and why.
struct Doubt {
    Severity severity;
    std::string text;
};
std::optional<Doubt> doubt_about(const Case& c, const Origin& origin) {
    const auto& iss = origin.first->iss;
    const auto when = origin.first->body.event.time;
    const auto day = to_iso8601(when).substr(0, 10);
    const auto begins = "its history begins with " + iss;
    const std::string mpn(origin.mpn);
    const auto makers =
        makers_of(c, mpn, origin.first->body.event.facts.manufacturer, origin.assembled);
    if (makers.empty()) {
        if (origin.assembled) {
            if (iss == c.observation.org) return std::nullopt;  // we know what we assemble
            return Doubt{Severity::major, begins + ", which says that it assembled " + mpn +
                                              ": name its maker in the policy"};
        }
        if (mpn.empty()) return Doubt{Severity::major, begins + ", which does not say what it is"};
        return Doubt{Severity::major,
                     begins + ", and no manufacturer of " + mpn + " is known to the policy"};
    }
    bool member = false;
    for (const auto& maker : makers) {
        if (maker == iss) return std::nullopt;
        member = member || c.directory.org(maker) != nullptr;
        if (!c.directory.authorised(maker, iss, mpn, when)) continue;
        // The time of an event is its writer's own word; the statement's lies between others.
        if (c.directory.authorised(maker, iss, mpn, origin.first->iat)) return std::nullopt;
        return Doubt{Severity::major, begins + ", which " + maker + " had authorised on " + day +
                                          ", but which recorded it only on " +
                                          to_iso8601(origin.first->iat).substr(0, 10) +
                                          ", when it was not"};
    }
    return Doubt{member ? Severity::critical : Severity::major,
                 begins + ", which is neither " + makers.front() +
                     " nor was authorised by it for " + mpn + " on " + day};
}

// What counts of a lot is what its maker says of it, or who sells for it.
void judge_lot(const Case& c, Findings& out) {
    const auto maker = c.manufacturer();
    const auto& mpn = c.observation.label.mpn;
    for (const auto& link : c.item().links)
        if (!maker.empty() &&
            (link.iss == maker || c.directory.authorised(maker, link.iss, mpn, link.iat)))
            return;
    out.push_back({"pedigree.source",
                   Severity::major,
                   "of this lot only others than its manufacturer, and than those it authorised, "
                   "have recorded anything",
                   {evidence_of(c.item().links.front())}});
}

void judge_item(const Case& c, const Family& family, std::size_t i, Findings& out) {
    const auto& history = c.lineage.items[i];
    const auto* first = history.commission();
    if (first == nullptr || family.is_lot(i)) return;
    const auto known = [&](std::size_t parent) {
        return c.lineage.items[parent].commission() != nullptr && !family.is_lot(parent);
    };
    const auto& parents = family.parents(i);
    const auto same = [&](std::size_t parent) {
        return known(parent) && !family.mpn(i).empty() &&
               equal_text(family.mpn(i), family.mpn(parent));
    };
    // The same parts under an earlier label are judged there.
    if (std::any_of(parents.begin(), parents.end(), same)) return;
    const bool has_parents = !first->body.parents.empty();
    const bool assembled = std::any_of(parents.begin(), parents.end(), known);
    if (family.mpn(i).empty() && assembled) return;  // a board: its parts are judged, not itself
    auto doubt = doubt_about(c, {first, family.mpn(i), assembled});
    if (!doubt) return;
    if (has_parents && !assembled) doubt->text += "; it was made of something that nobody recorded";
    if (first->iss == c.observation.org) {
        // Our own word for goods from outside the network, checked when they came in.
        doubt->text += " (that is ourselves)";
        if (doubt->severity == Severity::major) doubt->severity = Severity::minor;
        if (doubt->severity == Severity::critical && has_parents) doubt->severity = Severity::major;
    }
    if (!family.same_part(i) && doubt->severity == Severity::major)
        doubt->severity = Severity::minor;  // a component of a board
    out.push_back({"pedigree.source",
                   doubt->severity,
                   std::string(Family::about(i)) + doubt->text,
                   {evidence_of(*first)}});
}

}  // namespace

// Any of those behind may be the one who sent it.
void pedigree_none(const Case& c, Findings& out) {
    if (!c.item().links.empty()) return;
    std::string text =
        c.observation.lot_level
            ? "nothing is known of this lot: nobody we trust has recorded making, "
              "shipping or receiving it"
            : "nothing is known of this label: nobody we trust has recorded the item";
    constexpr std::size_t kMostNamed = 3;
    std::size_t behind = 0;
    for (const auto& [org, source] : c.sources) {
        const auto lag = lag_of(c, org, source);
        if (lag.empty() || ++behind > kMostNamed) continue;
        text += (behind == 1 ? "; or its news is not here yet: " : ", ") + lag;
    }
    if (behind > kMostNamed)
        text += " and " + std::to_string(behind - kMostNamed) + " more logs are behind";
    if (behind > 0)
        text +=
            "; look again when " + std::string(behind == 1 ? "it is" : "they are") + " up to date";
    out.push_back({"pedigree.none", Severity::major, std::move(text), {}});
}

// The first event must be the manufacturer's, or of a distributor that it had authorised then; of
// an item made of others, that of its ancestors.
void pedigree_source(const Case& c, Findings& out) {
    if (c.item().links.empty()) return;
    if (c.observation.lot_level) {
        judge_lot(c, out);
        return;
    }
    if (c.item().commission() == nullptr) {
        out.push_back({"pedigree.source",
                       Severity::major,
                       "nobody has recorded where it comes from: its history begins with \"" +
                           std::string(to_string(c.item().links.front().body.event.kind)) +
                           "\" by " + c.item().links.front().iss,
                       {evidence_of(c.item().links.front())}});
        return;
    }
    const Family family(c);
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i) judge_item(c, family, i, out);
}

}  // namespace reelproof::ledger
