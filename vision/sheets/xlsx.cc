#include "vision/sheets/xlsx.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>

#include "vision/sheets/xml_events.h"
#include "vision/sheets/zip_archive.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t kMostNames = 200, kLongestName = 200;
constexpr std::size_t kMostTexts = 2'000'000, kMostTextBytes = 64u << 20;
constexpr std::string_view kOldOffice = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";  // MS-CFB

Error unreadable(const std::string& why) {
    return {"sheet.unreadable", "the spreadsheet can't be read: " + why};
}
Error too_large(const std::string& what) {
    return {"sheet.too-large", "the spreadsheet is too large: " + what};
}

// "../media/x", of what lies in "xl/worksheets".
std::string resolved(std::string_view folder, std::string_view target) {
    std::vector<std::string_view> parts;
    const auto add = [&](std::string_view path) {
        while (!path.empty()) {
            const auto part = path.substr(0, path.find('/'));
            path.remove_prefix(std::min(path.size(), part.size() + 1));
            if (part == "..") {
                if (!parts.empty()) parts.pop_back();
            } else if (!part.empty() && part != ".") {
                parts.push_back(part);
            }
        }
    };
    if (!target.starts_with('/')) add(folder);
    add(target);
    std::string out;
    for (const auto part : parts) out.append(out.empty() ? "" : "/").append(part);
    return out;
}

std::string folder_of(std::string_view path) {
    const auto at = path.rfind('/');
    return at == std::string_view::npos ? std::string() : std::string(path.substr(0, at));
}

struct Relation {
    std::string type, target;  // the last word of its type; a path in the archive
};

Result<std::string> part(const ZipArchive& archive, const std::string& path) {
    const auto* member = archive.find(path);
    if (member == nullptr) return unreadable("it has no part " + path);
    return archive.read(*member);
}

// Of the part at `path`: by id.
Result<std::map<std::string, Relation>> relations_of(const ZipArchive& archive,
                                                     const std::string& path) {
    const auto folder = folder_of(path);
    const auto name = path.substr(folder.empty() ? 0 : folder.size() + 1);
    const auto text =
        part(archive, folder + (folder.empty() ? "" : "/") + "_rels/" + name + ".rels");
    if (!text) return text.error();
    std::map<std::string, Relation> out;
    const auto read =
        read_xml(*text, {.begin = [&](std::string_view element, const XmlAttributes& attributes) {
            if (element != "Relationship" || attributes.get("TargetMode") == "External") return;
            const auto type = attributes.get("Type");
            out[std::string(attributes.get("Id"))] = {std::string(type.substr(type.rfind('/') + 1)),
                                                      resolved(folder, attributes.get("Target"))};
        }});
    if (!read) return read.error();
    return out;
}

struct NamedSheet {
    std::string name, relation;
};

Result<std::vector<NamedSheet>> sheets_of(const ZipArchive& archive, const std::string& workbook) {
    const auto text = part(archive, workbook);
    if (!text) return text.error();
    std::vector<NamedSheet> out;
    const auto read =
        read_xml(*text, {.begin = [&](std::string_view element, const XmlAttributes& attributes) {
            if (element != "sheet" || out.size() >= kMostNames) return;
            const auto state = attributes.get("state"), name = attributes.get("name");
            if (state == "hidden" || state == "veryHidden" || name.size() > kLongestName) return;
            out.push_back({std::string(name), std::string(attributes.get("id"))});
        }});
    if (!read) return read.error();
    if (out.empty()) return unreadable("it has no sheet that is not hidden");
    return out;
}

// "_x000D_" stands for a character that XML may not hold; in a cell it is a blank, as line ends
// are.
std::string plain(std::string_view text) {
    std::string out;
    const auto control = [](std::string_view code) {
        return code.size() == 7 && code.starts_with("_x00") && code[6] == '_' &&
               (code[4] == '0' || code[4] == '1') &&
               std::isxdigit(static_cast<unsigned char>(code[5])) != 0;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = control(text.substr(i, 7));
        if (coded) i += 6;
        const bool blank = coded || static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f;
        out += blank ? ' ' : text[i];
    }
    return out;
}

