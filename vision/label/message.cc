#include "vision/label/message.h"

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

bool is_format(std::string_view text) {
    return text.size() == 2 && ((is_digit(text[0]) && is_digit(text[1])) || text == "DD");
}

}  // namespace

Message split_message(std::string_view text) {
    Message message;
    const auto end = text.find(eot);
    if (end != std::string_view::npos) {
        if (!trim(text.substr(end + 1)).empty()) {
            message.warnings.push_back({"syntax.trailer", "there is text behind the trailer"});
        }
        text = text.substr(0, end);
    }
    for (const std::string_view piece : split(text, record_separator)) {
        const auto head = piece.substr(0, piece.find(group_separator));
        if (!is_format(head)) {
            // Older Digi-Key bags end in RS and one stray byte.
            if (piece.size() > 1) {
                message.warnings.push_back(
                    {"syntax.envelope", "an envelope does not begin with a known format"});
            }
            continue;
        }
        Envelope envelope{std::string(head), {}};
        if (head.size() < piece.size()) {
            auto rest = piece.substr(head.size() + 1);
            envelope.records.reserve(20);
            for (;;) {
                const auto next = rest.find(group_separator);
                const auto record = rest.substr(0, next);
                // Makers leave empty records, scanners drop them.
                if (!record.empty() && envelope.records.size() == max_records) {
                    message.warnings.push_back(
                        {"syntax.too-many-records", "an envelope holds more than 256 records"});
                    break;
                }
                if (!record.empty()) envelope.records.push_back(record);
                if (next == std::string_view::npos) break;
                rest.remove_prefix(next + 1);
            }
        }
        message.envelopes.push_back(std::move(envelope));
    }
    return message;
}

}  // namespace reelproof::vision
