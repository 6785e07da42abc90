#include "vision/label/label.h"

namespace reelproof::vision {

std::string to_string(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    std::string list;
    for (const std::string& entry : std::get<std::vector<std::string>>(value)) {
        if (!list.empty()) list += ';';
        list += entry;
    }
    return list;
}

std::string_view rule_of(const Warning& warning) {
    const std::string_view kind = std::string_view(warning.code).substr(0, warning.code.find('.'));
    if (kind == "incomplete") return "label.incomplete";
    if (kind == "syntax" || kind == "conflict" || kind == "recovered") return "label.syntax";
    if (kind == "text") return "label.text";
    return {};
}

}  // namespace reelproof::vision
