// What the reader process that studies parts and its parent say to each other, in messages as in
// wire.h. The parent trusts none of it. Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/marking/study.h"
#include "vision/reader/marking_wire.h"

namespace reelproof::vision {

inline constexpr std::string_view study_reader_argument = "study";

struct StudyRequest {
    MarkingRequest about;
    StudyWish wish;
};

// The wish as JSON, then the message of encode_marking_request().
std::vector<std::uint8_t> encode_study_request(const StudyRequest& request);
std::optional<StudyRequest> decode_study_request(std::span<const std::uint8_t> message);
std::string encode_study_answer(const Result<MarkingStudy>& answer);
// Nothing if this is not what encode_study_answer() makes, or answers another question.
std::optional<Result<MarkingStudy>> decode_study_answer(std::string_view text,
                                                        const StudyRequest& request);

struct KindsRequest {
    std::vector<PictureBytes> pictures;  // decoded: they point into the message
    LookWish wish;
};
std::vector<std::uint8_t> encode_kinds_request(const KindsRequest& request);
std::optional<KindsRequest> decode_kinds_request(std::span<const std::uint8_t> message);
std::string encode_kinds_answer(const Result<MarkingKinds>& answer);
std::optional<Result<MarkingKinds>> decode_kinds_answer(std::string_view text,
                                                        std::size_t pictures);

}  // namespace reelproof::vision
