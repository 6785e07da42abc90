#include "ledger/base/csv.h"

#include <algorithm>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

char csv_separator(std::string_view text) {
    const auto first = std::min(text.find_first_not_of(" \t\r\n\""), text.size());
    const auto before = text.substr(0, first).rfind('\n');
    const auto start = before == std::string_view::npos ? 0 : before + 1;
    const auto header = text.substr(start, text.find('\n', first) - start);
    char best = ',';
    for (const char c : {';', '\t'})
        if (std::count(header.begin(), header.end(), c) >
            std::count(header.begin(), header.end(), best))
            best = c;
    return best;
}

std::string csv_trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return std::string(text);
}

namespace {

bool begins_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t").find(text.front()) != std::string_view::npos;
}

}  // namespace

std::string csv_cell(std::string text) {
    const bool number = text.find_first_not_of("0123456789.,+-eE") == std::string::npos;
    if (begins_formula(text) && !number) text.insert(0, "'");
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? "\"\"" : std::string(1, c));
    return out + "\"";
}

std::string csv_without_guard(std::string text) {
    const auto start = text.find_first_not_of('\'');
    if (start == 0 || start == std::string::npos) return text;
    return begins_formula(std::string_view(text).substr(start)) ? text.substr(start) : text;
}

std::string csv_beginning(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
    return std::string(text.substr(0, most));
}

Error csv_error(std::size_t line, const std::string& what) {
    return malformed("line " + std::to_string(line) + ": " + what);
}

CsvRecords::CsvRecords(std::string_view text, char separator) : text_(text), separator_(separator) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
}

Result<std::vector<std::string>> CsvRecords::next() {
    std::vector<std::string> fields(1);
    const auto first_line = line_;
    bool quoted = false;
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '\0') return csv_error(line_, "holds a zero byte: this is no CSV text");
        if (quoted) {
            if (c == '\n') ++line_;
            if (c != '"') {
                fields.back() += c;
            } else if (at_ < text_.size() && text_[at_] == '"') {
                fields.back() += '"';
                ++at_;
            } else {
                quoted = false;
            }
        } else if (c == '"' && fields.back().empty()) {
            quoted = true;
        } else if (c == separator_) {
            fields.emplace_back();
            if (fields.size() > 64) return csv_error(line_, "has more than 64 columns");
        } else if (c == '\n') {
            ++line_;
            return fields;
        } else if (c != '\r' || (at_ < text_.size() && text_[at_] != '\n')) {
            fields.back() += c;
        }
    }
    if (quoted) return csv_error(first_line, "a quoted field is never closed");
    return fields;
}

}  // namespace reelproof::ledger
