#include "ledger/provenance/guest_word.h"

#include <set>
#include <string_view>
#include <utility>

#include "ledger/provenance/replay.h"

namespace reelproof::ledger {

namespace {

class Custody {
  public:
    // Nobody else has the item, or it is on its way to this organisation.
    [[nodiscard]] bool allows(const Link& link) const {
        if (holder_.empty()) return true;
        const auto& iss = link.iss;
        if (link.body.event.kind == EventKind::receive)
            return under_way_to_ == iss || (holder_ == iss && !under_way_to_.empty());
        return holder_ == iss && under_way_to_.empty();
    }
    void follow(const Link& link) {
        switch (link.body.event.kind) {
            case EventKind::commission:
                if (holder_.empty()) holder_ = link.iss;
                break;
            case EventKind::ship:
                holder_ = link.iss;
                under_way_to_ = link.body.event.to;
                break;
            case EventKind::receive:
                holder_ = link.iss;
                under_way_to_ = {};
                break;
            default:
                break;
        }
    }

  private:
    std::string_view holder_, under_way_to_;
};

}  // namespace

void weigh_guests(std::vector<Link>& ordered) {
    Custody custody;
    std::set<std::pair<std::string_view, std::uint64_t>> numbers;
    for (auto& link : ordered) {
        if (link.writer != Writer::owner) {
            if (!numbers.emplace(link.iss, link.n).second)
                link.set_aside = SetAside::second_story;
            else if (changes_custody(link.body.event.kind) &&
                     link.writer == Writer::dismissed_guest)
                link.set_aside = SetAside::dismissed;
            else if (changes_custody(link.body.event.kind) && !custody.allows(link))
                link.set_aside = SetAside::had_it_not;
        }
        if (link.set_aside == SetAside::no) custody.follow(link);
    }
}

}  // namespace reelproof::ledger
