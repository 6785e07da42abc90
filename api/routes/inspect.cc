#include "api/routes/inspect.h"

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/given_item.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/reading_json.h"
#include "api/routes/request_body.h"
#include "api/routes/verdict_json.h"
#include "api/service/happenings.h"
#include "api/service/observe_reading.h"
#include "api/service/parts.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostPictures = 8;
constexpr std::size_t kMaxInspectBody = std::size_t{48} << 20;
constexpr std::size_t kMaxPicture = std::size_t{16} << 20;

ledger::Result<std::vector<ledger::Bytes>> pictures_of(const Body& body, std::string_view member,
                                                       bool needed) {
    const auto texts =
        needed ? body.required_texts(member, kMostPictures) : body.texts(member, kMostPictures);
    if (body.error()) return *body.error();
    std::vector<ledger::Bytes> out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto name = std::string(member) + "[" + std::to_string(i) + "]";
        auto bytes = ledger::from_base64(texts[i], name);
        if (!bytes) return bytes.error();
        if (bytes->empty() || bytes->size() > kMaxPicture)
            return ledger::malformed(name + " must be a picture of at most 16 MiB, in base64");
        out.push_back(std::move(*bytes));
    }
    return out;
}

// What the item's parts must show, by part data and rule; nothing where no rule is known.
struct Ruled {
    PartData part;
    std::optional<vision::ExpectedMarking> expected;
};
Ruled ruled(const InspectRoutes& routes, const Identified& item) {
    const auto& context = routes.events.context;
    Ruled out;
    // What was recorded of the item stands above what its label says.
    const auto recorded =
        item.lot_level ? item : routes.events.events.as_recorded({item.id, item.key, {}});
    const auto& facts = recorded.label.mpn.empty() ? item.label : recorded.label;
    out.part.mpn = facts.mpn;
    out.part.manufacturer = facts.manufacturer;
    if (context.parts != nullptr)
        if (auto known = context.parts->find(facts.mpn)) out.part = std::move(*known);
    const auto* rule = routes.rules.of_part(out.part.marking, out.part.manufacturer);
    if (rule != nullptr)
        out.expected.emplace(*rule, vision::MarkedPart{out.part.code(), facts.lot, facts.date_code,
                                                       facts.date_code_kind, facts.country});
    return out;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out.append(out.empty() ? "" : " / ").append(line);
    return out;
}

// The lines of the body, else those that the rule gives.
ledger::Result<vision::MarkingText> lines_of(const Body& body, const Ruled& by_rule) {
    vision::MarkingText out{body.texts("lines", vision::max_marking_lines)};
    if (body.error()) return *body.error();
    if (out.lines.empty()) {
        if (!by_rule.expected)
            return ledger::malformed(
                "lines is missing, and no marking rule of this part is known: give the marking's "
                "lines as printed, or import part data with a marking rule");
        auto text = by_rule.expected->text();
        if (!text)
            return ledger::malformed(
                "lines is missing, and the marking rule leaves open what "
                "stands in " +
                joined(by_rule.expected->patterns()));
        out = std::move(*text);
    }
    if (const auto fine = vision::check_marking_text(out); !fine)
        return ledger::malformed(fine.error().text);
    return out;
}

// The same where nothing is compared: of a rule's lines those in which nothing is open will do.
ledger::Result<vision::MarkingText> lines_to_read(const Body& body, const Ruled& by_rule) {
    vision::MarkingText out{body.texts("lines", vision::max_marking_lines)};
    if (body.error()) return *body.error();
    if (out.lines.empty() && by_rule.expected) out.lines = settled_lines(*by_rule.expected);
    if (out.lines.empty())
        return ledger::malformed(
            "lines is missing, and no marking rule gives a line of this part: give the marking's "
            "lines as printed, or good samples");
    if (const auto fine = vision::check_expected_lines(out.lines); !fine)
        return ledger::malformed(fine.error().text);
    return out;
}

