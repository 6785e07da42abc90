#include "vision/reader/study_wire.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "vision/reader/studied_part_wire.h"
#include "vision/reader/wire_json.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

using Picture = std::vector<std::uint8_t>;

constexpr std::string_view conditions_known[] = {"sanding", "blacktop", "position",
                                                 "logo",    "pin1",     "ghost"};
constexpr std::size_t longest_doubt = 200;

double number_of(const json::value& value) {
    const double number = value.to_number<double>();
    if (!(number >= -1e6 && number <= 1e6)) throw std::invalid_argument("number");
    return number;
}

Picture picture_of(const json::value& value) {
    return png_of(value, max_annotated_bytes);
}

SurfaceTemplate template_of(const json::value& value) {
    auto decoded = decode_template(from_hex<Picture>(std::string_view(value.as_string())));
    if (!decoded) throw std::invalid_argument("template");
    return *std::move(decoded);
}

LogoShape logo_of(const json::value& value) {
    const auto shape = logo_shape_of(std::string_view(value.as_string()));
    if (!shape) throw std::invalid_argument("logo");
    return *shape;
}

json::object condition_json(const MeasuredCondition& one) {
    return {{"what", one.what}, {"value", one.value}, {"threshold", one.threshold}};
}

MeasuredCondition condition_of(const json::value& value) {
    const json::object& object = value.as_object();
    MeasuredCondition out{text_at(object, "what"), number_of(object.at("value")),
                          number_of(object.at("threshold"))};
    if (std::find(std::begin(conditions_known), std::end(conditions_known), out.what) ==
        std::end(conditions_known))
        throw std::invalid_argument("condition");
    return out;
}

std::string characters_of(const MarkingText& text) {
    std::string out;
    for (const std::string& line : text.lines)
        for (const char c : line)
            if (c != ' ') out += c;
    return out;
}

std::string doubt_of(const json::object& answer) {
    std::string out = text_at(answer, "doubt");
    if (out.size() > longest_doubt ||
        !std::all_of(out.begin(), out.end(), [](char c) { return c >= ' ' && c <= '~'; }))
        throw std::invalid_argument("doubt");
    return out;
}

// How far the parts that were told have come: all pictures in their order, and on each all parts.
struct Place {
    std::size_t pictures = 0;
    int parts = 0;  // of the last
};
template <class Parts>
Place place_of(const Parts& parts) {
    if (parts.empty()) return {};
    return {parts.back().picture + 1, parts.back().number};
}
template <class Part>
bool follows(const Place& before, const Part& part) {
    if (part.picture == before.pictures) return part.number == 1;
    return part.picture + 1 == before.pictures && part.number == before.parts + 1 &&
           part.number <= static_cast<int>(max_packages);
}

std::size_t picture_index(std::string_view text, std::size_t pictures) {
    std::size_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || out >= pictures)
        throw std::invalid_argument("picture");
    return out;
}

using Overviews = std::map<std::size_t, Picture>;

json::object overviews_json(const Overviews& overviews) {
    json::object out;
    for (const auto& [index, png] : overviews) out[std::to_string(index)] = to_hex(png);
    return out;
}

Overviews overviews_of(const json::object& answer, std::size_t pictures) {
    Overviews out;
    for (const auto& [index, png] : answer.at("overviews").as_object())
        out[picture_index(index, pictures)] = picture_of(png);
    return out;
}