// All texts that cells name by their number.
Result<std::vector<std::string>> shared_texts(const ZipArchive& archive, const std::string& path) {
    const auto text = part(archive, path);
    if (!text) return text.error();
    std::vector<std::string> out;
    std::optional<Error> trouble;
    bool in_text = false, phonetic = false;
    std::size_t bytes = 0;
    const auto read = read_xml(*text, {.begin =
                                           [&](std::string_view element, const XmlAttributes&) {
                                               if (element == "si") out.emplace_back();
                                               if (out.size() > kMostTexts)
                                                   trouble = too_large("it has too many texts");
                                               in_text =
                                                   element == "t" && !phonetic && !out.empty();
                                               phonetic = phonetic || element == "rPh";
                                           },
                                       .end =
                                           [&](std::string_view element) {
                                               in_text = false;
                                               if (element == "rPh") phonetic = false;
                                           },
                                       .text =
                                           [&](std::string_view more) {
                                               if (!in_text) return;
                                               bytes += more.size();
                                               if (bytes > kMostTextBytes)
                                                   trouble = too_large("its texts are");
                                               out.back() += more;
                                               if (out.back().size() > kMostSheetText)
                                                   trouble = too_large("a text of it is");
                                           },
                                       .trouble = [&] { return trouble ? &*trouble : nullptr; }});
    if (!read) return read.error();
    return out;
}

// As people see it: the file holds 17 digits of what was typed with three.
std::string number_text(const std::string& text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    if (const auto read = std::from_chars(text.data(), end, value);
        read.ec != std::errc() || read.ptr != end || !std::isfinite(value))
        return text;
    std::array<char, 40> out{};
    const bool whole = std::fabs(value) < 1e15 && value == std::trunc(value);
    const auto written =
        whole ? std::to_chars(out.data(), out.data() + out.size(), static_cast<long long>(value))
              : std::to_chars(out.data(), out.data() + out.size(), value,
                              std::chars_format::general, 15);
    return {out.data(), written.ptr};
}

// "AB12": 27, from 0; nothing where it says no column.
std::optional<std::size_t> column_of(std::string_view place) {
    std::size_t column = 0;
    for (const char c : place) {
        if (c < 'A' || c > 'Z') break;
        column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
        if (column > 1'000'000) break;
    }
    if (column == 0) return std::nullopt;
    return column - 1;
}

// The rows of a sheet as CSV.
class Rows {
  public:
    explicit Rows(const std::vector<std::string>& texts) : texts_(texts) {}

    void begin(std::string_view element, const XmlAttributes& attributes) {
        in_value_ = false;
        if (element == "row") begin_row(attributes.get("r"));
        if (element == "c") begin_cell(attributes);
        if (element == "rPh") phonetic_ = true;
        in_value_ = in_cell_ && ((element == "v" && type_ != "inlineStr") ||
                                 (element == "t" && type_ == "inlineStr" && !phonetic_));
    }
    void end(std::string_view element) {
        in_value_ = false;
        if (element == "rPh") phonetic_ = false;
        if (element == "c" && in_cell_) end_cell();
        if (element == "row") end_row();
    }
    void text(std::string_view more) {
        if (!in_value_) return;
        value_ += more;
        if (value_.size() > kMostSheetText) trouble_ = too_large("a cell is");
    }
    [[nodiscard]] const Error* trouble() const { return trouble_ ? &*trouble_ : nullptr; }
    std::string take() { return std::move(csv_); }