json::array corners_json(const vision::Quad& corners) {
    json::array out;
    for (const auto& corner : corners) out.push_back(json::array{corner.x, corner.y});
    return out;
}

json::array kinds_json(const vision::MarkingKinds& kinds) {
    json::array out;
    for (std::size_t k = 0; k < kinds.kinds.size(); ++k) {
        json::array parts, numbers;
        for (const auto& part : kinds.parts)
            if (part.kind == static_cast<int>(k)) {
                parts.emplace_back(part.picture);
                numbers.emplace_back(part.number);
            }
        out.emplace_back(json::object{{"parts", std::move(parts)},
                                      {"numbers", std::move(numbers)},
                                      {"picture", ledger::to_base64(kinds.kinds[k].picture)}});
    }
    return out;
}

// What was seen of all parts, and what is told of each.
struct Looked {
    ledger::MarkingRecord marking;
    json::array parts, overviews;
};

json::object overview_json(std::size_t picture, const std::vector<std::uint8_t>& png) {
    return {{"picture", picture}, {"annotated", ledger::to_base64(png)}};
}

vision::Result<Looked> compared(vision::ReaderPool& reader, const MarkingLook& look,
                                vision::StudyWish wish) {
    wish.reference = reference_of(look);
    if (look.rule != nullptr) wish.logos = look.rule->rule().logo_shapes;
    const std::vector<vision::PictureBytes> good(look.samples.begin(), look.samples.end()),
        seen(look.parts.begin(), look.parts.end());
    const auto study = reader.study_markings(look.text, good, seen, wish);
    if (!study) return study.error();
    Looked out{observation_of(look, wish.reference, *study), {}, {}};
    for (const auto& part : study->parts) {
        auto one = inspected_json(part);
        one["picture"] = part.picture;
        out.parts.emplace_back(std::move(one));
    }
    for (const auto& [picture, png] : study->overviews)
        out.overviews.emplace_back(overview_json(picture, png));
    return out;
}

// Where there is no good sample. What is wrong with one picture says nothing of the others.
vision::Result<Looked> read(vision::ReaderPool& reader, const MarkingLook& look,
                            const vision::LookWish& wish) {
    std::vector<PictureRead> pictures;
    Looked out;
    for (std::size_t i = 0; i < look.parts.size(); ++i) {
        pictures.push_back({ledger::to_hex(ledger::sha256(look.parts[i])),
                            reader.read_marking(look.parts[i], look.text.lines, wish)});
        const auto& reading = pictures.back().reading;
        if (!reading) {
            out.parts.emplace_back(
                json::object{{"picture", i}, {"number", 1}, {"error", reading.error().text}});
            continue;
        }
        for (const auto& part : reading->parts) {
            auto one = read_part_json(part);
            one["picture"] = i;
            out.parts.emplace_back(std::move(one));
        }
        if (!reading->annotated.empty())
            out.overviews.emplace_back(overview_json(i, reading->annotated));
    }
    out.marking = observation_of_reading(look.text.lines, pictures);
    return out;
}

