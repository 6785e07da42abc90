#include "ledger/format/json_fields.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "ledger/base/counted.h"

namespace reelproof::ledger {
namespace {

constexpr std::uint64_t kLatestTime = 253402300799;  // the end of the year 9999

std::optional<std::uint64_t> as_unsigned(const boost::json::value& value) {
    if (value.is_uint64()) return value.get_uint64();
    if (value.is_int64() && value.get_int64() >= 0)
        return static_cast<std::uint64_t>(value.get_int64());
    return std::nullopt;
}

}  // namespace

std::string JsonFields::member(std::string_view name) const {
    return std::string("member \"").append(where_).append(name).append("\"");
}

Error JsonFields::problem(std::string_view name, std::string_view text) const {
    return malformed(member(name).append(" ").append(text));
}

Result<const boost::json::value*> JsonFields::required(std::string_view name) const {
    const boost::json::value* value = object_.if_contains(name);
    if (value == nullptr) return problem(name, "is missing");
    return value;
}

Result<std::string> JsonFields::as_plain_text(const boost::json::value& value,
                                              std::string_view name, bool may_be_empty) const {
    if (!value.is_string()) return problem(name, "is not a text");
    std::string_view text(value.get_string().data(), value.get_string().size());
    if (text.empty() && !may_be_empty) return problem(name, "is empty");
    if (text.size() > kMaxJsonText) return problem(name, "is over 4096 bytes");
    if (has_control_characters(text)) return problem(name, "has a control character");
    return std::string(text);
}

Result<std::string> JsonFields::text(std::string_view name) const {
    auto value = required(name);
    if (!value) return value.error();
    return as_plain_text(**value, name, false);
}

Result<std::string> JsonFields::optional_text(std::string_view name) const {
    if (!has(name)) return std::string();
    return as_plain_text(object_.at(name), name, true);
}

Result<std::string> JsonFields::long_text(std::string_view name, std::size_t limit) const {
    auto value = required(name);
    if (!value) return value.error();
    if (!(*value)->is_string()) return problem(name, "is not a text");
    const auto& text = (*value)->get_string();
    if (text.size() > limit) return problem(name, "is over " + counted(limit, "byte"));
    return std::string(text.data(), text.size());
}

Result<Bytes> JsonFields::hex(std::string_view name) const {
    auto value = text(name);
    if (!value) return value.error();
    return from_hex(*value, member(name));
}

Result<Hash> JsonFields::hash(std::string_view name) const {
    auto value = text(name);
    if (!value) return value.error();
    return array_from_hex<32>(*value, member(name));
}

Result<std::uint64_t> JsonFields::number(std::string_view name) const {
    auto value = required(name);
    if (!value) return value.error();
    auto number = as_unsigned(**value);
    if (!number) return problem(name, "is not a whole number from 0");
    return *number;
}

Result<std::optional<UnixSeconds>> JsonFields::optional_time(std::string_view name) const {
    if (!has(name)) return std::optional<UnixSeconds>();
    auto number = as_unsigned(object_.at(name));
    if (!number || *number > kLatestTime)
        return problem(name, "is not a time in whole seconds since 1970");
    return std::optional(static_cast<UnixSeconds>(*number));
}

Result<const boost::json::array*> JsonFields::list(std::string_view name, std::size_t limit) const {
    const boost::json::value* value = object_.if_contains(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) return problem(name, "is not a list");
    if (value->get_array().size() > limit)
        return Error{ErrorKind::too_large,
                     problem(name, "has more than " + counted(limit, "element")).message};
    return &value->get_array();
}

Result<std::vector<std::string>> JsonFields::texts(std::string_view name) const {
    auto values = list(name, kMaxJsonList);
    if (!values) return values.error();
    std::vector<std::string> out;
    if (*values == nullptr) return out;
    for (std::size_t i = 0; i < (*values)->size(); ++i) {
        auto text =
            as_plain_text((**values)[i], std::string(name) + "[" + std::to_string(i) + "]", false);
        if (!text) return text.error();
        out.push_back(std::move(*text));
    }
    return out;
}

}  // namespace reelproof::ledger
