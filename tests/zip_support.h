// Zip archives and spreadsheets, made here rather than by the code that reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace reelproof::tests {

struct Packed {
    std::string name, content;
    bool deflated = true;
};

inline std::string little(std::uint64_t number, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> 8 * i & 0xff);
    return out;
}

inline std::string deflated(const std::string& text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

inline std::string zip_of(const std::vector<Packed>& files) {
    std::string out, directory;
    for (const auto& file : files) {
        const auto packed = file.deflated ? deflated(file.content) : file.content;
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(file.content.data()),
                               static_cast<uInt>(file.content.size()));
        const auto common = little(20, 2) + little(0, 2) + little(file.deflated ? 8 : 0, 2) +
                            little(0, 4) + little(crc, 4) + little(packed.size(), 4) +
                            little(file.content.size(), 4) + little(file.name.size(), 2) +
                            little(0, 2);
        directory += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) +
                     little(0, 2) + little(0, 4) + little(out.size(), 4) + file.name;
        out += "PK\x03\x04" + common + file.name + packed;
    }
    const auto at = out.size();
    return out + directory + "PK\x05\x06" + little(0, 4) + little(files.size(), 2) +
           little(files.size(), 2) + little(directory.size(), 4) + little(at, 4) + little(0, 2);
}

// The parts of a spreadsheet whose sheets hold this XML, each below <sheetData>.
inline std::vector<Packed> xlsx_parts(
    const std::vector<std::pair<std::string, std::string>>& sheets,
    const std::string& shared = {}) {
    const std::string kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const std::string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    const auto relation = [&](const std::string& id, const std::string& kind,
                              const std::string& target) {
        return "<Relationship Id=\"" + id + "\" Type=\"" + kinds + "/" + kind + "\" Target=\"" +
               target + "\"/>";
    };
    const auto relations = [&](const std::string& all) {
        return head +
               "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
               "relationships\">" +
               all + "</Relationships>";
    };
    std::vector<Packed> out;
    out.push_back(
        {"_rels/.rels", relations(relation("rId1", "officeDocument", "xl/workbook.xml"))});
    std::string names, all = relation("rIdS", "sharedStrings", "sharedStrings.xml");
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        const auto number = std::to_string(i + 1);
        names += "<sheet name=\"" + sheets[i].first + "\" sheetId=\"" + number + "\" r:id=\"rId" +
                 number + "\"/>";
        all += relation("rId" + number, "worksheet", "worksheets/sheet" + number + ".xml");
        out.push_back({"xl/worksheets/sheet" + number + ".xml",
                       head + "<worksheet xmlns=\"" + main + "\"><sheetData>" + sheets[i].second +
                           "</sheetData></worksheet>"});
    }
    out.push_back({"xl/workbook.xml", head + "<workbook xmlns=\"" + main + "\" xmlns:r=\"" + kinds +
                                          "\"><sheets>" + names + "</sheets></workbook>"});
    out.push_back({"xl/_rels/workbook.xml.rels", relations(all)});
    out.push_back(
        {"xl/sharedStrings.xml", head + "<sst xmlns=\"" + main + "\">" + shared + "</sst>"});
    return out;
}

// A row of texts.
inline std::string xlsx_row(int number, const std::vector<std::string>& cells) {
    std::string out = "<row r=\"" + std::to_string(number) + "\">";
    for (std::size_t i = 0; i < cells.size(); ++i)
        out += "<c r=\"" + std::string(1, static_cast<char>('A' + i)) + std::to_string(number) +
               "\" t=\"inlineStr\"><is><t>" + cells[i] + "</t></is></c>";
    return out + "</row>";
}

}  // namespace reelproof::tests
