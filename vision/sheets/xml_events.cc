#include "vision/sheets/xml_events.h"

#include <memory>
#include <optional>
#include <string>

#include <expat.h>

namespace reelproof::vision {
namespace {

constexpr char kParts = '|';  // namespace and name

std::string_view local(const char* name) {
    const std::string_view all(name);
    const auto at = all.rfind(kParts);
    return at == std::string_view::npos ? all : all.substr(at + 1);
}

struct Reading {
    const XmlEvents& events;
    XML_Parser parser;
    int depth = 0;
    std::optional<Error> trouble{};

    void stop(Error error) {
        trouble = std::move(error);
        XML_StopParser(parser, XML_FALSE);
    }
    void look() {
        if (const auto* error = events.trouble ? events.trouble() : nullptr; error != nullptr)
            stop(*error);
    }
};

void XMLCALL on_begin(void* data, const XML_Char* name, const XML_Char** attributes) {
    auto& reading = *static_cast<Reading*>(data);
    if (++reading.depth > kDeepestXml)
        return reading.stop({"sheet.unreadable", "the spreadsheet's XML is nested too deep"});
    if (reading.events.begin) reading.events.begin(local(name), XmlAttributes(attributes));
    reading.look();
}
void XMLCALL on_end(void* data, const XML_Char* name) {
    auto& reading = *static_cast<Reading*>(data);
    --reading.depth;
    if (reading.events.end) reading.events.end(local(name));
    reading.look();
}
void XMLCALL on_text(void* data, const XML_Char* text, int size) {
    auto& reading = *static_cast<Reading*>(data);
    if (reading.events.text) reading.events.text({text, static_cast<std::size_t>(size)});
    reading.look();
}
void XMLCALL on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<Reading*>(data)->stop(
        {"sheet.unreadable",
         "the spreadsheet's XML has a DOCTYPE, which no office program writes"});
}

}  // namespace

std::string_view XmlAttributes::get(std::string_view name) const {
    for (const char** at = all_; *at != nullptr; at += 2)
        if (local(*at) == name) return at[1];
    return {};
}

Result<void> read_xml(std::string_view text, const XmlEvents& events) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreateNS(nullptr, kParts), XML_ParserFree);
    if (!parser) return Error{"sheet.unreadable", "there is no memory to read the spreadsheet"};
    // Else it asks the system for one, which a process that is locked in may not.
    XML_SetHashSalt(parser.get(), 0x9e3779b97f4a7c15UL);
    Reading reading{events, parser.get()};
    XML_SetUserData(parser.get(), &reading);
    XML_SetElementHandler(parser.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
    constexpr std::size_t kPart = std::size_t{1} << 20;
    for (bool last = false; !last;) {
        const auto part = text.substr(0, kPart);
        text.remove_prefix(part.size());
        last = text.empty();
        const auto told = XML_Parse(parser.get(), part.data(), static_cast<int>(part.size()),
                                    last ? XML_TRUE : XML_FALSE);
        if (reading.trouble) return *reading.trouble;
        if (told != XML_STATUS_OK)
            return Error{"sheet.unreadable", std::string("the spreadsheet's XML is damaged: ") +
                                                 XML_ErrorString(XML_GetErrorCode(parser.get()))};
    }
    return {};
}

}  // namespace reelproof::vision
