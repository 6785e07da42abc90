#include "vision/label/label.h"

namespace reelproof::vision {

std::string to_string(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return std::to_string(std::get<std::int64_t>(value));
}

std::string_view rule_of(const Warning& warning) {
    const std::string_view kind = std::string_view(warning.code).substr(0, warning.code.find('.'));
    if (kind == "incomplete") return "label.incomplete";
    if (kind == "syntax" || kind == "conflict" || kind == "recovered") return "label.syntax";
    return {};
}

}  // namespace reelproof::vision
