#include "api/service/observe_marking.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <tuple>

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"
#include "vision/marking/verdicts.h"

namespace reelproof::api {

namespace {

using ledger::MarkingRecord;
using vision::InspectedPart;
using vision::MarkingState;

constexpr std::size_t kMostPictures = 64;

std::int64_t thousandths(double value) {
    return std::llround(1000 * std::clamp(value, -1e5, 1e5));
}

// The worse the greater; what tells nothing is the least of all.
int rank(MarkingState state) {
    switch (state) {
        case MarkingState::unusable:
            return 0;
        case MarkingState::agrees:
            return 1;
        case MarkingState::doubtful:
            return 2;
        case MarkingState::missing:
            return 3;
        case MarkingState::differs:
            break;
    }
    return 4;
}

MarkingRecord::State state_of(MarkingState state) {
    switch (state) {
        case MarkingState::agrees:
            return MarkingRecord::State::agrees;
        case MarkingState::doubtful:
            return MarkingRecord::State::doubtful;
        case MarkingState::differs:
            return MarkingRecord::State::differs;
        case MarkingState::missing:
            return MarkingRecord::State::missing;
        case MarkingState::unusable:
            break;
    }
    return MarkingRecord::State::unread;
}

// In its line, from 1.
std::int64_t place_in_line(const InspectedPart& part, const vision::InspectedCharacter& one) {
    std::int64_t nth = 0;
    for (const auto& other : part.characters) {
        nth += other.line == one.line ? 1 : 0;
        if (&other == &one) break;
    }
    return nth;
}

MarkingRecord::Character character_of(const InspectedPart& part,
                                      const vision::InspectedCharacter& worst) {
    MarkingRecord::Character out;
    out.line = worst.line + 1;
    out.place = place_in_line(part, worst);
    out.expected = std::string(1, worst.expected);
    if (worst.rival != 0) out.seen = std::string(1, worst.rival);
    out.likeness = thousandths(worst.likeness);
    out.lead = thousandths(worst.margin);
    out.threshold = thousandths(vision::differs_below);
    for (const auto& corner : worst.position) out.region.push_back({corner.x, corner.y});
    return out;
}

// Where another character fits better than the expected one, that one.
std::vector<std::string> seen_lines(const vision::MarkingText& text, const InspectedPart& part) {
    auto lines = text.lines;
    std::size_t next = 0;
    for (auto& line : lines)
        for (char& c : line) {
            if (c == ' ' || next >= part.characters.size()) continue;
            const auto& one = part.characters[next++];
            if (one.margin < 0 && one.rival != 0) c = one.rival;
        }
    return lines;
}

void read_by_rule(const MarkingLook& look, MarkingRecord& out) {
    const auto reading = look.rule->read(look.text.lines);
    for (const auto& one : reading.differences)
        out.differences.push_back({one.field, one.expected, one.seen});
    // What the parts bear is known only where they bear what the samples do.
    if (out.state != MarkingRecord::State::agrees) return;
    out.trace = reading.trace;
    out.date = reading.date;
    for (const auto& days : reading.dates)
        out.dates.push_back(
            {days.first.time_since_epoch().count(), days.last.time_since_epoch().count()});
}

void add_condition(MarkingRecord& out, const vision::MeasuredCondition& one) {
    const MarkingRecord::Condition measured{one.what, thousandths(one.value),
                                            thousandths(one.threshold)};
    const auto known = std::find_if(out.conditions.begin(), out.conditions.end(),
                                    [&](const auto& other) { return other.what == one.what; });
    if (known == out.conditions.end())
        out.conditions.push_back(measured);
    else if (measured.value > known->value)
        *known = measured;
}

std::string decimal(double value) {
    char text[16];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

std::string place(const InspectedPart& part, const vision::InspectedCharacter& one) {
    return "line " + std::to_string(one.line + 1) + ", character " +
           std::to_string(place_in_line(part, one));
}

}  // namespace

vision::ReferenceId reference_of(const MarkingLook& look) {
    std::string all = "reelproof/marking-reference/v1\n";
    for (const auto& line : look.text.lines) all += line + "\n";
    for (const auto& sample : look.samples) all += ledger::to_hex(ledger::sha256(sample)) + "\n";
    return ledger::sha256(ledger::as_bytes(all));
}

MarkingRecord observation_of(const MarkingLook& look, const vision::ReferenceId& reference,
                             const vision::MarkingStudy& study) {
    MarkingRecord out;
    const InspectedPart* worst = nullptr;
    std::size_t decides = 0;  // its picture
    out.parts = static_cast<std::int64_t>(study.parts.size());
    for (const auto& studied : study.parts) {
        const auto& part = studied.part;
        if (part.state != MarkingState::agrees && part.state != MarkingState::unusable)
            ++out.differing;
        const auto lead = [](const InspectedPart& of) {
            return of.worst() == nullptr ? 0 : of.worst()->margin;
        };
        if (worst == nullptr || rank(part.state) > rank(worst->state) ||
            (rank(part.state) == rank(worst->state) && lead(part) < lead(*worst)))
            std::tie(worst, decides) = std::pair(&part, studied.picture);
        for (const auto& one : studied.conditions) add_condition(out, one);
        if (studied.surface)
            out.templates.push_back(ledger::to_base64(vision::encode_template(*studied.surface)));
    }
    if (study.ghost) add_condition(out, *study.ghost);
    out.expected = look.text.lines;
    out.reference = ledger::to_hex(reference);
    // The one that decides comes first: its region is told.
    for (std::size_t i = 0; i < look.parts.size() && out.pictures.size() < kMostPictures; ++i) {
        const auto next = i == 0 ? decides : i <= decides ? i - 1 : i;
        out.pictures.push_back(ledger::to_hex(ledger::sha256(look.parts.at(next))));
    }
    if (worst == nullptr) return out;
    out.state = state_of(worst->state);
    if (worst->trouble) out.quality = worst->trouble->text.substr(0, 300);
    if (!worst->characters.empty()) {
        out.worst = character_of(*worst, *worst->worst());
        out.seen = seen_lines(look.text, *worst);
    }
    if (look.rule != nullptr && out.state != MarkingRecord::State::unread) read_by_rule(look, out);
    return out;
}

void add_kinds(MarkingRecord& observation, const vision::MarkingKinds& kinds) {
    for (const auto& kind : kinds.kinds)
        observation.kinds.push_back(
            {static_cast<std::int64_t>(kind.parts), ledger::to_hex(ledger::sha256(kind.picture))});
}

std::string told(const InspectedPart& part) {
    if (part.state == MarkingState::missing)
        return "MISSING: the expected marking was not found on this package";
    const auto* worst = part.worst();
    if (worst == nullptr) return std::string(to_string(part.state));
    if (part.state == MarkingState::agrees)
        return "agrees: " + ledger::counted(part.characters.size(), "character") +
               "; the least sure is " + place(part, *worst) + ", " +
               std::string(1, worst->expected) + ", with a lead of " + decimal(worst->margin);
    std::string out = part.state == MarkingState::differs ? "DIFFERS:" : "DOUBTFUL:";
    for (const auto& one : part.characters)
        if (one.margin < 0)
            out += "\n  " + place(part, one) + ": expected " + std::string(1, one.expected) +
                   ", more like " + std::string(1, one.rival) + " (by " + decimal(-one.margin) +
                   ") at " + std::to_string(one.position[0].x) + "," +
                   std::to_string(one.position[0].y);
    return out;
}

}  // namespace reelproof::api
