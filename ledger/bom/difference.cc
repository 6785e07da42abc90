#include "ledger/bom/difference.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace reelproof::ledger {
namespace {

constexpr BomField kCompared[] = {
    BomField::customer_pn, BomField::manufacturer, BomField::mpn,     BomField::alternates,
    BomField::value,       BomField::description,  BomField::package, BomField::fitted,
    BomField::price,       BomField::note};

using ByDesignator = std::unordered_map<std::string_view, const BomLine*>;

ByDesignator by_designator(const BomContents& table) {
    ByDesignator out;
    for (const auto& line : table.lines)
        for (const auto one : line.designators()) out.emplace(one, &line);
    return out;
}

// Lines without designators are known by their part.
std::map<std::string, const BomLine*> loose(const BomContents& table) {
    std::map<std::string, const BomLine*> out;
    for (const auto& line : table.lines)
        if (line.cell(BomField::designators).empty()) out.emplace(part_name(line), &line);
    return out;
}

class Differ {
  public:
    Differ(const BomContents& before, const BomContents& after) : before_(before), after_(after) {}

    std::vector<BomChange> run() {
        const auto old = by_designator(before_), now = by_designator(after_);
        for (const auto& [designator, line] : old) {
            const auto found = now.find(designator);
            add(line, found == now.end() ? nullptr : found->second, designator);
        }
        for (const auto& [designator, line] : now)
            if (!old.contains(designator)) add(nullptr, line, designator);
        std::vector<BomChange> out;
        for (auto& [lines, change] : changes_) {
            std::sort(change.designators.begin(), change.designators.end(), natural_less);
            out.push_back(std::move(change));
        }
        std::sort(out.begin(), out.end(), [](const BomChange& a, const BomChange& b) {
            return natural_less(a.designators.front(), b.designators.front());
        });
        add_loose(out);
        return out;
    }

  private:
    using Pair = std::pair<const BomLine*, const BomLine*>;

    [[nodiscard]] std::vector<BomField> fields_of(const BomLine* before,
                                                  const BomLine* after) const {
        std::vector<BomField> out;
        if (before == nullptr || after == nullptr) return out;
        for (const auto field : kCompared)
            if (before_.shows(field) && after_.shows(field) &&
                before->cell(field) != after->cell(field))
                out.push_back(field);
        return out;
    }
    void add(const BomLine* before, const BomLine* after, std::string_view designator) {
        const Pair lines{before, after};
        auto found = changes_.find(lines);
        if (found == changes_.end()) {
            if (same_.contains(lines)) return;
            auto fields = fields_of(before, after);
            if (before != nullptr && after != nullptr && fields.empty()) {
                same_.emplace(lines, true);
                return;
            }
            found = changes_.emplace(lines, BomChange{{}, before, after, std::move(fields)}).first;
        }
        found->second.designators.push_back(designator);
    }
    void add_loose(std::vector<BomChange>& out) const {
        const auto old = loose(before_), now = loose(after_);
        for (const auto& [name, line] : old) {
            const auto found = now.find(name);
            if (found == now.end()) {
                out.push_back({{}, line, nullptr, {}});
                continue;
            }
            auto fields = fields_of(line, found->second);
            if (line->cell(BomField::quantity) != found->second->cell(BomField::quantity) &&
                before_.shows(BomField::quantity) && after_.shows(BomField::quantity))
                fields.push_back(BomField::quantity);
            if (!fields.empty()) out.push_back({{}, line, found->second, std::move(fields)});
        }
        for (const auto& [name, line] : now)
            if (!old.contains(name)) out.push_back({{}, nullptr, line, {}});
    }

    const BomContents& before_;
    const BomContents& after_;
    std::map<Pair, BomChange> changes_;
    std::map<Pair, bool> same_;
};

}  // namespace

std::vector<BomChange> difference(const BomContents& before, const BomContents& after) {
    return Differ(before, after).run();
}

}  // namespace reelproof::ledger
