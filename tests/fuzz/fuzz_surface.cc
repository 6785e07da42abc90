// Surface templates from files and ledgers, and what the reader process that studies parts is asked
// and answers: no crash, one form of each, and nothing that was not asked for.
#include <cstdlib>

#include "tests/fuzz/seeds.h"
#include "vision/reader/study_wire.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const std::uint8_t picture[] = {1};

StudyRequest asked() {
    StudyRequest out;
    out.about = {{{"AB1"}}, {picture}, {picture, picture}};
    out.wish.annotate = true;
    return out;
}

void read_template(std::span<const std::uint8_t> bytes) {
    const auto surface = decode_template(bytes);
    if (!surface) return;
    const auto again = encode_template(*surface);
    require(again.size() <= max_template_bytes);
    const auto back = decode_template(again);
    require(back.has_value() && back->patches == surface->patches);
}

void read_answer(std::string_view text) {
    const auto answer = decode_study_answer(text, asked());
    if (answer && *answer) {
        require((*answer)->parts.size() >= 2 && (*answer)->parts.back().picture == 1);
        for (const auto& part : (*answer)->parts) {
            require(part.annotated.size() <= max_annotated_bytes && part.agreements.empty());
            require(part.part.characters.empty() || part.part.characters.size() == 3);
            require(part.part.trouble.has_value() == (part.part.state == MarkingState::unusable));
        }
        require(decode_study_answer(encode_study_answer(*answer), asked()).has_value());
    }
    const auto kinds = decode_kinds_answer(text, 2);
    if (kinds && *kinds) require((*kinds)->parts.size() == 2);
}

void read_request(std::span<const std::uint8_t> message) {
    if (const auto request = decode_study_request(message))
        require(decode_study_request(encode_study_request(*request)).has_value());
    if (const auto run = decode_kinds_request(message))
        require(decode_kinds_request(encode_kinds_request(*run)).has_value());
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    SurfaceTemplate surface;
    surface.patches[3] = SurfaceTemplate::Patch{1, 2, 3, 4};
    const auto bytes = encode_template(surface);
    MarkingStudy study;
    study.parts.resize(3);
    study.parts[1].number = 2;
    study.parts[2].picture = 1;
    for (auto& part : study.parts) part.part.trouble = Error{"marking.no-package", "none"};
    study.parts[0].conditions = {{"sanding", 0.1, 0.3}};
    study.parts[0].surface = surface;
    study.parts[1].part = {MarkingState::agrees, 0.9, {}, {}};
    for (const char c : std::string("AB1"))
        study.parts[1].part.characters.push_back({c, 0, {}, 0.9, 0.3, 'A'});
    MarkingKinds kinds;
    kinds.parts.resize(2);
    kinds.parts[1].picture = 1;
    kinds.parts[0].kind = kinds.parts[1].kind = 0;
    kinds.kinds.push_back({2, {}});
    const auto message = encode_study_request(asked());
    const auto sorted = encode_kinds_request({{picture, picture}, {true, true}});
    return {"t" + std::string(bytes.begin(), bytes.end()), "a" + encode_study_answer(study),
            "a" + encode_kinds_answer(kinds), "q" + std::string(message.begin(), message.end()),
            "q" + std::string(sorted.begin(), sorted.end())};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> rest(data + 1, size - 1);
    if (data[0] == 'a')
        read_answer({reinterpret_cast<const char*>(rest.data()), rest.size()});
    else if (data[0] == 'q')
        read_request(rest);
    else
        read_template(rest);
    return 0;
}