template <class Answer, class Read>
std::optional<Result<Answer>> decoded(std::string_view text, Read read) {
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Result<Answer>(error_of(error->as_object()));
        return Result<Answer>(read(answer));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace

std::vector<std::uint8_t> encode_study_request(const StudyRequest& request) {
    json::array templates;
    for (const auto& one : request.wish.templates)
        templates.emplace_back(to_hex(encode_template(one)));
    json::array logos;
    for (const auto& one : request.wish.logos) logos.emplace_back(to_text(one));
    const auto about = encode_marking_request(request.about);
    const PictureBytes rest[] = {about};
    return question_message({{"annotate", request.wish.annotate},
                             {"enrol", request.wish.enrol},
                             {"conditions", request.wish.conditions},
                             {"reference", to_hex(request.wish.reference)},
                             {"templates", std::move(templates)},
                             {"logos", std::move(logos)},
                             {"logo", request.wish.logo}},
                            rest);
}

std::optional<StudyRequest> decode_study_request(std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        const json::object& question = read.question.as_object();
        auto about = decode_marking_request(read.pictures);
        if (!about) return std::nullopt;
        StudyRequest out{*std::move(about), {}};
        out.wish.annotate = question.at("annotate").as_bool();
        out.wish.enrol = question.at("enrol").as_bool();
        out.wish.conditions = question.at("conditions").as_bool();
        const auto reference =
            from_hex<Picture>(std::string_view(question.at("reference").as_string()));
        if (reference.size() != out.wish.reference.size()) return std::nullopt;
        std::copy(reference.begin(), reference.end(), out.wish.reference.begin());
        for (const json::value& one : question.at("templates").as_array())
            out.wish.templates.push_back(template_of(one));
        for (const json::value& one : question.at("logos").as_array())
            out.wish.logos.push_back(logo_of(one));
        out.wish.logo = question.at("logo").as_bool();
        if (out.wish.templates.size() > max_study_templates ||
            out.wish.logos.size() > max_logo_shapes)
            return std::nullopt;
        return out;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_study_answer(const Result<MarkingStudy>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array studies;
    for (const StudiedPart& part : answer->parts) {
        json::array conditions, agreements;
        for (const auto& one : part.conditions) conditions.emplace_back(condition_json(one));
        for (const double one : part.agreements) agreements.emplace_back(one);
        json::object study{{"picture", part.picture},
                           {"number", part.number},
                           {"outline", quad_json(part.outline)},
                           {"part", inspected_part_json(part.part)},
                           {"conditions", std::move(conditions)},
                           {"agreements", std::move(agreements)},
                           {"annotated", to_hex(part.annotated)}};
        if (part.surface) study["surface"] = to_hex(encode_template(*part.surface));
        studies.emplace_back(std::move(study));
    }
    json::object out{{"doubt", answer->doubt},
                     {"studies", std::move(studies)},
                     {"overviews", overviews_json(answer->overviews)}};
    if (answer->logo) out["logo"] = to_text(*answer->logo);
    if (answer->ghost) out["ghost"] = condition_json(*answer->ghost);
    return json::serialize(out);
}

std::optional<Result<MarkingStudy>> decode_study_answer(std::string_view text,
                                                        const StudyRequest& request) {
    return decoded<MarkingStudy>(text, [&](const json::object& answer) {
        const std::string asked = characters_of(request.about.text);
        MarkingStudy out;
        out.doubt = doubt_of(answer);
        for (const json::value& value : answer.at("studies").as_array()) {
            const json::object& study = value.as_object();
            const Place before = place_of(out.parts);
            StudiedPart& part = out.parts.emplace_back();
            part.picture = study.at("picture").to_number<std::size_t>();
            part.number = study.at("number").to_number<int>();
            if (!follows(before, part)) throw std::invalid_argument("picture");
            part.outline = quad_of(study.at("outline"));
            part.part = inspected_part_of(study.at("part").as_object(), asked);
            for (const json::value& one : study.at("conditions").as_array())
                part.conditions.push_back(condition_of(one));
            for (const json::value& one : study.at("agreements").as_array())
                part.agreements.push_back(number_of(one));
            if (!part.agreements.empty() && part.agreements.size() != request.wish.templates.size())
                throw std::invalid_argument("agreements");
            part.annotated = picture_of(study.at("annotated"));
            if (const auto* surface = study.if_contains("surface")) {
                part.surface = template_of(*surface);
                if (part.surface->reference != request.wish.reference)
                    throw std::invalid_argument("reference");
            }
        }
        if (place_of(out.parts).pictures != request.about.parts.size())
            throw std::invalid_argument("pictures");
        out.overviews = overviews_of(answer, request.about.parts.size());
        if (const auto* ghost = answer.if_contains("ghost")) out.ghost = condition_of(*ghost);
        if (const auto* logo = answer.if_contains("logo")) out.logo = logo_of(*logo);
        return out;
    });
}

std::vector<std::uint8_t> encode_kinds_request(const KindsRequest& request) {
    return question_message(
        {{"kinds", sizes_json(request.pictures)}, {"wish", wish_json(request.wish)}},
        request.pictures);
}

std::optional<KindsRequest> decode_kinds_request(std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        const json::object& question = read.question.as_object();
        PictureBytes rest = read.pictures;
        KindsRequest out{pictures_of(question.at("kinds"), rest), wish_of(question.at("wish"))};
        if (!rest.empty() || out.pictures.size() > max_run_pictures) return std::nullopt;
        return out;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string encode_kinds_answer(const Result<MarkingKinds>& answer) {
    if (!answer) return json::serialize(json::object{{"error", error_json(answer.error())}});
    json::array parts, kinds;
    for (const auto& part : answer->parts) {
        json::object one{{"picture", part.picture},
                         {"number", part.number},
                         {"outline", quad_json(part.outline)},
                         {"kind", part.kind},
                         {"likeness", part.likeness}};
        if (part.trouble) one["trouble"] = error_json(*part.trouble);
        parts.emplace_back(std::move(one));
    }
    for (const auto& kind : answer->kinds)
        kinds.emplace_back(json::object{{"parts", kind.parts}, {"picture", to_hex(kind.picture)}});
    return json::serialize(json::object{{"parts", std::move(parts)},
                                        {"kinds", std::move(kinds)},
                                        {"overviews", overviews_json(answer->overviews)}});
}

std::optional<Result<MarkingKinds>> decode_kinds_answer(std::string_view text,
                                                        std::size_t pictures) {
    return decoded<MarkingKinds>(text, [&](const json::object& answer) {
        MarkingKinds out;
        std::size_t sorted = 0;
        for (const json::value& value : answer.at("kinds").as_array()) {
            const json::object& kind = value.as_object();
            out.kinds.push_back(
                {kind.at("parts").to_number<std::size_t>(), picture_of(kind.at("picture"))});
            sorted += out.kinds.back().parts;
        }
        for (const json::value& value : answer.at("parts").as_array()) {
            const json::object& one = value.as_object();
            const Place before = place_of(out.parts);
            auto& part = out.parts.emplace_back();
            part.picture = one.at("picture").to_number<std::size_t>();
            part.number = one.at("number").to_number<int>();
            if (!follows(before, part)) throw std::invalid_argument("picture");
            part.outline = quad_of(one.at("outline"));
            part.kind = one.at("kind").to_number<int>();
            part.likeness = number_of(one.at("likeness"));
            if (const auto* trouble = one.if_contains("trouble"))
                part.trouble = error_of(trouble->as_object());
            const bool known = part.kind >= 0 && part.kind < static_cast<int>(out.kinds.size());
            if (known == part.trouble.has_value()) throw std::invalid_argument("kind");
            sorted -= known ? 1 : 0;
        }
        if (place_of(out.parts).pictures != pictures || sorted != 0)
            throw std::invalid_argument("parts");
        out.overviews = overviews_of(answer, pictures);
        return out;
    });
}

}  // namespace reelproof::vision
