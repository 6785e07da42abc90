#include "node/cli/marking_table.h"

#include <algorithm>
#include <cstdio>

#include "api/service/observe_marking.h"

namespace reelproof::node {

using vision::MarkingState;

std::string Tally::text() const {
    std::string out;
    for (const auto state : {MarkingState::agrees, MarkingState::doubtful, MarkingState::differs,
                             MarkingState::missing, MarkingState::unusable})
        if (const auto found = of_.find(state); found != of_.end())
            out += (out.empty() ? "" : ", ") + std::to_string(found->second) + " " +
                   std::string(to_string(state));
    return out;
}

std::size_t Tally::parts() const {
    std::size_t out = 0;
    for (const auto& [state, count] : of_) out += count;
    return out;
}

std::string MarkingTable::row(std::string_view picture, const vision::StudiedPart& part,
                              const Tally& so_far) {
    width_ = std::max({width_, picture.size(), std::string_view("picture").size()});
    const auto line = [&](const std::string& count, std::string_view name,
                          const std::string& number, std::string_view result,
                          const std::string& least, const std::string& lead,
                          const std::string& sums) {
        char text[96];
        std::snprintf(text, sizeof text, "  %4s  %-8.*s  %-12s  %5s  ", number.c_str(),
                      static_cast<int>(result.size()), result.data(), least.c_str(), lead.c_str());
        return std::string(count.size() < 4 ? 4 - count.size() : 0, ' ') + count + "  " +
               std::string(name) + std::string(width_ - name.size(), ' ') + text + sums;
    };
    std::string out;
    if (!begun_)
        out = line("#", "picture", "part", "result", "least sure", "lead", "so far") + "\n";
    begun_ = true;
    std::string least, lead;
    if (const auto* worst = part.part.worst()) {
        char text[16];
        std::snprintf(text, sizeof text, "%.2f", worst->margin);
        lead = text;
        least = std::string(1, worst->expected) + " in line " + std::to_string(worst->line + 1);
    }
    out += line(std::to_string(so_far.parts()), picture, std::to_string(part.number),
                to_string(part.part.state), least, lead, so_far.text());
    const auto told = api::told(part.part);
    for (auto at = told.find('\n'); at != told.npos;) {
        const auto next = told.find('\n', at + 1);
        out += "\n      " + told.substr(at + 1, next == told.npos ? next : next - at - 1);
        at = next;
    }
    return out;
}

}  // namespace reelproof::node
