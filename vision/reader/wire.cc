#include "vision/reader/wire.h"

#include <boost/json.hpp>

#include "vision/reader/wire_json.h"

namespace reelproof::vision {
namespace {

namespace json = boost::json;

Symbol symbol_of(const json::object& object) {
    const auto text = [&](std::string_view key) -> std::string_view {
        return object.at(key).as_string();
    };
    Symbol symbol;
    symbol.symbology = text("symbology");
    // In hex, because a decoder's idea of text need not be UTF-8.
    symbol.text = from_hex<std::string>(text("text"));
    symbol.bytes = from_hex<std::vector<std::uint8_t>>(text("bytes"));
    symbol.aim = text("aim");
    symbol.engine = text("engine");
    symbol.path = text("path");
    const auto confidence = confidence_of(text("confidence"));
    if (!confidence) throw std::invalid_argument("confidence");
    symbol.confidence = *confidence;
    symbol.position = quad_of(object.at("position"));
    return symbol;
}

}  // namespace

void put_length(std::uint32_t length, std::uint8_t* where) {
    for (std::size_t i = 0; i < length_bytes; ++i) {
        where[i] = static_cast<std::uint8_t>(length >> 8 * i);
    }
}

std::uint32_t get_length(const std::uint8_t* where) {
    std::uint32_t length = 0;
    for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | where[i];
    return length;
}

std::string encode_answer(const Result<ReadResult>& answer) {
    if (!answer) {
        return json::serialize(json::object{{"error", error_json(answer.error())}});
    }
    json::array symbols;
    for (const Symbol& symbol : answer->symbols) {
        symbols.push_back(json::object{{"symbology", symbol.symbology},
                                       {"aim", symbol.aim},
                                       {"text", to_hex(symbol.text)},
                                       {"bytes", to_hex(symbol.bytes)},
                                       {"position", quad_json(symbol.position)},
                                       {"engine", symbol.engine},
                                       {"path", symbol.path},
                                       {"confidence", to_string(symbol.confidence)}});
    }
    json::array unread;
    for (const Unread& each : answer->unread) {
        unread.push_back(json::object{{"kind", each.kind}, {"position", quad_json(each.position)}});
    }
    return json::serialize(json::object{{"symbols", std::move(symbols)},
                                        {"unread", std::move(unread)},
                                        {"width", answer->width},
                                        {"height", answer->height},
                                        {"more_pages", answer->more_pages}});
}

std::optional<Result<ReadResult>> decode_answer(std::string_view text) {
    try {
        const json::value value = json::parse(text);
        const json::object& answer = value.as_object();
        if (const auto* error = answer.if_contains("error"))
            return Result<ReadResult>(error_of(error->as_object()));
        ReadResult result;
        for (const json::value& symbol : answer.at("symbols").as_array()) {
            result.symbols.push_back(symbol_of(symbol.as_object()));
        }
        for (const json::value& each : answer.at("unread").as_array()) {
            const json::object& object = each.as_object();
            result.unread.push_back(
                {std::string(object.at("kind").as_string()), quad_of(object.at("position"))});
        }
        result.width = answer.at("width").to_number<int>();
        result.height = answer.at("height").to_number<int>();
        result.more_pages = answer.at("more_pages").as_bool();
        return Result<ReadResult>(std::move(result));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace reelproof::vision