  private:
    void begin_row(std::string_view number) {
        std::size_t row = rows_ + 1;
        if (!number.empty()) {
            const auto* last = number.data() + number.size();
            const auto read = std::from_chars(number.data(), last, row);
            if (read.ec != std::errc() || read.ptr != last || row <= rows_) {
                trouble_ = unreadable("its rows are out of order");
                return;
            }
        }
        if (row > kMostSheetRows) {
            trouble_ = too_large("it has rows beyond the " + std::to_string(kMostSheetRows) + "th");
            return;
        }
        // So that the lines of its table are numbered as its rows are.
        for (; rows_ + 1 < row; ++rows_) csv_ += "\r\n";
    }
    void begin_cell(const XmlAttributes& attributes) {
        in_cell_ = true;
        type_ = attributes.get("t");
        value_.clear();
        column_ = column_of(attributes.get("r")).value_or(cells_.size());
        if (column_ >= kMostSheetColumns)
            trouble_ =
                too_large("it has more than " + std::to_string(kMostSheetColumns) + " columns");
    }
    void end_cell() {
        in_cell_ = false;
        if (trouble_ || value_.empty()) return;
        if (cells_.size() <= column_) cells_.resize(column_ + 1);
        // One long text may be named by each cell of a row.
        const auto text = shown();
        row_bytes_ += text.size();
        if (row_bytes_ > kMostSheetText)
            trouble_ = too_large("a row is");
        else
            cells_[column_] = text;
    }
    [[nodiscard]] std::string shown() {
        if (type_ == "s") {
            std::size_t number = 0;
            const auto* last = value_.data() + value_.size();
            const auto read = std::from_chars(value_.data(), last, number);
            if (read.ec == std::errc() && read.ptr == last && number < texts_.size())
                return plain(texts_[number]);
            trouble_ = unreadable("a cell names a text that is not there");
            return {};
        }
        if (type_ == "b") return value_ == "1" ? "TRUE" : "FALSE";
        if (type_.empty() || type_ == "n") return plain(number_text(value_));
        return plain(value_);
    }
    void end_row() {
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (i > 0) csv_ += ',';
            if (cells_[i].empty()) continue;
            csv_ += '"';
            for (const char c : cells_[i]) csv_.append(c == '"' ? 2 : 1, c);
            csv_ += '"';
        }
        csv_ += "\r\n";
        ++rows_;
        cells_.clear();
        row_bytes_ = 0;
        if (csv_.size() > kMostSheetText)
            trouble_ =
                too_large("its table is over " + std::to_string(kMostSheetText >> 20) + " MiB");
    }

    const std::vector<std::string>& texts_;
    std::string csv_, type_, value_;
    std::vector<std::string> cells_;  // of this row
    std::size_t rows_ = 0, column_ = 0, row_bytes_ = 0;
    bool in_cell_ = false, in_value_ = false, phonetic_ = false;
    std::optional<Error> trouble_;
};

Result<std::string> table_of(const ZipArchive& archive, const std::string& path,
                             const std::vector<std::string>& texts) {
    const auto text = part(archive, path);
    if (!text) return text.error();
    Rows rows(texts);
    const auto read = read_xml(
        *text, {.begin = [&](std::string_view element,
                             const XmlAttributes& attributes) { rows.begin(element, attributes); },
                .end = [&](std::string_view element) { rows.end(element); },
                .text = [&](std::string_view more) { rows.text(more); },
                .trouble = [&] { return rows.trouble(); }});
    if (!read) return read.error();
    return Result<std::string>(boost::system::in_place_value, rows.take());
}

Error not_there(std::string_view wanted, const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all.append(all.empty() ? "" : ", ").append(name);
    return {"sheet.missing",
            "the spreadsheet has no sheet " + std::string(wanted) + "; it has " + all};
}

}  // namespace

bool is_spreadsheet(std::span<const std::uint8_t> file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    return is_zip(file) || text.starts_with(kOldOffice);
}

Result<Sheet> read_xlsx(std::span<const std::uint8_t> file, std::string_view wanted) {
    if (!is_zip(file))
        return unreadable(
            "it is of Excel before 2007, or under a password; save it as .xlsx without one, or as "
            "CSV");
    const auto archive = ZipArchive::open(file);
    if (!archive) return archive.error();
    if (archive->find("mimetype") != nullptr || archive->find("xl/workbook.bin") != nullptr)
        return unreadable("it is of another kind than .xlsx; save it as that, or as CSV");
    const auto root = relations_of(*archive, "");
    if (!root) return unreadable("it is none: it has no workbook");
    std::string workbook;
    for (const auto& [id, relation] : *root)
        if (relation.type == "officeDocument") workbook = relation.target;
    const auto sheets = sheets_of(*archive, workbook);
    if (!sheets) return sheets.error();
    const auto relations = relations_of(*archive, workbook);
    if (!relations) return relations.error();
    Sheet out;
    for (const auto& one : *sheets) out.names.push_back(plain(one.name));
    const auto named =
        std::find_if(out.names.begin(), out.names.end(),
                     [&](const std::string& name) { return wanted.empty() || name == wanted; });
    if (named == out.names.end()) return not_there(wanted, out.names);
    out.name = *named;
    const auto& chosen = (*sheets)[static_cast<std::size_t>(named - out.names.begin())];
    const auto place = relations->find(chosen.relation);
    if (place == relations->end() || place->second.type != "worksheet")
        return unreadable("the sheet " + out.name + " is a chart, or is not there");
    std::vector<std::string> texts;
    for (const auto& [id, relation] : *relations) {
        if (relation.type != "sharedStrings") continue;
        auto found = shared_texts(*archive, relation.target);
        if (!found) return found.error();
        texts = std::move(*found);
    }
    auto table = table_of(*archive, place->second.target, texts);
    if (!table) return table.error();
    out.csv = std::move(*table);
    return out;
}

}  // namespace reelproof::vision
