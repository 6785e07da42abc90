// What each criterion says of the photographs that their sources call genuine or counterfeit, one
// by one. Far too few for any claim of accuracy, and all but two are of other lots than one has at
// hand: a table to look at.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>

#include "bench/markings_data.h"
#include "ledger/parts/part_data.h"
#include "tests/paths.h"
#include "vision/marking/line_network.h"
#include "vision/marking/marking_rules.h"
#include "vision/marking/package.h"
#include "vision/marking/page_reader.h"
#include "vision/marking/quality_measure.h"
#include "vision/marking/reading.h"
#include "vision/marking/reference.h"
#include "vision/marking/surface_condition.h"
#include "vision/marking/verdicts.h"

namespace reelproof::bench {

using namespace vision;

namespace {

std::vector<ledger::PartData> known_parts() {
    std::ifstream in(tests::source_dir() / "samples/parts.csv");
    const std::string csv{std::istreambuf_iterator<char>(in), {}};
    return ledger::parse_parts(csv).parts;
}

const ledger::PartData* part_of(const std::vector<ledger::PartData>& parts,
                                const std::string& mpn) {
    for (const auto& part : parts)
        if (part.mpn == mpn) return &part;
    return nullptr;
}

// As rules marking.text and date.* judge these lines, whatever the label says.
std::string by_rule(const std::vector<std::string>& lines, const ledger::PartData& part) {
    const auto* rule = MarkingRuleSet::built_in().of_part(part.marking, part.manufacturer);
    if (rule == nullptr) return "no rule";
    const MarkedPart marked{part.code(), {}, {}, {}, {}};
    const auto reading = ExpectedMarking(*rule, marked).read(lines);
    if (!reading.fits) return "lines are not such as the maker's";
    if (reading.dates.empty()) return "no such date: " + reading.date;
    const auto first = ledger::part_days(part.introduced), last = ledger::part_days(part.last_ship);
    bool made = false, old_enough = false;
    for (const DateInterval& date : reading.dates) {
        const bool after = !first || date.last.time_since_epoch().count() >= first->first;
        made = made || after;
        old_enough =
            old_enough || (after && (!last || date.first.time_since_epoch().count() <= last->last));
    }
    if (!made) return reading.date + ": before it was introduced, " + part.introduced;
    return reading.date +
           (old_enough ? ": may be" : ": after it was last shipped, " + part.last_ship);
}

std::string quality_of(const cv::Mat& grey) {
    const auto package = find_package(grey);
    const auto quality = measure_quality(grey, *package);
    return quality.trouble ? quality.trouble->text : "can be judged";
}

// Against one genuine photograph of the part as the sample: the lines that are no date.
std::string beside(const Photograph& good, const Photograph& seen) {
    cv::Size view;
    const std::vector<PartPicture> samples{part_picture(upright(good), view)};
    const std::vector<std::string> lines(good.lines.begin(), good.lines.begin() + 2);
    const auto reference = MarkingReference::make(samples, view, lines);
    if (!reference) return good.name + ": its text is not found on it";
    const auto part = part_picture(upright(seen), view);
    const auto found = reference->compare(part);
    char text[200];
    if (found.likeness < MarkingReference::kPlaced) {
        std::snprintf(text, sizeof text, "%s: likeness %.2f, another marking", good.name.c_str(),
                      found.likeness);
        return text;
    }
    std::snprintf(text, sizeof text, "%s: likeness %.2f, worst character %+.2f (%s)",
                  good.name.c_str(), found.likeness, found.worst(),
                  found.worst() < differs_below    ? "differs"
                  : found.worst() < doubtful_below ? "doubtful"
                                                   : "agrees");
    std::string out = text;
    SurfaceCondition condition(*reference, samples);
    for (const auto& one : condition.measure(part, found.map)) {
        std::snprintf(text, sizeof text, "; %s %.2f of %.2f%s", one.what.c_str(), one.value,
                      one.threshold, one.value > one.threshold ? " (told)" : "");
        out += text;
    }
    return out;
}

}  // namespace

void bench_genuine(const std::vector<Photograph>& photographs, const Networks& networks) {
    const auto parts = known_parts();
    std::printf(
        "Photographs that their sources call genuine or counterfeit; DUNE's own chips left out; "
        "read "
        "by %s\n",
        networks.described().c_str());
    for (const Photograph& one : photographs) {
        if (!one.genuine || one.industrial() || one.group == "du") continue;
        const cv::Mat grey = upright(one);
        std::printf("\n%s  %s  %s\n", one.name.c_str(), *one.genuine ? "genuine" : "counterfeit",
                    one.part.c_str());
        std::printf("  picture  %s\n", quality_of(grey).c_str());
        const UprightView view = upright_view_of(*find_package(grey), 900);
        const Page page = read_page(networks.of(one), sample(grey, view.map, view.size));
        std::vector<std::string> read;
        std::string all;
        std::size_t exact = 0, lines = 0;
        for (const PageLine& line : page.lines) {
            read.push_back(line.text);
            all += (all.empty() ? "" : " / ") + line.text;
        }
        for (const std::string& printed : one.lines) {
            const std::string line = plain_line(printed);
            if (line.empty()) continue;
            ++lines;
            for (const std::string& text : read)
                if (plain_line(text) == line) {
                    ++exact;
                    break;
                }
        }
        std::printf("  read     %s (%zu of %zu lines exactly)\n", all.c_str(), exact, lines);
        if (const auto* part = part_of(parts, one.part)) {
            std::printf("  printed  %s\n", by_rule(one.lines, *part).c_str());
            std::printf("  as read  %s\n", by_rule(read, *part).c_str());
        } else {
            std::printf("  rule     none: the part is not in samples/parts.csv\n");
        }
        for (const Photograph& good : photographs)
            if (&good != &one && good.genuine == true && good.part == one.part &&
                !good.industrial() && good.group == one.group && good.lines.size() >= 2)
                std::printf("  beside   %s\n", beside(good, one).c_str());
        std::fflush(stdout);
    }
}

}  // namespace reelproof::bench