Response inspect_parts(InspectRoutes& routes, const Request& request) {
    for (const auto& [name, value] : request.query)
        if (auto known = check_member(name, {}); !known)
            return problem_of(ledger::within("query", known.error()));
    const auto body =
        Body::parse(request.body, {"symbols", "item", "place", "lines", "samples", "parts",
                                   "annotate", "surface", "enrol", "kinds", "several"});
    if (!body) return problem_of(body.error());
    auto place = body->text("place");
    if (place.empty()) place = "stock";
    vision::StudyWish wish;
    wish.annotate = body->flag("annotate");
    wish.conditions = body->flag("surface");
    wish.enrol = body->flag("enrol");
    const bool sort = body->flag("kinds");
    const vision::LookWish without{body->flag("several"), wish.annotate};
    if (body->error()) return problem_of(*body->error());
    if (place != "stock" && place != "receiving" && place != "line")
        return problem_of(ledger::malformed("place must be stock, receiving or line"));
    auto samples = pictures_of(*body, "samples", false);
    if (!samples) return problem_of(samples.error());
    auto parts = pictures_of(*body, "parts", true);
    if (!parts) return problem_of(parts.error());
    if (samples->empty() && (wish.conditions || wish.enrol))
        return problem_of(ledger::malformed(
            "samples is missing: surface and enrol compare with good samples of the lot"));
    auto given = given_item(routes.events, request, *body);
    if (given.refusal) return std::move(*given.refusal);
    const auto by_rule = ruled(routes, *given.item);
    const bool compares = !samples->empty();
    auto lines = compares ? lines_of(*body, by_rule) : lines_to_read(*body, by_rule);
    if (!lines) return problem_of(lines.error());

    const MarkingLook look{std::move(*lines), std::move(*samples), std::move(*parts),
                           by_rule.expected ? &*by_rule.expected : nullptr};
    auto looked = compares ? compared(routes.events.reader, look, wish)
                           : read(routes.events.reader, look, without);
    if (!looked) return problem_of(looked.error());
    std::optional<vision::MarkingKinds> kinds;
    if (sort) {
        const std::vector<vision::PictureBytes> seen(look.parts.begin(), look.parts.end());
        auto sorted = routes.events.reader.sort_markings(seen, {without.several, false});
        if (!sorted) return problem_of(sorted.error());
        add_kinds(looked->marking, *sorted);
        kinds = std::move(*sorted);
    }
    auto told = json::parse(ledger::format_marking(looked->marking));
    const auto inspection = inspect(routes.events.context, std::move(*given.item), place, {},
                                    std::move(looked->marking));
    tell_verdict(routes.events.context, inspection, {place});
    auto out = verdict_json(routes.events.context, request, inspection);
    out["marking"] = std::move(told);
    if (by_rule.expected) out["rule"] = json::value_from(by_rule.expected->patterns());
    out["parts"] = std::move(looked->parts);
    if (!looked->overviews.empty()) out["overviews"] = std::move(looked->overviews);
    if (kinds) out["kinds"] = kinds_json(*kinds);
    return Response::json(200, json_text(out));
}

}  // namespace

json::object inspected_json(const vision::StudiedPart& studied) {
    const auto& part = studied.part;
    json::object out{{"number", studied.number}, {"state", to_string(part.state)}};
    if (studied.outline != vision::Quad{}) out["outline"] = corners_json(studied.outline);
    if (part.trouble) {
        out["error"] = part.trouble->text;
        return out;
    }
    json::array characters;
    for (const auto& one : part.characters) {
        json::object character{{"expected", std::string(1, one.expected)},
                               {"line", one.line + 1},
                               {"likeness", one.likeness},
                               {"lead", one.margin},
                               {"position", corners_json(one.position)}};
        if (one.rival != 0) character["rival"] = std::string(1, one.rival);
        characters.push_back(std::move(character));
    }
    out["likeness"] = part.likeness;
    out["characters"] = std::move(characters);
    if (part.state != vision::MarkingState::agrees)
        out["finding"] =
            part.state == vision::MarkingState::missing ? "marking.missing" : "marking.text";
    json::array conditions;
    for (const auto& one : studied.conditions)
        conditions.emplace_back(
            json::object{{"what", one.what}, {"value", one.value}, {"threshold", one.threshold}});
    if (!conditions.empty()) out["surface"] = std::move(conditions);
    if (!studied.annotated.empty()) out["annotated"] = ledger::to_base64(studied.annotated);
    return out;
}

void add_inspect_routes(Router& router, InspectRoutes& routes) {
    RouteOptions options;
    options.max_body = kMaxInspectBody;
    // Answers repeat what the label says next to what we know: never compressed together.
    options.compression = Compression::never;
    router.add(
        Method::post, "/v1/inspect", std::string(kCheckAccess),
        [&routes](const Request& request) { return inspect_parts(routes, request); }, options);
}

}  // namespace reelproof::api
