#include "ledger/bom/built.h"

#include <algorithm>

#include "ledger/base/sha256.h"

namespace reelproof::ledger {
namespace {

constexpr BomField kNaming[] = {BomField::customer_pn, BomField::manufacturer, BomField::mpn,
                                BomField::alternates};

// A cell holds no control character, so these end it.
void append(std::string& out, const std::string& cell) {
    out += cell;
    out += '\n';
}

}  // namespace

bool BuiltFrame::covers(const BuiltFrame& other) const {
    return (designators || !other.designators) && (quantity || !other.quantity) &&
           (fitted || !other.fitted);
}

BuiltFrame frame_of(const BomContents& bom) {
    return {bom.shows(BomField::designators), bom.shows(BomField::quantity),
            bom.shows(BomField::fitted)};
}

Built built_by(const BomContents& bom, const BuiltFrame& frame) {
    Built out{frame, {}};
    std::vector<std::pair<std::string, const BomLine*>> lines;
    for (const auto& line : bom.lines) {
        const bool left_off = (frame.fitted && !line.fitted()) ||
                              (frame.quantity && line.quantity() == std::optional<std::int64_t>(0));
        if (left_off) continue;
        std::string place;
        append(place, frame.designators ? line.cell(BomField::designators) : "");
        append(place, frame.quantity ? line.cell(BomField::quantity) : "");
        lines.emplace_back(std::move(place), &line);
    }
    for (const auto field : kNaming) {
        if (!bom.shows(field)) continue;
        std::vector<std::string> told;
        for (const auto& [place, line] : lines) {
            if (line->cell(field).empty()) continue;
            auto& one = told.emplace_back(place);
            append(one, line->cell(field));
        }
        std::sort(told.begin(), told.end());
        std::string all;
        for (const auto& one : told) all += one;
        out.fields.emplace(field, sha256(as_bytes(all)));
    }
    return out;
}

Result<Built> agreed(const Built& pinned, const BomContents& bom) {
    if (!frame_of(bom).covers(pinned.frame))
        return Error{ErrorKind::conflict,
                     "its share shows fewer of designators, quantity and fitted than the one by "
                     "which it was signed or set up here, so the two can't be held against each "
                     "other"};
    auto out = pinned;
    for (const auto& [field, hash] : built_by(bom, pinned.frame).fields) {
        const auto [at, fresh] = out.fields.emplace(field, hash);
        if (!fresh && at->second != hash)
            return Error{ErrorKind::conflict,
                         "its " + std::string(to_string(field)) +
                             " are not those by which it was signed or set up here: its owner gave "
                             "another table under the same revision; talk to its owner, and build "
                             "nothing by it"};
    }
    return out;
}

}  // namespace reelproof::ledger
