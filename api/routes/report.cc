#include "api/routes/report.h"

#include <array>

#include "api/routes/json.h"
#include "vision/label/pages.h"

namespace reelproof::api {

namespace {

using vision::Paragraph;
using Style = Paragraph::Style;

constexpr std::size_t kLongestText = 1000;  // of what others wrote, in bytes
constexpr std::size_t kMostEvents = 1000, kMostAncestors = 50;

std::string shortened(const std::string& text) {
    return text.size() <= kLongestText ? text : text.substr(0, kLongestText) + " ...";
}

class Report {
  public:
    Report(const Inspection& inspection, const ServiceContext& context)
        : inspection_(inspection), context_(context), logs_(log_names(context.store)) {}

    std::vector<Paragraph> pages(const std::string& by) {
        const auto& item = inspection_.item;
        add(Style::title, "Item " + item.id);
        add(Style::plain, "Report of " + context_.org + ", made " +
                              ledger::to_iso8601(context_.clock()) + " for " + by + ", by policy " +
                              context_.policy.version);
        add(Style::heading, "Verdict: " + std::string(to_string(inspection_.verdict.decision)));
        if (inspection_.verdict.findings.empty())
            add(Style::plain, "Nothing was found against it.");
        for (const auto& finding : inspection_.verdict.findings) add_finding(finding);
        add(Style::heading, "What the label says");
        add_facts(item.label, item.quantity);
        add(Style::heading, "Where it stands");
        add_state(inspection_.states.front());
        add(Style::heading, "History");
        add_events(inspection_.lineage.items.front());
        add_ancestors();
        add(Style::heading, "Proof");
        add(Style::plain,
            "Each event is signed by its organisation and has its place in that organisation's "
            "ledger. The provenance bundle of this item proves all of it without this node: "
            "reelproof proof verify.");
        return std::move(out_);
    }

  private:
    void add(Style style, std::string text, int indent_mm = 0) {
        out_.push_back({style, std::move(text), indent_mm});
    }

    void add_finding(const ledger::Finding& finding) {
        add(Style::plain, std::string(to_string(finding.severity)) + "  " + finding.rule + ": " +
                              shortened(finding.text));
        for (const auto& one : finding.evidence)
            add(Style::fine, one.what + " of " + one.iss + ", " + place_text(one.place), 5);
    }

    void add_facts(const ledger::ItemFacts& facts, const std::optional<std::int64_t>& quantity) {
        const std::array<std::pair<const char*, const std::string*>, 8> named{
            {{"Part number", &facts.mpn},
             {"Lot", &facts.lot},
             {"Date code", &facts.date_code},
             {"Manufacturer", &facts.manufacturer},
             {"Customer part number", &facts.customer_pn},
             {"Country", &facts.country},
             {"Moisture level", &facts.msl},
             {"Serial", &facts.serial}}};
        for (const auto& [name, text] : named)
            if (!text->empty()) add(Style::plain, std::string(name) + ": " + shortened(*text));
        if (quantity) add(Style::plain, "Quantity: " + std::to_string(*quantity));
    }

    void add_state(const ledger::ItemState& state) {
        add(Style::plain, "Status: " + std::string(to_string(state.status)));
        if (!state.holder.empty()) add(Style::plain, "Held by: " + state.holder);
        if (!state.in_transit_to.empty())
            add(Style::plain, "On its way to: " + state.in_transit_to);
        if (!state.feeder.empty()) add(Style::plain, "On feeder: " + shortened(state.feeder));
        if (const auto left = state.remaining())
            add(Style::plain, "Parts left: " + std::to_string(*left));
        for (const auto& [org, link] : state.quarantined)
            add(Style::plain, "Quarantined by: " + org);
    }

    void add_events(const ledger::History& history) {
        if (history.links.empty()) add(Style::plain, "Nothing is recorded.");
        std::size_t told = 0;
        for (const auto& link : history.links) {
            if (told++ == kMostEvents) {
                add(Style::plain, "... and " + std::to_string(history.links.size() - kMostEvents) +
                                      " more events");
                return;
            }
            add_event(link);
        }
        for (const auto& one : history.unreadable)
            add(Style::fine, "Not readable: an event of " + one.iss + ", " + place_text(one.place));
    }

    void add_event(const ledger::Link& link) {
        const auto& event = link.body.event;
        auto text = ledger::to_iso8601(event.time) + "  " + link.iss + ": " +
                    std::string(to_string(event.kind));
        if (!event.from.empty()) text += " from " + event.from;
        if (!event.to.empty()) text += " to " + event.to;
        if (event.quantity) text += ", " + std::to_string(*event.quantity) + " parts";
        if (!event.feeder.empty()) text += ", feeder " + event.feeder;
        if (!event.work_order.empty()) text += ", work order " + event.work_order;
        if (!event.reason.empty()) text += ": " + event.reason;
        add(Style::plain, shortened(text));
        const auto kept = context_.keepers.of(log_of(link.place), link.place.index);
        add(Style::fine,
            place_text(link.place) + ", envelope " + ledger::to_hex(link.hash) + ", kept by " +
                std::to_string(kept.by.size()) + " of " + std::to_string(kept.of) + " mirrors",
            5);
    }

    void add_ancestors() {
        const auto& items = inspection_.lineage.items;
        if (items.size() < 2) return;
        add(Style::heading, "Made of");
        for (std::size_t i = 1; i < items.size(); ++i) {
            if (i > kMostAncestors) {
                add(Style::plain, "... and " + std::to_string(items.size() - i) + " more items");
                return;
            }
            const auto& history = items[i];
            const auto* commission = history.commission();
            auto text = "Item " + ledger::public_item_id(history.key);
            if (commission != nullptr) {
                const auto& facts = commission->body.event.facts;
                text += ": " + facts.mpn + " lot " + facts.lot + ", recorded by " + commission->iss;
            }
            add(Style::plain, shortened(text));
            for (const auto& link : history.links)
                add(Style::fine,
                    shortened(ledger::to_iso8601(link.body.event.time) + "  " + link.iss + ": " +
                              std::string(to_string(link.body.event.kind)) + ", " +
                              place_text(link.place)),
                    5);
        }
    }

    [[nodiscard]] std::string log_of(const ledger::Place& place) const {
        const auto found = logs_.find(place.log);
        return found == logs_.end() ? std::string() : found->second;
    }
    [[nodiscard]] std::string place_text(const ledger::Place& place) const {
        return "entry " + std::to_string(place.index) + " of " + log_of(place);
    }

    const Inspection& inspection_;
    const ServiceContext& context_;
    const LogNames logs_;
    std::vector<Paragraph> out_;
};

}  // namespace

std::string report_pdf(const Inspection& inspection, const ServiceContext& context,
                       const std::string& by) {
    return vision::draw_pages(Report(inspection, context).pages(by),
                              context.org + "    item " + inspection.item.id);
}

}  // namespace reelproof::api
