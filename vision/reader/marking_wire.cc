#include "vision/reader/marking_wire.h"

#include <exception>

#include "vision/reader/wire_json.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

}  // namespace

std::vector<std::uint8_t> encode_marking_request(const MarkingRequest& request) {
    json::array lines;
    for (const std::string& line : request.text.lines) lines.emplace_back(line);
    std::vector<PictureBytes> pictures = request.samples;
    pictures.insert(pictures.end(), request.parts.begin(), request.parts.end());
    return question_message({{"lines", std::move(lines)},
                             {"samples", sizes_json(request.samples)},
                             {"parts", sizes_json(request.parts)}},
                            pictures);
}

std::optional<MarkingRequest> decode_marking_request(std::span<const std::uint8_t> message) {
    try {
        const ReadQuestion read = read_question(message);
        const json::object& question = read.question.as_object();
        MarkingRequest request;
        for (const json::value& line : question.at("lines").as_array())
            request.text.lines.emplace_back(line.as_string());
        PictureBytes rest = read.pictures;
        request.samples = pictures_of(question.at("samples"), rest);
        request.parts = pictures_of(question.at("parts"), rest);
        if (!rest.empty() || request.samples.size() > max_marking_samples ||
            request.parts.size() > max_marking_parts)
            return std::nullopt;
        return request;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace reelproof::vision
