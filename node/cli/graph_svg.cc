#include "node/cli/graph_svg.h"

#include <algorithm>
#include <map>
#include <vector>

#include <boost/json.hpp>

#include "ledger/base/counted.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

constexpr int kLaneWidth = 270;
constexpr int kRowHeight = 58;
constexpr int kBoxWidth = 236;
constexpr int kBoxHeight = 40;
constexpr int kLeft = 20;
constexpr int kTop = 64;
constexpr int kHeading = 34;  // above each item's events

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr) return {};
    if (value->is_string()) return std::string(value->get_string());
    if (value->is_int64()) return std::to_string(value->get_int64());
    return {};
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string colour_of(std::string_view what) {
    if (what == "commission") return "#d7efdc";
    if (what == "ship" || what == "receive") return "#d9e6fb";
    if (what == "deplete" || what == "scrap" || what == "relabel") return "#f0d5d5";
    if (what == "quarantine") return "#fbe3c8";
    return "#ececec";
}

struct Box {
    int x = 0, y = 0;
};

class Picture {
  public:
    explicit Picture(const json::object& trace) {
        // Ancestors first: time runs downwards.
        std::vector<const json::object*> items;
        if (const auto* ancestors = trace.if_contains("ancestors"))
            for (const auto& one : ancestors->as_array()) items.push_back(&one.get_object());
        std::reverse(items.begin(), items.end());
        items.push_back(&trace);
        for (const auto* item : items)
            for (const auto& event : item->at("events").as_array()) lane(event.get_object());
        for (const auto* item : items) add_item(*item);
    }

    [[nodiscard]] std::string svg() const {
        const int width =
            kLeft * 2 + std::max<int>(1, static_cast<int>(lanes_.size())) * kLaneWidth;
        const auto size = std::to_string(width) + "\" height=\"" + std::to_string(y_ + 10);
        std::string out =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size +
            "\" font-family=\"sans-serif\" font-size=\"13\">\n<defs><marker id=\"a\" "
            "markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\"><path "
            "d=\"M0,0 L8,4 L0,8 z\" fill=\"#555\"/></marker></defs>\n<rect width=\"100%\" "
            "height=\"100%\" fill=\"white\"/>\n";
        for (const auto& [org, number] : lanes_) {
            const int x = kLeft + number * kLaneWidth;
            out += "<text x=\"" + std::to_string(x + kBoxWidth / 2) +
                   "\" y=\"28\" text-anchor=\"middle\" font-weight=\"bold\">" + escaped(org) +
                   "</text>\n<line x1=\"" + std::to_string(x + kBoxWidth / 2) +
                   "\" y1=\"38\" x2=\"" + std::to_string(x + kBoxWidth / 2) + "\" y2=\"" +
                   std::to_string(y_) + "\" stroke=\"#ddd\" stroke-dasharray=\"3,4\"/>\n";
        }
        return out + arrows_ + boxes_ + "</svg>\n";
    }

  private:
    int lane(const json::object& event) {
        const auto org = text_of(event, "org");
        return lanes_.emplace(org, static_cast<int>(lanes_.size())).first->second;
    }

    void add_item(const json::object& item) {
        std::string heading = "item " + text_of(item, "item");
        if (const auto* fields = item.if_contains("fields"))
            for (const auto* name : {"mpn", "lot", "date_code", "serial"})
                if (const auto value = text_of(fields->get_object(), name); !value.empty())
                    heading += ", " + std::string(name) + " " + value;
        boxes_ += "<text x=\"" + std::to_string(kLeft) + "\" y=\"" + std::to_string(y_ + 20) +
                  "\" fill=\"#444\">" + escaped(heading) + "</text>\n";
        y_ += kHeading;
        for (const auto& value : item.at("events").as_array()) add_event(value.get_object());
        // What it was made of: an arrow from the last event of each parent to its first.
        const auto& events = item.at("events").as_array();
        if (const auto* made_of = item.if_contains("made_of");
            made_of != nullptr && !events.empty())
            for (const auto& parent : made_of->as_array())
                if (const auto from = last_of_.find(std::string(parent.as_string()));
                    from != last_of_.end())
                    arrow(from->second, placed_[text_of(events.front().get_object(), "envelope")]);
        if (!events.empty())
            last_of_[text_of(item, "item")] =
                placed_[text_of(events.back().get_object(), "envelope")];
    }

    void add_event(const json::object& event) {
        const Box box{kLeft + lane(event) * kLaneWidth, y_};
        const auto what = text_of(event, "what");
        std::string title = what;
        if (what == "ship") title += " to " + text_of(event, "to");
        std::string below = text_of(event, "time").substr(0, 10);
        if (const auto count = text_of(event, "quantity"); !count.empty())
            below += ", " + ledger::counted(count, "part");
        below += ", entry " + text_of(event, "index");
        const auto x = std::to_string(box.x + kBoxWidth / 2);
        boxes_ += "<rect x=\"" + std::to_string(box.x) + "\" y=\"" + std::to_string(box.y) +
                  "\" width=\"" + std::to_string(kBoxWidth) + "\" height=\"" +
                  std::to_string(kBoxHeight) + "\" rx=\"6\" fill=\"" + colour_of(what) +
                  "\" stroke=\"#777\"/>\n<text x=\"" + x + "\" y=\"" + std::to_string(box.y + 17) +
                  "\" text-anchor=\"middle\">" + escaped(title) + "</text>\n<text x=\"" + x +
                  "\" y=\"" + std::to_string(box.y + 33) +
                  "\" text-anchor=\"middle\" font-size=\"11\" fill=\"#555\">" + escaped(below) +
                  "</text>\n";
        for (const auto& prev : event.at("prev").as_array())
            if (const auto from = placed_.find(std::string(prev.as_string()));
                from != placed_.end())
                arrow(from->second, box);
        placed_[text_of(event, "envelope")] = box;
        y_ += kRowHeight;
    }

    void arrow(const Box& from, const Box& to) {
        arrows_ += "<line x1=\"" + std::to_string(from.x + kBoxWidth / 2) + "\" y1=\"" +
                   std::to_string(from.y + kBoxHeight) + "\" x2=\"" +
                   std::to_string(to.x + kBoxWidth / 2) + "\" y2=\"" + std::to_string(to.y) +
                   "\" stroke=\"#555\" marker-end=\"url(#a)\"/>\n";
    }

    std::map<std::string, int> lanes_;
    std::map<std::string, Box> placed_;   // by envelope hash
    std::map<std::string, Box> last_of_;  // last event of each item, by its id
    std::string boxes_, arrows_;
    int y_ = kTop - kHeading;
};

}  // namespace

std::string graph_svg(const json::object& trace) {
    return Picture(trace).svg();
}

}  // namespace reelproof::node
